import Detection
import Engine
import ServiceLevel
import Telemetry
import Terms
import Ticketing

let pack = DeviceName("pack-1")

/// A home with one pack whose cells are told one by one, an engine, and a ledger that is an array.
final class PackHome {
    private(set) var ledger: [Fact] = []
    private(set) var documents: [[UInt8]] = []
    private(set) var engine: SiteEngine
    private(set) var now: Stamp
    private var frame: SampleFrame
    let cells: Int
    let interval: Milliseconds
    /// V of each cell.
    var volts: [Double]
    var amperes = 12.5
    var isWritable = true
    /// How often evidence was asked how the line does.
    let line = LineStatistics(
        line: "packs", unit: 3, countedSeconds: 60, requests: 120, answers: 118, refusals: 1, failures: ["timeOut": 1],
        medianMilliseconds: 12.5)

    static let start = Instant(milliseconds: 1_780_000_000_000)

    init(
        cells: Int = 16, interval: Milliseconds = .seconds(1), ledger: [Fact] = [], at wall: Instant = start,
        boot: UInt64 = 1
    ) {
        self.cells = cells
        self.interval = interval
        self.ledger = ledger
        volts = (0..<cells).map { 3.30 + Double($0 % 3) / 1_000 }
        now = Stamp(
            boot: BootID(high: 0, low: boot), boottime: Boottime(nanoseconds: 50_000_000_000), wall: wall,
            trust: .synced)
        frame = SampleFrame(device: DeviceIndex(0), pointCount: cells + 3, stamp: now)
        let line = line
        engine = SiteEngine(
            site: SiteID("home-1"), zone: "Europe/Berlin", authorisation: nil,
            documents: promised, history: ledger, devices: [Self.expected(interval)], at: now)
        engine.lineStatistics = { $0 == pack ? line : nil }
    }

    static func expected(_ interval: Milliseconds) -> ExpectedDevice {
        ExpectedDevice(name: pack, profile: "test", link: .lan, interval: interval, rules: spreadRules)
    }

    static var spreadRules: DetectionRules {
        var spread = rules
        spread.alarms[.resistance] = AlarmRule(
            limit: 0.016, deadBand: 0.002, timing: AlarmTiming(onDelay: .seconds(5), offDelay: .seconds(30), reads: 1),
            severity: .warning, routing: .k2)
        spread.alarms[.cellVoltageHigh] = AlarmRule(
            limit: 3.6, deadBand: 0.05, timing: AlarmTiming(onDelay: .zero, offDelay: .seconds(30), reads: 3),
            severity: .safety, routing: .k0)
        return spread
    }

    /// The process dies and begins again after `downtime`, in a new boot.
    func restarted(after downtime: Milliseconds) -> PackHome {
        PackHome(
            cells: cells, interval: interval, ledger: ledger, at: now.wall + downtime, boot: now.boot.low + 1)
    }

    func introduce() {
        let points =
            (1...cells).map {
                WatchedDevice.Point(name: "cell.\($0).voltage", unit: "V", signal: .cellVoltage($0))
            } + [
                .init(name: "pack.current", unit: "A", signal: .packCurrent),
                .init(name: "pack.soc", unit: "%", signal: .packStateOfCharge),
                .init(name: "pack.serial.crc", unit: "", signal: nil),
            ]
        engine.introduce(
            WatchedDevice(
                name: pack, link: .lan, interval: interval, points: points, reports: [], rules: Self.spreadRules),
            profile: "test", serial: "B123", at: now)
    }

    func read(_ frames: Int = 1) {
        for _ in 0..<frames {
            pass(interval)
            frame.stamp = now
            frame.requests = 1
            for (cell, volt) in volts.enumerated() {
                frame.samples[cell] = Sample(value: volt, raw: UInt64(max(0, volt * 1_000)), quality: .good)
            }
            // A frame that repeats the one before it stops every clock.
            frame.samples[8].value += Double(now.boottime.nanoseconds / 1_000_000_000 % 2) / 1_000
            for (offset, value) in [amperes, 84, 7].enumerated() {
                frame.samples[cells + offset] = Sample(value: value, raw: 1, quality: .good)
            }
            write(engine.observe(frame, of: pack))
        }
    }

    /// Lets time pass without an answer, looked at when the engine asks for it.
    func wait(_ time: Milliseconds) {
        let end = now.boottime + time
        while now.boottime < end {
            let due = min(engine.nextTick(after: now) ?? end, end)
            pass(max(Milliseconds(1), due - now.boottime))
            write(engine.tick(at: now))
        }
    }

    /// Somebody sets the wall clock.
    func setClock(by step: Milliseconds) { now.wall = now.wall + step }

    func reload() { engine.expect([Self.expected(interval)], promise: promised.current, at: now) }

    private func pass(_ time: Milliseconds) {
        now.boottime = now.boottime + time
        now.wall = now.wall + time
    }

    private func write(_ proposal: Proposal?) {
        guard let proposal, isWritable else { return }
        ledger += proposal.facts
        documents += proposal.evidence
        engine.adopt(proposal)
    }
}
