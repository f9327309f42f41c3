import Detection
import Engine
import ServiceLevel
import Telemetry
import Terms
import Ticketing

let promise = SupportPolicy(
    name: "default", version: 1, documentHash: String(repeating: "0", count: 64),
    rules: [
        .response: .init(limit: .hours(24), warnings: [50, 75, 90]),
        .diagnosisA: .init(limit: .hours(48), warnings: [50, 75, 90]),
        .diagnosisB: .init(limit: .hours(48), warnings: [50, 75, 90]),
        .remoteSupport: .init(limit: .hours(24), warnings: [75]),
        .elimination: .init(limit: nil, warnings: []),
        .statusReport: .init(limit: .hours(24), warnings: [75]),
    ],
    reopenWindow: .days(30), lateEntryTolerance: .minutes(15))

/// What everything is bound to.
let promised = PromiseDocuments(current: Promise(policy: promise))

let rules = DetectionRules(
    alarms: [
        .packTemperatureHigh: AlarmRule(
            limit: 60, deadBand: 5, timing: AlarmTiming(onDelay: .zero, offDelay: .seconds(30), reads: 2),
            severity: .safety, routing: .k0),
        .inverterTemperatureHigh: AlarmRule(
            limit: 90, deadBand: 5, timing: AlarmTiming(onDelay: .zero, offDelay: .seconds(30), reads: 1),
            severity: .protection, routing: .k1),
        .dataLost: AlarmRule(
            limit: 0, deadBand: 0, timing: AlarmTiming(onDelay: .seconds(30), offDelay: .seconds(10), reads: 1),
            severity: .warning, routing: .k3),
    ],
    classes: [
        .k0: ClassRule(onDelay: .zero), .k1: ClassRule(onDelay: .minutes(15), repeats: 3),
        .k3: ClassRule(onDelay: .minutes(10), dongleOnDelay: .hours(1)),
    ],
    deviceAlarmTiming: AlarmTiming(onDelay: .zero, offDelay: .seconds(30), reads: 1),
    integrity: IntegrityRules(
        temperatureStep: 5, temperatureConfirmations: 2, cellVoltageStep: 0.06, cellVoltageConfirmations: 3,
        gap: .minutes(2), restartReads: 10, restartTime: .minutes(2)),
    rise: TemperatureRiseRule(window: .seconds(3), above: 45, aboveMedian: 15, slowestInterval: .seconds(2)),
    cells: CellRules(
                possible: 1.5...4.6, edges: [], plateau: 3.20...3.38, restRate: 0.01, scatterFactor: 2.5, lead: 2.5,
                kneeShare: 0.5, kneeLevel: 0.060, warmUp: .minutes(30), settled: .hours(22), memory: .days(3),
                pull: 0.003, catchUp: 20, peers: 0, ownMilliohmAmpereHours: 50,
                lasting: CellRules.LastingShiftRule(
                    limit: 0.003, lead: 2.5, memory: .hours(1), onDelay: .minutes(30), quiet: 0.001,
                    largestRate: 0.1),
                excess: CellRules.ExcessResistanceRule(
                    milliohmAmpereHours: 300, sigmas: 5, memory: .hours(3), onDelay: .minutes(20)),
                wire: CellRules.SenseWireRule(variance: 8, ratio: 3, memory: .minutes(10))),
    pack: PackRules(
        probes: PackRules.Probes(possible: -39.5...250, standing: .hours(2)),
        capacity: PackRules.Capacity(
            full: 97, empty: 10, rest: .minutes(30), apart: 40, longest: .hours(36), windows: 3, memory: .days(90),
            plausible: 20...150),
        balancing: PackRules.Balancing(above: 3.38, leads: .minutes(5), charges: 8, apart: .hours(6))))

let hybrid = DeviceName("hybrid")
let ticketOne = TicketID("home-1.1")

/// A home with one device, an engine, and a ledger that is an array: facts are adopted once they are in it.
final class Home {
    private(set) var ledger: [Fact] = []
    private(set) var documents: [[UInt8]] = []
    private var engine: SiteEngine
    private var now: Stamp
    private var frame: SampleFrame
    /// °C of the hottest cell and of the inverter.
    var packCelsius = 25.0
    var inverterCelsius = 40.0
    var bits: UInt64 = 0
    /// How the next readings of the bits end.
    var bitsQuality = Telemetry.Quality.good
    /// While false nothing can be written, as with a full disk.
    var isWritable = true
    private let link: WatchedDevice.Link

