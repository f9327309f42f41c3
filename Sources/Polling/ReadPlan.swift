package import DeviceProfiles
package import Terms

/// The requests of one sweep of one device, with the least time on the wire.
package struct ReadPlan: Sendable, Equatable {
    /// One request of the plan.
    package struct Request: Sendable, Equatable {
        package let range: RegisterRange
        /// Positions of the points that its answer holds whole, with their scale factors.
        package let points: [Int]
        /// How often it is wanted; nil: in every sweep.
        package let interval: Milliseconds?
    }

    package let requests: [Request]
    /// Points that no single request may ask for; nothing can be read of them.
    package let unreadable: [Int]

    /// Plans for all points of a map. Points that want another interval are asked for apart.
    package init(map: DeviceMap, cost: WireCost) {
        self.init(points: map.points, limits: map.limits, cost: cost)
    }

    package init(points: [MappedPoint], limits: ReadLimits, cost: WireCost) {
        var requests: [Request] = []
        unreadable = points.indices.filter { !limits.allows(points[$0].coding.wireRange) }
        let readable = points.indices.filter { limits.allows(points[$0].coding.wireRange) }
        for function in ReadFunction.allCases {
            let ofFunction = readable.filter { points[$0].function == function }
            let intervals = Set(ofFunction.map { points[$0].interval?.count ?? 0 }).sorted()
            for interval in intervals {
                let group = ofFunction.filter { (points[$0].interval?.count ?? 0) == interval }
                requests += cheapestCover(group, points, limits, cost).map { range, members in
                    Request(range: range, points: members, interval: interval == 0 ? nil : Milliseconds(interval))
                }
            }
        }
        self.requests = requests
    }
}

/// The cheapest set of requests that holds every point of `group` whole. Exact: dynamic programming over the points in
/// the order of their first register. For intervals in that order some optimum always uses neighbours together: of two
/// requests that interleave, one can hand points to the other without growing it.
private func cheapestCover(
    _ group: [Int], _ points: [MappedPoint], _ limits: ReadLimits, _ cost: WireCost
) -> [(RegisterRange, [Int])] {
    let spans = group.map { (position: $0, range: points[$0].coding.wireRange) }
        .sorted { ($0.range.address, $0.range.end, $0.position) < ($1.range.address, $1.range.end, $1.position) }
    // cheapest[n]: for the first n points, the cost and where the last request begins.
    var cheapest: [(cost: Int, requests: Int, first: Int)] = [(0, 0, 0)]
    for count in 1..<(spans.count + 1) {
        var best = (cost: Int.max, requests: Int.max, first: 0)
        var end = 0
        for first in stride(from: count - 1, through: 0, by: -1) {
            end = max(end, spans[first].range.end)
            guard let range = requestable(spans[first].range, until: end, limits) else { continue }
            let total = cheapest[first].cost + cost.nanoseconds(function: range.function, count: range.count)
            let candidate = (cost: total, requests: cheapest[first].requests + 1, first: first)
            if (candidate.cost, candidate.requests) < (best.cost, best.requests) { best = candidate }
        }
        cheapest.append(best)
    }
    return cut(spans, cheapest)
}

private func requestable(_ first: RegisterRange, until end: Int, _ limits: ReadLimits) -> RegisterRange? {
    let range = RegisterRange(function: first.function, address: first.address, count: end - first.address)
    return limits.allows(range) ? range : nil
}

private func cut(
    _ spans: [(position: Int, range: RegisterRange)], _ cheapest: [(cost: Int, requests: Int, first: Int)]
) -> [(RegisterRange, [Int])] {
    var result: [(RegisterRange, [Int])] = []
    var count = spans.count
    while count > 0 {
        let first = cheapest[count].first
        let members = spans[first..<count]
        let start = spans[first].range
        let end = members.map(\.range.end).max() ?? start.end
        let range = RegisterRange(function: start.function, address: start.address, count: end - start.address)
        result.append((range, members.map(\.position)))
        count = first
    }
    return result.reversed()
}
