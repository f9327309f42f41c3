package import DeviceProfiles
package import Polling
internal import Telemetry
package import Terms

/// One sweep of one device as it went over the wire.
package struct RecordedSweep: Sendable {
    /// Every request, those of the identification included, with its words or its failure.
    package let exchanges: [RecordedExchange]
    /// What the device turned out to be; nil where that was not to be known.
    package let device: DeviceDescription?
    /// What was asked for its values; empty where the device is not known.
    package let requests: [RegisterRange]
    /// Why the device is not known.
    package let failure: ReadFailure?
}

extension LineOwner {
    /// Identifies a unit, reads its texts and all its values once, and keeps every exchange.
    package func record(unit: UInt8, profile: ProfileChoice) async -> RecordedSweep {
        let log = ExchangeLog()
        let result = await ExchangeLog.$current.withValue(log) { await read(unit, profile) }
        switch result {
        case .success(let device):
            let requests = ReadPlan(map: device.map, cost: wireCost).requests.map(\.range)
            return RecordedSweep(exchanges: log.all, device: device, requests: requests, failure: nil)
        case .failure(let failure):
            return RecordedSweep(exchanges: log.all, device: nil, requests: [], failure: failure)
        }
    }

    private func read(_ unit: UInt8, _ profile: ProfileChoice) async -> Result<DeviceDescription, ReadFailure> {
        do throws(ReadFailure) {
            return .success(try await readOnce(unit: unit, profile: profile).device)
        } catch {
            return .failure(error)
        }
    }

    /// Asks a unit for these ranges, each in one request, and keeps every exchange. Ends early when it is cancelled,
    /// and when the line itself fails: what follows would fail alike.
    ///
    /// - Parameter line: How the unit wants to be talked to.
    package func record(unit: UInt8, ranges: [RegisterRange], line defaults: LineDefaults) async -> [RecordedExchange] {
        let log = ExchangeLog()
        let manners = UnitManners(unit: unit, line: defaults)
        await ExchangeLog.$current.withValue(log) {
            for range in ranges {
                do throws(ReadFailure) {
                    try await exchange(ReadRequest(unit: unit, range: range), manners)
                } catch {
                    guard error.leavesLineUsable else { return }
                }
            }
        }
        return log.all
    }

    /// Every profile that fits the unit, those that can tell devices apart first, in the order in which `auto` tries
    /// them. Profiles without any proof of identity never fit.
    ///
    /// - Parameter timeout: In place of what the profiles say: the unit is known to answer, and how fast.
    package func fitting(
        unit: UInt8, profiles: [Profile], timeout: Milliseconds
    ) async throws(ReadFailure) -> [DeviceDescription] {
        let others = profiles.filter { !$0.isAutomatic && !$0.identity.isEmpty }
        var probes = ProbeMemory()
        var found: [DeviceDescription] = []
        for profile in ProfileChoice.automatic(profiles).candidates + others {
            let device = LineDevice(
                index: DeviceIndex(-1), unit: unit, profile: .fixed(profile), interval: .seconds(1), timeout: timeout)
            let manners = manners(of: device, profile)
            do throws(ReadFailure) {
                guard try await fits(profile, manners, &probes), let map = try await map(of: profile, manners) else {
                    continue
                }
                let texts = try await texts(map, manners)
                found.append(DeviceDescription(map: map, profile: profile, texts: texts))
            } catch {
                guard error.leavesLineUsable else { throw error }
                probes.silences += 1
                // A unit that has gone silent would cost a time limit for every profile that is left.
                if probes.silences > ProbeMemory.mostSilences { throw error }
            }
        }
        return found
    }

    /// Many profiles ask for the same registers: each is asked for once.
    private func fits(
        _ profile: Profile, _ manners: UnitManners, _ memory: inout ProbeMemory
    ) async throws(ReadFailure) -> Bool {
        for probe in profile.identity {
            if memory.answers[probe.range] == nil {
                memory.answers[probe.range] = .refused
                let request = ReadRequest(unit: manners.unit, range: probe.range)
                if let words = try await words(request, manners) { memory.answers[probe.range] = .words(words) }
            }
            guard case .words(let words) = memory.answers[probe.range], probe.isSatisfied(by: words.span) else {
                return false
            }
        }
        return true
    }

    /// The units that are polled here, in the order of the configuration.
    package func units() -> [UInt8] { polledUnits }
}

/// What a unit has answered to the proofs of several profiles.
private struct ProbeMemory {
    enum Answer {
        case words([UInt16])
        /// Or silent: it is not asked a second time.
        case refused
    }

    static let mostSilences = 6
    var answers: [RegisterRange: Answer] = [:]
    var silences = 0
}

extension ReadFailure {
    /// Whether another request may fare better; not so when the port or host is gone or the caller has had enough.
    fileprivate var leavesLineUsable: Bool {
        switch self {
        case .cancelled, .refused, .unreachable, .portMissing, .portBusy, .tooManyFiles, .system, .captureUnreadable,
            .noSuchUnit:
            false
        default: true
        }
    }
}
