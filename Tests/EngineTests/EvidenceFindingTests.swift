import Detection
import Telemetry
import Terms
import Testing
import Ticketing

@testable import Engine

/// One pack of eight cells and four probes that tells an alarm word, watched without a site around it.
private final class SinglePack {
    static let cells = 8
    static let probes = 4
    private static let interval = 20.0
    private let device: MonitoredDevice
    private var frame: SampleFrame
    private var second = 0.0
    private(set) var raised: [AlarmTransition] = []
    var volts = (0..<cells).map { 3.300 + Double($0 % 3) / 1_000 }
    var celsius = [25.0, 26, 25, 24]
    var word: UInt64 = 0
    /// A cell whose channel shows the same again and again, from 0.
    var standing: Int?

    init(reports: [(code: String, fault: String, title: String)] = []) {
        let points =
            (1...Self.cells).map {
                WatchedDevice.Point(name: "cell.\($0).voltage", unit: "V", signal: .cellVoltage($0))
            } + [.init(name: "cell.voltage.max", unit: "V", signal: .cellVoltageMaximum)]
            + (1...Self.probes).map {
                WatchedDevice.Point(name: "cell.\($0).temperature", unit: "°C", signal: .cellTemperature($0))
            } + [
                .init(name: "alarms", unit: "", signal: nil),
                .init(name: "pack.current", unit: "A", signal: .packCurrent),
            ]
        let told = reports.enumerated().map { bit, report in
            WatchedDevice.Report(
                point: Self.cells + 1 + Self.probes, condition: .bitSet(bit), code: report.code,
                fault: FaultCode(report.fault), title: report.title, consequence: "", severity: .protection,
                routing: .k1)
        }
        var rules = rules
        func rule(_ limit: Double, minutes: Int64) -> AlarmRule {
            AlarmRule(
                limit: limit, deadBand: 0,
                timing: AlarmTiming(onDelay: .minutes(minutes), offDelay: .hours(1), reads: 1), severity: .warning,
                routing: .k2)
        }
        rules.alarms[.baselineShift] = rule(0.005, minutes: 8)
        rules.alarms[.stuckChannel] = rule(0.012, minutes: 15)
        rules.alarms[.thermal] = rule(8, minutes: 1)
        let start = Self.stamp(0)
        device = MonitoredDevice(
            WatchedDevice(
                name: pack, link: .lan, interval: .seconds(20), points: points, reports: told, rules: rules),
            profile: "test", active: [], at: start)
        frame = SampleFrame(device: DeviceIndex(0), pointCount: points.count, stamp: start)
    }

    private static func stamp(_ second: Double) -> Stamp {
        Stamp(
            boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: Int64(second * 1e9)),
            wall: Instant(milliseconds: 1_780_000_000_000 + Int64(second * 1_000)), trust: .synced)
    }

    /// Reads until an alarm comes up, or for so many minutes.
    func read(minutes: Double, change: (SinglePack) -> Void = { _ in }) {
        for step in 0..<Int(minutes * 60 / Self.interval) where raised.isEmpty {
            second += Self.interval
            change(self)
            frame.stamp = Self.stamp(second)
            frame.requests = 1
            // A frame that repeats the one before it stops every clock.
            let ripple = Double(step % 2) / 1_000
            var cells = volts.map { $0 + ripple }
            if let standing { cells[standing] = 3.3 }
            let values = cells + [volts.max() ?? 0] + celsius + [Double(word), 10 + ripple]
            for (point, value) in values.enumerated() {
                frame.samples[point] = Sample(value: value, raw: value.bitPattern, quality: .good)
            }
            frame.samples[Self.cells + 1 + Self.probes].raw = word
            var transitions: [AlarmTransition] = []
            device.observe(frame, &transitions)
            raised += transitions.filter { $0.kind == .raised }
        }
    }

    /// The evidence of the first alarm.
    func evidence() throws -> EvidenceDocument {
        let alarm = try #require(raised.first)
        let occurrence = AlarmOccurrence(
            id: OccurrenceID("pack-1/x#1"), device: pack, alarm: alarm.alarm, fault: alarm.fault, place: alarm.place,
            faultClass: alarm.faultClass, severity: alarm.severity, routing: alarm.routing,
            explanation: alarm.explanation)
        let request = EvidenceRequest(
            part: .before, site: SiteID("home-1"), ticket: ticketOne, serial: nil, occurrence: occurrence,
            raised: alarm.stamp, opened: alarm.stamp, line: nil)
        let new = device.evidence(request, now: alarm.stamp, budget: EvidenceDocument.mostBytes)
        return try #require(EvidenceDocument(canonicalBytes: new.bytes))
    }
}

