import Foundation
import Gateway
import TestPeers
import Testing

/// What a daemon knows of its lines: shown to people, and remembered over a restart.
@Suite(.serialized, .timeLimit(.minutes(3))) struct LinesTests {
    private let hybrid = "name: hybrid, unit: 247, profile: goodwe-et, interval: 100ms"
    private let lastOfBattery = 37_023

    /// Its battery block ends early: the last four registers are refused.
    private func stubbornPeer() throws -> ModbusPeer {
        var image = goodWe
        image[3]?[37_000]?.removeLast(4)
        return try ModbusPeer([247: image])
    }

    private func reports(_ site: TestSite) throws -> [LineReport] {
        let (status, output) = try Program.run(["lines", "--json", "--config", site.gatewayFile])
        #expect(status == 0, "\(output)")
        return try JSONDecoder().decode([LineReport].self, from: Data(output.utf8))
    }

    private func stop(_ daemon: Program) -> String {
        daemon.send(signal: SIGTERM)
        let (status, output) = daemon.rest()
        #expect(status == 0, "\(output)")
        return output
    }

    private func wait(for more: Int, requestsTo peer: ModbusPeer) throws {
        let start = try peer.counts().reads
        while try peer.counts().reads < start + more {}
    }

    @Test func whatWasRefusedIsNotAskedAgainAfterARestartAndAReload() throws {
        let peer = try stubbornPeer()
        defer { peer.stop() }
        let site = try TestSite()
        try site.configure(url: "tcp://127.0.0.1:\(peer.port)", devices: [hybrid])
        let first = try Program(["gateway", "--config", site.gatewayFile])
        let told = try #require(first.hear(until: "the device refuses registers"))
        #expect(told.contains("device=hybrid"))
        // Reload while it runs: what was learned goes from one owner of the line to the next.
        let learned = try peer.requests(touching: lastOfBattery)
        #expect(learned > 0)
        first.send(signal: SIGHUP)
        #expect(first.hear(until: "device identified") != nil)
        try wait(for: 60, requestsTo: peer)
        #expect(try peer.requests(touching: lastOfBattery) == learned)
        _ = stop(first)

        let file = "\(site.dataDirectory)/learned/hybrid.quarantine"
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("fence 3/3702"))
        let second = try Program(["gateway", "--config", site.gatewayFile])
        #expect(second.hear(until: "device identified") != nil)
        try wait(for: 60, requestsTo: peer)
        #expect(try peer.requests(touching: lastOfBattery) == learned)
        let report = try #require(try reports(site).first)
        #expect(report.devices.first?.fences.isEmpty == false)
        #expect(report.devices.first?.fences.allSatisfy { $0.address >= 37_020 } == true)
        _ = stop(second)
    }

    @Test func aFileThatCannotBeUsedIsToldOnceAndLearnedAgain() throws {
        let peer = try stubbornPeer()
        defer { peer.stop() }
        let site = try TestSite()
        try site.configure(url: "tcp://127.0.0.1:\(peer.port)", devices: [hybrid])
        let folder = "\(site.dataDirectory)/learned"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data([0xFF, 0x00, 0xFE]).write(to: URL(fileURLWithPath: "\(folder)/hybrid.quarantine"))
        let daemon = try Program(["gateway", "--config", site.gatewayFile])
        let warning = try #require(daemon.hear(until: "cannot be used"))
        #expect(warning.contains("hybrid.quarantine"))
        #expect(daemon.hear(until: "the device refuses registers") != nil)
        daemon.send(signal: SIGHUP)
        #expect(daemon.hear(until: "device identified") != nil)
        #expect(!stop(daemon).contains("cannot be used"))
        let text = try String(contentsOfFile: "\(folder)/hybrid.quarantine", encoding: .utf8)
        #expect(text.hasPrefix("aftercare quarantine 1\nprofile goodwe-et\n"))
    }

    @Test func aDirectoryThatCannotBeWrittenCostsOnlyWhatIsLearned() throws {
        let peer = try stubbornPeer()
        defer { peer.stop() }
        let site = try TestSite()
        try site.configure(url: "tcp://127.0.0.1:\(peer.port)", devices: [hybrid])
        try FileManager.default.createDirectory(atPath: site.dataDirectory, withIntermediateDirectories: false)
        try Data().write(to: URL(fileURLWithPath: "\(site.dataDirectory)/learned"))
        let daemon = try Program(["gateway", "--config", site.gatewayFile])
        #expect(daemon.hear(until: "is not kept over a restart") != nil)
        // In memory it is known all the same.
        let learned = try peer.requests(touching: lastOfBattery)
        daemon.send(signal: SIGHUP)
        #expect(daemon.hear(until: "device identified") != nil)
        try wait(for: 60, requestsTo: peer)
        #expect(try peer.requests(touching: lastOfBattery) == learned)
        _ = stop(daemon)
    }

    @Test func peopleSeeHowALineDoes() throws {
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        let site = try TestSite()
        try site.configure(
            url: "tcp://127.0.0.1:\(peer.port)",
            devices: [hybrid + ", busShare: 0.9", "name: attic, unit: 9, profile: goodwe-et, timeout: 50ms"],
            extra: "web: {listen: \"127.0.0.1:0\"}")
        let daemon = try Program(["gateway", "--config", site.gatewayFile])
        let served = try #require(daemon.hear(until: "page is served"))
        let port = try #require(Int(served.split(separator: "127.0.0.1:").last?.prefix { $0.isNumber } ?? ""))
        #expect(daemon.hear(until: "no answer in time") != nil)
        var report: LineReport
        repeat { report = try #require(try reports(site).first) } while report.unit(9) == nil
        #expect(report.line == "line")
        #expect(report.devices.map(\.device) == ["hybrid", "attic"])
        #expect(report.devices.map(\.state) == [.polled, .unidentified])
        #expect(report.unit(247)?.answeredPercent == 100)
        #expect(report.unit(247)?.latency.map { $0.medianMilliseconds > 0 } == true)
        #expect(report.unit(9)?.answeredPercent == 0)
        #expect(report.unit(9)?.failures.map(\.code) == ["timeout"])
        #expect(report.devices[0].identification["device.serial"] == "9010KETU000W0001")
        #expect(report.devices[0].sweep?.wishedIntervalMilliseconds == 100)
        #expect(report.devices[1].trouble?.contains("no answer in time") == true)
        #expect(report.devices[1].nextProbeSeconds != nil)

        let table = try Program.run(["lines", "--config", site.gatewayFile])
        #expect(table.status == 0)
        for text in ["UNIT  DEVICE", "247   hybrid  goodwe-et  100 %", "not identified for", "× no answer in time"] {
            #expect(table.output.contains(text), "\(table.output)")
        }
        let metrics = try fetch("/metrics", port)
        #expect(metrics.contains("aftercare_unit_failures_total{line=\"line\",unit=\"9\",kind=\"timeout\"} "))
        #expect(metrics.contains("aftercare_device_up{line=\"line\",unit=\"247\",device=\"hybrid\"} 1\n"))
        #expect(try fetch("/", port).contains("100.0 % of requests answered"))
        _ = stop(daemon)
    }

    /// What the page answers, its head included.
    private func fetch(_ path: String, _ port: Int) throws -> String {
        let request = "GET \(path) HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n"
        let script = "exec 3<>/dev/tcp/127.0.0.1/\(port); printf '\(request)' >&3; cat <&3"
        let shell = try PeerProcess("/bin/bash", ["-c", script])
        var lines: [String] = []
        while let line = shell.hear() { lines.append(line) }
        #expect(shell.waitForEnd() == 0)
        return lines.joined(separator: "\n") + "\n"
    }

    /// The device takes the question and says nothing for 30 s. That nothing was counted yet proves that the command
    /// did not wait for it.
    @Test func aLineThatHangsDoesNotHangTheCommand() throws {
        let silent = try RawPeer(.tcp())
        defer { silent.stop() }
        let site = try TestSite()
        try site.configure(
            url: "tcp://127.0.0.1:\(silent.port)", devices: ["name: hybrid, unit: 1, profile: goodwe-et, timeout: 30s"])
        let daemon = try Program(["gateway", "--config", site.gatewayFile])
        #expect(daemon.hear(until: "control socket is open") != nil)
        let report = try #require(try reports(site).first)
        #expect(report.devices.map(\.state) == [.starting])
        #expect(report.units.isEmpty)
        daemon.send(signal: SIGKILL)
        _ = daemon.rest()
    }

    @Test func withoutADaemonItSaysSo() throws {
        let site = try TestSite()
        try site.configure(url: "tcp://127.0.0.1:1", devices: [hybrid])
        let (status, output) = try Program.run(["lines", "--config", site.gatewayFile])
        #expect(status == 3)
        #expect(output.contains("no daemon listens at \(site.path)/control.sock"))
        #expect(try Program.run(["lines", "--help"]).output.contains("ANSWERED"))
    }

    @Test func aProfileWithoutRegistersIsOnlyForRecording() throws {
        let registers = Array(1...1_000)
        let peer = try ModbusPeer([1: [3: [0: registers], 4: [0: registers]]])
        defer { peer.stop() }
        let site = try TestSite()
        let url = "tcp://127.0.0.1:\(peer.port)"
        try site.configure(url: url, devices: ["name: east, unit: 1, profile: east-eahi"])
        for more in [["--check"], []] {
            let refused = try Program.run(["gateway", "--config", site.gatewayFile] + more)
            #expect(refused.status == 2)
            #expect(refused.output.contains("gateway.yaml:9:"), "\(refused.output)")
            #expect(refused.output.contains("aftercare record --device URL --unit N --profile east-eahi"))
        }
        let device = ["--device", url, "--unit", "1", "--profile", "east-eahi"]
        let read = try Program.run(["read"] + device)
        #expect(read.status == 2)
        #expect(read.output.contains("aftercare record --device URL --unit N --profile east-eahi"))
        let file = "\(site.path)/east.capture"
        let recorded = try Program.run(
            ["record"] + device + ["--ranges", "3/996-1003", "--sweeps", "1", "--out", file])
        #expect(recorded.status == 0, "\(recorded.output)")
        #expect(recorded.output.contains("profile east-eahi"), "\(recorded.output)")
        #expect(recorded.output.contains("the device refuses 3/1000-1003"), "\(recorded.output)")
        let everything = try Program.run(["record"] + device + ["--sweeps", "1", "--out", file, "--force"])
        #expect(everything.status == 0, "\(everything.output)")
        #expect(everything.output.contains("16 requests answered, 0 refused"), "\(everything.output)")
    }

    @Test func oneUnitIsReadWithTwoProfiles() throws {
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        let site = try TestSite()
        try site.write(
            """
            profile: meter
            title: The meter of the inverter
            status: simulated
            sources: {test: made for a test}
            limits: {registers: 4, readable: [{function: 3, from: 36000, to: 36003}]}
            points:
              - source: test
                function: 3
                rows: [{name: grid.count, address: 36000, type: u16}]
            """, to: "profiles/meter.yaml")
        try site.configure(
            url: "tcp://127.0.0.1:\(peer.port)",
            devices: [hybrid, "name: meter, unit: 247, profile: meter, interval: 100ms"])
        let daemon = try Program(["gateway", "--config", site.gatewayFile])
        #expect(daemon.hear(until: "device=meter") != nil)
        var report: LineReport
        repeat {
            report = try #require(try reports(site).first)
        } while report.devices.contains { $0.sweep?.achievedIntervalMilliseconds == nil }
        #expect(report.devices.map(\.state) == [.polled, .polled])
        #expect(report.devices.map(\.profile) == ["goodwe-et", "meter"])
        #expect(report.units.map(\.unit) == [247])
        #expect(try Program.run(["lines", "--config", site.gatewayFile]).output.contains("247   meter   meter      \""))
        _ = stop(daemon)
    }
}
