import Detection
import DeviceProfiles
import Polling
import Telemetry
import Terms
import Testing

@testable import Gateway
@testable import Modbus
@testable import Settings

@Suite struct LineReportTests {
    private let settings = LineSettings(
        name: "packs", url: .tcp(host: "192.0.2.10", port: 502), link: .lan,
        devices: [
            DeviceSettings(
                name: DeviceName("pack-1"), unit: 1, profile: "acme", serial: .automatic, interval: .seconds(1))
        ])

    private func at(_ seconds: Int64) -> Boottime { Boottime(nanoseconds: seconds * 1_000_000_000) }

    private var health: LineHealth {
        var counts = UnitStatistics()
        for _ in 0..<9_999 { counts.answered(after: 1_000_000, bytes: 10) }
        counts.failed("timeout", after: 1_000_000)
        counts.strayed(bytes: 7)
        let fence = RegisterRange(function: .holdingRegisters, address: 37_000, count: 24)
        let device = LineHealth.Device(
            index: DeviceIndex(0), unit: 1, description: nil,
            sweep: LineHealth.Sweep(
                requests: 4, wireNanoseconds: 12_340_000, wished: .seconds(1), achieved: Milliseconds(1_500)),
            fences: [fence],
            silence: LineHealth.Silence(since: at(70), nextTurn: at(140), failure: .timeout))
        return LineHealth(at: at(100), start: .init(nanoseconds: 0), units: [1: counts], devices: [device])
    }

    @Test func figuresAreInTheUnitsOfTheirNames() throws {
        let report = LineReport(settings, health, names: [DeviceIndex(0): "pack-1"])
        #expect(report.countedSeconds == 100)
        #expect(report.busPercent == 10)
        let unit = try #require(report.unit(1))
        #expect(unit.requests == 10_000 && unit.answers == 9_999)
        #expect(unit.answeredPercent == 99.99)
        #expect(unit.failures.map(\.code) == ["timeout"])
        #expect(unit.failures.first?.meaning.contains("no answer in time") == true)
        #expect(unit.busSeconds == 10 && unit.payloadBytes == 99_990 && unit.strayBytes == 7)
        let latency = try #require(unit.latency)
        #expect(abs(latency.medianMilliseconds - 1) < 0.08 && latency.totalSeconds == 9.999)
        let device = try #require(report.devices.first)
        #expect(device.state == .unidentified && device.profile == "acme")
        #expect(device.silentSeconds == 30 && device.nextProbeSeconds == 40)
        #expect(device.fences == [AskedRange(health.devices[0].fences[0])])
        #expect(device.sweep?.wireMilliseconds == 12.3 && device.sweep?.achievedIntervalMilliseconds == 1_500)
    }

    /// One failure of a hundred thousand must not read as none.
    @Test func theShareOfAnswersIsNeverRoundedUp() {
        var counts = UnitStatistics()
        for _ in 0..<99_999 { counts.answered(after: 1_000, bytes: 2) }
        counts.failed("badCRC", after: 1_000)
        let health = LineHealth(at: at(1), start: .init(nanoseconds: 0), units: [1: counts], devices: [])
        #expect(LineReport(settings, health).unit(1)?.answeredPercent == 99.99)
    }

    /// A device that lacks a register is no trouble of the line; a gateway that reaches nobody is.
    @Test func aRefusalIsAnAnswer() {
        var counts = UnitStatistics()
        counts.answered(after: 1_000, bytes: 2)
        for code in ["exception2", "exception2", "exception11"] { counts.failed(code, after: 1_000) }
        let health = LineHealth(at: at(1), start: .init(nanoseconds: 0), units: [1: counts], devices: [])
        let unit = LineReport(settings, health).unit(1)
        #expect(unit?.answers == 1 && unit?.refusals == 2)
        #expect(unit?.answeredPercent == 75)
    }