@Suite struct EvidenceFindingTests {
    @Test func aCellOffItsUsualPlaceIsShownAgainstThatPlace() throws {
        let pack = SinglePack()
        pack.volts[4] += 0.003
        pack.read(minutes: 120)
        pack.volts[4] += 0.012
        pack.read(minutes: 20)
        #expect(pack.raised.first?.alarm == "baselineShift" && pack.raised.first?.place == 5)
        let document = try pack.evidence()
        let finding = try #require(document.header.finding)
        #expect(finding.measure == .shift && finding.unit == "V" && !finding.isUpperOnly)
        // 4 mV above the others' 3.300 to 3.302, whose middle is 3.301.
        #expect(abs((finding.usual ?? 0) - 0.003) < 0.0015, "\(finding)")
        #expect(abs((finding.deviation ?? 0) - 0.015) < 0.0015, "\(finding)")
        #expect((0.005...0.011).contains(finding.limit ?? 0), "\(finding)")
        // A highest cell that is told besides is no sibling.
        #expect(document.curves.filter { $0.role != .other }.count == SinglePack.cells)
    }

    @Test func aHotProbeIsShownAgainstItsUsualDistance() throws {
        let pack = SinglePack()
        pack.read(minutes: 60)
        pack.read(minutes: 60) { $0.celsius[1] += 0.4 }
        let finding = try #require(try pack.evidence().header.finding)
        #expect(pack.raised.first?.alarm == "thermal" && pack.raised.first?.place == 2)
        #expect(finding.measure == .shift && finding.unit == "°C" && finding.isUpperOnly)
        #expect(finding.limit == 8 && abs((finding.usual ?? 0) - 1) < 0.2, "\(finding)")
        #expect((finding.deviation ?? 0) > 8)
    }

    @Test func aChannelThatStandsStillIsShownAgainstWhatTheOthersMoved() throws {
        let pack = SinglePack()
        pack.read(minutes: 5)
        pack.read(minutes: 60) { pack in
            for cell in 0..<SinglePack.cells { pack.volts[cell] += 0.0002 }
            pack.standing = 3
        }
        #expect(pack.raised.first?.alarm == "stuckChannel" && pack.raised.first?.place == 4)
        let finding = try #require(try pack.evidence().header.finding)
        #expect(finding.measure == .amount && finding.amount?.unit == "mV" && finding.limit == 12)
    }

    @Test(arguments: [
        ("Cell voltage high", "cellOverVoltage", [3]), ("Cell undervoltage", "x.1", [7]),
        ("Cells out of balance", "cellSpread", [7]), ("Cell voltages differ", "x.2", [7]),
    ])
    func aMakersAlarmAboutCellsShowsTheCell(title: String, fault: String, cells: [Int]) throws {
        let pack = SinglePack(reports: [("maker.1", fault, title)])
        pack.volts[2] = 3.35
        pack.volts[6] = 3.20
        pack.read(minutes: 5)
        pack.word = 1
        pack.read(minutes: 1)
        let document = try pack.evidence()
        let subjects = document.curves.filter { $0.role == .subject }.map(\.name)
        #expect(subjects == cells.map { "cell.\($0).voltage" })
        #expect(document.header.finding?.unit == "V" && document.header.finding?.value != nil)
    }

    @Test(arguments: ["Cell temperature high", "Battery overheated", "Grid voltage high", "Something else"])
    func anyOtherMakersAlarmShowsTheTemperatures(title: String) throws {
        let pack = SinglePack(reports: [("maker.1", "maker.1", title)])
        pack.read(minutes: 5)
        pack.word = 1
        pack.read(minutes: 1)
        let shown = try pack.evidence().curves.filter { $0.role != .other }
        #expect(shown.count == SinglePack.probes && shown.allSatisfy { $0.unit == "°C" })
    }

    @Test func aMakersAlarmAboutTheCurrentShowsTheCurrent() throws {
        let pack = SinglePack(reports: [("maker.1", "maker.1", "Charge current too high")])
        pack.read(minutes: 5)
        pack.word = 1
        pack.read(minutes: 1)
        #expect(try pack.evidence().curves.filter { $0.role == .subject }.map(\.name) == ["pack.current"])
    }
}
