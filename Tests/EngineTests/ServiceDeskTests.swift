import Engine
import ServiceLevel
import Terms
import Testing
import Ticketing

private let ana = Signature("ana")

private func reported(_ words: String?, ticket: TicketID? = nil, at: Instant) -> FactEvent {
    .intake(.userReported(UserReport(channel: .phone, receivedAt: at, ticket: ticket, words: words, author: "ana")))
}

@Suite struct ServiceDeskTests {
    @Test func aComplaintAlwaysHasATicketAndItsPromiseRuns() throws {
        let desk = ServiceDesk()
        try desk.enter(nil, reported("it hums", at: desk.now.wall))
        let ticket = try #require(desk.book.tickets[ticketOne])
        #expect(ticket.state == .received && ticket.key == nil)
        #expect(ticket.spans[.response]?.start == ServiceDesk.start)
        desk.wait(.seconds(1))
        #expect(desk.told.contains("home-1.1/1/opened"))
        try desk.enter(nil, reported("still", ticket: ticketOne, at: desk.now.wall))
        #expect(desk.book.tickets.count == 1)
    }

    @Test func noReadingClosesWhatAUserReported() throws {
        let desk = ServiceDesk()
        try desk.enter(nil, reported("it hums", at: desk.now.wall))
        desk.wait(.hours(1))
        desk.tell(.alarmCleared(occurrence: OccurrenceID("x"), reason: .returnedToNormal), of: .ticket(ticketOne))
        desk.wait(.hours(30))
        #expect(desk.book.tickets[ticketOne]?.state == .received)
        #expect(desk.breaches == ["home-1.1/1/response/breach"])
    }

    @Test func aReportAboutAClosedTicketOpensANewOne() throws {
        let desk = ServiceDesk()
        try desk.enter(nil, reported("it hums", at: desk.now.wall))
        for action: TicketAction in [
            .respond(channel: .phone), .remote(.solvedSaysUser), .report(contentHash: "ab", channel: .phone), .close,
        ] {
            desk.wait(.minutes(1))
            try desk.act(ticketOne, action)
        }
        #expect(desk.book.tickets[ticketOne]?.state == .closed)
        try desk.enter(nil, reported("again", ticket: ticketOne, at: desk.now.wall))
        #expect(desk.book.tickets[TicketID("home-1.2")]?.state == .received)
    }

    @Test func whatIsNotThereOrNotYetIsRefusedAndNotWritten() throws {
        let desk = ServiceDesk()
        #expect(throws: CommandRefused.self) { try desk.enter(.ticket(ticketOne), .act(.acknowledged, by: ana)) }
        #expect(throws: CommandRefused.self) {
            try desk.enter(.order(OrderID("A")), .order(.productionFinished, by: ana))
        }
        #expect(throws: CommandRefused.self) {
            try desk.enter(
                .order(OrderID("A")), .order(.purchaseRequestReceived, by: ana), at: desk.now.wall + .hours(1))
        }
        #expect(throws: CommandRefused.self) {
            try desk.enter(.site(SiteID("home-2")), .site(.commissioned, by: ana))
        }
        #expect(throws: UnreadableFact.self) { try desk.enter(.ticket(ticketOne), .breached(ClockRun(.response))) }
        #expect(desk.ledger.isEmpty)
    }

    @Test func aStopAndABreachInOneIntervalAreBothKept() throws {
        let desk = ServiceDesk()
        try desk.enter(nil, reported("it hums", at: desk.now.wall))
        desk.wait(.hours(24) - Milliseconds(100))
        desk.jump(.zero)
        let before = desk.ledger.count
        // Nobody looks for a quarter of a second, in which the deadline passes and the answer comes.
        let late = ServiceDesk(ledger: desk.ledger, at: desk.now.wall + Milliseconds(200))
        try late.act(ticketOne, .respond(channel: .phone))
        late.look()
        let names = late.ledger[before...].map(\.event.name)
        #expect(names.contains("FirstResponse") && names.contains("Breached"))
        let view = late.book.tickets[ticketOne]?.view(.response, promise: ServiceDesk.promise(), now: late.now.wall)
        #expect(view?.status == .breached && view?.overrun == Milliseconds(100))
        let breach = try #require(late.ledger.first { $0.event.name == "Breached" })
        #expect(breach.at == ServiceDesk.start + .hours(24))
    }

    @Test func whileNobodyTakesNoticePeopleAreRemindedAfterOneTwoFourAndEightDays() throws {
        let desk = ServiceDesk()
        try desk.enter(nil, reported("it hums", at: desk.now.wall))
        desk.wait(.days(20))
        let reminders = desk.ledger.compactMap { fact -> Milliseconds? in
            guard case .notificationDue(let message) = fact.event,
                message.calls.contains(where: { $0.contains("reminder") })
            else { return nil }
            return fact.at - ServiceDesk.start
        }
        #expect(reminders == [.days(1), .days(2), .days(4), .days(8)])
        let noticed = ServiceDesk()
        try noticed.enter(nil, reported("it hums", at: noticed.now.wall))
        noticed.wait(.hours(30))
        try noticed.enter(.ticket(ticketOne), .act(.acknowledged, by: ana))
        noticed.wait(.days(20))
        #expect(noticed.told.filter { $0.contains("reminder") } == ["home-1.1/1/reminder24h"])
    }

    @Test func anOrderIsToldInWorkingDaysAndFollowsTheNextCalendar() throws {
        func calendar(_ version: Int, until: String) throws -> WorkCalendar {
            WorkCalendar(
                id: "DE", version: version, documentHash: "\(version)", zone: "Europe/Berlin",
                week: Set(Weekday.allCases.prefix(5)), holidays: [try #require(CivilDate(text: "2026-01-01"))],
                workdays: [], validUntil: try #require(CivilDate(text: until)), source: "a law")
        }
        // 2026-05-28, a Thursday: the second working day after it is Monday, 1 June.
        let first = ServiceDesk.promise(try calendar(1, until: "2026-05-31"))
        let desk = ServiceDesk(promise: first)
        let order = OrderID("A-7")
        try desk.enter(.order(order), .order(.purchaseRequestReceived, by: ana))
        #expect(desk.orders()[0].clocks[0].status == "provisional")
        desk.wait(.days(9))
        #expect(desk.breaches.isEmpty)
        let next = desk.restarted(
            at: desk.now.wall, promise: ServiceDesk.promise(try calendar(2, until: "2026-12-31")))
        next.rebind()
        next.look()
        #expect(next.breaches == ["order/A-7/1/contractSigning/breach"])
        next.rebind()
        #expect(next.ledger.filter { $0.event.name == "PolicyBound" }.count == 2)
    }

    @Test func aGapInTheRosterIsToldOnce() throws {
        let zone = try #require(LocalZone(name: "Europe/Berlin"))
        let bo = OnCallRoster.Person(id: "bo", name: "Bo", phone: "1")
        let days = try #require(
            OnCallRoster.Shift(days: Set(Weekday.allCases.prefix(5)), start: 0, end: 1_440, turns: [bo]))
        let week = OnCallRoster.Week(first: zone.date(of: ServiceDesk.start - .days(9)), last: nil, shifts: [days])
        let roster = OnCallRoster(zone: zone, people: [bo], weeks: [week], changes: [])
        let desk = ServiceDesk()
        desk.check(roster)
        desk.check(roster)
        desk.wait(.seconds(1))
        // Two weekends lie within 14 days.
        #expect(desk.ledger.filter { $0.event.name == "RosterGapFound" }.count == 2)
        #expect(desk.told.filter { $0.hasPrefix("home-1/roster/gap@") }.count == 2)
        let again = desk.restarted(at: desk.now.wall + .days(7))
        again.check(roster)
        #expect(again.ledger.filter { $0.event.name == "RosterGapFound" }.count == 3)
    }
}

