import Foundation
import Proof
import ServiceLevel
import Settings
import Terms
import Ticketing

/// The shipped promise, byte for byte.
let shippedPolicy: [UInt8] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("config/policy.yaml")
    // Without it nothing here can be tested.
    guard let data = try? Data(contentsOf: file) else { preconditionFailure("\(file.path) cannot be read") }
    return [UInt8](data)
}()

/// The same numbers in every run.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// 0 to `sides` - 1
    mutating func roll(_ sides: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(sides))
    }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[roll(elements.count)] }
    /// True once in `sides`.
    mutating func happens(onceIn sides: Int) -> Bool { roll(sides) == 0 }
}

/// A log of a ticket's facts and of others', some of them nonsense, as rows of two chains.
struct Story {
    static let site = SiteID("home-1")
    static let ticket = TicketID("home-1.3")
    /// Long ago by any machine's clock: the commands read the real one.
    static let begin = Instant(milliseconds: 1_700_000_000_000)

    private(set) var facts: [Fact] = []
    private var dice: Dice
    private var now = Story.begin

    /// A random one: mostly what people do, mixed with what they should not.
    init(seed: UInt64) {
        dice = Dice(seed: seed)
        write(.site(Self.site), .gateway, .alarmRaised(occurrence()))
        if !dice.happens(onceIn: 8) { write(.gateway, .faultOpened(key: key, occurrence: occurrence())) }
        if !dice.happens(onceIn: 10) { bindPolicy() }
        write(.desk, .deskAccepted(receivedAt: now, authorisation: "2026-05-04"))
        for _ in 0..<(4 + dice.roll(30)) {
            pass()
            if dice.happens(onceIn: 12), let old = facts.randomPlace(&dice) { facts.append(facts[old]) }
            step()
        }
        // Arrival does not matter.
        if dice.happens(onceIn: 4) {
            for _ in 0..<5 { facts.swapAt(dice.roll(facts.count), dice.roll(facts.count)) }
        }
    }

    /// The shortest one that is whole: answered, solved, reported, closed.
    static var plain: Story {
        var story = Story(empty: ())
        story.write(.site(site), .gateway, .alarmRaised(story.occurrence(1, .k1)))
        story.write(.gateway, .faultOpened(key: story.key, occurrence: story.occurrence(1, .k1)))
        story.bindPolicy()
        story.write(.desk, .deskAccepted(receivedAt: story.now, authorisation: nil))
        story.write(.gateway, .evidenceAttached(sha256: story.evidenceHash, title: "Zelle \"7\", heiß", part: .before))
        story.now = story.now + .hours(25)
        story.write(.user, .firstResponse(author: "Ana", channel: .phone, evidence: nil))
        story.write(.gateway, .alarmCleared(occurrence: story.occurrence(1, .k1).id, reason: .returnedToNormal))
        story.now = story.now + .hours(1)
        story.write(.desk, .remoteOutcome(.solvedSaysUser, author: "Ana", evidence: nil))
        story.now = story.now + .hours(1)
        story.write(.desk, .statusReportDelivered(hash: "ab", channel: .mail, author: "Ana", evidence: "mail-1"))
        story.now = story.now + .hours(1)
        story.write(.desk, .closed(author: "Ana"))
        return story
    }

    private init(empty: ()) { dice = Dice(seed: 1) }

    let evidence = Array("{\"frames\":[1,2,3]}".utf8)
    var evidenceHash: String { ChainHash.of(evidence).description }
    private let key = FaultKey(site: Story.site, device: "B123", code: FaultCode("overTemperature"))

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

    func content(from first: Int = 0, withEvidence: Bool = false, madeAt: Instant? = nil) -> ProofContent {
        let (anchors, rows) = rows(from: first)
        return ProofContent(
            site: Self.site, ticket: Self.ticket, madeAt: madeAt ?? now + .hours(30), anchors: anchors, epoch: 1,
            rows: rows, policies: [shippedPolicy], sitePolicy: ChainHash.of(shippedPolicy).description,
            evidence: withEvidence ? [evidenceHash: evidence] : [:])
    }

    mutating func replace(_ index: Int, with event: FactEvent) {
        let old = facts[index]
        facts[index] = Fact(
            subject: old.subject, writer: old.writer, at: old.at, recordedBy: old.stamp, event: event)
    }

    mutating func drop(_ index: Int) { facts.remove(at: index) }

    // MARK: - What happens

    private mutating func pass() {
        let lengths: [Milliseconds] = [
            .zero, Milliseconds(1), .minutes(10), .hours(1), .hours(5), .hours(11), .hours(24), .hours(48), .days(9),
        ]
        now = now + dice.one(of: lengths)
    }

    mutating func write(_ writer: Writer, at: Instant? = nil, _ event: FactEvent) {
        write(.ticket(Self.ticket), writer, at: at, event)
    }

    mutating func write(_ subject: Subject, _ writer: Writer, at: Instant? = nil, _ event: FactEvent) {
        let stamp = Stamp(
            boot: BootID(high: 7, low: 9), boottime: Boottime(nanoseconds: (now - Self.begin).count * 1_000_003),
            wall: now, trust: .synced)
        facts.append(Fact(subject: subject, writer: writer, at: at ?? now, recordedBy: stamp, event: event))
    }

