import DeviceProfiles
import Foundation
import Modbus
import Polling
import Settings
import StrictYAML
import Terms
import TestPeers
import Testing

@testable import Commissioning

/// Time in which nothing has to be waited for.
private struct StandingTime: TimeSource {
    func now() -> Stamp {
        Stamp(
            boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: 0), wall: Instant(milliseconds: 0),
            trust: .synced)
    }

    func sleep(until deadline: Boottime) async throws {}
}

/// A pack that tells its serial number, and one that is like it in fewer registers.
private func profiles() throws -> [Profile] {
    func profile(_ name: String, _ extra: String) throws -> Profile {
        try readProfile(
            """
            profile: \(name)
            title: Pack \(name)
            status: simulated
            sources: {none: made for a test}
            line: {unit: 2, baud: 9600, timeout: 2s}
            limits: {registers: 60, readable: [{function: 3, from: 0, to: 59}]}
            \(extra)
            points:
              - source: none
                function: 3
                rows:
                  - {name: pack.voltage, address: 20, type: u16, unit: V}
            """, name: name)
    }
    let number = "identity: [{function: 3, address: 10, type: u16, equals: 4711}]"
    return [
        try profile("acme", number + "\nserial: {function: 3, address: 11, registers: 2}"),
        try profile("like-acme", number + "\nauto: false"),
        try profile("other", "identity: [{function: 3, address: 10, type: u16, equals: 1}]"),
    ]
}

private let acme: [Int: [Int: [Int]]] = [3: [0: [0], 10: [4_711, 0x4137, 0x3700], 20: [51]]]
private let another: [Int: [Int: [Int]]] = [3: [0: [0], 10: [4_711, 0x4138, 0x3800], 20: [52]]]

