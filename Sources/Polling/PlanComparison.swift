package import DeviceProfiles
package import Terms

/// What a plan costs beside the usual rule of thumb: join neighbours as long as the gap between them is not larger than
/// a fixed number of registers, each interval apart.
package struct PlanComparison: Sendable, Equatable {
    /// One way to ask.
    package struct Row: Sendable, Equatable {
        /// Registers that are read over; nil: the plan that costs least.
        package let gap: Int?
        /// Of a sweep that asks for everything.
        package let requests: Int
        /// Of the line's time, on the average over all sweeps.
        package let nanosecondsPerSweep: Double
    }

    /// The gaps that other programs use.
    package static let usualGaps = [0, 4, 8, 16]

    package let best: Row
    /// By gap.
    package let fixed: [Row]

    /// - Parameter interval: Between two sweeps of the device, above zero.
    package init(
        points: [MappedPoint], interval: Milliseconds = .seconds(1), limits: ReadLimits, cost: WireCost,
        gaps: [Int] = usualGaps
    ) {
        let plan = ReadPlan(points: points, interval: interval, limits: limits, cost: cost)
        best = Self.row(gap: nil, plan.requests.map { ($0.range, $0.interval) }, interval, cost)
        fixed = gaps.map { gap in
            Self.row(gap: gap, Self.joined(points, interval, limits, gap: gap), interval, cost)
        }
    }

    private static func row(
        gap: Int?, _ requests: [(range: RegisterRange, wanted: Milliseconds?)], _ interval: Milliseconds,
        _ cost: WireCost
    ) -> Row {
        let total = requests.reduce(0) { sum, request in
            let price = cost.nanoseconds(function: request.range.function, count: request.range.count)
            return sum + Double(price) / Double(ReadPlan.sweeps(wanted: request.wanted, interval: interval))
        }
        return Row(gap: gap, requests: requests.count, nanosecondsPerSweep: total)
    }

    private struct Group: Hashable {
        let function: ReadFunction
        let sweeps: Int
    }

    private static func joined(
        _ points: [MappedPoint], _ interval: Milliseconds, _ limits: ReadLimits, gap: Int
    ) -> [(range: RegisterRange, wanted: Milliseconds?)] {
        let readable = points.filter { limits.allows($0.coding.wireRange) }
        let groups = Dictionary(grouping: readable) {
            Group(function: $0.function, sweeps: ReadPlan.sweeps(wanted: $0.interval, interval: interval))
        }
        return groups.values.flatMap { group in
            let wanted = group.compactMap(\.interval).min()
            let ranges = group.map(\.coding.wireRange).sorted { ($0.address, $0.end) < ($1.address, $1.end) }
            return ranges.reduce(into: [RegisterRange]()) { requests, range in
                guard let last = requests.last, range.address - last.end <= gap else { return requests.append(range) }
                let end = max(last.end, range.end)
                let both = RegisterRange(
                    function: last.function, address: last.address, count: end - last.address)
                if limits.allows(both) { requests[requests.count - 1] = both } else { requests.append(range) }
            }.map { ($0, wanted) }
        }
    }
}
