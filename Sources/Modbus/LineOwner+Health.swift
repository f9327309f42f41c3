internal import DeviceProfiles
internal import Polling
internal import Terms

/// How one device does on its line, noted as it happens.
struct DeviceStanding {
    /// Since when nothing came of it that could be used; nil while it is heard.
    var silentSince: Boottime?
    /// When it has its next turn.
    var nextTurn: Boottime?
    /// The newest failure of any of its requests.
    var lastFailure: ReadFailure?
    var pace = SweepPace()
}

extension LineOwner {
    /// How the line and its devices do. Answered between two requests: while the line waits for an answer, so does the
    /// caller.
    package func health() -> LineHealth {
        LineHealth(
            at: time.boottime(), start: start, units: statistics(), devices: slots.map { $0.health(on: line.cost) })
    }

    /// Keeps in mind how a turn of the device has ended.
    func note(_ index: Int, wasHeard: Bool, _ schedule: borrowing LineSchedule) {
        slots[index].standing.nextTurn = schedule.nextTurn(device: index)
        if wasHeard {
            slots[index].standing.silentSince = nil
        } else {
            slots[index].standing.silentSince = slots[index].standing.silentSince ?? time.boottime()
            slots[index].standing.pace.interrupted()
        }
    }

    /// Hands out which registers the device refuses now.
    func tellRefusals(_ index: Int) async {
        if let record = slots[index].record { await deliver(.refusals(slots[index].device.index, record)) }
    }

    /// Whether another device of the unit, with another profile, is heard: then the unit is not silent.
    func isHeard(_ unit: UInt8, beside index: Int) -> Bool {
        slots.indices.contains { other in
            other != index && slots[other].device.unit == unit && slots[other].description != nil
                && slots[other].standing.silentSince == nil
        }
    }
}

extension [DeviceSlot] {
    /// Those of the device of a unit that wants to be waited for longest: all its devices share what is learned of the
    /// unit's answers. Nil where no profile can be the unit's.
    func mostPatientManners(of unit: UInt8, on serial: SerialSettings?) -> UnitManners? {
        let all = filter { $0.device.unit == unit }.compactMap { slot -> UnitManners? in
            let profile = slot.description?.profile
                ?? slot.device.profile.candidates(unit: unit, serial: serial).first
            return profile.map { slot.device.manners($0) }
        }
        return all.max { $0.timeout < $1.timeout }
    }
}

extension DeviceSlot {
    fileprivate func health(on line: WireCost) -> LineHealth.Device {
        var sweep: LineHealth.Sweep?
        if description != nil, let plan {
            let load = LineLoad(devices: [
                LineLoad.Device(
                    name: "", interval: device.interval, plan: plan, cost: cost(on: line))
            ])
            sweep = LineHealth.Sweep(
                requests: plan.requests.count, wireNanoseconds: load.roundNanoseconds,
                wished: max(device.interval, budget.minimumInterval), achieved: standing.pace.cycle)
        }
        let silence = standing.silentSince.map {
            LineHealth.Silence(since: $0, nextTurn: standing.nextTurn, failure: standing.lastFailure)
        }
        return LineHealth.Device(
            index: device.index, unit: device.unit, description: description, sweep: sweep,
            fences: quarantine.fencedRanges, silence: silence)
    }
}
