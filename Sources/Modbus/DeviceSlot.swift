internal import DeviceProfiles
internal import Polling
internal import Telemetry
internal import Terms

/// What a line owner knows of one of its devices. A class, since the owner changes a part of it with every request.
final class DeviceSlot {
    let device: LineDevice
    private(set) var description: DeviceDescription?
    /// How the device wants to be talked to, now that it is known what it is.
    private(set) var manners: UnitManners
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
    private(set) var hasPages = false
    /// Whether its turn-around has moved so far that another plan is cheaper.
    var wantsNewPlan = false
    var standing = DeviceStanding()

    init(_ device: LineDevice, cost: WireCost, at now: Stamp) {
        self.device = device
        frame = SampleFrame(device: device.index, pointCount: 0, stamp: now)
        budget = BusBudget()
        turnAround = TurnAround(planned: cost.turnAround)
        manners = UnitManners(unit: device.unit, line: LineDefaults())
    }

    /// The device is known, or known anew: everything that was learned of another one is forgotten.
    ///
    /// - Parameter known: What is known of the registers that it refuses.
    func adopt(_ description: DeviceDescription, _ known: QuarantineRecord?, on line: WireCost, at now: Stamp) {
        // Another device, or this one with other firmware, has other registers.
        quarantine = Quarantine(
            fences: known?.fences(for: description.quarantineOwner) ?? [], limits: description.map.limits,
            at: now.boottime)
        self.description = description
        manners = device.manners(description.profile)
        let defaults = description.profile.line
        budget = BusBudget(share: device.share ?? defaults.busShare, minimumInterval: defaults.minimumInterval)
        turnAround = TurnAround(planned: line.turnAround)
        wantsNewPlan = false
        plan = newPlan(description, on: line)
        frame = SampleFrame(device: device.index, pointCount: description.map.points.count, stamp: now)
        hasPages = !description.map.pages.isEmpty
        rounds = PageRounds(description.map.pages, at: now.boottime)
        pageSamples = []
        reported = [:]
        sweepIsOpen = false
    }

    /// The cheapest requests by what is known now.
    func newPlan(_ description: DeviceDescription, on line: WireCost) -> ReadPlan {
        ReadPlan(
            map: description.map, interval: device.interval, cost: cost(on: line),
            fences: quarantine.fencedRanges)
    }

    /// What a request to the device costs by what is known now.
    func cost(on line: WireCost) -> WireCost {
        var cost = line.pausing(manners.pause)
        cost.turnAround = turnAround.planned
        return cost
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