    private mutating func bindPolicy() {
        let hash = ChainHash.of(shippedPolicy).description
        write(.desk, .policyBound(PolicyBinding(policy: "default", version: 2, documentHash: hash)))
    }

    private func occurrence(_ number: Int, _ routing: Routing) -> AlarmOccurrence {
        AlarmOccurrence(
            id: OccurrenceID("pack-1/cellTemperatureHigh/3#\(number)"), device: DeviceName("pack-1"),
            alarm: "cellTemperatureHigh", fault: FaultCode("overTemperature"), place: 3, faultClass: .overTemperature,
            severity: .protection, routing: routing, explanation: "Cell 3 is at 61 °C.")
    }

    private mutating func occurrence() -> AlarmOccurrence {
        occurrence(1 + dice.roll(3), dice.one(of: [.k0, .k1, .k1, .k2, .k3, .k5, .k6, .k7]))
    }

    /// Mostly now; sometimes about the past, with or without evidence.
    private mutating func when() -> (at: Instant, evidence: String?) {
        guard dice.happens(onceIn: 3) else { return (now, dice.happens(onceIn: 5) ? "log-1" : nil) }
        let ago: [Milliseconds] = [.minutes(14), .minutes(15), Milliseconds(900_001), .hours(3), .hours(30)]
        return (now - dice.one(of: ago), dice.happens(onceIn: 2) ? "call-17" : nil)
    }

    private mutating func author() -> String { dice.happens(onceIn: 10) ? "" : "Ana" }

    private mutating func step() {
        let (at, evidence) = when()
        switch dice.roll(20) {
        case 0, 1: write(.gateway, .faultOpened(key: key, occurrence: occurrence()))
        case 2, 3, 4: write(.gateway, .alarmCleared(occurrence: occurrence().id, reason: .returnedToNormal))
        case 5, 6:
            write(.user, at: at, .firstResponse(author: author(), channel: .phone, evidence: evidence))
        case 7, 8:
            let outcome = dice.one(of: [RemoteOutcome.solvedSaysUser, .solvedAlarmInactive, .cannotSolve])
            write(.desk, at: at, .remoteOutcome(outcome, author: author(), evidence: evidence))
        case 9: write(.desk, .remoteTimedOut)
        case 10, 11: diagnose(at, evidence)
        case 12, 13:
            write(.desk, at: at, .eliminated(
                proof: dice.happens(onceIn: 6) ? "" : "charged", author: author(), evidence: evidence))
        case 14, 15:
            write(.desk, at: at, .statusReportDelivered(
                hash: "ab12", channel: .mail, author: author(), evidence: evidence))
        case 16: write(.desk, at: at, .closed(author: author()))
        case 17: shelve()
        case 18: tellAlarm()
        default: tellSomethingElse()
        }
    }

    private mutating func diagnose(_ at: Instant, _ evidence: String?) {
        let partners: [Diagnosis.Partner?] = [nil, .named("Solar Maier"), .absent(reason: "none within 200 km")]
        let diagnosis = Diagnosis(
            method: dice.one(of: [.remote, .onSite]), cause: .quality, author: author(),
            partner: dice.one(of: partners), evidence: evidence)
        write(.desk, at: at, .diagnosisRecorded(diagnosis))
    }

    private mutating func shelve() {
        guard dice.happens(onceIn: 2) else { return write(.desk, .shelf(.unshelved(author: author()))) }
        let length: Milliseconds = dice.one(of: [.hours(8), .hours(24), .hours(25), .zero])
        write(.desk, .shelf(.shelved(
            author: author(), reason: dice.happens(onceIn: 5) ? "" : "parts", until: now + length)))
    }

    private mutating func tellAlarm() {
        let some = occurrence()
        let events: [AlarmEvent] = [
            .attached(some, cause: occurrence().id, isFirstOut: false), .rootChanged(occurrence: some.id),
            .repeatsCounted([some.id, occurrence().id]), .chattering(occurrence: some.id, edges: 5),
            .quiet(occurrence: some.id, edges: 7), .escalated(occurrences: 3, window: .hours(24)),
        ]
        write(.gateway, .alarm(dice.one(of: events)))
    }

    private mutating func tellSomethingElse() {
        switch dice.roll(6) {
        case 0: write(.desk, .warned(ClockRun(.response, cycle: 1 + dice.roll(2)), .percent(50)))
        case 1: write(.desk, .breached(ClockRun(.diagnosisA, cycle: 1)))
        case 2:
            write(.gateway, .evidenceAttached(sha256: evidenceHash, title: "the hour \u{1} after", part: .hourAfter))
        case 3: write(.ticket(TicketID("home-1.4")), .desk, .deskAccepted(receivedAt: now, authorisation: nil))
        case 4: write(.gateway, .deviceIdentified(device: DeviceName("pack-1"), serial: "B123", profile: "p"))
        default: write(.desk, .deskAccepted(receivedAt: now, authorisation: nil))
        }
    }
}

extension [Fact] {
    fileprivate func randomPlace(_ dice: inout Dice) -> Int? { isEmpty ? nil : dice.roll(count) }
}
