import Foundation
import GRDB
import Storage
import Terms
import Testing
import Ticketing

/// A look from outside, whatever the owner of the ledger does meanwhile.
struct LedgerViewTests {
    private let scratch: LedgerScratch

    init() throws { scratch = try LedgerScratch() }

    private var path: String { "\(scratch.path)/ledger.sqlite" }

    private func facts(_ numbers: ClosedRange<Int64>) -> [Fact] {
        numbers.map { number in
            let stamp = Stamp(
                boot: BootID(high: 1, low: 2), boottime: Boottime(nanoseconds: number),
                wall: Instant(milliseconds: number), trust: .synced)
            return Fact(
                subject: .ticket(TicketID("home-1.1")), writer: .gateway, at: stamp.wall, recordedBy: stamp,
                event: .remoteTimedOut)
        }
    }

    private func withLedger<T>(_ body: (Ledger) throws -> T) throws -> T {
        let ledger = try Ledger(directory: try DataDirectory(path: scratch.path))
        _ = try ledger.load()
        return try body(ledger)
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
    }

    private func chains(_ view: LedgerView, limit: Int = .max) -> (LedgerView.Answer, Int) {
        var (asked, taken) = (0, 0)
        let answer = view.chains(
            while: {
                asked += 1
                return asked <= limit
            }, take: { _ in taken += 1 })
        return (answer, taken)
    }

    @Test func aLedgerAtRestIsReadWithoutATrace() throws {
        try withLedger { try $0.append(LedgerEntry(facts: facts(1...3))) }
        let before = try files()
        #expect(!before.contains("ledger.sqlite-wal"))
        let view = try LedgerView(path: path)
        #expect(try view.schema() == .current)
        #expect(try view.count() == 3 && view.openTickets() == 0)
        #expect(try view.newestFact()?.at == Instant(milliseconds: 3))
        #expect(chains(view) == (.sound("3 facts follow from each other"), 3))
        #expect(view.structure(while: { true }) == .sound("every page is in order"))
        #expect(!view.isOutdated)
        #expect(try files() == before)
    }

    @Test func aLedgerThatIsBeingWrittenIsReadAndItsOwnerIsNotHeldUp() throws {
        try withLedger { ledger in
            try ledger.append(LedgerEntry(facts: facts(1...3)))
            let view = try LedgerView(path: path)
            var appended = false
            let answer = view.chains(while: { true }) { _ in
                guard !appended else { return }
                appended = true
                // In the middle of the look.
                #expect(throws: Never.self) { try ledger.append(LedgerEntry(facts: facts(4...5))) }
            }
            #expect(answer == .sound("3 facts follow from each other"))
            #expect(chains(view).1 == 5)
            #expect(!view.isOutdated)
        }
    }

    @Test func anOwnerThatComesMeanwhileMakesTheLookOutdated() throws {
        try withLedger { try $0.append(LedgerEntry(facts: facts(1...3))) }
        let view = try LedgerView(path: path)
        try withLedger { ledger in
            try ledger.append(LedgerEntry(facts: facts(4...4)))
            #expect(view.isOutdated)
        }
    }

    @Test func whatAKillLeavesIsReadAndNotTouched() throws {
        let left = try LedgerScratch()
        try withLedger { ledger in
            try ledger.append(LedgerEntry(facts: facts(1...3)))
            for name in try files() {
                try FileManager.default.copyItem(atPath: "\(scratch.path)/\(name)", toPath: "\(left.path)/\(name)")
            }
        }
        func contents() throws -> [String: Data] {
            let names = try FileManager.default.contentsOfDirectory(atPath: left.path)
            return Dictionary(
                uniqueKeysWithValues: try names.map { name in
                    (name, try Data(contentsOf: URL(fileURLWithPath: "\(left.path)/\(name)")))
                })
        }
        let before = try contents()
        #expect(before["ledger.sqlite-wal"]?.isEmpty == false && before["ledger.sqlite-shm"] != nil)
        do {
            let view = try LedgerView(path: "\(left.path)/ledger.sqlite")
            #expect(chains(view) == (.sound("3 facts follow from each other"), 3))
        }
        #expect(try contents() == before)
        // Without what its writers share it is not read: to make that file is theirs.
        try FileManager.default.removeItem(atPath: "\(left.path)/ledger.sqlite-shm")
        let error = #expect(throws: LedgerError.self) { try LedgerView(path: "\(left.path)/ledger.sqlite") }
        #expect(error?.code == .failed)
        #expect(try contents()["ledger.sqlite-shm"] == nil)
    }

    @Test func aLookEndsWhenItsTimeIsOver() throws {
        try withLedger { try $0.append(LedgerEntry(facts: facts(1...1_000))) }
        let view = try LedgerView(path: path)
        #expect(chains(view, limit: 2) == (.unfinished("512 facts follow from each other; there are more"), 512))
        #expect(view.structure(while: { false }) == .unfinished("the file is too large for a quick look"))
        #expect(view.structure(while: { true }) == .sound("every page is in order"))
    }

    @Test func whatIsNoLedgerIsSaidSo() throws {
        #expect(throws: LedgerError.self) { try LedgerView(path: path) }
        try Data("hello".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: LedgerError.self) { try LedgerView(path: path) }
        try FileManager.default.removeItem(atPath: path)
        try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE x (y)") }
        let error = #expect(throws: LedgerError.self) { try LedgerView(path: path) }
        #expect(error?.code == .corrupt && error?.message.contains("no ledger of aftercare") == true)
        #expect(try files() == ["ledger.sqlite"])
    }

    @Test func aChangedFactAndANewerSchemaAreNamed() throws {
        try withLedger { try $0.append(LedgerEntry(facts: facts(1...3))) }
        try DatabaseQueue(path: path).write { db in
            try db.execute(sql: "DROP TRIGGER factIsNeverChanged; UPDATE fact SET subject = 'x' WHERE rowid = 2")
            try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('v9')")
        }
        let view = try LedgerView(path: path)
        #expect(try view.schema() == .newer("v9"))
        guard case (.damaged(let why), 1) = chains(view) else {
            Issue.record("the changed fact was not named")
            return
        }
        #expect(why.contains("gateway fact 2 of epoch 1"))
    }
}
