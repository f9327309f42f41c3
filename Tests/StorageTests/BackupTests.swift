import Foundation
import GRDB
import Storage
import Terms
import Testing
import Ticketing

/// A copy of the ledger, and the way back.
struct BackupTests {
    private let scratch: LedgerScratch
    private let document = LedgerDocument(kind: .evidence, content: Array(repeating: 65, count: 3_000))

    init() throws { scratch = try LedgerScratch() }

    private var backup: String { scratch.path + "/backup" }

    private func fact(_ number: Int64) -> Fact {
        let stamp = Stamp(
            boot: BootID(high: 1, low: 2), boottime: Boottime(nanoseconds: number), wall: Instant(milliseconds: number),
            trust: .synced)
        return Fact(
            subject: .ticket(TicketID("home-1.1")), writer: .gateway, at: stamp.wall, recordedBy: stamp,
            event: .remoteTimedOut)
    }

    private func withLedger<T>(_ body: (Ledger) throws -> T) throws -> T {
        let ledger = try Ledger(directory: try DataDirectory(path: scratch.path))
        _ = try ledger.load()
        return try body(ledger)
    }

    private func append(_ numbers: Int64...) throws {
        try withLedger { try $0.append(LedgerEntry(facts: numbers.map(fact), documents: [document])) }
    }

    private func facts() throws -> [Fact] {
        try Ledger(directory: try DataDirectory(path: scratch.path)).load()
    }

    private func backUp(to path: String? = nil) throws -> [Fact] {
        try Ledger.backUp(scratch.ledgerPath, to: path ?? backup) { try $0.load() }
    }

    private func restore(_ check: (Ledger) throws -> [Fact] = { try $0.load() }) throws -> (
        [Fact], setAside: String?
    ) {
        try Ledger.restore(backup, to: try DataDirectory(path: scratch.path), check: check)
    }

    private var names: [String] {
        get throws {
            // Where nobody else has the ledger open, who only reads it leaves SQLite's empty log behind.
            try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
                .filter { !$0.hasPrefix("ledger.sqlite-") }
        }
    }

    @Test func aBackupHoldsWhatWasOnRecordWhileTheLedgerIsBeingWritten() throws {
        try append(1, 2)
        try withLedger { ledger in
            // What is committed stands in the log beside the file, and is in the copy all the same.
            try ledger.append(LedgerEntry(facts: [fact(3)]))
            #expect(try backUp() == [fact(1), fact(2), fact(3)])
            try ledger.append(LedgerEntry(facts: [fact(4)]))
            #expect(try backUp(to: scratch.path + "/second").count == 4)
        }
        #expect(try names == ["backup", "ledger.sqlite", "lock", "second"])
        let copy = try Ledger(copy: backup)
        #expect(try copy.load().count == 3)
        #expect(try copy.document(sha256: document.sha256) == document.content)
        #expect(try FileManager.default.attributesOfItem(atPath: backup)[.posixPermissions] as? Int == 0o600)
    }

    @Test func aBackupOverwritesNothing() throws {
        try append(1)
        try Data("mine".utf8).write(to: URL(fileURLWithPath: backup))
        let error = #expect(throws: LedgerError.self) { try backUp() }
        #expect(error?.message.contains("is there already") == true)
        #expect(try Data(contentsOf: URL(fileURLWithPath: backup)) == Data("mine".utf8))
        #expect(throws: LedgerError.self) { try backUp(to: scratch.path + "/none/backup") }
        #expect(try names == ["backup", "ledger.sqlite", "lock"])
    }

    @Test func aLedgerThatDoesNotHoldGivesNoBackup() throws {
        try append(1, 2)
        try scratch.tamper("DROP TRIGGER factIsNeverChanged; UPDATE fact SET hash = zeroblob(32) WHERE sequence = 2")
        let error = #expect(throws: LedgerError.self) { try backUp() }
        #expect(error?.code == .corrupt)
        #expect(try names == ["ledger.sqlite", "lock"])
    }