/// Whole scans of real lines: sockets on loopback and pseudo terminals.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ScanTests {
    private func scan(
        _ targets: [ScanTarget], units: [UInt8]? = [1, 2, 3], bauds: [Int] = [9_600, 19_200]
    ) async throws -> ScanReport {
        let profiles = try profiles()
        let plan = SearchPlan(profiles: profiles, units: units, bauds: bauds, parities: [.none])
        return await Scan(plan: plan, profiles: profiles, time: StandingTime()).run(targets)
    }

    private func host(_ port: Int) -> ScanTarget { .endpoint(host: "127.0.0.1", port: port, isNamed: true) }

    @Test func devicesOnTCPAreFoundAndNamed() async throws {
        let peer = try ModbusPeer([1: acme, 2: another, 3: [3: [0: [5]]]])
        let report = try await scan([host(peer.port)])
        let finding = try #require(report.findings.first)
        #expect(report.isComplete)
        #expect(finding.url == .tcp(host: "127.0.0.1", port: peer.port))
        #expect(finding.devices.map(\.unit) == [1, 2, 3])
        #expect(finding.devices.map(\.serial) == ["A77", "A88", nil])
        #expect(finding.devices[0].fits.map(\.profile) == ["acme", "like-acme"])
        #expect(finding.devices[0].fits.map(\.isCertain) == [true, false])
        #expect(finding.devices[2].fits == [])
        #expect(try peer.counts().writes == 0)
    }

    @Test func closedSilentAndForeignPortsAreTold() async throws {
        let silent = try RawPeer(.tcp())
        var web = RawPeer.Line.tcp()
        web.says = "HTTP/1.1 400 Bad Request\r\n\r\n"
        let foreign = try RawPeer(web)
        let report = try await scan([host(1), host(silent.port), host(foreign.port)], units: [1])
        #expect(report.findings.map(\.state) == ["refused", "silentPort", "notModbus"])
        #expect(report.findings.map(\.wasOpened) == [false, true, true])
        #expect(report.devices.isEmpty)
    }

    @Test func aConverterWithSerialFramesIsFound() async throws {
        var line = RawPeer.Line.tcp(2)
        line.framing = "rtu"
        let peer = try RawPeer(line)
        let report = try await scan([host(peer.port)], units: [2])
        #expect(report.findings.first?.url == .rtuTCP(host: "127.0.0.1", port: peer.port))
        #expect(report.devices.map(\.unit) == [2])
    }

    @Test func aSubnetNamesOnlyWhereSomebodyIs() async throws {
        let peer = try ModbusPeer([1: acme])
        let targets = try Subnet(text: "127.0.0.0/28").hosts.map {
            ScanTarget.endpoint(host: $0, port: peer.port, isNamed: false)
        }
        let report = try await scan(targets, units: [1])
        #expect(report.findings.count == 14)
        #expect(report.findings.filter { !$0.isEmptyAddress }.map(\.place) == ["127.0.0.1:\(peer.port)"])
    }

    @Test func aSerialLineIsFoundAtItsSpeedWithItsDevices() async throws {
        let pair = try SerialPair()
        let peer = try ModbusPeer([1: acme, 3: another], serial: pair.far)
        defer { peer.stop() }
        let report = try await scan([.serial(pair.near)])
        #expect(report.findings.first?.url == .rtu(path: pair.near, SerialSettings(baud: 9_600)))
        #expect(report.devices.map(\.unit) == [1, 3])
        #expect(report.devices.map { $0.fits.first?.profile } == ["acme", "acme"])
        #expect(try peer.counts().writes == 0)
    }

    @Test func aLineAtAnotherSpeedIsFoundThere() async throws {
        var line = RawPeer.Line.serial(3)
        line.speed = 19_200
        let peer = try RawPeer(line)
        let finding = try #require(try await scan([.serial(peer.path)]).findings.first)
        #expect(finding.url == .rtu(path: peer.path, SerialSettings(baud: 19_200)))
        #expect(
            finding.faults == [.wrongSpeed(heard: SerialSettings(), works: SerialSettings(baud: 19_200))])
    }

    @Test func twoDevicesWithOneNumberAreTold() async throws {
        var glued = RawPeer.Line.serial(1, 2)
        glued.twins = [2]
        var broken = RawPeer.Line.serial(1, 2)
        broken.damaged = [2]
        let (first, second) = (try RawPeer(glued), try RawPeer(broken))
        let report = try await scan([.serial(first.path), .serial(second.path)])
        #expect(report.findings[0].faults == [.duplicateUnit(2, isCertain: true)])
        #expect(report.findings[1].faults == [.duplicateUnit(2, isCertain: false)])
        #expect(report.findings[1].devices.map(\.unit) == [1])
    }

    @Test func anotherMasterIsToldAndNothingIsAsked() async throws {
        var line = RawPeer.Line.serial(1)
        line.asks = 7
        line.speed = 19_200
        let peer = try RawPeer(line)
        let finding = try #require(try await scan([.serial(peer.path)]).findings.first)
        #expect(finding.faults == [.otherMaster(SerialSettings(baud: 19_200), asks: [7])])
        #expect(finding.devices.isEmpty)
    }

    @Test func aSilentLineAndAMissingPortAreTold() async throws {
        let silent = try RawPeer(.serial())
        let report = try await scan([.serial(silent.path), .serial("/dev/no-such-port")], units: [1])
        #expect(report.findings.map(\.state) == ["noAnswer", "portMissing"])
        #expect(report.findings.map(\.wasOpened) == [true, false])
    }

    @Test func aPortThatAnotherProgramUsesIsBusy() async throws {
        let peer = try RawPeer(.serial(1))
        let taken = try ProbeLine(.rtu(path: peer.path, SerialSettings()), within: .seconds(1), open: openLink)
        let report = try await scan([.serial(peer.path)], units: [1])
        #expect(report.findings.map(\.state) == ["portBusy"])
        #expect(try taken.listen(.init(1)).isEmpty)
    }

    @Test func aScanThatIsCancelledTellsWhatItHasFound() async throws {
        let peer = try ModbusPeer([1: acme])
        let silent = try RawPeer(.serial())
        let (found, signal) = AsyncStream<Void>.makeStream()
        let profiles = try profiles()
        let scan = Scan(plan: SearchPlan(profiles: profiles), profiles: profiles, time: StandingTime())
        let targets = [ScanTarget.serial(silent.path), host(peer.port)]
        let report = await withTaskGroup(of: ScanReport.self) { group in
            group.addTask {
                await scan.run(targets) { progress in
                    // Deep in the silent line, long after the other place was done.
                    if progress.now.contains("19200"), progress.now.contains("unit 9") { signal.finish() }
                }
            }
            for await _ in found {}
            group.cancelAll()
            var reports: [ScanReport] = []
            for await report in group { reports.append(report) }
            return reports[0]
        }
        #expect(!report.isComplete)
        #expect(report.devices.map(\.unit) == [1])
        #expect(report.findings.first?.faults == [])
    }

    @Test func theConfigurationOfWhatWasFoundIsSound() async throws {
        let peer = try ModbusPeer([1: acme, 2: another, 3: [3: [0: [5]]]])
        let report = try await scan([host(peer.port)])
        let writer = FoundConfiguration(profiles: try profiles(), dataDirectory: "/tmp/x \"y\"", zone: "Europe/Berlin")
        let text = try #require(writer.text(of: report))
        let settings = try readGatewaySettings(text, name: "gateway.yaml", profiles: ["acme"])
        #expect(settings.lines.map(\.url) == [.tcp(host: "127.0.0.1", port: peer.port)])
        #expect(settings.devices.map(\.name.text) == ["acme-1", "acme-2"])
        #expect(settings.devices.map(\.unit) == [1, 2])
        #expect(settings.devices.map(\.profile) == ["acme", "acme"])
        #expect(settings.dataDirectory == "/tmp/x \"y\"")
        #expect(text.contains("# unit 3 speaks Modbus, and no profile fits"))
        #expect(writer.text(of: ScanReport(findings: [], isComplete: true)) == nil)
    }

    @Test func whatADeviceSaysOfItselfCannotBecomeConfiguration() throws {
        let fit = FoundDevice.Fit(
            profile: "acme", title: "Pack\ndataDirectory: /etc", status: .simulated, isCertain: true)
        let device = FoundDevice(
            unit: 1, fits: [fit], texts: [DeviceText(name: "device.serial", text: "1\n      - {name: x}")])
        let finding = ScanFinding(
            .endpoint(host: "::1", port: 502, isNamed: true), url: .tcp(host: "::1", port: 502), devices: [device])
        let writer = FoundConfiguration(profiles: try profiles(), dataDirectory: "/var/lib/aftercare", zone: "UTC")
        let text = try #require(writer.text(of: ScanReport(findings: [finding, finding], isComplete: true)))
        #expect(throws: InvalidText.self) {
            // The same line twice is refused, and nothing else is wrong.
            _ = try readGatewaySettings(text, name: "gateway.yaml", profiles: ["acme"])
        }
        let once = try #require(writer.text(of: ScanReport(findings: [finding], isComplete: true)))
        let settings = try readGatewaySettings(once, name: "gateway.yaml", profiles: ["acme"])
        #expect(settings.devices.count == 1)
        #expect(settings.dataDirectory == "/var/lib/aftercare")
    }

    @Test func whatCannotBePolledIsACommentOnly() throws {
        let fit = FoundDevice.Fit(profile: "acme", title: "Pack", status: .simulated, isCertain: true)
        let url = DeviceURL.rtu(path: "/dev/ttyUSB0", SerialSettings())
        let devices = [FoundDevice(unit: 0, fits: [fit], texts: []), FoundDevice(unit: 4, fits: [fit], texts: [])]
        let writer = FoundConfiguration(profiles: try profiles(), dataDirectory: "/var/lib/aftercare", zone: "UTC")
        func text(_ devices: [FoundDevice]) -> String? {
            let finding = ScanFinding(.serial("/dev/ttyUSB0"), url: url, devices: devices)
            return writer.text(of: ScanReport(findings: [finding], isComplete: true))
        }
        let settings = try readGatewaySettings(try #require(text(devices)), name: "gateway.yaml", profiles: ["acme"])
        #expect(settings.devices.map(\.unit) == [4])
        #expect(text([devices[0]]) == nil)
    }
}
