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
            return RecordedSweep(exchanges: log.all, device: device, requests: requests(of: device.map), failure: nil)
        case .failure(let failure):
            return RecordedSweep(exchanges: log.all, device: nil, requests: [], failure: failure)
        }
    }

    /// What to ask for all values; scale factors that stand apart come before what they scale.
    private func requests(of map: DeviceMap) -> [RegisterRange] {
        ReadPlan(map: map, cost: line.cost).requests.flatMap { planned in
            map.scaleFactorRanges(of: planned.points) + [planned.range]
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
        let choice = ProfileChoice.automatic(profiles)
        let others = profiles.filter { !$0.isAutomatic && !$0.identity.isEmpty && !$0.namesNoRegister }
        let candidates = choice.candidates(unit: unit, serial: line.serial) + others
        let device = LineDevice(
            index: DeviceIndex(-1), unit: unit, profile: choice, interval: .seconds(1), timeout: timeout)
        var probes = IdentityAnswers()
        var found: [DeviceDescription] = []
        for profile in candidates {
            let manners = device.manners(profile, among: candidates)
            do throws(ReadFailure) {
                guard let map = try await map(of: profile, manners, &probes) else { continue }
                let texts = try await texts(map, manners)
                found.append(DeviceDescription(map: map, profile: profile, texts: texts))
            } catch {
                // A unit that has gone silent would cost a time limit for every profile that is left.
                guard error.mayBeAnotherKindOfDevice, probes.maySilenceGoOn else {
                    if found.isEmpty { throw error }
                    return found
                }
            }
        }
        return found
    }
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