    @Test func aLineThatWasNotLookedAtYetHasItsDevicesAndNoFigures() {
        let registry = LineRegistry()
        let owner = LineOwner(url: settings.url, devices: [], time: StandingTime())
        registry.replace(with: [(settings, owner)])
        let report = registry.reports(at: at(5)).first
        #expect(report?.ageSeconds == nil)
        #expect(report?.devices.map(\.state) == [.starting])
        #expect(report?.isHeldUp == false)
        #expect(registry.owned() == [OwnedLine(url: settings.url.description, units: [1])])

        registry.note(LineReport(settings, health), of: owner, at: at(100))
        #expect(registry.reports(at: at(101)).first?.ageSeconds == 1)
        #expect(registry.reports(at: at(101)).first?.isHeldUp == false)
        #expect(registry.reports(at: at(130)).first?.isHeldUp == true)

        let stranger = LineOwner(url: settings.url, devices: [], time: StandingTime())
        registry.note(LineReport(settings, nil), of: stranger, at: at(140))
        #expect(registry.reports(at: at(141)).first?.ageSeconds == 41)
    }

    @Test func metricsAreWhatPrometheusReads() {
        let text = LineMetrics([LineReport(settings, health, names: [DeviceIndex(0): "pack-1"])]).text
        for line in [
            "# TYPE aftercare_unit_requests_total counter",
            "aftercare_unit_requests_total{line=\"packs\",unit=\"1\"} 10000",
            "aftercare_unit_failures_total{line=\"packs\",unit=\"1\",kind=\"timeout\"} 1",
            "aftercare_unit_bus_seconds_total{line=\"packs\",unit=\"1\"} 10",
            "aftercare_unit_latency_seconds_sum{line=\"packs\",unit=\"1\"} 9.999",
            "aftercare_unit_latency_seconds_count{line=\"packs\",unit=\"1\"} 9999",
            "aftercare_device_up{line=\"packs\",unit=\"1\",device=\"pack-1\"} 0",
            "aftercare_device_silent_seconds{line=\"packs\",unit=\"1\",device=\"pack-1\"} 30",
            "aftercare_device_sweep_achieved_interval_seconds{line=\"packs\",unit=\"1\",device=\"pack-1\"} 1.5",
        ] {
            #expect(text.contains("\(line)\n"), "\(line)")
        }
        // Every sample's metric is explained before it, and no two samples have the same name and labels.
        var types: [Substring: Substring] = [:]
        var seen: Set<Substring> = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("# TYPE") {
                #expect(types.updateValue(words[3], forKey: words[2]) == nil, "\(line)")
            } else if !line.hasPrefix("#") {
                let name = line.prefix { $0 != "{" }
                #expect(types.keys.contains { name == $0 || name == "\($0)_sum" || name == "\($0)_count" }, "\(line)")
                #expect(Double(words[words.count - 1]) != nil, "\(line)")
                #expect(seen.insert(line.prefix { $0 != "}" }).inserted, "\(line)")
            }
        }
        #expect(LineMetrics([]).text.isEmpty)
    }

    @Test func labelsAreEscaped() {
        var report = LineReport(settings, nil)
        report.line = "a\"b\\c\nd"
        #expect(LineMetrics([report]).text.contains("{line=\"a\\\"b\\\\c\\nd\"} 0\n"))
    }

    @Test func aReadingTellsItsRemarks() throws {
        let map = DeviceMap(profile: "acme", points: [], remarks: ["cells 1 to 16 are in module 1"])
        let description = DeviceDescription(map: map, profile: try readProfile(
            "{profile: acme, title: A, status: simulated, sources: {a: b}, points: []}", name: "acme"), texts: [])
        let reading = Reading(device: description, samples: [], failures: [])
        let document = ReadingDocument(reading, url: "tcp://192.0.2.10", unit: 1)
        #expect(document.device.remarks == ["cells 1 to 16 are in module 1"])
    }
}

/// A clock that nobody needs.
private struct StandingTime: TimeSource {
    func now() -> Stamp {
        Stamp(
            boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: 0), wall: Instant(milliseconds: 0),
            trust: .synced)
    }

    func sleep(until deadline: Boottime) async throws { throw CancellationError() }
}