    @Test func aRestoredLedgerIsTheOneOfTheBackupAndTheFormerOneIsSetAside() throws {
        try append(1, 2)
        #expect(try backUp().count == 2)
        try append(3)
        let (restored, setAside) = try restore()
        #expect(restored == [fact(1), fact(2)])
        #expect(try facts() == restored)
        let former = try #require(setAside)
        #expect(former == scratch.ledgerPath + ".replaced-1")
        #expect(try Ledger(copy: former).load() == [fact(1), fact(2), fact(3)])
        // Both go on, each from where it is.
        try append(4)
        #expect(try facts() == [fact(1), fact(2), fact(4)])
        #expect(try restore().setAside == scratch.ledgerPath + ".replaced-2")
    }

    @Test func whatWasCommittedLastGoesAlongWithALedgerThatIsSetAside() throws {
        try append(1)
        #expect(try backUp().count == 1)
        try append(2)
        // As kill -9 leaves it: the newest fact in the log beside the file only.
        let (file, log) = try withLedger { ledger in
            try ledger.append(LedgerEntry(facts: [fact(3)]))
            return (try content(""), try content("-wal"))
        }
        try scratch.replaceLedger(file)
        try log.write(to: URL(fileURLWithPath: scratch.ledgerPath + "-wal"))
        let former = try #require(try restore().setAside)
        #expect(try facts() == [fact(1)])
        #expect(try Ledger(copy: former).load() == [fact(1), fact(2), fact(3)])
    }

    private func content(_ suffix: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: scratch.ledgerPath + suffix))
    }

    @Test func aRestoreThatBrokeOffAfterItsCopyWasReadyIsEndedByWhoeverOpensTheLedger() throws {
        try append(1)
        #expect(try backUp().count == 1)
        try append(2)
        let present = try content("")
        for step in 0..<3 {
            try scratch.replaceLedger(present)
            let aside = scratch.ledgerPath + ".replaced-\(step + 1)"
            try FileManager.default.copyItem(atPath: backup, toPath: scratch.ledgerPath + ".restored")
            if step >= 1 { try Data().write(to: URL(fileURLWithPath: aside + "-wal")) }
            if step == 2 { try FileManager.default.moveItem(atPath: scratch.ledgerPath, toPath: aside) }
            #expect(try facts() == [fact(1)], "after step \(step)")
            // With the file away already it has a number, and the next one stays free.
            #expect(try Ledger(copy: aside).load() == [fact(1), fact(2)], "after step \(step)")
        }
    }

    @Test func aRestoreBeforeItsCopyIsReadyChangesNothing() throws {
        try append(1)
        #expect(try backUp().count == 1)
        try append(2)
        struct Refused: Error {}
        #expect(throws: Refused.self) { try restore { _ in throw Refused() } }
        #expect(try facts().count == 2)
        #expect(try names == ["backup", "ledger.sqlite", "lock"])
        // What a run that was killed has left is in nobody's way.
        try Data("half".utf8).write(to: URL(fileURLWithPath: scratch.ledgerPath + ".restoring"))
        #expect(try facts().count == 2)
        #expect(try restore().0.count == 1)
    }

    @Test(arguments: ["", "SQLite format 3\0", String(repeating: "Z", count: 8_192)])
    func whatIsNoBackupIsNotRestored(content: String) throws {
        try append(1)
        try Data(content.utf8).write(to: URL(fileURLWithPath: backup))
        let error = #expect(throws: LedgerError.self) { try restore() }
        #expect(error?.code == .corrupt, "\(error?.message ?? "")")
        #expect(try facts() == [fact(1)])
        #expect(try names == ["backup", "ledger.sqlite", "lock"])
    }

    @Test func aDamagedBackupIsNotRestored() throws {
        try append(1, 2, 3)
        #expect(try backUp().count == 3)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: backup)))
        let place = try #require(bytes.firstRange(of: Array("home-1.1".utf8)))
        bytes[place.lowerBound] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: backup))
        let error = #expect(throws: LedgerError.self) { try restore() }
        #expect(error?.code == .corrupt)
        #expect(try facts().count == 3)
    }

    @Test func whileTheDirectoryIsInUseNothingIsRestored() throws {
        try append(1)
        #expect(try backUp().count == 1)
        let directory = try DataDirectory(path: scratch.path)
        let error = #expect(throws: LedgerError.self) { try restore() }
        #expect(error?.code == .inUse && error?.message.contains(directory.path) == true)
    }
}
