import Foundation
import ServiceLevel
import Terms
import Testing

private func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }
private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text: text)) }

struct OnCallRosterTests {
    @Test func aWholeWeekOfOnePersonHasNoGap() throws {
        for zone in ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Pacific/Kiritimati"] {
            let roster = try roster([shift(everyDay, 0, 24, ana)], in: zone)
            let (from, until) = (try instant("2026-02-01T00:00:00Z"), try instant("2027-02-01T00:00:00Z"))
            #expect(roster.spans(from: from, until: until) == [RosterSpan(start: from, end: until, people: [ana])])
        }
    }

    @Test func dayAndNightFollowEachOtherToTheMillisecond() throws {
        let roster = try roster([shift(everyDay, 8, 18, ana), shift(everyDay, 18, 32, bo)])
        #expect(try roster.called("2026-05-04T15:59:59.999Z") == ["ana"])
        #expect(try roster.called("2026-05-04T16:00:00Z") == ["bo"])
        #expect(try roster.called("2026-05-05T05:59:59.999Z") == ["bo"])
        #expect(try roster.called("2026-05-05T06:00:00Z") == ["ana"])
        #expect(try roster.gapTexts("2026-05-04T00:00:00Z", "2026-11-04T00:00:00Z") == [])
    }

    @Test func anHourThatNobodyHasIsAGapOfEveryDay() throws {
        let roster = try roster([shift(everyDay, 0, 12, ana), shift(everyDay, 13, 24, bo)])
        #expect(
            try roster.gapTexts("2026-05-04T00:00:00Z", "2026-05-06T10:30:00.007Z") == [
                "2026-05-04T10:00:00.000Z 2026-05-04T11:00:00.000Z",
                "2026-05-05T10:00:00.000Z 2026-05-05T11:00:00.000Z",
                "2026-05-06T10:00:00.000Z 2026-05-06T10:30:00.007Z",
            ])
    }

    @Test func aWeekendThatNobodyHasIsOneGapFromFridayToMonday() throws {
        let roster = try roster([shift(workdays, 8, 18, ana), shift(workdays, 18, 32, bo)])
        #expect(
            try roster.gapTexts("2026-05-04T06:00:00Z", "2026-05-12T00:00:00Z") == [
                "2026-05-09T06:00:00.000Z 2026-05-11T06:00:00.000Z",
            ])
    }

    @Test func anHourThatTheClocksSkipIsNoGap() throws {
        let roster = try roster([shift(everyDay, 0, 2, ana), shift(everyDay, 3, 24, bo)])
        #expect(
            try roster.gapTexts("2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z") == [
                "2026-03-28T01:00:00.000Z 2026-03-28T02:00:00.000Z",
                "2026-03-30T00:00:00.000Z 2026-03-30T01:00:00.000Z",
            ])
    }

    @Test func anHourThatComesTwiceIsAGapOfTwoHours() throws {
        let roster = try roster([shift(everyDay, 0, 2, ana), shift(everyDay, 3, 24, bo)])
        #expect(
            try roster.gapTexts("2026-10-25T00:00:00Z", "2026-10-26T00:00:00Z") == [
                "2026-10-25T00:00:00.000Z 2026-10-25T02:00:00.000Z",
            ])
    }

    @Test func shiftsThatMeetWithinAChangeOfTheClocksLeaveNoGap() throws {
        let early = try #require(OnCallRoster.Shift(days: everyDay, start: 0, end: 150, turns: [ana]))
        let late = try #require(OnCallRoster.Shift(days: everyDay, start: 150, end: 1_440, turns: [bo]))
        let roster = try roster([early, late])
        #expect(try roster.gapTexts("2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z") == [])
        // In spring there is no 02:30: the change is at 03:00. In autumn the first one is meant.
        #expect(try roster.called("2026-03-29T00:59:59.999Z") == ["ana"])
        #expect(try roster.called("2026-03-29T01:00:00Z") == ["bo"])
        #expect(try roster.called("2026-10-25T00:29:59.999Z") == ["ana"])
        #expect(try roster.called("2026-10-25T00:30:00Z") == ["bo"])
    }

    @Test func ofTwoWhoAreOnCallTheFirstListedIsCalledFirst() throws {
        let roster = try roster([
            shift(everyDay, 8, 18, ana), shift(everyDay, 0, 24, bo), shift(everyDay, 17, 19, ana),
        ])
        #expect(try roster.called("2026-05-04T08:00:00Z") == ["ana", "bo"])
        #expect(try roster.called("2026-05-04T15:30:00Z") == ["ana", "bo"])
        #expect(try roster.called("2026-05-04T16:30:00Z") == ["bo", "ana"])
        #expect(try roster.called("2026-05-04T20:00:00Z") == ["bo"])
    }

    @Test func turnsChangeOnMondayAndBeginInTheFirstWeek() throws {
        // 2026-05-06 is a Wednesday.
        let roster = try roster([shift(everyDay, 18, 42, ana, bo, li)], from: "2026-05-06")
        for (text, expected) in [
            ("2026-05-06T17:00:00Z", "ana"), ("2026-05-10T17:00:00Z", "ana"), ("2026-05-11T15:59:59.999Z", "ana"),
            ("2026-05-11T16:00:00Z", "bo"), ("2026-05-18T16:00:00Z", "li"), ("2026-05-25T16:00:00Z", "ana"),
        ] {
            #expect(try roster.called(text) == [expected], "\(text)")
        }
    }
}

