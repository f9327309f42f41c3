import Proof
import ServiceLevel
import Terms
import TestPeers
import Ticketing

/// A log of some tickets' facts and of others', as rows of two chains.
struct Story {
    static let site = SiteID("home-1")
    /// The one that most stories are about.
    static let ticket = TicketID("home-1.3")
    /// Long ago by any machine's clock: the commands read the real one.
    static let begin = Instant(milliseconds: 1_700_000_000_000)

    private(set) var facts: [Fact] = []
    /// What was written up to now, told fact by fact as a box tells it.
    private(set) var book = PromiseBook(documents: StoryDocuments.read)
    var now = Story.begin
    var dice: Dice
    /// Whether the box has a trusted clock.
    var isClockTrusted = true

    init(empty seed: UInt64) { dice = Dice(seed: seed) }

    let evidence = Array("{\"frames\":[1,2,3]}".utf8)
    var evidenceHash: String { ChainHash.of(evidence).description }

    // MARK: - The log

    /// The rows, and the heads before the first of them.
    func rows(from first: Int = 0) -> (anchors: [FactSource: ChainHead], rows: [ChainRow]) {
        var heads: [FactSource: ChainHead] = [:]
        for source in FactSource.allCases { heads[source] = .genesis(of: source, epoch: 1) }
        var anchors = heads
        var rows: [ChainRow] = []
        for (index, fact) in facts.enumerated() {
            if index == first { anchors = heads }
            let canonical = fact.canonicalBytes
            let head = (heads[fact.source] ?? .genesis(of: fact.source, epoch: 1)).followed(by: canonical)
            heads[fact.source] = head
            guard index >= first else { continue }
            rows.append(
                ChainRow(
                    source: fact.source, epoch: 1, sequence: head.sequence, canonical: canonical, hash: head.hash))
        }
        return (anchors, rows)
    }

    /// What a proof of one of its tickets is made of, with the documents that this ticket needs.
    func content(
        of ticket: TicketID = Story.ticket, from first: Int = 0, withEvidence: Bool = false, madeAt: Instant? = nil
    ) -> ProofContent {
        let (anchors, rows) = rows(from: first)
        let site = StoryDocuments.read.binding
        let bindings = book.bindings(linkedTo: ticket)
        let calendars = bindings.compactMap(\.calendar?.documentHash)
        let wanted = Set([site.documentHash] + bindings.map(\.documentHash) + calendars)
        func needed(_ documents: [[UInt8]]) -> [[UInt8]] {
            documents.filter { wanted.contains(StoryDocuments.hash($0)) }
        }
        return ProofContent(
            site: Self.site, ticket: ticket, madeAt: madeAt ?? now + .hours(30), anchors: anchors, epoch: 1,
            rows: rows, policies: needed(StoryDocuments.policies), calendars: needed(StoryDocuments.calendars),
            sitePolicy: site.documentHash, siteZone: site.zone,
            evidence: withEvidence ? [evidenceHash: evidence] : [:])
    }

    mutating func replace(_ index: Int, with event: FactEvent) {
        let old = facts[index]
        facts[index] = Fact(
            subject: old.subject, writer: old.writer, at: old.at, recordedBy: old.stamp, event: event)
    }

    mutating func drop(_ index: Int) { facts.remove(at: index) }

    /// Another order of arrival.
    mutating func swap(_ a: Int, _ b: Int) { facts.swapAt(a, b) }

    mutating func write(_ writer: Writer, at: Instant? = nil, _ event: FactEvent) {
        write(.ticket(Self.ticket), writer, at: at, event)
    }

    mutating func write(_ subject: Subject, _ writer: Writer, at: Instant? = nil, _ event: FactEvent) {
        let stamp = Stamp(
            boot: BootID(high: 7, low: 9), boottime: Boottime(nanoseconds: (now - Self.begin).count * 1_000_003),
            wall: now, trust: isClockTrusted ? .synced : .unset)
        write(Fact(subject: subject, writer: writer, at: at ?? now, recordedBy: stamp, event: event))
    }

    mutating func write(_ fact: Fact) {
        facts.append(fact)
        book.adopt([fact])
    }

