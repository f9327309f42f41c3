import Foundation
import GRDB
import ServiceLevel
import Storage
import Terms
import Testing
import Ticketing

/// Whatever is changed behind the program's back, in a column or in a page, is named or does no harm.
struct LedgerDamageTests {
    private let scratch: LedgerScratch
    private let document = LedgerDocument(kind: .evidence, content: Array(repeating: 65, count: 3_000))

    init() throws { scratch = try LedgerScratch() }

    private func fact(_ number: Int64, _ writer: Writer, _ event: FactEvent) -> Fact {
        let stamp = Stamp(
            boot: BootID(high: 1, low: 2), boottime: Boottime(nanoseconds: number),
            wall: Instant(milliseconds: number), trust: .synced)
        return Fact(
            subject: .ticket(TicketID("home-1.1")), writer: writer, at: stamp.wall, recordedBy: stamp, event: event)
    }

    private var facts: [Fact] {
        [
            fact(1, .gateway, .evidenceAttached(sha256: document.sha256, title: "Zelle \"7\", heiß", part: .before)),
            fact(2, .desk, .deskAccepted(receivedAt: Instant(milliseconds: 2), authorisation: "2026-05-04")),
            fact(3, .desk, .warned(ClockRun(.response, cycle: 1), .percent(50))),
            fact(4, .gateway, .remoteTimedOut),
            fact(5, .user, .firstResponse(author: "Ana", channel: .phone, evidence: nil)),
            fact(6, .desk, .closed(author: "Ana")),
        ]
    }

    private func fill() throws {
        try withLedger { ledger in
            _ = try ledger.load()
            try ledger.append(LedgerEntry(facts: facts, documents: [document]))
        }
    }

    private func withLedger<T>(_ body: (Ledger) throws -> T) throws -> T {
        try body(try Ledger(directory: try DataDirectory(path: scratch.path)))
    }

    /// What a start says of the ledger; nil where it finds everything in order.
    private func complaint() throws -> String? {
        do {
            let found = try withLedger { try $0.load() }
            #expect(found == facts)
            return nil
        } catch let error as LedgerError {
            return error.message
        }
    }

    private static let loosened = """
        PRAGMA ignore_check_constraints = ON; DROP TRIGGER IF EXISTS factIsNeverChanged;
        """

    @Test func everyByteOfAStoredFactIsVouchedFor() throws {
        try fill()
        // The third row of the file is the desk's second fact, and has a step id.
        let name = "desk fact 2 of epoch 1"
        for (column, kind) in [("canonical", "BLOB"), ("hash", "BLOB"), ("subject", "TEXT"), ("name", "TEXT"),
            ("stepID", "TEXT")]
        {
            let original = try scratch.bytes("SELECT \(column) FROM fact WHERE rowid = 3")
            #expect(original.count >= 5)
            for index in original.indices {
                var changed = original
                // Stays ASCII: a text is damaged as a text.
                changed[index] ^= kind == "TEXT" ? 0x01 : UInt8(1 << (index % 8))
                try scratch.put(Self.loosened, column, kind, changed, row: 3)
                let complaint = try #require(try complaint(), "\(column), byte \(index)")
                #expect(complaint.contains(name), "\(column), byte \(index): \(complaint)")
            }
            try scratch.put(Self.loosened, column, kind, original, row: 3)
        }
        #expect(try complaint() == nil)
    }

    @Test(arguments: [
        ("source = 'gateway', sequence = 9", "gateway fact 2 of epoch 1"), ("source = 'dusk'", "row 3"),
        ("epoch = 2", "desk fact 2 of epoch 1"), ("sequence = 7", "desk fact 2 of epoch 1"),
        ("stepID = NULL", "desk fact 2 of epoch 1"), ("subject = ''", "desk fact 2 of epoch 1"),
        ("canonical = x''", "desk fact 2 of epoch 1"), ("hash = zeroblob(32)", "desk fact 2 of epoch 1"),
    ])
    func aChangedColumnNamesTheFact(change: String, name: String) throws {
        try fill()
        try scratch.tamper(Self.loosened + "UPDATE fact SET \(change) WHERE rowid = 3")
        let complaint = try #require(try complaint())
        #expect(complaint.contains(name), "\(complaint)")
    }

