package import DeviceProfiles
package import Terms

/// The requests of a device, with the least time on the wire per unit of time.
///
/// A request that is asked in every nth sweep costs an nth. Points with different intervals share a request where that
/// is cheaper; it is then asked as often as the most hurried of them wants.
package struct ReadPlan: Sendable, Equatable {
    /// One request of the plan.
    package struct Request: Sendable, Equatable {
        package let range: RegisterRange
        /// Positions of the points that its answer holds whole, with their scale factors.
        package let points: [Int]
        /// How often it is wanted; nil: in every sweep.
        package let interval: Milliseconds?
    }

    /// By function; among those of one function the most frequent first, then by address.
    package let requests: [Request]
    /// Points that no single request may ask for; nothing can be read of them.
    package let unreadable: [Int]
    /// Whether the plan is proven to be the cheapest one. It is, for any number of intervals, unless points lie within
    /// longer ones that are wanted less often, such as values with distant scale factors. Then it always was with up to
    /// three intervals, and may not be with more; the plan costs at most twice what each interval apart would.
    package let isExact: Bool

    /// Plans for all points of a map but those on pages.
    ///
    /// - Parameters:
    ///   - interval: Between two sweeps of the device, above zero. A point that wants less is asked for in each.
    ///   - fences: Ranges that the device refuses as a whole; no request holds one of them.
    package init(
        map: DeviceMap, interval: Milliseconds = .seconds(1), cost: WireCost, fences: [RegisterRange] = []
    ) {
        let always = map.pages.isEmpty ? nil : map.points.indices.filter { map.points[$0].page == nil }
        self.init(
            points: map.points, among: always, interval: interval, limits: map.limits, cost: cost, fences: fences)
    }

    /// Plans for the points of one page of a map, each to be asked for at once.
    package init(
        map: DeviceMap, group: Int, page: Int, cost: WireCost, fences: [RegisterRange] = []
    ) {
        self.init(
            points: map.points, among: map.pages[group].points[page], limits: map.limits, cost: cost, fences: fences)
    }

    /// - Parameter positions: The points to plan for; nil: all.
    package init(
        points: [MappedPoint], among positions: [Int]? = nil, interval: Milliseconds = .seconds(1), limits: ReadLimits,
        cost: WireCost, fences: [RegisterRange] = []
    ) {
        func allows(_ range: RegisterRange) -> Bool {
            limits.allows(range) && !fences.contains { range.contains($0) }
        }
        let wanted = positions ?? Array(points.indices)
        let readable = wanted.filter { allows(points[$0].coding.wireRange) }
        unreadable = wanted.filter { !allows(points[$0].coding.wireRange) }
        var requests: [Request] = []
        var isExact = true
        for function in ReadFunction.allCases {
            let planner = FunctionPlanner(
                function: function, points: points, members: readable.filter { points[$0].function == function },
                interval: interval, cost: cost, allows: allows, step: limits.addressing.step(function))
            let (found, exact) = planner.plan()
            requests += found
            isExact = isExact && exact
        }
        self.requests = requests
        self.isExact = isExact
    }

    /// In how many sweeps a request is asked once; 1: in each. What does not divide evenly is asked a little too often
    /// rather than too seldom.
    package static func sweeps(wanted: Milliseconds?, interval: Milliseconds) -> Int {
        guard let wanted, interval > .zero else { return 1 }
        return Int(max(1, wanted.count / interval.count))
    }
}

/// Plans the requests of one function.
private struct FunctionPlanner {
    let function: ReadFunction
    let points: [MappedPoint]
    /// Positions of the points that are planned for.
    let members: [Int]
    let interval: Milliseconds
    let cost: WireCost
    let allows: (RegisterRange) -> Bool
    /// Addresses from one register to the next: the search below counts registers.
    let step: Int

    func plan() -> (requests: [ReadPlan.Request], isExact: Bool) {
        guard !members.isEmpty else { return ([], true) }
        let classes = Set(members.map(sweeps)).sorted()
        let levels = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        let wanted = members.map { point in
            let range = points[point].coding.wireRange
            return CoverPoint(
                position: point, start: range.address / step, end: range.end / step,
                level: levels[sweeps(point)] ?? 0)
        }
        let prices = CoverPrices(cost, function, sweeps: classes)
        var best = cover(wanted, prices)
        if !best.isExact {
            let apart = classes.indices.map { level in cover(wanted.filter { $0.level == level }, prices) }
            let total = apart.reduce(CheapestCover.Price()) { $0 + $1.price }
            if total < best.price { best.blocks = apart.flatMap(\.blocks) }
        }
        return (requests(best.blocks, wanted), best.isExact)
    }

    private func sweeps(_ point: Int) -> Int { ReadPlan.sweeps(wanted: points[point].interval, interval: interval) }

    private func cover(_ wanted: [CoverPoint], _ prices: CoverPrices) -> CheapestCover {
        CheapestCover.of(wanted, prices: prices, longest: function.maximumCount) { start, end in
            allows(range(start, end))
        }
    }

    /// - Parameters: In registers.
    private func range(_ start: Int, _ end: Int) -> RegisterRange {
        RegisterRange(function: function, address: start * step, count: end - start, step: step)
    }

    /// Every point goes to the most frequent request that holds it.
    private func requests(_ blocks: [CheapestCover.Block], _ wanted: [CoverPoint]) -> [ReadPlan.Request] {
        let order = blocks.sorted { ($0.level, $0.start, $0.end) < ($1.level, $1.start, $1.end) }
        var held: [[CoverPoint]] = order.map { _ in [] }
        for point in wanted {
            let block = order.firstIndex {
                $0.level <= point.level && $0.start <= point.start && point.end <= $0.end
            }
            if let block { held[block].append(point) }
        }
        return held.filter { !$0.isEmpty }.map { request($0) }
    }

    private func request(_ held: [CoverPoint]) -> ReadPlan.Request {
        let start = held.map(\.start).min() ?? 0
        let end = held.map(\.end).max() ?? start
        let isInEverySweep = held.contains { sweeps($0.position) == 1 }
        return ReadPlan.Request(
            range: range(start, end),
            points: held.sorted { ($0.start, $0.end, $0.position) < ($1.start, $1.end, $1.position) }.map(\.position),
            interval: isInEverySweep ? nil : held.compactMap { points[$0.position].interval }.min())
    }
}
