import Detection
import Engine
import ServiceLevel
import Telemetry
import Terms
import Ticketing

/// A site with several devices, each of which tells one word of alarm bits; in virtual time, its ledger an array.
final class Site {
    /// One device of the site.
    struct Device {
        var name: DeviceName
        var line = "packs"
        var unit = 1
        /// Whether it tells of a cell, so that it is a battery of its own.
        var hasCells = false
        var reports: [WatchedDevice.Report]
        var bits: UInt64 = 0
        var answers = true

        init(_ name: String, line: String = "packs", unit: Int = 1, hasCells: Bool = false, _ faults: [Fault]) {
            self.name = DeviceName(name)
            self.line = line
            self.unit = unit
            self.hasCells = hasCells
            reports = faults.enumerated().map { bit, fault in
                WatchedDevice.Report(
                    point: 0, condition: .bitSet(bit), code: "\(name).\(fault.code)", fault: FaultCode(fault.code),
                    title: fault.code, consequence: "Something.",
                    severity: fault.routing == .k0 ? .safety : .protection, routing: fault.routing,
                    masks: fault.masks.map { "\(name).\($0)" }, isDoubtful: fault.isDoubtful)
            }
        }
    }

    /// What a device can report: bit by bit.
    struct Fault {
        var code: String
        var routing: Routing
        var masks: [String] = []
        var isDoubtful = false

        init(_ code: String, _ routing: Routing, masks: [String] = [], isDoubtful: Bool = false) {
            self.code = code
            self.routing = routing
            self.masks = masks
            self.isDoubtful = isDoubtful
        }
    }

    private(set) var ledger: [Fact] = []
    var devices: [Device]
    private var engine: SiteEngine
    private var now: Stamp
    private var frame: SampleFrame

    init(
        _ devices: [Device], classes: [Routing: ClassRule]? = nil, timing: AlarmTiming? = nil,
        interval: Milliseconds = .seconds(1), ledger: [Fact] = [], at wall: Instant = Home.start, boot: UInt64 = 1
    ) {
        self.devices = devices
        self.ledger = ledger
        var siteRules = rules
        if let classes { siteRules.classes.merge(classes) { _, new in new } }
        if let timing { siteRules.deviceAlarmTiming = timing }
        let stamp = Stamp(
            boot: BootID(high: 0, low: boot), boottime: Boottime(nanoseconds: 0), wall: wall, trust: .synced)
        now = stamp
        frame = SampleFrame(device: DeviceIndex(0), pointCount: 2, stamp: stamp)
        engine = SiteEngine(
            site: SiteID("home-1"), zone: "Europe/Berlin", authorisation: "2026-05-04",
            documents: promised, history: ledger,
            devices: devices.map { device in
                ExpectedDevice(
                    name: device.name, profile: "test", link: .lan, interval: interval, rules: siteRules,
                    line: device.line, unit: device.unit)
            }, at: stamp)
        for device in devices {
            let watched = WatchedDevice(
                name: device.name, link: .lan, interval: interval,
                points: [
                    .init(name: "alarms", unit: "", signal: nil),
                    .init(name: "cell", unit: "V", signal: device.hasCells ? .cellVoltage(1) : nil),
                ], reports: device.reports, rules: siteRules)
            engine.introduce(watched, profile: "test", serial: nil, at: stamp)
        }
    }

    /// Every device that answers is read once an interval.
    func run(_ time: Milliseconds, every interval: Milliseconds = .seconds(1)) {
        let end = now.boottime + time
        while now.boottime < end {
            for device in devices where device.answers { read(device) }
            write(engine.tick(at: now))
            now.boottime = now.boottime + interval
            now.wall = now.wall + interval
        }
    }

    /// Sets or clears the bit of one fault.
    func set(_ device: String, _ code: String, _ isSet: Bool = true) {
        guard let index = devices.firstIndex(where: { $0.name.text == device }),
            let bit = devices[index].reports.firstIndex(where: { $0.fault.text == code })
        else { preconditionFailure("no \(code) at \(device)") }
        if isSet { devices[index].bits |= 1 << UInt64(bit) } else { devices[index].bits &= ~(1 << UInt64(bit)) }
    }

    func silence(_ device: String, _ isSilent: Bool = true) {
        for index in devices.indices where devices[index].name.text == device { devices[index].answers = !isSilent }
    }

    /// What the box notices of itself.
    func notice(_ troubles: Set<BoxTrouble>) { write(engine.observeBox(troubles, at: now)) }

    func act(_ action: TicketAction, on ticket: TicketID = ticketOne) throws {
        write(
            try engine.act(
                TicketCommand(ticket: ticket, action: action, author: "ana", at: nil, evidence: nil), at: now))
    }

    var book: TicketBook { engine.book }
    var snapshot: SiteSnapshot { engine.snapshot(at: now) }
    var time: Instant { now.wall }
    var nextTick: Boottime? { engine.nextTick(after: now) }
    var boottime: Boottime { now.boottime }

    /// The seconds at which facts of this name took effect.
    func seconds(of name: String) -> [Int64] {
        ledger.filter { $0.event.name == name }.map { ($0.at - Home.start).count / 1_000 }
    }

    var messages: [(at: Instant, message: NotificationMessage)] {
        ledger.compactMap { fact in
            if case .notificationDue(let message) = fact.event { (fact.at, message) } else { nil }
        }
    }

    /// The most messages in any ten minutes.
    var mostMessages: Int {
        let instants = messages.map(\.at)
        return instants.map { end in instants.filter { $0 <= end && $0 > end - .minutes(10) }.count }.max() ?? 0
    }

    private func read(_ device: Device) {
        frame.stamp = now
        frame.requests = 1
        frame.samples[0] = Sample(value: Double(device.bits), raw: device.bits, quality: .good)
        // Moves with every reading, so that nothing looks frozen.
        frame.samples[1] = Sample(
            value: 3.3, raw: UInt64(bitPattern: now.boottime.nanoseconds) & 0xFF, quality: .good)
        write(engine.observe(frame, of: device.name))
    }

    private func write(_ proposal: Proposal?) {
        guard let proposal else { return }
        ledger += proposal.facts
        engine.adopt(proposal)
    }
}