    static let start = Instant(milliseconds: 1_780_000_000_000)

    init(
        link: WatchedDevice.Link = .lan, ledger: [Fact] = [], at wall: Instant = Home.start, boot: UInt64 = 1,
        boottime: Boottime = Boottime(nanoseconds: 0)
    ) {
        self.link = link
        self.ledger = ledger
        now = Stamp(
            boot: BootID(high: 0, low: boot), boottime: boottime, wall: wall, trust: .synced)
        frame = SampleFrame(device: DeviceIndex(0), pointCount: 3, stamp: now)
        engine = SiteEngine(
            site: SiteID("home-1"), zone: "Europe/Berlin", authorisation: "2026-05-04",
            documents: promised, history: ledger, devices: [Home.expected(link)], at: now)
    }

    static func expected(_ link: WatchedDevice.Link) -> ExpectedDevice {
        ExpectedDevice(name: hybrid, profile: "test", link: link, interval: .seconds(1), rules: rules)
    }

    /// The process dies and begins again, after `downtime` and in a new boot where `reboots`.
    func restarted(after downtime: Milliseconds = .zero, reboots: Bool = false) -> Home {
        Home(
            link: link, ledger: ledger, at: now.wall + downtime, boot: now.boot.low + (reboots ? 1 : 0),
            boottime: reboots ? Boottime(nanoseconds: 0) : now.boottime + downtime)
    }

    func introduce(serial: String? = "B123") {
        let device = WatchedDevice(
            name: hybrid, link: link, interval: .seconds(1),
            points: [
                .init(name: "pack.temperature.max", unit: "°C", signal: .packTemperatureMaximum),
                .init(name: "inverter.temperature", unit: "°C", signal: .inverterTemperature),
                .init(name: "alarms", unit: "", signal: nil),
            ],
            reports: [
                .init(
                    point: 2, condition: .bitSet(0), code: "maker.hot", fault: FaultCode("overTemperature"),
                    title: "Too hot", consequence: "It stops.", severity: .safety, routing: .k0),
                .init(
                    point: 2, condition: .bitSet(1), code: "maker.grid", fault: FaultCode("maker.grid"), title: "Grid",
                    consequence: "It waits.", severity: .warning, routing: .k4),
            ], rules: rules)
        engine.introduce(device, profile: "test", serial: serial, at: now)
    }

    /// Reads one frame a second.
    func read(_ seconds: Int = 1) {
        for _ in 0..<seconds {
            pass(.seconds(1))
            frame.stamp = now
            frame.requests = 1
            for (point, value) in [packCelsius, inverterCelsius].enumerated() {
                frame.samples[point] = Sample(value: value, raw: UInt64(value * 10), quality: .good)
            }
            frame.samples[2] = Sample(value: Double(bits), raw: bits, quality: bitsQuality)
            write(engine.observe(frame, of: hybrid))
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

    func act(_ action: TicketAction, by author: String = "ana", at: Instant? = nil) throws {
        write(
            try engine.act(
                TicketCommand(ticket: ticketOne, action: action, author: author, at: at, evidence: nil), at: now))
    }

    func expectNothing() { engine.expect([], promise: promised.current, at: now) }

    var channels: [OutboxChannel] {
        get { engine.channels }
        set { engine.channels = newValue }
    }

    var outboxPlan: OutboxPlan { engine.outboxPlan(at: now.wall) }
    var handOvers: [Fact] { engine.handOvers(at: now)?.facts ?? [] }
    func news(of message: NotificationMessage) -> [TicketNews] { engine.news(of: message, at: now) }
    func record(_ event: DeliveryEvent) { write(engine.recorded(event, at: now)) }

    var time: Instant { now.wall }
    var book: TicketBook { engine.book }
    var snapshot: SiteSnapshot { engine.snapshot(at: now) }
    var nextTick: Boottime? { engine.nextTick(after: now) }
    var elapsed: Milliseconds { now.wall - Home.start }

    /// The names of the facts, in the order of the ledger.
    var facts: [String] { ledger.map(\.event.name) }

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
