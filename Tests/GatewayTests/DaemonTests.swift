import Engine
import Foundation
import GRDB
import Gateway
import TestPeers
import Testing

/// The real program as a user runs it: started, asked, killed, misconfigured.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DaemonTests {
    private func hotPeer() throws -> ModbusPeer {
        var image = goodWe
        image[3]?[37_000]?[20] = 655
        return try ModbusPeer([247: image])
    }

    private let hybrid = "name: hybrid, unit: 247, profile: goodwe-et, interval: 200ms"

    private func tickets(_ site: TestSite) throws -> [TicketSnapshot] {
        let (status, output) = try Program.run(["tickets", "list", "--json", "--config", site.gatewayFile])
        #expect(status == 0, "\(output)")
        return try JSONDecoder().decode([TicketSnapshot].self, from: Data(output.utf8))
    }

    private func deadlines(_ ticket: TicketSnapshot?) -> [Int64?] { ticket?.clocks.map(\.deadline) ?? [] }

    @Test func killedRightAfterTheFaultItComesBackWithTheSameTicketAndDeadlines() throws {
        let peer = try hotPeer()
        defer { peer.stop() }
        let site = try TestSite()
        try site.configure(url: "tcp://127.0.0.1:\(peer.port)", devices: [hybrid])
        let first = try Program(["gateway", "--config", site.gatewayFile])
        #expect(first.hear(until: "fact=FaultOpened") != nil)
        first.send(signal: SIGKILL)
        #expect(first.rest().status == 128 + SIGKILL)
        let before = try tickets(site)
        #expect(before.count == 1)

        let second = try Program(["gateway", "--config", site.gatewayFile])
        #expect(second.hear(until: "device identified") != nil)
        let after = try tickets(site)
        #expect(after.map(\.id) == before.map(\.id))
        #expect(deadlines(after.first) == deadlines(before.first))
        let response = try #require(after.first?.clocks.first { $0.clock == "response" })
        #expect(response.deadline == response.start.map { $0 + 86_400_000 })
        #expect(after.first?.facts == before.first?.facts)
        second.send(signal: SIGTERM)
        #expect(second.rest().status == 0)
    }

    @Test func peopleWorkOnATicketThroughTheDaemonAndWithoutIt() throws {
        let peer = try hotPeer()
        defer { peer.stop() }
        let site = try TestSite()
        try site.configure(url: "tcp://127.0.0.1:\(peer.port)", devices: [hybrid])
        let daemon = try Program(["gateway", "--config", site.gatewayFile])
        #expect(daemon.hear(until: "fact=DeskAccepted") != nil)
        let config = ["--config", site.gatewayFile]
        func verb(_ arguments: String...) throws -> (status: Int32, output: String) {
            try Program.run(["tickets"] + arguments + config)
        }
        #expect(try verb("respond", "home-1.1", "--by", "Ana", "--channel", "phone").status == 0)
        let early = try verb("close", "home-1.1", "--by", "Ana")
        #expect(early.status == 1)
        #expect(early.output.contains("recorded, but it does not count"))
        #expect(try verb("remote", "home-1.1", "cannotSolve", "--by", "Ana").status == 0)
        #expect(try verb("show", "home-1.9").status == 2)
        #expect(try verb("respond", "home-1.1", "--by", " ", "--channel", "phone").status == 2)
        #expect(try verb("respond", "home-1.1", "--by", "Ana", "--channel", "pigeon").status == 2)

        let read = try Program.run(
            ["read", "--device", "tcp://127.0.0.1:\(peer.port)", "--unit", "247", "--json"] + config)
        #expect(read.status == 0)
        let document = try JSONDecoder().decode(ReadingDocument.self, from: Data(read.output.utf8))
        #expect(document.device.profile == "goodwe-et")
        #expect(document.points.first { $0.name == "pack.temperature.max" }?.value == 65.5)

        let rival = try Program.run(["gateway"] + config)
        #expect(rival.status == 2)
        #expect(rival.output.contains("in use by another aftercare process"))

        daemon.send(signal: SIGTERM)
        #expect(daemon.rest().status == 0)
        let remote = try verb(
            "diagnose", "home-1.1", "--by", "Li", "--method", "onSite", "--cause", "quality", "--partner", "Maier")
        #expect(remote.status == 0)
        #expect(try tickets(site).first?.state == "diagnosed")
        #expect(try peer.counts().writes == 0)
    }

    @Test func hangupReadsTheConfigurationAgainAllOrNothing() throws {
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        let site = try TestSite()
        let url = "tcp://127.0.0.1:\(peer.port)"
        try site.configure(url: url, devices: [hybrid])
        let daemon = try Program(["gateway", "--config", site.gatewayFile])
        #expect(daemon.hear(until: "device identified") != nil)

        try site.configure(url: url, devices: ["name: hybrid, unit: 247, profile: goodwe-ex, interval: 1s"])
        daemon.send(signal: SIGHUP)
        let refused = try #require(daemon.hear(until: "configuration not reloaded"))
        #expect(refused.contains("did you mean \"goodwe-et\"?") || refused.contains("goodwe-et"))

        try site.configure(url: url, devices: ["name: house, unit: 247, profile: goodwe-et, interval: 1s"])
        daemon.send(signal: SIGHUP)
        #expect(daemon.hear(until: "configuration reloaded") != nil)
        #expect(daemon.hear(until: "device=house") != nil)

        try site.configure(url: url, devices: [hybrid], extra: "web: {listen: \"127.0.0.1:0\"}")
        daemon.send(signal: SIGHUP)
        #expect(daemon.hear(until: "web changed; that needs a restart") != nil)
        daemon.send(signal: SIGTERM)
        #expect(daemon.rest().status == 0)
    }

    @Test func reloadsInTheMiddleOfPollingMixNothingUp() throws {
        let peer = try ModbusPeer([247: goodWe, 248: goodWe])
        defer { peer.stop() }
        let site = try TestSite()
        try site.keepProfiles("goodwe-et", "jk-pb")
        let url = "tcp://127.0.0.1:\(peer.port)"
        let quick = ["name: one, unit: 247, profile: goodwe-et, interval: 100ms", "name: two, unit: 248, profile: auto"]
        try site.configure(url: url, devices: quick)
        let daemon = try Program(["gateway", "--config", site.gatewayFile])
        #expect(daemon.hear(until: "device=one") != nil)
        for round in 0..<12 {
            try site.configure(url: url, devices: round.isMultiple(of: 2) ? quick.reversed() : quick)
            daemon.send(signal: SIGHUP)
            #expect(daemon.hear(until: "configuration reloaded") != nil, "round \(round)")
            #expect(daemon.hear(until: "device=one") != nil, "round \(round)")
        }
        daemon.send(signal: SIGTERM)
        #expect(daemon.rest().status == 0)
    }

    /// Earlier than that the signal simply ends the process, which is as safe as kill -9.
    @Test(arguments: ["line starts", "control socket is open", "device identified"])
    func aStopAtAnyMomentIsAnOrdinaryEnd(after text: String) throws {
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        let site = try TestSite()
        try site.configure(
            url: "tcp://127.0.0.1:\(peer.port)", devices: [hybrid], extra: "web: {listen: \"127.0.0.1:0\"}")
        for reloads in [false, true] {
            let daemon = try Program(["gateway", "--config", site.gatewayFile])
            #expect(daemon.hear(until: text) != nil)
            if reloads, text == "device identified" { daemon.send(signal: SIGHUP) }
            daemon.send(signal: SIGTERM)
            let (status, output) = daemon.rest()
            #expect(status == 0, "\(output)")
        }
    }

    @Test func whatCannotBeRunIsToldInOneClearMessageWithStatusTwo() throws {
        let wrong: [(what: String, devices: [String], url: String, message: String)] = [
            ("a broken YAML", ["name: hybrid, unit: ["], "tcp://127.0.0.1:1", "not YAML"),
            ("an unknown key", [hybrid + ", intervall: 1s"], "tcp://127.0.0.1:1", "did you mean \"interval\"?"),
            ("a URL that cannot be parsed", [hybrid], "tcq://127.0.0.1:1", "tcq"),
            ("an unknown profile", ["name: a, unit: 1, profile: goodwe-e"], "tcp://127.0.0.1:1", "goodwe-et"),
        ]
        for (what, devices, url, message) in wrong {
            let site = try TestSite()
            try site.configure(url: url, devices: devices)
            let (status, output) = try Program.run(["gateway", "--config", site.gatewayFile])
            #expect(status == 2, "\(what): \(output)")
            #expect(output.contains(message), "\(what): \(output)")
            #expect(output.contains("gateway.yaml:"), "\(what): \(output)")
            #expect(!FileManager.default.fileExists(atPath: site.dataDirectory), "\(what)")
        }
    }

    @Test func aProfileWithOverlappingRegistersIsRefusedByNameLineAndKey() throws {
        let site = try TestSite()
        try site.configure(url: "tcp://127.0.0.1:1", devices: [hybrid])
        try site.write(
            """
            profile: twice
            title: Two points in one register
            status: unverified
            sources: {test: made for a test}
            limits: {registers: 125, readable: [{function: 3, from: 0, to: 99}]}
            points:
              - source: test
                function: 3
                rows:
                  - {name: pack.voltage, address: 10, type: u32, unit: V}
                  - {name: pack.current, address: 11, type: i16, unit: A}
            """, to: "profiles/twice.yaml")
        let commands = [
            ["gateway", "--check", "--config", site.gatewayFile],
            ["profiles", "check", "\(site.path)/profiles/twice.yaml"],
        ]
        for arguments in commands {
            let (status, output) = try Program.run(arguments)
            #expect(status == 2)
            #expect(output.contains("twice.yaml:11:"), "\(output)")
            #expect(output.contains("shares registers"), "\(output)")
        }
    }

    @Test func aDatabaseFromTheFutureAndADirectoryThatCannotBeWrittenEndTheStart() throws {
        let site = try TestSite()
        try site.configure(url: "tcp://127.0.0.1:1", devices: [hybrid])
        #expect(try Program.run(["tickets", "list", "--config", site.gatewayFile]).status == 0)
        let ledger = try DatabaseQueue(path: "\(site.dataDirectory)/ledger.sqlite")
        try ledger.write { try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('v99')") }
        try ledger.close()
        let future = try Program.run(["gateway", "--config", site.gatewayFile])
        #expect(future.status == 2)
        #expect(future.output.contains("newer version"))

        let text = try String(contentsOfFile: site.gatewayFile, encoding: .utf8)
        try site.write(text.replacing(site.dataDirectory, with: "/proc/aftercare"))
        let unwritable = try Program.run(["gateway", "--config", site.gatewayFile])
        #expect(unwritable.status == 2)
        #expect(unwritable.output.contains("/proc/aftercare"))
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a directory away, and only root is refused"))
    func rootDoesNotWriteIntoAnotherUsersDirectory() throws {
        let site = try TestSite()
        try site.configure(url: "tcp://127.0.0.1:1", devices: [hybrid])
        try FileManager.default.createDirectory(atPath: site.dataDirectory, withIntermediateDirectories: false)
        #expect(chown(site.dataDirectory, 65_534, 65_534) == 0)
        let (status, output) = try Program.run(["tickets", "list", "--config", site.gatewayFile])
        #expect(status == 2)
        #expect(output.contains("run this as that user"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: site.dataDirectory).isEmpty)
    }

    @Test func anAddressThatIsTakenIsNamed() throws {
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        let site = try TestSite()
        let taken = "web: {listen: \"127.0.0.1:\(peer.port)\"}"
        try site.configure(url: "tcp://127.0.0.1:1", devices: [hybrid], extra: taken)
        let (status, output) = try Program.run(["gateway", "--config", site.gatewayFile])
        #expect(status == 2)
        #expect(output.contains("web.listen 127.0.0.1:\(peer.port)"))
    }

    @Test func aDeviceThatDoesNotAnswerIsStatusThree() throws {
        let dead = try Program.run(["read", "--device", "tcp://127.0.0.1:1", "--unit", "1"])
        #expect(dead.status == 3)
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        let other = try Program.run(
            ["read", "--device", "tcp://127.0.0.1:\(peer.port)", "--unit", "9", "--profile", "goodwe-et"])
        #expect(other.status == 3)
        #expect(try Program.run(["read", "--device", "nonsense", "--unit", "1"]).status == 2)
        #expect(try Program.run(["read", "--unit", "1"]).status == 2)
        #expect(try Program.run(["--help"]).status == 0)
    }

    @Test func theDemonstrationReachesATicketByItself() throws {
        let (status, output) = try Program.run(["demo", "--fault", "soc-jump", "--until", "ticket", "--json"])
        #expect(status == 0, "\(output)")
        let events = output.split(separator: "\n").compactMap { line in
            // A line that is no JSON is found by the count below.
            try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }
        #expect(events.count == output.split(separator: "\n").count)
        #expect(events.contains { $0["event"] as? String == "FaultOpened" })
    }
}
