import Engine
import ServiceLevel
import Terms
import Testing
import Ticketing

/// A promise that began to run while the box had no trusted clock.
@Suite struct UntimedStartTests {
    /// What the box takes for the time then: three days behind.
    private static let reckoned = ServiceDesk.start
    private static let truth = ServiceDesk.start + .days(3)

    private func report(_ trust: ClockTrust) throws -> (desk: ServiceDesk, ticket: TicketID) {
        let desk = ServiceDesk(at: Self.reckoned)
        desk.trust(trust)
        return (desk, try #require(try desk.press("It is hot")))
    }

    private func response(_ desk: ServiceDesk, _ id: TicketID) -> ClockView? {
        desk.book.tickets[id]?.view(.response, promise: ServiceDesk.promise(), now: desk.now.wall)
    }

    @Test(arguments: [ClockTrust.unset, .stale, .suspect])
    func onceTheTimeIsKnownThePromiseRunsFromTheTrueStartAndNothingFires(trust: ClockTrust) throws {
        let (desk, id) = try report(trust)
        desk.wait(.minutes(10))
        #expect(response(desk, id)?.start == Self.reckoned)
        desk.trust(.synced, at: Self.truth + .minutes(10))
        desk.timeStarts { _ in TimeSpan(earliest: Self.truth, latest: Self.truth) }
        desk.look()
        let view = try #require(response(desk, id))
        #expect(view.start == Self.truth)
        #expect(view.deadline == Self.truth + .hours(24))
        #expect(view.status == .running)
        #expect(desk.book.tickets[id]?.untimedStart == nil)
        #expect(!desk.ledger.contains { $0.event.name == "Breached" || $0.event.name == "Warned" })
        // Again nothing is left to do, also after a restart.
        let before = desk.ledger.count
        let next = desk.restarted(at: desk.now.wall)
        next.timeStarts { _ in TimeSpan(earliest: Self.truth, latest: Self.truth) }
        #expect(next.ledger.count == before)
        #expect(response(next, id)?.start == Self.truth)
    }

    @Test func aStepThatSeemsDueOnceTheTimeIsKnownIsNotWrittenBeforeTheTrueStart() throws {
        let (desk, id) = try report(.unset)
        desk.trust(.synced, at: Self.truth + .minutes(10))
        desk.know { _ in TimeSpan(earliest: Self.truth, latest: Self.truth) }
        // Three days after the reckoned start, as a frame or a tick finds it before anybody asks for the starts.
        desk.look()
        #expect(!desk.ledger.contains { $0.event.name == "Breached" || $0.event.name == "Warned" })
        #expect(response(desk, id)?.start == Self.truth)
        #expect(response(desk, id)?.status == .running)
    }

    @Test func ofAnIntervalTheLatestInstantCountsSoThatNoElapsedTimeIsInvented() throws {
        let (desk, id) = try report(.unset)
        desk.trust(.synced, at: Self.truth + .hours(30))
        desk.timeStarts { _ in TimeSpan(earliest: Self.reckoned, latest: Self.truth) }
        #expect(response(desk, id)?.start == Self.truth)
        desk.look()
        let breach = desk.ledger.first { $0.event.name == "Breached" }
        #expect(breach?.at == Self.truth + .hours(24), "30 h have passed at least")
    }

    @Test func peopleAreShownAnIntervalUntilTheInstantIsKnown() throws {
        func shown(_ desk: ServiceDesk, _ id: TicketID) -> [Int64?]? {
            desk.snapshot(of: id)?.began.map { [$0.earliest, $0.latest] }
        }
        let (reckoned, truth) = (Self.reckoned.milliseconds, Self.truth.milliseconds)
        let (desk, id) = try report(.unset)
        #expect(shown(desk, id) == [reckoned, nil])
        desk.know { _ in TimeSpan(earliest: Self.reckoned + .hours(1), latest: nil) }
        #expect(shown(desk, id) == [reckoned + 3_600_000, nil])
        desk.trust(.synced, at: Self.truth + .hours(1))
        desk.timeStarts { _ in TimeSpan(earliest: Self.reckoned + .hours(1), latest: Self.truth) }
        #expect(shown(desk, id) == [reckoned + 3_600_000, truth])
        let (known, other) = try report(.synced)
        #expect(known.snapshot(of: other)?.began == nil)
    }

    @Test func withoutATrustedClockTimeThatSurelyPassedMayBreakThePromise() throws {
        let (desk, id) = try report(.unset)
        desk.wait(.hours(24))
        #expect(response(desk, id)?.status == .breached)
        #expect(desk.ledger.contains { $0.event.name == "Breached" })
        // It stays broken, whatever is known later: that time had passed at least.
        desk.trust(.synced, at: Self.truth + .hours(24))
        desk.timeStarts { _ in TimeSpan(earliest: Self.truth, latest: Self.truth) }
        #expect(response(desk, id)?.status == .breached)
        #expect(desk.ledger.count { $0.event.name == "Breached" } == 1)
    }

    @Test func whereNothingBetterIsKnownNothingIsWritten() throws {
        let (desk, _) = try report(.stale)
        desk.trust(.synced, at: Self.truth)
        let before = desk.ledger.count
        desk.timeStarts { _ in nil }
        desk.timeStarts { _ in TimeSpan(earliest: Self.reckoned, latest: nil) }
        #expect(desk.ledger.count == before)
    }

    @Test func whatAPersonNamesAheadOfAClockThatNobodyConfirmedIsTakenForNow() throws {
        let desk = ServiceDesk(at: Self.reckoned)
        desk.trust(.stale)
        desk.show(Self.truth)
        let report = UserReport(
            channel: .phone, receivedAt: Self.truth - .minutes(1), ticket: nil, words: "it hums", author: "Ana",
            evidence: nil)
        let fact = try #require(try desk.enter(nil, .intake(.userReported(report))))
        let id = try #require(fact.ticket)
        #expect(response(desk, id)?.start == Self.reckoned)
        // Nor is what lies ahead of both, or of a trusted clock.
        #expect(throws: CommandRefused.self) {
            try desk.enter(.ticket(id), .act(.noteAdded("later"), by: Signature("ana")), at: Self.truth + .seconds(1))
        }
        desk.trust(.synced)
        #expect(throws: CommandRefused.self) {
            try desk.enter(.ticket(id), .act(.noteAdded("later"), by: Signature("ana")), at: Self.truth)
        }
    }

    @Test func aStartThatWasKnownMovesNeverAndNoneMovesToAnEarlierInstant() throws {
        let (desk, id) = try report(.synced)
        #expect(desk.book.tickets[id]?.untimedStart == nil)
        desk.tell(.intake(.startTimed(start: Self.truth, earliest: Self.truth)), of: .ticket(id), .desk)
        #expect(response(desk, id)?.start == Self.reckoned)
        #expect(desk.book.tickets[id]?.told.last?.ineffective == .wrongState)

        let (other, untimed) = try report(.unset)
        let early = Self.reckoned - .hours(1)
        other.tell(.intake(.startTimed(start: early, earliest: early)), of: .ticket(untimed), .desk)
        #expect(response(other, untimed)?.start == Self.reckoned)
        #expect(other.book.tickets[untimed]?.untimedStart != nil)
    }
}
