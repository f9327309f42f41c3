package import Terms

/// What happens to one box: the same scenario comes to the same end, to the byte.
package struct Scenario: Hashable, Sendable {
    /// Of the home's noise, and of all that is left to chance.
    package var seed: UInt64
    /// 1 to 366, of 24 hours.
    package var days: Int
    package var start: Instant
    /// From one step to the next where nothing happens; 1 s to 1 h.
    package var pace: Milliseconds
    /// In the order of time.
    package var happenings: [Happening]

    /// - Parameter happenings: in any order.
    package init(
        seed: UInt64, days: Int, start: Instant = Scenario.usualStart, pace: Milliseconds = Scenario.usualPace,
        happenings: [Happening]
    ) {
        self.seed = seed
        self.days = days
        self.start = start
        self.pace = pace
        self.happenings = happenings.sorted { ($0.at, $0.kind.rawValue) < ($1.at, $1.kind.rawValue) }
    }

    /// Two days before the clocks of Europe are put forward.
    package static let usualStart = Instant(milliseconds: 1_774_576_800_000)
    /// Two days before they are put back, and a week without a change.
    static let otherStarts = [Instant(milliseconds: 1_792_720_800_000), Instant(milliseconds: 1_780_293_600_000)]

    package static let usualPace = Milliseconds.minutes(1)
    package static let paces = Milliseconds.seconds(1)...Milliseconds.hours(1)

    /// The most days of a scenario.
    package static let mostDays = 366
    /// The most happenings of a scenario.
    package static let mostHappenings = 2_000

    /// As `readScenario` reads it back.
    package var text: String {
        let head = ["seed \(seed)", "days \(days)", "start \(start.rfc3339)", "pace \(pace.text)"]
        return (head + happenings.map(\.text)).map { $0 + "\n" }.joined()
    }
}

extension Happening {
    /// `day 1 08:15:00 over-voltage pack-1 for 2h`
    package var text: String {
        dayText(at) + " \(kind.rawValue)" + (target.map { " \($0)" } ?? "")
            + (lasting.map { " \(kind.preposition) \($0.text)" } ?? "")
    }
}

/// `day 2 08:15:30` of a time since the scenario's start.
func dayText(_ time: Milliseconds) -> String {
    let seconds = time.count / 1_000
    let clock = [seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return "day \(seconds / 86_400 + 1) " + clock.joined(separator: ":")
}

/// Every kind of happening, a line each: what may stand in a scenario, and what it means.
package var happeningsHelp: [String] {
    Happening.Kind.allCases.map { kind in
        let rule = kind.rule
        let target = rule.targets.isEmpty ? "" : " " + rule.targets.joined(separator: "|")
        let grammar = kind.rawValue + target + (rule.lasting == nil ? "" : " \(kind.preposition) TIME")
        return grammar + String(repeating: " ", count: max(2, 44 - grammar.count)) + rule.words
    }
}
