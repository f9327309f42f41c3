import Foundation
import GRDB
import ServiceLevel
import Storage
import Terms
import Testing
import Ticketing

/// Ledgers of every schema that was shipped, as SQL: today's program reads each of them as what was written then. A new
/// migration gets a dump of its own beside these; none that is here is ever edited.
struct GoldenLedgerTests {
    private let scratch: LedgerScratch

    init() throws { scratch = try LedgerScratch() }

    private func load(_ name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
        try scratch.tamper(try String(contentsOf: folder.appendingPathComponent("\(name).sql"), encoding: .utf8))
    }

    @Test(arguments: ["v1", "compressedDocuments", "messagesOnce"])
    func aLedgerOfEachShippedSchemaIsReadAsItWasWritten(schema: String) throws {
        try load(schema)
        #expect(try scratch.count("SELECT count(*) FROM grdb_migrations WHERE identifier = '\(schema)'") == 1)
        let ledger = try Ledger(directory: try DataDirectory(path: scratch.path))
        let facts = try ledger.load()
        #expect(facts == Golden.facts)
        #expect(ledger.head(of: .gateway).hash.description == Golden.gatewayHead)
        #expect(ledger.head(of: .desk).hash.description == Golden.deskHead)
        try ledger.checkFile()
        #expect(try ledger.checkDocuments() == 2)
        #expect(try ledger.document(sha256: Golden.evidence.sha256) == Golden.evidence.content)
        try ledger.checkOpenTickets([Golden.keys[1].description: "home-1.2"])

        var book = TicketBook(site: Golden.site, documents: Golden.documents)
        book.adopt(facts)
        let tickets = book.tickets.values.sorted { $0.id.text < $1.id.text }
        #expect(tickets.map(\.state) == [.closed, .received])
        #expect(tickets.map(\.key) == Golden.keys)
        #expect(tickets.map(\.openedAt) == [Golden.begin, Golden.begin + .hours(16)])
        #expect(tickets.map(\.evidence) == [[Golden.evidence.sha256], []])
        #expect(book.serials == [DeviceName("pack-1"): "B123"])

        // It goes on: what was told once is told once, whichever schema it was told in.
        let message = try #require(facts.first { $0.event.name == "NotificationDue" })
        #expect(throws: LedgerError.self) { try ledger.append(LedgerEntry(facts: [message])) }
        try ledger.append(LedgerEntry(facts: [facts[0]]))
        #expect(try ledger.load().count == facts.count + 1)
    }

    @Test func aBackupOfAnOlderSchemaIsRestored() throws {
        try load("v1")
        let old = try Ledger.backUp(scratch.ledgerPath, to: scratch.path + "/backup") { try $0.load() }
        #expect(old == Golden.facts)
        let (facts, setAside) = try Ledger.restore(
            scratch.path + "/backup", to: try DataDirectory(path: scratch.path)) { try $0.load() }
        #expect(facts == Golden.facts)
        #expect(setAside != nil)
    }
}

/// What every dump holds: one ticket from its fault to its end, and one that is open.
private enum Golden {
    static let site = SiteID("home-1")
    static let begin = Instant(milliseconds: 1_777_888_800_000)
    static let keys = [
        FaultKey(site: site, device: "B123", code: FaultCode("overTemperature")),
        FaultKey(site: site, device: "B123", code: FaultCode("dataLost")),
    ]
    static let evidence = LedgerDocument(
        kind: .evidence, content: Array(String(repeating: "3301 0*12 1 x*3 -2 ", count: 20).utf8))
    static let gatewayHead = "7368c3c68b5d63a4b6938e0fec7c0be05ef2a0f0b6ac4adb0fd04e1939bafde9"
    static let deskHead = "df6e70b3c0bdea92dbbb8a432c6ddd3c0e5e20a64ac989161a3a769d69a23ce9"

    static let policyDocument = LedgerDocument(kind: .policy, content: Array("policy: default\nversion: 2\n".utf8))

