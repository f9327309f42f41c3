import Detection
import Engine
import ServiceLevel
import Telemetry
import Terms
import Ticketing

let metered = DeviceName("pack-1")

/// A home with one metered battery behind an engine, and a ledger that is an array.
final class UsageHome {
    private(set) var ledger: [Fact] = []
    var engine: SiteEngine
    private(set) var now: Stamp
    private var frame: SampleFrame
    private let shape: Shape

    /// What the battery tells; nil for what it does not.
    var watts: Double? = 1_000
    var amperes: Double? = 20
    var chargedWattHours: Double? = 0
    var dischargedWattHours: Double? = 0
    var cycles: Double? = 100
    /// °C of the hottest and the coldest probe.
    var celsius = (25.0, 22.0)
    var isWritable = true

    /// What does not change while it runs.
    struct Shape {
        var zone = "Europe/Berlin"
        var interval = Milliseconds.seconds(10)
        var serial: String? = "B1"
        var capacityAmpereHours: Double? = 100
        /// Whether the device has points for lifetime counters.
        var hasCounters = true
    }

    init(
        _ shape: Shape = Shape(), at wall: Instant, ledger: [Fact] = [], checkpoint: [UInt8]? = nil, boot: UInt64 = 1,
        isConfigured: Bool = true, isHeard: Bool = true
    ) throws {
        self.shape = shape
        self.ledger = ledger
        now = Stamp(
            boot: BootID(high: 0, low: boot), boottime: Boottime(nanoseconds: 9_000_000_000), wall: wall,
            trust: .synced)
        frame = SampleFrame(device: DeviceIndex(0), pointCount: 7, stamp: now)
        engine = SiteEngine(
            site: SiteID("home-1"), zone: shape.zone, authorisation: nil,
            documents: promised, history: ledger, devices: isConfigured ? [Self.expected(shape)] : [], at: now)
        guard let zone = LocalZone(name: shape.zone) else { throw NoZone() }
        engine.countUsage(in: zone, from: try checkpoint.map(UsageCheckpoint.init(bytes:)), at: now)
        if isConfigured, isHeard { introduce(serial: shape.serial) }
    }

    struct NoZone: Error {}

    static func expected(_ shape: Shape) -> ExpectedDevice {
        ExpectedDevice(
            name: metered, profile: "test", link: .lan, interval: shape.interval, rules: DetectionRules.quiet)
    }

    func introduce(serial: String?) {
        let unit = shape.hasCounters ? "Wh" : "?"
        let device = WatchedDevice(
            name: metered, link: .lan, interval: shape.interval,
            points: [
                .init(name: "pack.power", unit: "W", signal: .packPower),
                .init(name: "pack.current", unit: "A", signal: .packCurrent),
                .init(name: "energy.charged", unit: unit, signal: nil),
                .init(name: "energy.discharged", unit: unit, signal: nil),
                .init(name: shape.hasCounters ? "pack.cycles" : "x", unit: "", signal: nil),
                .init(name: "pack.temperature.max", unit: "°C", signal: .packTemperatureMaximum),
                .init(name: "pack.temperature.min", unit: "°C", signal: .packTemperatureMinimum),
            ],
            reports: [], rules: DetectionRules.quiet, capacityAmpereHours: shape.capacityAmpereHours)
        engine.introduce(device, profile: "test", serial: serial, at: now)
    }

    /// The program dies, and begins again after `downtime`.
    ///
    /// - Parameter checkpoint: what was kept; nil where that is lost.
    func restarted(
        after downtime: Milliseconds, checkpoint: [UInt8]?, reboots: Bool = true, isHeard: Bool = true
    ) throws -> UsageHome {
        let next = try UsageHome(
            shape, at: now.wall + downtime, ledger: ledger, checkpoint: checkpoint,
            boot: now.boot.low + (reboots ? 1 : 0), isHeard: isHeard)
        if !reboots { next.now.boottime = now.boottime + downtime }
        (next.watts, next.amperes, next.celsius) = (watts, amperes, celsius)
        (next.chargedWattHours, next.dischargedWattHours, next.cycles) = (
            chargedWattHours, dischargedWattHours, cycles
        )
        return next
    }

    var checkpoint: [UInt8]? { engine.usageCheckpoint?.bytes }

    /// Reads a frame after each interval, as long as that.
    ///
    /// - Parameter each: called before each frame.
    func read(for time: Milliseconds, each: (UsageHome) -> Void = { _ in }) {
        let end = now.boottime + time
        while now.boottime < end {
            pass(min(shape.interval, end - now.boottime))
            each(self)
            frame.clear()
            frame.stamp = now
            frame.requests = 1
            let values = [watts, amperes, chargedWattHours, dischargedWattHours, cycles, celsius.0, celsius.1]
            for (point, value) in values.enumerated() {
                frame.samples[point] = value.map { Sample(value: $0, raw: $0.bitPattern, quality: .good) } ?? .bad
            }
            write(engine.observe(frame, of: metered))
        }
    }

    /// Lets time pass without an answer, looked at every second.
    func wait(_ time: Milliseconds) {
        let end = now.boottime + time
        while now.boottime < end {
            pass(min(.seconds(1), end - now.boottime))
            write(engine.tick(at: now))
        }
    }

    /// Steps the wall clock.
    func step(_ time: Milliseconds) { now.wall = now.wall + time }

    func trust(_ trust: ClockTrust) { now.trust = trust }

    func expectNothing() { engine.expect([], promise: promised.current, at: now) }

    func write(_ proposal: Proposal?) {
        guard let proposal, isWritable else { return }
        ledger += proposal.facts
        engine.adopt(proposal)
    }

    var days: [UsageDay] {
        ledger.compactMap { if case .usage(.recorded(let day)) = $0.event { day } else { nil } }
    }

    var total: UsageTotal? {
        engine.book.usage.totals[UsageUnit(device: metered, serial: shape.serial)]
    }

    private func pass(_ time: Milliseconds) {
        now.boottime = now.boottime + time
        now.wall = now.wall + time
    }
}

extension DetectionRules {
    /// No alarm but that of frozen readings.
    static var quiet: DetectionRules {
        var quiet = rules
        quiet.alarms = [
            .frozenData: AlarmRule(
                limit: 0, deadBand: 0, timing: AlarmTiming(onDelay: .minutes(1), offDelay: .seconds(30), reads: 2),
                severity: .warning, routing: .k3)
        ]
        return quiet
    }
}

func berlin(_ text: String) -> Instant { Instant(rfc3339: text) ?? Instant(milliseconds: 0) }