    // MARK: - Told by hand

    /// The shortest one that is whole: answered, solved, reported, closed.
    static var plain: Story {
        var story = Story(empty: 1)
        let occurrence = story.occurrence(0, 1, .k1)
        story.write(.site(site), .gateway, .alarmRaised(occurrence))
        story.write(.gateway, .faultOpened(key: keys[0], occurrence: occurrence))
        story.write(.desk, .policyBound(binding(policy: 0)))
        story.write(.desk, .deskAccepted(receivedAt: story.now, authorisation: nil))
        story.write(.gateway, .evidenceAttached(sha256: story.evidenceHash, title: "Zelle \"7\", heiß", part: .before))
        story.now = story.now + .hours(25)
        story.write(.user, .firstResponse(author: "Ana", channel: .phone, evidence: nil))
        story.write(.gateway, .alarmCleared(occurrence: occurrence.id, reason: .returnedToNormal))
        story.now = story.now + .hours(1)
        story.write(.desk, .remoteOutcome(.solvedSaysUser, author: "Ana", evidence: nil))
        story.now = story.now + .hours(1)
        story.write(.desk, .statusReportDelivered(hash: "ab", channel: .mail, author: "Ana", evidence: "mail-1"))
        story.now = story.now + .hours(1)
        story.write(.desk, .closed(author: "Ana"))
        return story
    }

    /// A ticket that the user opened goes on as the one that the box opened an hour later: its start is the other's.
    static var linked: Story {
        var story = Story(empty: 1)
        let other = Subject.ticket(TicketID("home-1.2"))
        let report = UserReport(channel: .phone, receivedAt: story.now, words: "zu heiß", author: "Li")
        story.write(other, .user, .intake(.userReported(report)))
        story.write(other, .desk, .policyBound(binding(policy: 1, calendar: 0, zone: "Europe/Berlin")))
        story.now = story.now + .hours(1)
        story.write(.gateway, .faultOpened(key: keys[0], occurrence: story.occurrence(0, 1, .k1)))
        story.write(.desk, .policyBound(binding(policy: 0, zone: "Asia/Shanghai")))
        story.write(.desk, .deskAccepted(receivedAt: story.now, authorisation: nil))
        story.now = story.now + .hours(1)
        story.write(other, .desk, .act(.mergedInto(ticket), by: Signature("Li")))
        story.now = story.now + .minutes(22 * 60 + 30)
        story.write(.desk, .firstResponse(author: "Ana", channel: .phone, evidence: nil))
        return story
    }

    static func binding(policy: Int, calendar: Int? = nil, zone: String? = nil) -> PolicyBinding {
        let calendar = calendar.map {
            PolicyBinding.Calendar(
                id: ["DE-2026", "CN-2026"][$0], documentHash: StoryDocuments.hash(StoryDocuments.calendars[$0]))
        }
        return PolicyBinding(
            policy: "default", version: 2 + policy, documentHash: StoryDocuments.hash(StoryDocuments.policies[policy]),
            calendar: calendar, zone: zone)
    }

    // MARK: - Faults

    /// The third is written in two ways that are one text to Unicode.
    static let keys = [
        FaultKey(site: site, device: "B123", code: FaultCode("overTemperature")),
        FaultKey(site: site, device: "pack-2", code: FaultCode("dataLost")),
        FaultKey(site: site, device: "B\u{FC}ro/7", code: FaultCode("cellOverVoltage")),
        FaultKey(site: site, device: "Bu\u{308}ro/7", code: FaultCode("cellOverVoltage")),
    ]

    /// - Parameter key: which fault it belongs to, from 0.
    func occurrence(_ key: Int, _ number: Int, _ routing: Routing) -> AlarmOccurrence {
        AlarmOccurrence(
            id: OccurrenceID("pack-\(min(key, 2) + 1)/cellTemperatureHigh/3#\(number)"), device: DeviceName("pack-1"),
            alarm: "cellTemperatureHigh", fault: FaultCode("overTemperature"), place: 3, faultClass: .overTemperature,
            severity: .protection, routing: routing, explanation: "Cell 3 is at 61 °C.")
    }
}
