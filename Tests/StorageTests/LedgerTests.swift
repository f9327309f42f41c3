import Foundation
import GRDB
import ServiceLevel
import Storage
import Terms
import Testing
import Ticketing

private let key = FaultKey(site: SiteID("home-1"), device: "B123", code: FaultCode("overTemperature"))
private let ticket = TicketID("home-1.1")

private func fact(_ number: Int64, writer: Writer = .gateway, _ event: FactEvent = .remoteTimedOut) -> Fact {
    let stamp = Stamp(
        boot: BootID(high: 1, low: 2), boottime: Boottime(nanoseconds: number), wall: Instant(milliseconds: number),
        trust: .synced)
    return Fact(subject: .ticket(ticket), writer: writer, at: stamp.wall, recordedBy: stamp, event: event)
}

struct LedgerTests {
    private let scratch: LedgerScratch

    init() throws { scratch = try LedgerScratch() }

    private func withLedger<T>(_ body: (Ledger, [Fact]) throws -> T) throws -> T {
        let directory = try DataDirectory(path: scratch.path)
        let ledger = try Ledger(directory: directory)
        return try body(ledger, try ledger.load())
    }

    @Test func factsComeBackInTheOrderInWhichTheyWereWritten() throws {
        let facts = [fact(5), fact(3, writer: .desk), fact(4), fact(4, writer: .user, .closed(author: "ana"))]
        try withLedger { ledger, before in
            #expect(before.isEmpty)
            try ledger.append(LedgerEntry(facts: Array(facts.prefix(2))))
            try ledger.append(LedgerEntry(facts: Array(facts.suffix(2))))
        }
        try withLedger { _, after in #expect(after == facts) }
    }

    @Test func theHeadsMoveOnAfterARestart() throws {
        let first = try withLedger { ledger, _ in
            try ledger.append(LedgerEntry(facts: [fact(1), fact(2, writer: .desk)]))
            return (ledger.head(of: .gateway), ledger.head(of: .desk))
        }
        try withLedger { ledger, _ in
            #expect(ledger.head(of: .gateway).hash == first.0.hash)
            #expect(ledger.head(of: .desk).hash == first.1.hash)
            try ledger.append(LedgerEntry(facts: [fact(3)]))
            #expect(ledger.head(of: .gateway).sequence == 2)
        }
        try withLedger { _, facts in #expect(facts.count == 3) }
    }

    @Test func aSecondOpenTicketForAKeyIsRefusedAndNothingOfTheEntryIsWritten() throws {
        try withLedger { ledger, _ in
            try ledger.append(LedgerEntry(facts: [fact(1)], opened: [key: ticket]))
            let head = ledger.head(of: .gateway)
            #expect(throws: LedgerError.self) {
                try ledger.append(LedgerEntry(facts: [fact(2)], opened: [key: TicketID("home-1.2")]))
            }
            #expect(ledger.head(of: .gateway).hash == head.hash)
            try ledger.append(LedgerEntry(facts: [fact(3)], closed: [ticket]))
            try ledger.append(LedgerEntry(facts: [fact(4)], opened: [key: TicketID("home-1.2")]))
        }
        try withLedger { _, facts in #expect(facts == [fact(1), fact(3), fact(4)]) }
    }

    @Test func aStepOfAClockIsWrittenOnce() throws {
        try withLedger { ledger, _ in
            let breach = FactEvent.breached(ClockRun(.response, cycle: 1))
            try ledger.append(LedgerEntry(facts: [fact(1, writer: .desk, breach)]))
            let again = LedgerEntry(facts: [fact(2, writer: .desk, breach)])
            #expect(throws: LedgerError.self) { try ledger.append(again) }
            let next = FactEvent.breached(ClockRun(.response, cycle: 2))
            try ledger.append(LedgerEntry(facts: [fact(3, writer: .desk, next)]))
        }
    }

    @Test func aFactCanBeNeitherChangedNorDeleted() throws {
        try withLedger { ledger, _ in try ledger.append(LedgerEntry(facts: [fact(1)])) }
        #expect(throws: DatabaseError.self) { try scratch.tamper("UPDATE fact SET name = 'Other'") }
        #expect(throws: DatabaseError.self) { try scratch.tamper("DELETE FROM fact") }
    }

    private func message(_ number: Int64, _ calls: String...) -> Fact {
        fact(number, writer: .desk, .notificationDue(
            NotificationMessage(
                calls: calls, about: [.ticket(ticket)], audience: [.user], isUrgent: false, isFlood: calls.count > 1)))
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test func aMessageIsWrittenOnceEvenWhereTheProgramErrs() throws {
        try withLedger { ledger, _ in
            let step = FactEvent.warned(ClockRun(.response, cycle: 1), .percent(50))
            // The clock's step and the message about it have one id each.
            let told = message(1, "home-1.1/1/response/warn50")
            try ledger.append(LedgerEntry(facts: [fact(1, writer: .desk, step), told]))
            let head = ledger.head(of: .desk)
            for again in [message(2, "home-1.1/1/response/warn50"), message(2, "home-1.1/1/response/warn50", "x")] {
                #expect(throws: LedgerError.self) { try ledger.append(LedgerEntry(facts: [fact(2), again])) }
            }
            #expect(ledger.head(of: .desk) == head)
            try ledger.append(LedgerEntry(facts: [message(3, "home-1.1/1/response/warn75")]))
        }
        try withLedger { _, facts in #expect(facts.count == 3) }
    }

    @Test func messagesOfAnOlderLedgerGetTheirIDsAndAnOldRepeatIsKept() throws {
        let old = [message(1, "a"), fact(2), message(3, "b"), message(4, "a")]
        try withLedger { ledger, _ in
            try ledger.append(LedgerEntry(facts: Array(old.prefix(3))))
        }
        let head = [old[0], old[2], old[3]].reduce(ChainHead.genesis(of: .desk, epoch: 1)) {
            $0.followed(by: $1.canonicalBytes)
        }
        // As a ledger was before messages had ids.
        try scratch.tamper(
            """
            DROP TRIGGER factIsNeverChanged;
            UPDATE fact SET stepID = NULL;
            INSERT INTO fact (source, epoch, sequence, subject, name, canonical, hash)
            VALUES ('desk', 1, 3, 'ticket/home-1.1', 'NotificationDue', x'\(hex(old[3].canonicalBytes))',
                x'\(hex(head.hash.bytes))');
            CREATE TRIGGER factIsNeverChanged BEFORE UPDATE ON fact
            BEGIN SELECT RAISE(ABORT, 'a fact is never changed'); END;
            DELETE FROM grdb_migrations WHERE identifier = 'messagesOnce'
            """)
        try withLedger { ledger, facts in
            #expect(facts == old)
            #expect(throws: LedgerError.self) { try ledger.append(LedgerEntry(facts: [message(9, "b")])) }
        }
        #expect(try scratch.count("SELECT count(*) FROM fact WHERE stepID LIKE 'told/%'") == 2)
        #expect(throws: DatabaseError.self) { try scratch.tamper("UPDATE fact SET name = 'Other'") }
    }

    @Test(arguments: [1, 2, 3]) func aChangedByteNamesItsFact(sequence: Int) throws {
        try withLedger { ledger, _ in try ledger.append(LedgerEntry(facts: [fact(1), fact(2), fact(3)])) }
        try scratch.tamper(
            """
            DROP TRIGGER factIsNeverChanged;
            UPDATE fact SET canonical = CAST(replace(CAST(canonical AS TEXT), 'home-1.1', 'home-1.9') AS BLOB)
            WHERE sequence = \(sequence)
            """)
        let error = #expect(throws: LedgerError.self) { try withLedger { _, _ in } }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("gateway fact \(sequence)") == true)
    }

    @Test func aMissingFactIsNoticed() throws {
        try withLedger { ledger, _ in try ledger.append(LedgerEntry(facts: [fact(1), fact(2), fact(3)])) }
        try scratch.tamper("DROP TRIGGER factIsNeverDeleted; DELETE FROM fact WHERE sequence = 2")
        #expect(throws: LedgerError.self) { try withLedger { _, _ in } }
    }

    @Test func aDatabaseFromTheFutureIsLeftAlone() throws {
        try withLedger { ledger, _ in try ledger.append(LedgerEntry(facts: [fact(1)])) }
        try scratch.tamper("INSERT INTO grdb_migrations (identifier) VALUES ('v99')")
        let error = #expect(throws: LedgerError.self) { try withLedger { _, _ in } }
        #expect(error?.code == .fromTheFuture)
        #expect(error?.message.contains("newer version") == true)
    }

    @Test func aFileThatIsNoDatabaseIsLeftAsItIs() throws {
        let garbage = Data(repeating: 0x5A, count: 8_192)
        try garbage.write(to: URL(fileURLWithPath: scratch.ledgerPath))
        let error = #expect(throws: LedgerError.self) { try withLedger { _, _ in } }
        #expect(error?.code == .corrupt)
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.ledgerPath)) == garbage)
    }

    @Test func documentsAreKeptByTheirHash() throws {
        let document = LedgerDocument(kind: .policy, content: Array("policy: default".utf8))
        try withLedger { ledger, _ in
            try ledger.append(LedgerEntry(facts: [], documents: [document]))
            try ledger.append(LedgerEntry(facts: [], documents: [document]))
            #expect(try ledger.document(sha256: document.sha256) == document.content)
            #expect(try ledger.document(sha256: "nothing") == nil)
            #expect(try ledger.documents(.policy) == [document])
            #expect(try ledger.documents(.evidence).isEmpty)
        }
    }

    @Test func evidenceIsCompressedAndComesBackByTheHashOfWhatItWas() throws {
        let text = String(repeating: "3301 0*12 1 x*3 -2 ", count: 5_000)
        let document = LedgerDocument(kind: .evidence, content: Array(text.utf8))
        try withLedger { ledger, _ in
            try ledger.append(LedgerEntry(facts: [], documents: [document, document]))
            #expect(try ledger.document(sha256: document.sha256) == document.content)
            #expect(try ledger.documents(.evidence) == [document])
        }
        let stored = try scratch.count("SELECT length(content) FROM document")
        #expect(stored < document.content.count / 20)
    }

    @Test(arguments: [[], [7], Array(0..<200)] as [[UInt8]])
    func evidenceThatCompressionDoesNotShortenStandsAsItIs(content: [UInt8]) throws {
        let document = LedgerDocument(kind: .evidence, content: content)
        try withLedger { ledger, _ in
            try ledger.append(LedgerEntry(facts: [], documents: [document]))
            #expect(try ledger.document(sha256: document.sha256) == content)
        }
    }

    @Test func evidenceOfAnOlderVersionIsStillThere() throws {
        let document = LedgerDocument(kind: .evidence, content: Array(repeating: 65, count: 1_000))
        try withLedger { _, _ in }
        let text = String(repeating: "A", count: 1_000)
        try scratch.tamper(
            """
            INSERT INTO document (sha256, kind, content)
            VALUES ('\(document.sha256)', 'evidence', CAST('\(text)' AS BLOB))
            """)
        let kept = try withLedger { ledger, _ in try ledger.document(sha256: document.sha256) }
        #expect(kept == document.content)
    }

    @Test(arguments: [
        "UPDATE document SET content = zeroblob(40)", "UPDATE document SET plainBytes = plainBytes + 1",
        "UPDATE document SET plainBytes = 999999999999", "UPDATE document SET plainBytes = NULL",
    ])
    func evidenceThatWasChangedIsNotTakenForWhatWasWritten(tampering: String) throws {
        let document = LedgerDocument(kind: .evidence, content: Array(repeating: 65, count: 1_000))
        try withLedger { ledger, _ in try ledger.append(LedgerEntry(facts: [], documents: [document])) }
        try scratch.tamper(tampering)
        try withLedger { ledger, _ in
            let error = #expect(throws: LedgerError.self) { try ledger.document(sha256: document.sha256) }
            #expect(error?.code == .corrupt)
        }
    }

    @Test func aSecondProcessIsTurnedAway() throws {
        let first = try DataDirectory(path: scratch.path)
        let error = #expect(throws: LedgerError.self) { _ = try DataDirectory(path: scratch.path) }
        #expect(error?.code == .inUse)
        #expect(first.path == scratch.path)
    }

    @Test(arguments: ["/proc/aftercare", "/dev/null", "/dev/null/x"])
    func aDirectoryThatCannotBeWrittenIsNamed(path: String) {
        let error = #expect(throws: LedgerError.self) { _ = try DataDirectory(path: path) }
        #expect(error?.code == .notWritable)
        #expect(error?.message.contains(path) == true)
    }
}
