import ServiceLevel
import Terms
import Testing
import Ticketing

struct TicketBookTests {
    private var empty: TicketBook { TicketBook(site: SiteID("home-1"), documents: documents) }

    private func book(_ facts: [Fact]) -> TicketBook {
        var book = empty
        book.adopt(facts)
        return book
    }

    /// The texts of the steps that are due, with their instants.
    private func due(_ book: TicketBook, at now: String) -> [String] {
        book.promises.due(at: instant(now)).map { due in
            "\(due.run.clock.rawValue)/\(due.kind?.text ?? due.event.name) \(due.dueAt.rfc3339)"
        }
    }

    @Test func theFirstFaultOpensTicketOne() {
        #expect(empty.landing(for: key, at: instant("2026-07-01T08:00:00Z")) == .new(t1))
    }

    @Test func anOpenTicketTakesTheSameFault() {
        let book = book([opened("2026-07-01T08:00:00Z"), accepted("2026-07-01T08:00:00Z")])
        #expect(book.landing(for: key, at: instant("2026-09-01T08:00:00Z")) == .existing(t1))
        let other = FaultKey(site: SiteID("home-1"), device: "B124", code: FaultCode("cellOverVoltage"))
        #expect(book.landing(for: other, at: instant("2026-07-01T09:00:00Z")) == .new(TicketID("home-1.2")))
    }

    @Test func thirtyDaysAfterClosingTheSameFaultIsANewTicket() {
        let book = book([
            opened("2026-05-08T08:00:00Z"), accepted("2026-05-08T08:00:00Z"), responded("2026-05-08T09:00:00Z"),
            cleared("2026-05-08T10:00:00Z"),
            fact("2026-05-08T12:00:00Z", .desk, .remoteOutcome(.solvedSaysUser, author: "ana", evidence: nil)),
            reported("2026-05-08T13:00:00Z"), closed("2026-05-08T14:00:00.000Z"),
        ])
        #expect(book.landing(for: key, at: instant("2026-06-07T13:59:59.999Z")) == .existing(t1))
        #expect(book.landing(for: key, at: instant("2026-06-07T14:00:00.000Z")) == .new(TicketID("home-1.2")))
    }

    @Test func warningsAndBreachFallDueInOrderAndOnlyOnce() {
        var book = book([accepted("2026-05-04T10:00:00Z")])
        #expect(book.promises.nextDue == instant("2026-05-04T22:00:00Z"))
        #expect(due(book, at: "2026-05-04T21:59:59.999Z").isEmpty)
        #expect(due(book, at: "2026-05-04T22:00:00Z") == ["response/warn50 2026-05-04T22:00:00.000Z"])
        #expect(
            due(book, at: "2026-05-05T10:00:00Z") == [
                "response/warn50 2026-05-04T22:00:00.000Z", "response/warn75 2026-05-05T04:00:00.000Z",
                "response/warn90 2026-05-05T07:36:00.000Z", "response/breach 2026-05-05T10:00:00.000Z",
                "diagnosisA/warn50 2026-05-05T10:00:00.000Z",
            ])
        book.adopt([fact("2026-05-04T22:00:00Z", .desk, .warned(ClockRun(.response, cycle: 1), .percent(50)))])
        #expect(due(book, at: "2026-05-04T23:00:00Z").isEmpty)
        #expect(book.promises.nextDue == instant("2026-05-05T04:00:00Z"))
    }

    @Test func aStopInTimeEndsTheStepsAndOneTooLateKeepsTheBreach() {
        let inTime = book([accepted("2026-05-04T10:00:00Z"), responded("2026-05-04T21:59:59.999Z")])
        #expect(due(inTime, at: "2026-05-05T12:00:00Z").allSatisfy { !$0.hasPrefix("response/") })
        let late = book([accepted("2026-05-04T10:00:00Z"), responded("2026-05-05T10:00:00.000Z")])
        #expect(due(late, at: "2026-05-05T12:00:00Z").contains("response/breach 2026-05-05T10:00:00.000Z"))
    }

    @Test func remoteSupportThatLeadsNowhereTimesOutOnce() {
        var book = book([accepted("2026-07-01T08:00:00Z"), responded("2026-07-01T12:00:00Z")])
        #expect(due(book, at: "2026-07-02T12:00:00Z").contains("remoteSupport/breach 2026-07-02T12:00:00.000Z"))
        book.adopt([fact("2026-07-02T12:00:00Z", .desk, .remoteTimedOut)])
        #expect(!due(book, at: "2026-07-09T12:00:00Z").contains { $0.hasPrefix("remoteSupport/breach") })
        #expect(book.tickets[t1]?.state == .awaitingOnSite)
        #expect(book.tickets[t1]?.spans[.diagnosisB]?.start == instant("2026-07-02T12:00:00Z"))
    }

    @Test func occurrencesAreCountedPerAlarmAndPlace() {
        let book = book([
            fact("2026-07-01T08:00:00Z", .gateway, .alarmRaised(occurrence(1))), cleared("2026-07-01T09:00:00Z", 1),
            fact("2026-07-01T10:00:00Z", .gateway, .alarmRaised(occurrence(2))),
        ])
        let device = DeviceName("pack-1")
        #expect(book.nextOccurrence(device: device, alarm: "cellVoltageHigh", place: 3).text
            == "pack-1/cellVoltageHigh/3#3")
        #expect(book.nextOccurrence(device: device, alarm: "cellVoltageHigh", place: 4).text
            == "pack-1/cellVoltageHigh/4#1")
        #expect(book.raiseCount(of: occurrence(), since: instant("2026-07-01T09:30:00Z")) == 1)
        #expect(book.raiseCount(of: occurrence(), since: instant("2026-07-01T08:00:00Z")) == 2)
        #expect(Array(book.active.keys) == [occurrence(2).id])
    }

    @Test func aTicketKeepsThePolicyItWasBoundTo() {
        var tighter = promise
        tighter.documentHash = String(repeating: "1", count: 64)
        tighter.rules[.response] = .init(limit: .hours(1), warnings: [])
        let bound = FactEvent.policyBound(PolicyBinding(promise))
        var book = TicketBook(
            site: SiteID("home-1"),
            documents: PromiseDocuments(current: Promise(policy: tighter), policies: [promise]))
        book.adopt([accepted("2026-05-04T10:00:00Z"), fact("2026-05-04T10:00:00Z", .desk, bound)])
        #expect(book.promises.promise(of: .ticket(t1)).policy.rules[.response]?.limit == .elapsed(.hours(24)))
        #expect(book.promises.nextDue == instant("2026-05-04T22:00:00Z"))
    }
}