@Suite struct VisitTests {
    private func commissioned() throws -> ServiceDesk {
        let desk = ServiceDesk()
        try desk.enter(.site(ServiceDesk.site), .site(.commissioned, by: ana))
        return desk
    }

    /// day7, day30, month6 and ten yearly ones.
    private let ids = ["day7", "day30", "month6"] + (1...10).map { "year\($0)" }

    @Test(arguments: [UInt64(1), 2, 3])
    func tenYearsOnEveryVisitWasToldOnceWhereverTheProcessEnded(seed: UInt64) throws {
        var dice = seed &* 0x9E37_79B9_7F4A_7C15
        var desk = try commissioned()
        let end = ServiceDesk.start + .days(3_660)
        while desk.now.wall < end {
            dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let step = Milliseconds.hours(Int64(1 + (dice >> 33) % 4_000))
            // Half of the times the box was off meanwhile.
            if dice >> 63 == 0 { desk = desk.restarted(at: min(desk.now.wall + step, end)) } else { desk.wait(step) }
            desk.look()
        }
        #expect(desk.breaches.sorted() == ids.map { "home-1/\($0)/followUpVisit/breach" }.sorted())
        #expect(Set(desk.told).isSuperset(of: desk.breaches))
        #expect(Set(desk.told).count == desk.told.count)
    }

    @Test func aClockThatJumpsTenYearsAlarmsEachOverdueVisitOnce() throws {
        let desk = try commissioned()
        desk.jump(.days(3_660))
        desk.wait(.hours(1))
        #expect(desk.breaches.sorted() == ids.map { "home-1/\($0)/followUpVisit/breach" }.sorted())
        #expect(Set(desk.told).isSuperset(of: desk.breaches))
        let overdue = desk.home().visits.filter { $0.clock.status == "breached" }.map(\.id)
        #expect(overdue.sorted() == ids.sorted())
        let again = desk.restarted(at: desk.now.wall)
        again.wait(.hours(1))
        #expect(again.ledger.count == desk.ledger.count)
    }

    @Test func aVisitThatIsDoneInTimeIsNeverOverdueAndTheNextOneFollows() throws {
        let desk = try commissioned()
        desk.wait(.days(5))
        try desk.enter(.site(ServiceDesk.site), .site(.followUpDone(visit: nil), by: ana))
        desk.wait(.days(27))
        #expect(desk.breaches == ["home-1/day30/followUpVisit/breach"])
        #expect(desk.home().visits.first?.clock.status == "met")
    }
}
