package import DeviceProfiles
package import Terms

/// What a plan costs beside the usual rules of thumb, each interval apart.
package struct PlanComparison: Sendable, Equatable {
    /// One way to ask.
    package struct Row: Sendable, Equatable {
        /// Nil: the plan that costs least.
        package let rule: JoiningRule?
        /// Of a sweep that asks for everything.
        package let requests: Int
        /// Of the line's time, on the average over all sweeps.
        package let nanosecondsPerSweep: Double
    }

    package let best: Row
    /// In the order of the rules.
    package let others: [Row]

    /// - Parameter interval: Between two sweeps of the device, above zero. A point that wants less comes in each.
    package init(
        points: [MappedPoint], interval: Milliseconds = .seconds(1), limits: ReadLimits, cost: WireCost,
        rules: [JoiningRule] = JoiningRule.fixedGaps
    ) {
        let plan = ReadPlan(points: points, interval: interval, limits: limits, cost: cost)
        let planned = plan.requests.map { request in
            (request.range, ReadPlan.sweeps(wanted: request.interval, interval: interval))
        }
        best = Self.row(nil, planned, cost)
        let readable = points.filter { limits.allows($0.coding.wireRange) }
        let groups = Dictionary(grouping: readable) {
            Group(function: $0.function, sweeps: ReadPlan.sweeps(wanted: $0.interval, interval: interval))
        }
        others = rules.map { rule in
            let requests = groups.flatMap { group, points in
                rule.requests(points.map(\.coding.wireRange), limits).map { ($0, group.sweeps) }
            }
            return Self.row(rule, requests, cost)
        }
    }

    /// The least that one of the other rules takes, nanoseconds of a sweep.
    package var cheapestOther: Double { others.map(\.nanosecondsPerSweep).min() ?? 0 }

    private struct Group: Hashable {
        let function: ReadFunction
        let sweeps: Int
    }

    private static func row(
        _ rule: JoiningRule?, _ requests: [(range: RegisterRange, sweeps: Int)], _ cost: WireCost
    ) -> Row {
        let total = requests.reduce(0) { sum, request in
            let price = cost.nanoseconds(function: request.range.function, count: request.range.count)
            return sum + Double(price) / Double(request.sweeps)
        }
        return Row(rule: rule, requests: requests.count, nanosecondsPerSweep: total)
    }
}