    @Test func aStepIDWhereNoneBelongsIsNoticed() throws {
        try fill()
        try scratch.tamper(Self.loosened + "UPDATE fact SET stepID = 'x' WHERE rowid = 4")
        #expect(try complaint()?.contains("gateway fact 2 of epoch 1") == true)
    }

    @Test func aFactThatADamagedPageLosesAtTheEndIsMissed() throws {
        try fill()
        let page = try scratch.count("SELECT rootpage FROM sqlite_master WHERE name = 'fact'")
        var damaged = try Data(contentsOf: URL(fileURLWithPath: scratch.ledgerPath))
        // The count of cells of a table's leaf (SQLite file format, 1.6): one less, and the newest row is not seen.
        let count = (page - 1) * 4_096 + 4
        #expect(damaged[count - 4] == 13 && damaged[count] == 6)
        damaged[count] = 5
        try scratch.replaceLedger(damaged)
        #expect(try complaint()?.contains("desk fact 4 of epoch 1") == true)
    }

    @Test func randomDamageToTheFileNeverCrashesAndNeverChangesAFact() throws {
        try fill()
        let original = try Data(contentsOf: URL(fileURLWithPath: scratch.ledgerPath))
        var random = SplitMix(state: 0xA57E_2CA2)
        var named = 0
        for _ in 0..<400 {
            var damaged = original
            for _ in 0...Int(random.next() % 8) {
                damaged[Int(random.next() % UInt64(damaged.count))] ^= UInt8(1 + random.next() % 255)
            }
            try scratch.replaceLedger(damaged)
            do {
                let (found, content) = try withLedger { ledger in
                    (try ledger.load(), try ledger.document(sha256: document.sha256))
                }
                #expect(found == facts)
                #expect(content == nil || content == document.content)
            } catch let error as LedgerError {
                named += 1
                #expect(!error.message.contains("\n"))
            }
        }
        #expect(named > 100)
    }

    @Test func aFileThatIsCutShortIsNeverTakenForANewOne() throws {
        try fill()
        let original = try Data(contentsOf: URL(fileURLWithPath: scratch.ledgerPath))
        var named = 0
        for length in [1, 15, 16, 99, 100, 511] + Array(stride(from: 512, to: original.count, by: 997)) {
            try scratch.replaceLedger(original.prefix(length))
            do {
                // Cut behind the facts, it lost a document at most.
                let found = try withLedger { try $0.load() }
                #expect(found == facts, "\(length) bytes: \(found.count) facts")
            } catch let error as LedgerError {
                named += 1
                #expect(error.code == .corrupt, "\(length) bytes: \(error)")
            }
        }
        #expect(named > 10)
    }
}

/// A directory with a ledger, removed at the end.
final class LedgerScratch {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("aftercare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit {
        // Nothing depends on the removal of a scratch directory.
        try? FileManager.default.removeItem(atPath: path)
    }

    var ledgerPath: String { path + "/ledger.sqlite" }

    private func withQueue<T>(_ body: (Database) throws -> T) throws -> T {
        let queue = try DatabaseQueue(path: ledgerPath)
        let value = try queue.writeWithoutTransaction(body)
        try queue.close()
        return value
    }

    func count(_ sql: String) throws -> Int { try withQueue { try Int.fetchOne($0, sql: sql) ?? 0 } }

    func bytes(_ sql: String) throws -> [UInt8] {
        try withQueue { try Data.fetchOne($0, sql: sql).map { [UInt8]($0) } ?? [] }
    }

    /// Changes the database behind the program's back.
    func tamper(_ sql: String) throws { try withQueue { try $0.execute(sql: sql) } }

    func put(_ before: String, _ column: String, _ kind: String, _ bytes: [UInt8], row: Int) throws {
        try withQueue { db in
            try db.execute(sql: before)
            try db.execute(
                sql: "UPDATE fact SET \(column) = CAST(? AS \(kind)) WHERE rowid = \(row)", arguments: [Data(bytes)])
        }
    }

    func replaceLedger(_ content: Data) throws {
        for suffix in ["-wal", "-shm"] {
            // Usually there is none.
            try? FileManager.default.removeItem(atPath: ledgerPath + suffix)
        }
        try content.write(to: URL(fileURLWithPath: ledgerPath))
    }
}

/// The same numbers in every run.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
