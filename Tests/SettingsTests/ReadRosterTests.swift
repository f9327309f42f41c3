import Foundation
import ServiceLevel
import Settings
import StrictYAML
import Terms
import Testing

private let good = """
    zone: Europe/Berlin
    people:
      - {id: ana, name: Ana Example, phone: +49 30 5550101, mail: ana@example.org}
      - {id: bo, name: Bo Example, phone: 030/5550-102}
      - {id: li, name: Li Example, phone: (030) 5550103}
    weeks:
      - from: 2026-05-04
        until: 2026-12-31
        shifts:
          - {days: weekdays, from: 08:00, to: 18:00, who: ana}
          - {days: daily, from: 18:00, to: 08:00, turns: [bo, li]}
          - {days: [saturday, sunday], from: 08:00, to: 18:00, who: li}
    changes:
      - {from: 2026-08-03, to: 2026-08-07, away: ana, who: bo}
      - {on: 2026-12-24, who: li}
      - {from: 2026-06-01 18:00, to: 2026-06-01T20:30:00.007Z, who: nobody}
    """

private func problems(_ text: String) -> [String] {
    do throws(InvalidText) {
        _ = try readRoster(text, name: "roster.yaml")
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

@Suite struct ReadRosterTests {
    private let roster: OnCallRoster

    init() throws { roster = try readRoster(good, name: "roster.yaml") }

    private func called(_ text: String) throws -> [String] {
        roster.onCall(at: try #require(Instant(rfc3339: text))).map(\.id)
    }

    @Test func everyKeyArrives() throws {
        #expect(roster.zone.name == "Europe/Berlin")
        #expect(
            roster.people == [
                OnCallRoster.Person(id: "ana", name: "Ana Example", phone: "+49 30 5550101", mail: "ana@example.org"),
                OnCallRoster.Person(id: "bo", name: "Bo Example", phone: "030/5550-102"),
                OnCallRoster.Person(id: "li", name: "Li Example", phone: "(030) 5550103"),
            ])
        let week = try #require(roster.weeks.first)
        #expect(week.first.text == "2026-05-04" && week.last?.text == "2026-12-31" && roster.weeks.count == 1)
        #expect(week.shifts.map(\.start) == [480, 1_080, 480] && week.shifts.map(\.end) == [1_080, 1_920, 1_080])
        #expect(week.shifts.map(\.days.count) == [5, 7, 2])
        #expect(week.shifts.map { $0.turns.map(\.id) } == [["ana"], ["bo", "li"], ["li"]])
        #expect(
            roster.changes.map { "\($0.start.rfc3339) \($0.end.rfc3339)" } == [
                "2026-08-02T22:00:00.000Z 2026-08-07T22:00:00.000Z",
                "2026-12-23T23:00:00.000Z 2026-12-24T23:00:00.000Z",
                "2026-06-01T16:00:00.000Z 2026-06-01T20:30:00.007Z",
            ])
        let (ana, bo, li) = (roster.people[0], roster.people[1], roster.people[2])
        #expect(roster.changes.map(\.kind) == [.away(ana, standIn: bo), .onlyCalled(li), .onlyCalled(nil)])
    }

    @Test func whoIsCalledIsWhatThePlanSays() throws {
        for (text, expected) in [
            ("2026-05-04T08:00:00Z", "ana"), ("2026-05-04T18:00:00Z", "bo"), ("2026-05-11T18:00:00Z", "li"),
            ("2026-05-09T08:00:00Z", "li"), ("2026-08-04T08:00:00Z", "bo"), ("2026-12-24T18:00:00Z", "li"),
            ("2026-06-01T20:30:00.006Z", ""), ("2026-06-01T20:30:00.007Z", "bo"),
        ] {
            #expect(try called(text) == [expected].filter { !$0.isEmpty }, "\(text)")
        }
        let (from, until) = (Instant(milliseconds: 1_777_874_400_000), Instant(milliseconds: 1_798_700_000_000))
        #expect(roster.gaps(from: from, until: until).map { ($0.end - $0.start).text } == ["4h30min7ms"])
    }

    @Test func aWholeDayMayBeWrittenInThreeWays() throws {
        for (start, end) in [("00:00", "24:00"), ("00:00", "00:00"), ("08:00", "08:00")] {
            let text = """
                zone: UTC
                people: [{id: ana, name: Ana, phone: 112}]
                weeks: [{from: 2026-05-04, shifts: [{days: daily, from: \(start), to: \(end), who: ana}]}]
                """
            let shift = try #require(try readRoster(text, name: "r").weeks.first?.shifts.first)
            #expect(shift.end - shift.start == 1_440)
        }
    }

    @Test(arguments: [
        ("Europe/Berlin", "Europe/Berln", "1:7: zone: \"Europe/Berln\" is no IANA time zone such as Europe/Berlin"),
        ("id: bo,", "id: ana,", "4:10: people[1].id: \"ana\" is there twice"),
        ("id: bo,", "id: nobody,", "4:10: people[1].id: \"nobody\" is no id; it means that nobody is"),
        ("id: bo, ", "", "4:5: people[1]: key \"id\" is missing"),
        (", phone: +49 30 5550101", "", "3:5: people[0]: key \"phone\" is missing"),
        ("030/5550-102", "call me", "4:39: people[1].phone: \"call me\" is no telephone number"),
        ("030/5550-102", "+", "4:39: people[1].phone: \"+\" is no telephone number"),
        ("ana@example.org", "ana", "3:63: people[0].mail: \"ana\" is no mail address"),
        ("who: ana}", "who: anna}", "10:55: weeks[0].shifts[0].who: \"anna\" is none of the people; did you mean"),
        ("[bo, li]", "[bo, liz]", "11:59: weeks[0].shifts[1].turns[1]: \"liz\" is none of the people"),
        ("[bo, li]", "[]", "11:54: weeks[0].shifts[1].turns: nobody takes turns"),
        ("turns: [bo, li]", "turns: [bo, li], who: bo", "11:9: weeks[0].shifts[1]: who or turns: one of both"),
        (", turns: [bo, li]", "", "11:9: weeks[0].shifts[1]: key \"who\" is missing"),
        ("turns:", "tuns:", "11:47: weeks[0].shifts[1]: unknown key \"tuns\"; did you mean \"turns\"?"),
        ("days: weekdays", "days: weekday", "10:16: weeks[0].shifts[0].days: \"weekday\" is not known; did you mean"),
        ("[saturday, sunday]", "[saturday, saturday]", "12:16: weeks[0].shifts[2].days: at least one day of the week"),
        ("[saturday, sunday]", "[]", "12:16: weeks[0].shifts[2].days: at least one day of the week"),
        ("from: 08:00, to: 18:00, who: ana", "from: 8:00, to: 18:00, who: ana", "10:32: weeks[0].shifts[0].from: \"8"),
        ("to: 18:00, who: ana", "to: 24:01, who: ana", "10:43: weeks[0].shifts[0].to: \"24:01\" is no time of the day"),
        ("to: 18:00, who: ana", "to: 17:60, who: ana", "10:43: weeks[0].shifts[0].to: \"17:60\" is no time of the day"),
        ("from: 08:00, to: 18:00, who: ana", "from: 24:00, to: 18:00, who: ana", "10:32: weeks[0].shifts[0].from: 24"),
        ("until: 2026-12-31", "until: 2026-05-03", "8:12: weeks[0].until: 2026-05-03 lies before 2026-05-04"),
        ("until: 2026-12-31", "until: 2026-02-29", "8:12: weeks[0].until: \"2026-02-29\" is no day"),
        ("until: 2026-12-31", "to: 2026-12-31", "8:5: weeks[0]: unknown key \"to\""),
    ])
    func aPlanThatCannotBeMeantIsRefusedWithItsPlace(part: String, replacement: String, problem: String) {
        let found = problems(good.replacingOccurrences(of: part, with: replacement))
        #expect(found.contains { $0.hasPrefix("roster.yaml:\(problem)") }, "\(found)")
    }

    @Test(arguments: [
        ("away: ana, who: bo", "away: ana, who: ana", "14:5: changes[0]: ana is away and cannot stand in"),
        ("away: ana, who: bo", "away: ana", "14:5: changes[0]: key \"who\" is missing"),
        ("away: ana, who: bo", "away: nobody, who: bo", "14:46: changes[0].away: \"nobody\" is none of the people"),
        ("to: 2026-08-07", "to: 2026-08-02", "14:5: changes[0]: it ends before it begins"),
        ("to: 2026-08-07", "to: 2027-08-07", "14:5: changes[0]: a change of more than 366 days is not believed"),
        ("to: 2026-08-07", "to: 8-7", "14:28: changes[0].to: \"8-7\" is none of 2026-05-04, 2026-05-04 18:00 and"),
        ("on: 2026-12-24", "on: 2026-12-24, to: 2026-12-26", "15:22: changes[1]: unknown key \"to\""),
        ("2026-06-01 18:00", "2026-06-01  18:00", "16:12: changes[2].from: \"2026-06-01  18:00\" is none of"),
        (
            "on: 2026-12-24", "from: 2026-06-01, to: 2026-06-02",
            "16:5: changes[2]: another change, from 2026-06-01 00:00, holds for everybody at the same time"
        ),
        (
            "on: 2026-12-24", "from: 2026-08-07, to: 2026-08-09, away: ana",
            "15:5: changes[1]: another change, from 2026-08-03 00:00, holds for ana at the same time"
        ),
    ])
    func aChangeThatCannotBeMeantIsRefusedWithItsPlace(part: String, replacement: String, problem: String) {
        let found = problems(good.replacingOccurrences(of: part, with: replacement))
        #expect(found.contains { $0.hasPrefix("roster.yaml:\(problem)") }, "\(found)")
    }

    @Test func changesThatFollowEachOtherOrSpeakOfDifferentPeopleAreTaken() {
        for more in [
            "{from: 2026-08-08, to: 2026-08-09, away: ana, who: li}", "{on: 2026-08-04, away: bo, who: nobody}",
        ] {
            #expect(problems(good + "\n  - \(more)") == [])
        }
    }

    @Test func theExampleOfTheDocumentationIsSoundAndHasNoGapInItsYear() throws {
        let text = try documentedExample("roster.md", language: "yaml")
        let roster = try readRoster(text, name: "docs/roster.md")
        let from = try #require(Instant(rfc3339: "2026-05-03T22:00:00Z"))
        let until = try #require(Instant(rfc3339: "2026-12-31T23:00:00Z"))
        #expect(roster.gaps(from: from, until: until) == [])
        #expect(roster.onCall(at: from + .hours(20)).map(\.id) == ["bo", "ana"])
        #expect(roster.gaps(from: until, until: until + .days(14)).count == 1)
    }

    @Test func aDayHasOneWeek() {
        let second = "  - {from: 2026-12-31, shifts: [{days: daily, from: 00:00, to: 24:00, who: ana}]}\nchanges:"
        let found = problems(good.replacingOccurrences(of: "changes:", with: second))
        let problem = "roster.yaml:13:5: weeks[1]: the week from 2026-05-04 is valid then, too"
        #expect(found.contains { $0.hasPrefix(problem) }, "\(found)")
        let later = second.replacingOccurrences(of: "2026-12-31", with: "2027-01-01")
        #expect(problems(good.replacingOccurrences(of: "changes:", with: later)) == [])
    }

    @Test func aRosterWithoutPeopleWeeksOrShiftsIsRefused() {
        let empty = problems("zone: UTC\npeople: []\nweeks: [{from: 2026-05-04, shifts: []}]")
        #expect(empty.contains { $0.hasPrefix("roster.yaml:2:9: people: nobody is there who could be on call") })
        #expect(empty.contains { $0.hasPrefix("roster.yaml:3:36: weeks[0].shifts: a week without a shift") })
        #expect(problems("zone: UTC\npeople: []\nweeks: []").contains { $0.contains("weeks: no week is there") })
        #expect(problems("zone: UTC").count == 2)
    }

    @Test func everyErrorIsToldAtOnceAlsoWherePeopleAndZoneAreWrong() {
        let broken = good.replacingOccurrences(of: "Europe/Berlin", with: "Berlin")
            .replacingOccurrences(of: "030/5550-102", with: "x")
            .replacingOccurrences(of: "to: 2026-08-07", with: "to: x")
        #expect(problems(broken).count == 3, "\(problems(broken))")
    }

    @Test func aMutatedRosterIsReadOrRefusedAndNeverCrashes() {
        var refused = 0
        let words = ["9", "-", "0", "9999-12-31", "1970-01-01", "24:00", "nobody", "~", "[]", "{}", "\"", ": ", "\n"]
        // A linear congruence after Knuth (MMIX), its high bits.
        var state: UInt64 = 7
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<600 {
            var bytes = Array(good.utf8)
            for _ in 0...next(3) {
                let place = next(bytes.count)
                bytes.replaceSubrange(place..<min(bytes.count, place + next(12)), with: words[next(words.count)].utf8)
            }
            do throws(InvalidText) {
                let read = try readRoster(String(decoding: bytes, as: UTF8.self), name: "f")
                _ = RosterWatch.alarms(read, now: Instant(milliseconds: 1_780_000_000_000))
            } catch {
                refused += 1
                #expect(!error.problems.contains { $0.message.contains("please report") }, "\(error)")
            }
        }
        #expect(refused > 100)
    }
}
