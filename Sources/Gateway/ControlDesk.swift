internal import DeviceProfiles
internal import Engine
package import Modbus
internal import Polling
internal import Proof
internal import StrictYAML
internal import Storage
internal import Telemetry
package import Terms
internal import Ticketing

/// Carries out what commands ask: the same code behind the control socket and in a command that runs without a daemon.
package struct ControlDesk: Sendable {
    private let engine: EngineOwner
    private let lines: LineRegistry
    private let library: ProfileLibrary
    private let time: any TimeSource
    private let started: Boottime

    package init(engine: EngineOwner, lines: LineRegistry, library: ProfileLibrary, time: any TimeSource) {
        self.engine = engine
        self.lines = lines
        self.library = library
        self.time = time
        started = time.boottime()
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
        case .evidence(let id):
            return .evidence(try await engine.evidenceFiles(of: TicketID(id)))
        case .prove(let id, let isWhole, let withEvidence):
            let content = try await engine.proofContent(
                of: TicketID(id), isWhole: isWhole, withEvidence: withEvidence)
            // Made outside the engine, which goes on meanwhile.
            return .proof(String(decoding: try makeProof(content), as: UTF8.self))
        case .checkLedger(let text):
            return try await checkLedger(text)
        case .act(let command):
            let (ticket, objection) = try await engine.act(try command.checked())
            return .acted(ticket, objection: objection?.sentence)
        case .enter(let text, let isNow):
            return try await engine.record(try DeskEntry(text: text, isNow: isNow))
        case .orders: return .orders(await engine.orders(), objection: nil)
        case .home: return .home(await engine.home(), objection: nil)
        case .read(let url, let unit, let profile):
            return try await read(url: url, unit: unit, profile: profile)
        case .record(let url, let unit, let profile, let ranges):
            return try await record(url: url, unit: unit, profile: profile, ranges: ranges)
        case .lines:
            return .lines(lines.owned())
        case .lineReports:
            return .lineReports(lines.reports(at: time.boottime()))
        case .usage:
            return .usage(await engine.usage())
        case .about:
            return .about(DaemonAbout(runningSeconds: (time.boottime() - started).inSeconds))
        }
    }

    private func checkLedger(_ text: String?) async throws -> ControlResponse {
        let head = text.flatMap { ChainHash(text: $0) }
        guard text == nil || head != nil else {
            throw UnreadableConfiguration(message: "a head is 64 hexadecimal digits")
        }
        do throws(LedgerError) {
            return .ledger(try await engine.checkLedger(head: head))
        } catch {
            guard error.code == .corrupt else { throw error }
            return .ledgerIsChanged(error.description)
        }
    }

    private func read(url text: String, unit: Int, profile: String) async throws -> ControlResponse {
        let (url, unit) = try place(text, unit)
        guard let owner = lines.owner(of: url) else { return .notOwned }
        let choice = try library.readableChoice(named: profile)
        do throws(ReadFailure) {
            let reading = try await owner.readOnce(unit: unit, profile: choice)
            return .reading(ReadingDocument(reading, url: text, unit: unit))
        } catch {
            return .refused(message: "\(url), unit \(unit): \(error)", reason: .noAnswer)
        }
    }

    /// More than one recording asks for at once; a slow device must not hold its line up for minutes.
    private static let mostRanges = 64

    private func record(
        url text: String, unit: Int, profile: String?, ranges: [AskedRange]
    ) async throws -> ControlResponse {
        let (url, unit) = try place(text, unit)
        let wanted = ranges.compactMap(\.range)
        guard wanted.count == ranges.count, ranges.count <= Self.mostRanges else {
            throw UnreadableConfiguration(message: "a request asks for at most 125 registers, a sweep in 64 requests")
        }
        guard let owner = lines.owner(of: url) else { return .notOwned }
        let choice = try profile.map { try library.choice(named: $0) }
        if let choice, wanted.isEmpty {
            return .recorded(RecordingDocument(await owner.record(unit: unit, profile: choice)))
        }
        let manners = if case .fixed(let profile) = choice { profile.line } else { LineDefaults() }
        return .recorded(RecordingDocument(await owner.record(unit: unit, ranges: wanted, line: manners)))
    }

    private func place(_ text: String, _ unit: Int) throws -> (url: DeviceURL, unit: UInt8) {
        guard let number = UInt8(exactly: unit) else {
            throw UnreadableConfiguration(message: "unit \(unit) is outside 0 to 255")
        }
        return (try DeviceURL(text: text), number)
    }
}

extension ProfileLibrary {
    /// The profile that a command names, `auto` for whichever fits.
    ///
    /// - Throws: `UnreadableConfiguration` where there is no such profile, `InvalidText` where one that was not read
    ///   before cannot be.
    package func choice(named name: String) throws -> ProfileChoice {
        if profiles[name] == nil, let unread { return try unread.readLibrary().choice(named: name) }
        if name == "auto" { return .automatic(sortedProfiles) }
        guard let profile = profiles[name] else {
            let known = (profiles.keys + ["auto"]).suggestion(for: name)
            throw UnreadableConfiguration(message: "there is no profile \"\(name)\"\(known)")
        }
        return .fixed(profile)
    }

    /// The same for who wants values: a profile that names no register has none to give.
    package func readableChoice(named name: String) throws -> ProfileChoice {
        let choice = try choice(named: name)
        if case .fixed(let profile) = choice, profile.namesNoRegister {
            throw UnreadableConfiguration(message: profile.recordingAdvice)
        }
        return choice
    }
}
