import Foundation
import GRDB
import Storage
import TestPeers
import Testing

/// `aftercare doctor` as an installer runs it, on a site where one thing after another is broken. What it says of the
/// machine that tests run on is not looked at.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DoctorTests {
    private struct Report: Decodable {
        struct Remedy: Decodable {
            var words: String
            var commands: [String]
        }

        struct Finding: Decodable {
            var area: String
            var title: String
            var subject: String?
            var level: String
            var words: String
            var details: [String]
            var remedy: Remedy?
        }

        var aftercare: String
        var checkedAt: String
        var configuration: String
        var counts: [String: Int]
        var findings: [Finding]

        func finding(_ area: String, _ title: String, _ subject: String? = nil) throws -> Finding {
            let found = findings.first { finding in
                finding.area == area && finding.title == title && (subject == nil || finding.subject == subject)
            }
            return try #require(found, "\(area): \(title)")
        }
    }

    private let site: TestSite
    private let hybrid = "name: hybrid, unit: 247, profile: goodwe-et, interval: 200ms"

    init() throws { site = try TestSite() }

    private func doctor() throws -> (status: Int32, report: Report) {
        let (status, output) = try Program.run(["doctor", "--json", "--config", site.gatewayFile])
        do {
            return (status, try JSONDecoder().decode(Report.self, from: Data(output.utf8)))
        } catch {
            Issue.record("\(output)")
            throw error
        }
    }

    private func fillLedger() throws {
        let ledger = try Ledger(directory: try DataDirectory(path: site.dataDirectory))
        _ = try ledger.load()
    }

    private var ledgerPath: String { "\(site.dataDirectory)/ledger.sqlite" }

    @Test func withoutADaemonItSaysSoTriesTheNetworkAndLeavesNoTrace() throws {
        try site.configure(url: "tcp://127.0.0.1:1", devices: [hybrid])
        let before = try FileManager.default.subpathsOfDirectory(atPath: site.path).sorted()
        let (status, report) = try doctor()
        #expect(status == 1)
        #expect(report.configuration == site.gatewayFile && report.checkedAt.hasSuffix("Z"))
        let daemon = try report.finding("daemon", "running")
        #expect(daemon.level == "trouble" && daemon.words.hasSuffix("nothing is watched"))
        #expect(daemon.remedy?.commands.first?.contains("start aftercare") == true
            || daemon.remedy?.commands == ["aftercare gateway --config \(site.gatewayFile)"])
        let connection = try report.finding("lines", "connection", "line")
        #expect(connection.level == "trouble")
        #expect(connection.words == "127.0.0.1:1: the host is there, and nobody listens on that port")
        #expect(connection.remedy?.commands.last == "aftercare scan --tcp 127.0.0.1:1 --config \(site.gatewayFile)")
        #expect(try report.finding("ledger", "file").level == "skipped")
        for level in ["ok", "warning", "trouble", "skipped"] {
            #expect(report.counts[level] == report.findings.count { $0.level == level })
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: site.path).sorted() == before)
    }

    @Test func withADaemonItAsksTheDaemonAndNotTheDevices() throws {
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        try site.configure(url: "tcp://127.0.0.1:\(peer.port)", devices: [hybrid])
        let daemon = try Program(["gateway", "--config", site.gatewayFile])
        #expect(daemon.hear(until: "device identified") != nil)
        var (status, report) = try doctor()
        while try report.finding("lines", "device", "hybrid").level == "skipped" { (status, report) = try doctor() }
        #expect(status == (report.counts["trouble"] == 0 ? 0 : 1))
        #expect(try report.finding("daemon", "running").level == "ok")
        #expect(try report.finding("daemon", "version").words == report.aftercare)
        #expect(try report.finding("lines", "device", "hybrid").words == "unit 247 on line answers")
        #expect(!report.findings.contains { $0.title == "connection" })
        #expect(try report.finding("ledger", "structure").level == "ok")
        #expect(try report.finding("ledger", "chains").level == "ok")
        #expect(try peer.counts().writes == 0)

        // What is left after kill -9 is read as it is.
        daemon.send(signal: SIGKILL)
        _ = daemon.rest()
        let after = try doctor().report
        #expect(try after.finding("daemon", "running").level == "trouble")
        #expect(try after.finding("ledger", "chains").level == "ok")
        #expect(try after.finding("lines", "connection").level == "ok")
    }

    @Test func aPortThatIsNotThereOrIsNone() throws {
        try site.configure(url: "rtu:///dev/ttyGONE", devices: [hybrid])
        let gone = try doctor().report.finding("lines", "port", "line")
        #expect(gone.level == "trouble" && gone.words.hasPrefix("/dev/ttyGONE is not there"))
        try site.configure(url: "rtu:///dev/null", devices: [hybrid])
        let none = try doctor().report.finding("lines", "port", "line")
        #expect(none.level == "trouble" && none.words == "/dev/null is no serial port")
    }

    @Test func whoHasThePortOpenIsNamed() throws {
        let pair = try SerialPair()
        try site.configure(url: "rtu://\(pair.near)", devices: [hybrid])
        #expect(try doctor().report.finding("lines", "port").level == "ok")
        // The one that joins both ends keeps them open itself.
        let joined = try doctor().report.finding("lines", "held")
        #expect(joined.level == "trouble" && joined.words.contains("socat (process "), "\(joined.words)")
        #expect(joined.remedy?.commands.first?.hasPrefix("sudo kill ") == true)
        let descriptor = open(pair.near, O_RDWR | O_NOCTTY)
        try #require(descriptor >= 0)
        let held = try doctor().report.finding("lines", "held")
        close(descriptor)
        #expect(held.words.contains("(process \(getpid()))"), "\(held.words)")
    }

    @Test func aBrokenConfigurationIsToldWholeAndTheRestIsLookedAtAllTheSame() throws {
        try site.write("site: {id: home 1, zone: Mars/Olympus}\nlines: []\n")
        let (status, report) = try doctor()
        #expect(status == 1)
        let files = try report.finding("configuration", "files")
        #expect(files.level == "trouble" && files.details.count >= 2)
        #expect(files.details.allSatisfy { $0.hasPrefix(site.gatewayFile) })
        #expect(try report.finding("lines", "lines").level == "skipped")
        #expect(try report.finding("box", "kernel").level == "ok")
        try FileManager.default.removeItem(atPath: site.gatewayFile)
        #expect(try doctor().report.finding("configuration", "files").words.contains("No such file"))
    }

    @Test func aChannelWhoseServerOrSecretIsNotThere() throws {
        let secret = "\(site.path)/mail.password"
        func channel(_ server: String) -> String {
            """
            notification:
              - {name: mail, channel: mail, to: [a@example.org], from: b@example.org, audience: [support],
                 server: "\(server)", tls: required, user: box, passwordFile: \(secret)}
            """
        }
        try site.configure(url: "tcp://127.0.0.1:1", devices: [hybrid], extra: channel("smtp://127.0.0.1:1"))
        var report = try doctor().report
        #expect(try report.finding("configuration", "secret", "mail").words.hasPrefix("\(secret) is not there"))
        #expect(try report.finding("channels", "server", "mail").words.hasPrefix("127.0.0.1:1: the host is there"))

        try site.write("hunter22", to: "mail.password")
        #expect(chmod(secret, 0o644) == 0)
        try site.configure(url: "tcp://127.0.0.1:1", devices: [hybrid], extra: channel("smtp://nobody.invalid"))
        report = try doctor().report
        let open = try report.finding("configuration", "secret", "mail")
        #expect(open.level == "trouble" && open.remedy?.commands == ["sudo chmod o= \(secret)"])
        #expect(try report.finding("channels", "server", "mail").words.contains("the name has no address"))
        let untold = try report.finding("configuration", "who is told").words
        #expect(untold == "no channel is for user: they are told nothing")

        #expect(chmod(secret, 0o600) == 0)
        let listener = try MailPeer()
        try site.configure(
            url: "tcp://127.0.0.1:1", devices: [hybrid], extra: channel("smtp://127.0.0.1:\(listener.port)"))
        report = try doctor().report
        #expect(try report.finding("configuration", "secret", "mail").level == "ok")
        #expect(try report.finding("channels", "server", "mail").level == "ok")
    }

    @Test func aDamagedLedgerAndAnOpenDirectory() throws {
        try site.configure(url: "tcp://127.0.0.1:1", devices: [hybrid])
        try fillLedger()
        #expect(chmod(site.dataDirectory, 0o755) == 0)
        var report = try doctor().report
        #expect(try report.finding("ledger", "chains").words == "0 facts follow from each other")
        let directory = try report.finding("disk", "data directory")
        #expect(directory.level == "warning" && directory.remedy?.commands == ["sudo chmod o= \(site.dataDirectory)"])

        try DatabaseQueue(path: ledgerPath).write { db in
            try db.execute(
                sql: """
                    INSERT INTO fact (source, epoch, sequence, subject, name, canonical, hash)
                    VALUES ('gateway', 1, 1, 'x', 'y', x'00', zeroblob(32))
                    """)
        }
        report = try doctor().report
        let chains = try report.finding("ledger", "chains")
        #expect(chains.level == "trouble" && chains.words.contains("gateway fact 1 of epoch 1 is not what was written"))

        try Data("no ledger at all".utf8).write(to: URL(fileURLWithPath: ledgerPath))
        #expect(try doctor().report.finding("ledger", "file").level == "trouble")
    }

    /// A daemon that takes the question and never answers.
    @Test func aDaemonThatDoesNotAnswerHoldsNobodyUp() throws {
        try site.configure(url: "tcp://127.0.0.1:1", devices: [hybrid])
        let mute = try PeerProcess(
            "/usr/bin/socat", ["-d", "-d", "UNIX-LISTEN:\(site.path)/control.sock,fork", "SYSTEM:sleep 60"],
            listensToErrors: true)
        defer { mute.stop() }
        while let line = mute.hear(), !line.contains("listening on") {}
        let running = try doctor().report.finding("daemon", "running")
        #expect(running.level == "trouble" && running.words.contains("gave no answer"))
    }

    @Test func aDaemonOfAnotherVersionIsNamed() throws {
        try site.configure(url: "tcp://127.0.0.1:1", devices: [hybrid])
        let answer = #"{"refused":{"message":"the request cannot be understood","reason":"badRequest"}}"#
        try site.write("read question\necho '\(answer)'\n", to: "old.sh")
        let old = try PeerProcess(
            "/usr/bin/socat",
            ["-d", "-d", "UNIX-LISTEN:\(site.path)/control.sock,fork", "SYSTEM:sh \(site.path)/old.sh"],
            listensToErrors: true)
        defer { old.stop() }
        while let line = old.hear(), !line.contains("listening on") {}
        let version = try doctor().report.finding("daemon", "version")
        #expect(version.level == "warning" && version.words.hasPrefix("a daemon of another version runs"))
    }

    @Test func peopleReadOneLineForEachCheck() throws {
        try site.configure(url: "rtu:///dev/ttyGONE", devices: [hybrid])
        let (status, output) = try Program.run(["doctor", "--config", site.gatewayFile])
        #expect(status == 1)
        let lines = output.split(separator: "\n").map(String.init)
        #expect(lines.first == "configuration")
        #expect(lines.contains { $0 == "  ok       files: sound, with 1 line and 1 device" }, "\(output)")
        #expect(lines.contains { $0.hasPrefix("  TROUBLE  port line: /dev/ttyGONE is not there;") }, "\(output)")
        #expect(lines.contains("             $ aftercare scan --config \(site.gatewayFile)"), "\(output)")
        #expect(!output.contains("\u{1B}"))
        let tooLong = lines.filter { $0.count > 80 && !$0.contains("$ ") && !$0.contains("/") }
        #expect(tooLong.isEmpty, "\(tooLong)")
        #expect(lines.last?.hasSuffix("skipped: begin with the first trouble") == true)
        #expect(try Program.run(["doctor", "--nonsense"]).status == 2)
        let help = try Program.run(["doctor", "--help"])
        #expect(help.status == 0 && help.output.contains("Begin with the first trouble"))
    }
}
