import ServiceLevel
import Terms
import Ticketing

/// The shipped promise, in numbers of this test's own.
let promise = SupportPolicy(
    name: "default", version: 1, documentHash: String(repeating: "0", count: 64),
    rules: [
        .response: .init(limit: .hours(24), warnings: [50, 75, 90]),
        .diagnosisA: .init(limit: .hours(48), warnings: [50, 75, 90]),
        .diagnosisB: .init(limit: .hours(48), warnings: [50, 75, 90]),
        .remoteSupport: .init(limit: .hours(24), warnings: [75]),
        .elimination: .init(limit: nil, warnings: []),
        .statusReport: .init(limit: .hours(24), warnings: [75]),
    ],
    reopenWindow: .days(30), lateEntryTolerance: .minutes(15))

let t1 = TicketID("home-1.1")

/// An instant in RFC 3339; a wrong one stops the test run.
func instant(_ text: String) -> Instant {
    guard let instant = Instant(rfc3339: text) else { preconditionFailure("\(text) is no instant") }
    return instant
}

/// A fact as it is told: at one instant, recorded then or later.
func fact(
    _ at: String, _ writer: Writer, _ event: FactEvent, ticket: TicketID = t1, recordedAt: String? = nil
) -> Fact {
    let wall = instant(recordedAt ?? at)
    let stamp = Stamp(
        boot: BootID(high: 1, low: 2), boottime: Boottime(nanoseconds: wall.milliseconds * 1_000_000), wall: wall,
        trust: .synced)
    return Fact(subject: .ticket(ticket), writer: writer, at: instant(at), recordedBy: stamp, event: event)
}

func accepted(_ at: String, ticket: TicketID = t1) -> Fact {
    fact(at, .desk, .deskAccepted(receivedAt: instant(at), authorisation: "2026-05-04"), ticket: ticket)
}

func responded(_ at: String, evidence: String? = nil, recordedAt: String? = nil) -> Fact {
    fact(at, .desk, .firstResponse(author: "ana", channel: .phone, evidence: evidence), recordedAt: recordedAt)
}

func diagnosedOnSite(_ at: String, partner: Diagnosis.Partner?, recordedAt: String? = nil) -> Fact {
    let diagnosis = Diagnosis(
        method: .onSite, cause: .quality, author: "li", partner: partner, evidence: "photo-1")
    return fact(at, .desk, .diagnosisRecorded(diagnosis), recordedAt: recordedAt)
}

func eliminated(_ at: String) -> Fact {
    fact(at, .desk, .eliminated(proof: "check-1", author: "li", evidence: nil))
}

func reported(_ at: String) -> Fact {
    fact(at, .desk, .statusReportDelivered(hash: "ab12", channel: .mail, author: "ana", evidence: nil))
}

func closed(_ at: String) -> Fact { fact(at, .desk, .closed(author: "ana")) }

func occurrence(_ number: Int = 1, routing: Routing = .k1) -> AlarmOccurrence {
    AlarmOccurrence(
        id: OccurrenceID("pack-1/cellVoltageHigh/3#\(number)"), device: DeviceName("pack-1"),
        alarm: "cellVoltageHigh", fault: FaultCode("cellOverVoltage"), place: 3, faultClass: .overVoltage,
        severity: .protection, routing: routing, explanation: "Cell 3 of pack-1 is at 3.70 V.")
}

let key = FaultKey(site: SiteID("home-1"), device: "B123", code: FaultCode("cellOverVoltage"))

func opened(
    _ at: String, _ number: Int = 1, routing: Routing = .k1, ticket: TicketID = t1
) -> Fact {
    fact(at, .gateway, .faultOpened(key: key, occurrence: occurrence(number, routing: routing)), ticket: ticket)
}

func cleared(_ at: String, _ number: Int = 1) -> Fact {
    fact(at, .gateway, .alarmCleared(occurrence: occurrence(number).id, reason: .returnedToNormal))
}

/// What everything is bound to.
let documents = PromiseDocuments(current: Promise(policy: promise))

/// The ticket that these facts tell.
func ticket(_ facts: [Fact]) -> Ticket? { Ticket(id: t1, facts: facts, promise: documents.current) }

extension Ticket {
    func view(_ clock: Clock, at now: String) -> ClockView {
        view(clock, promise: documents.current, now: instant(now))
    }

    /// Why a fact does not count; nil when it does, or is not there.
    func objection(to name: String) -> Ineffective? { told.last { $0.fact.event.name == name }?.ineffective }
}