    static var documents: PromiseDocuments {
        let policy = SupportPolicy(
            name: "default", version: 2, documentHash: policyDocument.sha256,
            rules: [
                .response: .init(limit: .hours(24), warnings: [50, 75, 90]),
                .diagnosisA: .init(limit: .hours(48), warnings: [50, 75, 90]),
                .diagnosisB: .init(limit: .hours(48), warnings: [50, 75, 90]),
                .remoteSupport: .init(limit: .hours(24), warnings: [75]),
                .elimination: .init(limit: nil, warnings: []),
                .statusReport: .init(limit: .hours(24), warnings: [75]),
            ],
            reopenWindow: .days(30), lateEntryTolerance: .minutes(15))
        return PromiseDocuments(current: Promise(policy: policy))
    }

    static var facts: [Fact] {
        let hot = occurrence("cellTemperatureHigh", 0, .overTemperature, place: 3)
        let silent = occurrence("dataLost", 1, .dataLost, place: nil)
        let first = Subject.ticket(TicketID("home-1.1")), second = Subject.ticket(TicketID("home-1.2"))
        let opened = NotificationMessage(
            calls: ["home-1.1/1/opened"], about: [first], audience: [.user, .support], isUrgent: true, isFlood: false)
        let told = DeliveryAttempt(message: "home-1.1/1/opened", channel: "desk", number: 1)
        let bound = FactEvent.policyBound(
            PolicyBinding(policy: "default", version: 2, documentHash: policyDocument.sha256))
        let home = Subject.site(site)
        let written: [(Int64, Subject, Writer, FactEvent)] = [
            (0, home, .gateway, .deviceIdentified(device: DeviceName("pack-1"), serial: "B123", profile: "made-up")),
            (0, home, .gateway, .alarmRaised(hot)),
            (0, first, .gateway, .faultOpened(key: keys[0], occurrence: hot)),
            (0, first, .desk, bound),
            (0, first, .desk, .deskAccepted(receivedAt: begin, authorisation: "2026-05-04")),
            (0, first, .gateway,
                .evidenceAttached(sha256: evidence.sha256, title: "Zelle \"3\", heiß", part: .before)),
            (0, home, .desk, .notificationDue(opened)),
            (0, home, .gateway, .delivery(.delivered(told, audience: [.support], receipt: "200"))),
            (12, first, .desk, .warned(ClockRun(.response, cycle: 1), .percent(50))),
            (13, first, .desk, .firstResponse(author: "Ana", channel: .phone, evidence: nil)),
            (13, first, .gateway, .alarmCleared(occurrence: hot.id, reason: .returnedToNormal)),
            (14, first, .desk, .remoteOutcome(.solvedSaysUser, author: "Ana", evidence: nil)),
            (14, first, .desk, .statusReportDelivered(hash: "ab12", channel: .mail, author: "Ana", evidence: "mail-1")),
            (15, first, .desk, .closed(author: "Ana")),
            (16, home, .gateway, .alarmRaised(silent)),
            (16, second, .gateway, .faultOpened(key: keys[1], occurrence: silent)),
            (16, second, .desk, bound),
            (16, second, .desk, .deskAccepted(receivedAt: begin + .hours(16), authorisation: "2026-05-04")),
        ]
        return written.map { hours, subject, writer, event in
            let at = begin + .hours(hours)
            let stamp = Stamp(
                boot: BootID(high: 7, low: 9), boottime: Boottime(nanoseconds: hours * 3_600_000_000_000 + 5),
                wall: at, trust: .synced)
            return Fact(subject: subject, writer: writer, at: at, recordedBy: stamp, event: event)
        }
    }

    private static func occurrence(
        _ alarm: String, _ key: Int, _ faultClass: FaultClass, place: Int?
    ) -> AlarmOccurrence {
        AlarmOccurrence(
            id: OccurrenceID("pack-1/\(alarm)#1"), device: DeviceName("pack-1"), alarm: alarm,
            fault: FaultCode(keys[key].code),
            place: place, faultClass: faultClass, severity: .safety, routing: key == 0 ? .k0 : .k3,
            explanation: "Cell 3 is at 61 °C.")
    }
}
