import Foundation
import Gateway
import Logging
import Storage
import TestPeers
import Testing

/// `aftercare backup` and `aftercare restore`, beside a daemon and without one.
struct BackupCommandTests {
    private let site: TestSite

    init() throws {
        site = try TestSite()
        try site.configure(
            url: "tcp://127.0.0.1:1", devices: ["name: hybrid, unit: 247, profile: goodwe-et, interval: 1s"])
    }

    private var backup: String { "\(site.path)/backup" }

    private func run(_ verb: String, _ file: String? = nil, _ more: String...) throws -> (Int32, output: String) {
        try Program.run([verb] + (file.map { [$0] } ?? []) + more + ["--config", site.gatewayFile])
    }

    /// What a daemon that runs has: the lock, and an open ledger.
    private func owner() throws -> EngineOwner {
        try EngineOwner(
            configuration: try site.read(), time: SystemTimeSource(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func report(_ output: String) throws -> BackupReport {
        try JSONDecoder().decode(BackupReport.self, from: Data(output.utf8))
    }

    private func pressButton(_ words: String) async throws { _ = try await owner().pressButton(words: words) }

    @Test func aBackupUnderLoadIsRestoredToTheSameHeads() async throws {
        let saved: BackupReport
        do {
            let owner = try owner()
            _ = try await owner.pressButton(words: "it hums")
            let (status, output) = try run("backup", backup, "--json")
            #expect(status == 0, "\(output)")
            saved = try report(output)
            #expect(saved.ledger.heads.map(\.facts).reduce(0, +) >= 2 && saved.ledger.openTickets == 1)
            // The daemon goes on as if nothing had happened, and its ledger is nobody else's.
            _ = try await owner.pressButton(words: "it smells")
            let (refusal, why) = try run("restore", backup)
            #expect(refusal == 2 && why.contains("in use by another aftercare process"), "\(why)")
        }
        let (status, output) = try run("restore", backup, "--json")
        #expect(status == 0, "\(output)")
        let restored = try report(output)
        #expect(restored.ledger == saved.ledger)
        #expect(restored.setAside == "\(site.dataDirectory)/ledger.sqlite.replaced-1")
        for head in saved.ledger.heads where head.facts > 0 {
            #expect(try run("verify", nil, "--head", head.hash).0 == 0)
        }
    }

    @Test func aBackupOverwritesNothingAndNeedsALedger() async throws {
        let (none, why) = try run("backup", backup)
        #expect(none == 2 && why.contains("ledger.sqlite"), "\(why)")
        try await pressButton("it hums")
        let (status, text) = try run("backup", backup)
        #expect(status == 0 && text.contains("the backup holds") && text.contains("head of desk"), "\(text)")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: backup))
        let (again, refusal) = try run("backup", backup)
        #expect(again == 2 && refusal.contains("is there already"), "\(refusal)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: backup)) == bytes)
    }

    @Test func whatIsNoBackupOfThisSiteChangesNothing() async throws {
        try await pressButton("it hums")
        #expect(try run("backup", backup).0 == 0)
        let (missing, why) = try run("restore", backup + ".none")
        #expect(missing == 2 && why.contains("No such file"), "\(why)")

        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: backup)))
        let place = try #require(bytes.firstRange(of: Array("it hums".utf8)))
        bytes[place.lowerBound] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: backup + ".damaged"))
        let (damaged, complaint) = try run("restore", backup + ".damaged")
        #expect(damaged == 1 && complaint.contains("fact 1 of epoch 1"), "\(complaint)")

        let gateway = try String(contentsOfFile: site.gatewayFile, encoding: .utf8)
        try site.write(gateway.replacing("id: home-1", with: "id: home-2"))
        let (foreign, refusal) = try run("restore", backup)
        #expect(foreign == 2 && refusal.contains("another site than home-2"), "\(refusal)")
        #expect(!FileManager.default.fileExists(atPath: "\(site.dataDirectory)/ledger.sqlite.replaced-1"))
    }
}
