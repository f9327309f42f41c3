internal import DeviceProfiles
internal import Engine
package import Modbus
internal import Polling
internal import StrictYAML
internal import Storage
internal import Telemetry
internal import Terms
internal import Ticketing

/// Carries out what commands ask: the same code behind the control socket and in a command that runs without a daemon.
package struct ControlDesk: Sendable {
    private let engine: EngineOwner
    private let lines: LineRegistry
    private let library: ProfileLibrary

    package init(engine: EngineOwner, lines: LineRegistry, library: ProfileLibrary) {
        self.engine = engine
        self.lines = lines
        self.library = library
    }

    /// Carries one request out; a refusal is an answer too.
    package func answer(_ request: ControlRequest) async -> ControlResponse {
        do {
            return try await carriedOut(request)
        } catch let error as LedgerError {
            return .refused(message: error.description, reason: .failed)
        } catch {
            return .refused(message: "\(error)", reason: .badRequest)
        }
    }

    private func carriedOut(_ request: ControlRequest) async throws -> ControlResponse {
        switch request {
        case .tickets:
            return .tickets(await engine.snapshot())
        case .ticket(let id):
            let snapshot = await engine.snapshot()
            guard let ticket = snapshot.tickets.first(where: { $0.id == id }) else {
                throw CommandRefused.noSuchTicket(TicketID(id), known: snapshot.tickets.map { TicketID($0.id) })
            }
            return .ticket(ticket)
        case .act(let command):
            let (ticket, objection) = try await engine.act(try command.checked())
            return .acted(ticket, objection: objection?.sentence)
        case .read(let url, let unit, let profile):
            return try await read(url: url, unit: unit, profile: profile)
        }
    }

    private func read(url text: String, unit: Int, profile: String) async throws -> ControlResponse {
        let url = try DeviceURL(text: text)
        guard let unit = UInt8(exactly: unit) else {
            throw UnreadableConfiguration(message: "unit \(unit) is outside 0 to 255")
        }
        guard let owner = lines.owner(of: url) else { return .notOwned }
        let choice = try library.choice(named: profile)
        do throws(ReadFailure) {
            let reading = try await owner.readOnce(unit: unit, profile: choice)
            return .reading(ReadingDocument(reading, url: text, unit: unit))
        } catch {
            return .refused(message: "\(url), unit \(unit): \(error)", reason: .noAnswer)
        }
    }
}

extension ProfileLibrary {
    /// The profile that a command names, `auto` for whichever fits.
    package func choice(named name: String) throws(UnreadableConfiguration) -> ProfileChoice {
        if name == "auto" { return .automatic(sortedProfiles) }
        guard let profile = profiles[name] else {
            let known = (profiles.keys + ["auto"]).suggestion(for: name)
            throw UnreadableConfiguration(message: "there is no profile \"\(name)\"\(known)")
        }
        return .fixed(profile)
    }
}
