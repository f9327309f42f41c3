import Engine
import ServiceLevel
import Terms
import Testing
import Ticketing

/// What the button on the page may write.
@Suite struct ButtonReportTests {
    private func ticket(_ number: Int) -> TicketID { TicketID(site: ServiceDesk.site, number: number) }

    @Test func aPressOpensATicketAndItsPromiseRuns() throws {
        let desk = ServiceDesk()
        #expect(try desk.press("it hums\nat night") == ticket(1))
        let opened = try #require(desk.book.tickets[ticket(1)])
        #expect(opened.state == .received && opened.key == nil)
        #expect(opened.spans[.response]?.start == ServiceDesk.start)
        let fact = try #require(desk.ledger.first)
        #expect(fact.writer == .user)
        let report = UserReport(channel: .app, receivedAt: ServiceDesk.start, words: "it hums at night")
        #expect(fact.event == .intake(.userReported(report)))
        #expect(desk.ledger.map(\.event.name).contains("PolicyBound"))
        desk.wait(.seconds(1))
        #expect(desk.told.contains("home-1.1/1/opened"))
    }

    @Test func noReadingClosesIt() throws {
        let desk = ServiceDesk()
        try desk.press()
        desk.tell(.alarmCleared(occurrence: OccurrenceID("x"), reason: .returnedToNormal), of: .ticket(ticket(1)))
        desk.wait(.hours(30))
        #expect(desk.book.tickets[ticket(1)]?.state == .received)
        #expect(desk.breaches == ["home-1.1/1/response/breach"])
    }

    @Test func impatiencePressesTheSameTicketAgain() throws {
        let desk = ServiceDesk()
        try desk.press()
        desk.wait(.minutes(10) - Milliseconds(1))
        #expect(try desk.press("it is getting louder") == ticket(1))
        #expect(desk.book.tickets[ticket(1)]?.spans[.response]?.start == ServiceDesk.start)
        // What was said later tells what the press was about.
        #expect(desk.snapshot(of: ticket(1))?.explanation == "it is getting louder")
        desk.wait(Milliseconds(1))
        #expect(try desk.press() == ticket(2))
    }

    @Test func whoSaysThatItIsNotSolvedIsNotImpatient() throws {
        let desk = ServiceDesk()
        try desk.press()
        desk.wait(.minutes(1))
        try desk.act(ticket(1), .respond(channel: .phone))
        desk.wait(.minutes(1))
        try desk.act(ticket(1), .remote(.solvedSaysUser))
        #expect(desk.book.tickets[ticket(1)]?.state == .eliminated)
        #expect(try desk.press("still") == ticket(2))
    }

    @Test func beyondFiveTicketsWithinAnHourTheWordsGoToTheNewest() throws {
        let desk = ServiceDesk()
        for number in 1...5 {
            #expect(try desk.press("\(number)") == ticket(number))
            desk.wait(.minutes(11))
        }
        #expect(try desk.press("the sixth") == ticket(5))
        #expect(desk.book.tickets.count == 5)
        let last = try #require(desk.book.tickets[ticket(5)]?.told.last { $0.fact.event.name == "UserReported" })
        #expect(last.ineffective == nil)
        let report = UserReport(channel: .app, receivedAt: desk.now.wall, ticket: ticket(5), words: "the sixth")
        #expect(last.fact.event == .intake(.userReported(report)))
        // The first is an hour old after six times eleven minutes.
        desk.wait(.minutes(11))
        #expect(try desk.press() == ticket(6))
    }

    @Test func beyondTwentyTicketsWithinADayTheWordsGoToTheNewest() throws {
        let desk = ServiceDesk()
        for number in 1...20 {
            #expect(try desk.press() == ticket(number))
            desk.wait(.minutes(20))
        }
        #expect(try desk.press() == ticket(20))
        desk.wait(.days(1) - .minutes(400))
        #expect(try desk.press() == ticket(21))
    }

    @Test func whereNoTicketOfTheButtonIsOpenNoComplaintIsSwallowed() throws {
        let desk = ServiceDesk()
        for number in 1...5 {
            try desk.press()
            desk.wait(.minutes(1))
            try desk.act(ticket(number), .respond(channel: .phone))
            try desk.act(ticket(number), .remote(.solvedSaysUser))
            try desk.act(ticket(number), .report(contentHash: "ab", channel: .phone))
            try desk.act(ticket(number), .close)
            #expect(desk.book.tickets[ticket(number)]?.isOpen == false)
        }
        #expect(try desk.press("again") == ticket(6))
    }

    @Test func ticketsOfOthersTakeNothingFromTheButton() throws {
        let desk = ServiceDesk()
        let phoned = UserReport(channel: .phone, receivedAt: desk.now.wall, words: "by phone", author: "ana")
        try desk.enter(nil, .intake(.userReported(phoned)))
        let entered = UserReport(channel: .app, receivedAt: desk.now.wall, words: "by app", author: "ana")
        try desk.enter(nil, .intake(.userReported(entered)))
        #expect(try desk.press() == ticket(3))
    }

    @Test func aFloodIsToldToPhoneAndWritesNoMore() throws {
        let desk = ServiceDesk()
        for _ in 1...ButtonLimit.reportsInHour { try desk.press("x") }
        let written = desk.ledger.count
        #expect(throws: ButtonExhausted.self) { try desk.press("x") }
        #expect(desk.ledger.count == written && desk.book.tickets.count == 1)
        desk.wait(.hours(1))
        try desk.press("x")
    }

    @Test func theLimitsHoldOverARestart() throws {
        let desk = ServiceDesk()
        for _ in 1...5 {
            try desk.press()
            desk.wait(.minutes(11))
        }
        #expect(try desk.restarted(at: desk.now.wall).press() == ticket(5))
    }

    @Test func wordsLoseTheirControlsAndTheirLength() {
        let hostile = "\u{0}\r\n a\u{1B}[31m\tb\u{202E}c\u{85}\u{2028} d \u{7F}"
        #expect(UserWords.cleaned(hostile, longest: 100) == "a [31m b c d")
        #expect(UserWords.cleaned(" \n\u{7}", longest: 100) == nil)
        #expect(UserWords.cleaned("abcdef", longest: 6) == "abcdef")
        #expect(UserWords.cleaned("abcdefg", longest: 6) == "abcdef…")
        // A character may hold any number of marks.
        let marks = "e" + String(repeating: "\u{301}", count: 5_000)
        #expect(UserWords.cleaned(marks, longest: 1_000)?.unicodeScalars.count == 1_001)
    }
}
