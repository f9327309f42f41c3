import ServiceLevel
import Terms
import Testing

private func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }
private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text: text)) }

struct RosterWatchTests {
    private func alarms(_ roster: OnCallRoster, _ now: String) throws -> [String] {
        RosterWatch.alarms(roster, now: try instant(now)).map {
            "\($0.id) \($0.start?.rfc3339 ?? "ever") \($0.end?.rfc3339 ?? "open")"
        }
    }

    private func withHole() throws -> OnCallRoster {
        try roster(
            [shift(everyDay, 0, 24, ana)],
            changes: [change("2026-05-20T10:00:00Z", "2026-05-20T11:00:00Z", .onlyCalled(nil))])
    }

    @Test func aGapIsToldFromFourteenDaysBeforeUntilItIsOverAndAlwaysUnderTheSameId() throws {
        let roster = try withHole()
        let told = "roster/gap/2026-05-20T10:00:00.000Z 2026-05-20T10:00:00.000Z"
        #expect(try alarms(roster, "2026-05-06T10:00:00Z") == [])
        // Its end is not seen yet, then it is.
        #expect(try alarms(roster, "2026-05-06T10:00:00.001Z") == ["\(told) open"])
        #expect(try alarms(roster, "2026-05-06T11:00:00.001Z") == ["\(told) 2026-05-20T11:00:00.000Z"])
        #expect(try alarms(roster, "2026-05-20T10:00:00Z") == ["\(told) 2026-05-20T11:00:00.000Z"])
        #expect(try alarms(roster, "2026-05-20T10:59:59.999Z") == ["\(told) 2026-05-20T11:00:00.000Z"])
        #expect(try alarms(roster, "2026-05-20T11:00:00Z") == [])
    }

    @Test func aRosterThatEndsIsToldOnceHoweverLongItStaysSo() throws {
        let roster = try roster([shift(everyDay, 8, 32, ana)], from: "2026-05-04", until: "2026-06-30")
        let told = ["roster/gap/2026-07-01T06:00:00.000Z 2026-07-01T06:00:00.000Z open"]
        #expect(try alarms(roster, "2026-06-17T06:00:00Z") == [])
        for now in ["2026-06-20T00:00:00Z", "2026-07-01T06:00:00Z", "2026-07-02T00:00:00Z", "2031-01-01T12:34:56.789Z"]
        {
            #expect(try alarms(roster, now) == told, "\(now)")
        }
    }

    @Test func aRosterThatHasNotBegunHasAGapWithoutABeginning() throws {
        let roster = try roster([shift(everyDay, 8, 32, ana)], from: "2026-05-04")
        #expect(try alarms(roster, "2026-05-01T00:00:00Z") == ["roster/gap/ever ever 2026-05-04T06:00:00.000Z"])
        #expect(try alarms(roster, "2020-01-01T00:00:00Z") == ["roster/gap/ever ever open"])
    }

    @Test func aGapThatBeganBeforeAWeekOfTheDocumentBeganKeepsItsId() throws {
        // The new week has shifts on Fridays only: from its first day on to the Friday there is still nobody.
        let zone = try #require(LocalZone(name: "UTC"))
        let old = OnCallRoster.Week(
            first: try day("2026-01-01"), last: try day("2026-01-31"), shifts: [try shift(everyDay, 0, 24, ana)])
        let new = OnCallRoster.Week(first: try day("2026-06-01"), last: nil, shifts: [try shift([.friday], 0, 24, bo)])
        let roster = OnCallRoster(zone: zone, people: [ana, bo], weeks: [old, new], changes: [])
        let id = "roster/gap/2026-02-01T00:00:00.000Z"
        for now in ["2026-02-01T00:00:00Z", "2026-05-31T00:00:00Z", "2026-06-03T12:00:00Z"] {
            #expect(RosterWatch.alarms(roster, now: try instant(now)).first?.id == id, "\(now)")
        }
        let friday = RosterWatch.alarms(roster, now: try instant("2026-06-07T00:00:00Z")).first
        #expect(friday?.id == "roster/gap/2026-06-06T00:00:00.000Z")
    }

    @Test func aChangeIsCoverageToo() throws {
        let roster = try roster(
            [shift(everyDay, 0, 24, ana)], from: "2026-05-04", until: "2026-05-10",
            changes: [change("2026-06-01T00:00:00Z", "2026-06-01T12:00:00.007Z", .onlyCalled(bo))])
        #expect(
            RosterWatch.alarms(roster, now: try instant("2026-08-01T00:00:00Z")).map(\.id)
                == ["roster/gap/2026-06-01T12:00:00.007Z"])
    }

    @Test func aRosterFullOfHolesIsToldInParts() throws {
        let shifts = try (0..<24).map { hour in
            try #require(OnCallRoster.Shift(days: everyDay, start: hour * 60, end: hour * 60 + 59, turns: [ana]))
        }
        let roster = try roster(shifts, in: "UTC")
        let alarms = RosterWatch.alarms(roster, now: try instant("2026-05-04T00:00:00Z"))
        #expect(alarms.count == RosterWatch.mostAlarms)
        #expect(Set(alarms.map(\.id)).count == alarms.count)
        #expect(alarms.first?.id == "roster/gap/2026-05-04T00:59:00.000Z")
    }
}