// MARK: - Validity and changes

extension OnCallRosterTests {
    @Test func aRosterEndsWithTheLastShiftThatBegins() throws {
        let roster = try roster(
            [shift(everyDay, 8, 18, ana), shift(everyDay, 18, 32, bo)], from: "2026-05-04", until: "2026-05-10")
        #expect(
            try roster.gapTexts("2026-05-03T00:00:00Z", "2026-05-20T00:00:00Z") == [
                "2026-05-03T00:00:00.000Z 2026-05-04T06:00:00.000Z",
                "2026-05-11T06:00:00.000Z 2026-05-20T00:00:00.000Z",
            ])
    }

    @Test func oneWeekFollowsTheOther() throws {
        let zone = try #require(LocalZone(name: "Europe/Berlin"))
        let old = OnCallRoster.Week(
            first: try day("2026-05-04"), last: try day("2026-05-10"), shifts: [try shift(everyDay, 8, 32, ana)])
        let new = OnCallRoster.Week(first: try day("2026-05-11"), last: nil, shifts: [try shift(everyDay, 8, 32, bo)])
        let roster = OnCallRoster(zone: zone, people: [ana, bo], weeks: [new, old], changes: [])
        #expect(try roster.called("2026-05-11T05:59:59.999Z") == ["ana"])
        #expect(try roster.called("2026-05-11T06:00:00Z") == ["bo"])
        #expect(try roster.gapTexts("2026-05-04T06:00:00Z", "2026-06-04T00:00:00Z") == [])
    }

    @Test func whoStandsInTakesTheShiftsOfTheOneWhoIsAway() throws {
        let roster = try roster(
            [shift(everyDay, 0, 12, ana), shift(everyDay, 12, 24, bo)],
            changes: [change("2026-05-04T22:00:00Z", "2026-05-06T22:00:00Z", .away(ana, standIn: li))])
        #expect(try roster.called("2026-05-04T21:59:59.999Z") == ["bo"])
        #expect(try roster.called("2026-05-04T22:00:00Z") == ["li"])
        #expect(try roster.called("2026-05-05T12:00:00Z") == ["bo"])
        #expect(try roster.called("2026-05-06T22:00:00Z") == ["ana"])
    }

    @Test(arguments: [false, true])
    func whoStandsInAndIsAwayTooIsReplacedInAnyOrderOfTheDocument(isReversed: Bool) throws {
        let changes = [
            try change("2026-05-04T00:00:00Z", "2026-05-08T00:00:00Z", .away(ana, standIn: bo)),
            try change("2026-05-06T00:00:00Z", "2026-05-07T00:00:00Z", .away(bo, standIn: li)),
        ]
        let roster = try roster(
            [shift(everyDay, 0, 24, ana)], changes: isReversed ? changes.reversed() : changes)
        #expect(try roster.called("2026-05-05T00:00:00Z") == ["bo"])
        #expect(try roster.called("2026-05-06T00:00:00Z") == ["li"])
        #expect(try roster.called("2026-05-07T00:00:00Z") == ["bo"])
    }

    @Test func twoWhoStandInForEachOtherAreNobody() throws {
        let roster = try roster(
            [shift(everyDay, 0, 24, ana)],
            changes: [
                change("2026-05-04T00:00:00Z", "2026-05-08T00:00:00Z", .away(ana, standIn: bo)),
                change("2026-05-06T00:00:00Z", "2026-05-07T00:00:00Z", .away(bo, standIn: ana)),
            ])
        #expect(
            try roster.gapTexts("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z") == [
                "2026-05-06T00:00:00.000Z 2026-05-07T00:00:00.000Z",
            ])
    }

    @Test func whoIsAwayWithoutAStandInLeavesTheBackup() throws {
        let away = try change("2026-05-04T00:00:00Z", "2026-05-05T00:00:00Z", .away(ana, standIn: nil))
        let two = try roster([shift(everyDay, 0, 24, ana), shift(everyDay, 0, 24, bo)], changes: [away])
        #expect(try two.called("2026-05-04T12:00:00Z") == ["bo"])
        let one = try roster([shift(everyDay, 0, 24, ana)], changes: [away])
        #expect(
            try one.gapTexts("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z") == [
                "2026-05-04T00:00:00.000Z 2026-05-05T00:00:00.000Z",
            ])
    }

    @Test func aStandInWhoIsOnCallAnywayIsCalledOnce() throws {
        let roster = try roster(
            [shift(everyDay, 0, 24, ana), shift(everyDay, 0, 24, bo)],
            changes: [change("2026-05-04T00:00:00Z", "2026-05-05T00:00:00Z", .away(ana, standIn: bo))])
        #expect(try roster.called("2026-05-04T12:00:00Z") == ["bo"])
    }

    @Test func onlyOneIsCalledWhereAChangeSaysSoAndWhoIsAwayStaysAway() throws {
        let roster = try roster(
            [shift(everyDay, 0, 24, ana)],
            changes: [
                change("2026-05-04T00:00:00Z", "2026-05-05T00:00:00.007Z", .onlyCalled(bo)),
                change("2026-05-04T12:00:00Z", "2026-05-04T13:00:00Z", .away(bo, standIn: li)),
                change("2026-05-06T00:00:00Z", "2026-05-06T00:00:00.001Z", .onlyCalled(nil)),
            ])
        #expect(try roster.called("2026-05-04T00:00:00Z") == ["bo"])
        #expect(try roster.called("2026-05-04T12:00:00Z") == ["li"])
        #expect(try roster.called("2026-05-05T00:00:00.006Z") == ["bo"])
        #expect(try roster.called("2026-05-05T00:00:00.007Z") == ["ana"])
        #expect(
            try roster.gapTexts("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z") == [
                "2026-05-06T00:00:00.000Z 2026-05-06T00:00:00.001Z",
            ])
    }

    @Test func atTheEndsOfTheReadableDaysNothingIsLost() throws {
        let roster = try roster([shift(everyDay, 0, 24, ana)])
        let (from, until) = (Instant(milliseconds: -90_000_000), Instant(milliseconds: 5_000))
        #expect(roster.gaps(from: from, until: until) == [RosterGap(start: from, end: until)])
        let far = try instant("9999-12-31T23:59:59.999Z")
        #expect(roster.spans(from: far, until: far + .days(3)).last?.end == far + .days(3))
        #expect(roster.spans(from: until, until: until).isEmpty)
        #expect(roster.spans(from: until, until: from).isEmpty)
    }
}

