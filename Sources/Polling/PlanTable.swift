package import DeviceProfiles
internal import Terms

/// What a sweep of each profile costs on one kind of line, beside the rules that other programs use.
package struct PlanTable: Sendable {
    /// One profile.
    package struct Row: Sendable {
        package let profile: String
        package let points: Int
        /// A sweep that asks for every point.
        package let everything: PlanComparison
        /// On the average, when every point is asked for as often as its profile wants.
        package let average: PlanComparison
    }

    /// What every plan is compared with; the first asks for each value alone.
    package let rules = JoiningRule.all
    package let rows: [Row]

    /// - Parameter profiles: Those whose registers the device itself lists, and those without points, are left out.
    package init(_ profiles: [Profile], cost: WireCost) {
        rows = profiles.compactMap { profile in
            guard let map = profile.deviceMap, !map.points.isEmpty else { return nil }
            func comparison(_ interval: Milliseconds) -> PlanComparison {
                PlanComparison(
                    points: map.points, interval: interval, limits: map.limits, cost: cost, rules: JoiningRule.all)
            }
            return Row(
                profile: profile.id, points: map.points.count,
                // No profile wants a point less often than once a day.
                everything: comparison(.days(1)),
                average: comparison(max(profile.line.minimumInterval, .seconds(1))))
        }
    }

    /// The head of each column.
    package var head: [String] {
        ["profile", "points", "this plan"] + rules.map(\.name)
            + ["of the cheapest other", "of alone", "average", "cheapest other"]
    }

    /// One cell for each head; times in whole milliseconds after the number of requests. The last row is all together.
    package var cells: [[String]] {
        let each = rows.map { Self.cells($0.profile, $0.points, Ways($0.everything), Ways($0.average)) }
        guard let everything = Ways(sum: rows.map(\.everything)), let average = Ways(sum: rows.map(\.average)) else {
            return each
        }
        return each + [Self.cells("all", rows.reduce(0) { $0 + $1.points }, everything, average)]
    }

    /// The lines of a table in Markdown.
    package var markdown: [String] {
        let rule = ["---"] + head.dropFirst().map { _ in "--:" }
        return ([head, rule] + cells).map { "| " + $0.joined(separator: " | ") + " |" }
    }

    /// Requests and nanoseconds of this plan, and then of each rule.
    private struct Ways {
        var requests: [Int]
        var times: [Double]

        init(_ comparison: PlanComparison) {
            let rows = [comparison.best] + comparison.others
            requests = rows.map(\.requests)
            times = rows.map(\.nanosecondsPerSweep)
        }

        /// Nil of none.
        init?(sum comparisons: [PlanComparison]) {
            guard let first = comparisons.first else { return nil }
            self = comparisons.dropFirst().map(Ways.init).reduce(into: Ways(first)) { sum, ways in
                for index in sum.times.indices {
                    sum.requests[index] += ways.requests[index]
                    sum.times[index] += ways.times[index]
                }
            }
        }
    }

    private static func cells(_ name: String, _ points: Int, _ everything: Ways, _ average: Ways) -> [String] {
        let costs = zip(everything.requests, everything.times).map { "\($0) / \(Int(($1 / 1e6).rounded()))" }
        let (best, others) = (everything.times[0], everything.times.dropFirst())
        return [name, "\(points)"] + costs + [
            share(best, others.min() ?? 0), share(best, others.first ?? 0), milliseconds(average.times[0]),
            milliseconds(average.times.dropFirst().min() ?? 0),
        ]
    }

    private static func milliseconds(_ nanoseconds: Double) -> String { tenths(nanoseconds / 1e5) }

    private static func share(_ part: Double, _ whole: Double) -> String {
        whole > 0 ? tenths(part / whole * 1_000) + " %" : ""
    }

    /// `12.3` of 123.
    private static func tenths(_ number: Double) -> String {
        let number = Int(number.rounded())
        return "\(number / 10).\(number % 10)"
    }
}
