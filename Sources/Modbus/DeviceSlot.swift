internal import DeviceProfiles
internal import Polling
internal import Telemetry
internal import Terms

/// What a line owner knows of one of its devices.
struct DeviceSlot {
    let device: LineDevice
    var description: DeviceDescription?
    var plan: ReadPlan?
    /// Filled in place sweep after sweep; empty while it is lent out.
    var frame: SampleFrame
    var sweepIsOpen = false
    /// What was last reported per request, so that a lasting failure is told once.
    var reported: [ReadRequest: ReadFailure] = [:]
    /// Which registers it refuses.
    var quarantine = Quarantine()
    var budget: BusBudget
    var turnAround: TurnAround
    var rounds = PageRounds()
    /// What was read of pages since the last frame went out.
    var pageSamples: [(point: Int, sample: Sample)] = []
    var hasPages: Bool { description?.map.pages.isEmpty == false }
    /// Whether its turn-around has moved so far that another plan is cheaper.
    var wantsNewPlan = false

    init(_ device: LineDevice, cost: WireCost, at now: Stamp) {
        self.device = device
        frame = SampleFrame(device: device.index, pointCount: 0, stamp: now)
        budget = BusBudget()
        turnAround = TurnAround(planned: cost.turnAround)
    }

    /// The cheapest requests by what is known now.
    func newPlan(_ description: DeviceDescription, on line: WireCost) -> ReadPlan {
        var cost = line.pausing(device.manners(description.profile).pause)
        cost.turnAround = turnAround.planned
        return ReadPlan(
            map: description.map, interval: device.interval, cost: cost, fences: quarantine.fencedRanges)
    }

    /// What its quarantine has learned; nil while it is not identified.
    var record: QuarantineRecord? {
        description.map { QuarantineRecord(owner: $0.quarantineOwner, fences: quarantine.fences) }
    }
}

extension DeviceDescription {
    /// To whom it matters which registers are refused.
    var quarantineOwner: QuarantineRecord.Owner {
        QuarantineRecord.Owner(
            profile: profile.id, serial: serial,
            texts: Dictionary(texts.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first }))
    }
}