// MARK: - Against Foundation's calendar

extension OnCallRosterTests {
    /// Foundation's calendar as a second opinion: minute by minute, by what the clocks show.
    @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "America/Havana"])
    func everyMinuteOfTheWeeksAroundAChangeOfTheClocksAgreesWithFoundation(name: String) throws {
        let shifts = [
            try shift(workdays, 8, 18, ana), try shift([.monday, .wednesday, .saturday], 17, 31, bo),
            try shift([.sunday], 4, 28, li), try shift([.thursday], 20, 24, li),
        ]
        let roster = try roster(shifts, in: name)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: name))
        for start in ["2026-03-05T00:00:00Z", "2026-03-26T00:00:00Z", "2026-10-01T00:00:00Z", "2026-10-23T00:00:00Z"] {
            let (from, until) = (try instant(start), try instant(start) + .days(14))
            let spans = roster.spans(from: from, until: until)
            #expect(spans.first?.start == from && spans.last?.end == until)
            #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.end == $1.start && $0.people != $1.people })
            var index = 0
            for minute in 0..<14 * 24 * 60 {
                let now = from + .minutes(Int64(minute))
                while spans[index].end <= now { index += 1 }
                let expected = Self.onDuty(shifts, at: now, calendar)
                try #require(spans[index].people == expected, "\(now.rfc3339)")
                if minute % 97 == 0 { #expect(roster.onCall(at: now) == expected) }
            }
        }
    }

    private static func onDuty(_ shifts: [OnCallRoster.Shift], at now: Instant, _ calendar: Calendar) -> [Person] {
        let parts = calendar.dateComponents(
            [.weekday, .hour, .minute], from: Date(timeIntervalSince1970: Double(now.milliseconds) / 1_000))
        guard let weekday = parts.weekday, let hour = parts.hour, let minute = parts.minute else { return [] }
        // Foundation's week begins with Sunday, which is 1.
        let today = Weekday.allCases[(weekday + 5) % 7]
        let yesterday = Weekday.allCases[(weekday + 4) % 7]
        let time = hour * 60 + minute
        return shifts.filter { shift in
            shift.days.contains(today) && time >= shift.start && time < shift.end
                || shift.days.contains(yesterday) && time + 1_440 >= shift.start && time + 1_440 < shift.end
        }.flatMap(\.turns)
    }
}
