import Rehearsal
import StrictYAML
import Terms
import Testing

@Suite("What a scenario may say")
struct ReadScenarioTests {
    private func problems(_ text: String) -> [String] {
        do throws(InvalidText) {
            _ = try readScenario(text, name: "s")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func everyKindOfLineIsRead() throws {
        let scenario = try readScenario(
            """
            # A comment.
            seed 18446744073709551615
            days 3
            start 2026-06-01T06:00:00.000Z

            day 2 08:15 over-voltage pack-1 for 2h30min
            day 1 23:59:59 clock-forward by 90s
            day 3 00:00 press
            """, name: "s")
        #expect(scenario.seed == .max && scenario.days == 3)
        #expect(scenario.start == Instant(milliseconds: 1_780_293_600_000))
        #expect(scenario.happenings.map(\.kind) == [.clockForward, .overVoltage, .press])
        #expect(scenario.happenings.map(\.target) == [nil, "pack-1", nil])
        #expect(scenario.happenings[1].at == .hours(32) + .minutes(15))
        #expect(scenario.happenings[1].lasting == .minutes(150))
        #expect(try readScenario(scenario.text, name: "s") == scenario)
    }

    @Test func whatASeedPicksIsReadBack() throws {
        for seed in 1...200 {
            let scenario = Scenario(seed: UInt64(seed), days: 7)
            #expect(try readScenario(scenario.text, name: "s") == scenario)
        }
    }

    @Test func everyErrorIsToldWithItsPlace() {
        let found = problems(
            """
            sed 1
            days 0
            day 1 8:15 press
            day 1 08:15 over-voltage pack-3 for 2h
            day 1 08:15 over-voltage pack-1 by 2h
            day 1 08:15 disk-full for 2
            day 1 08:15 press now
            day 1 08:15 pres
            day 1 24:00 press
            start today
            seed
            """)
        #expect(
            found == [
                "s:1:1: unknown line \"sed\"; did you mean \"seed\"?",
                "s:2:6: \"0\": expected a number of days, 1 to 366",
                "s:3:7: \"8:15\": expected a time such as 08:15 or 08:15:30",
                "s:4:26: unknown target of over-voltage \"pack-3\"; did you mean \"pack-1\"?",
                "s:5:33: unknown word \"by\"; allowed: for",
                "s:6:27: \"2\": expected a time such as 90s or 2h30min, at most 30d",
                "s:7:19: unexpected \"now\"",
                "s:8:13: unknown happening \"pres\"; did you mean \"press\"?",
                "s:9:7: \"24:00\": expected a time such as 08:15 or 08:15:30",
                "s:10:7: \"today\": expected an instant such as 2026-05-04T10:00:00.000Z",
                "s:11:5: expected a whole number",
            ])
    }

    @Test func whatLiesBehindTheEndIsAnError() {
        #expect(
            problems("day 2 08:15 press") == [
                "s: \"day 2 08:15:00 press\" lies behind the end: the scenario has 1 days"
            ])
        #expect(problems("seed 1\nseed 2") == ["s:2:1: seed is said twice"])
        #expect(problems(String(repeating: "#", count: maximumScenarioBytes + 1)).count == 1)
        let many = String(repeating: "day 1 08:15 press\n", count: Scenario.mostHappenings + 1)
        #expect(problems(many) == ["s: more than 2000 happenings"])
    }

    @Test func everyKindStandsInTheHelp() {
        #expect(happeningsHelp.count == Happening.Kind.allCases.count)
        #expect(happeningsHelp.contains { $0.hasPrefix("crash now|before-commit|after-commit|after-send for TIME") })
    }
}
