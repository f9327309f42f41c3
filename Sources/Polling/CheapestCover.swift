internal import DeviceProfiles

/// A point that some request must hold whole.
struct CoverPoint {
    /// Its position among the points of the device.
    let position: Int
    let start: Int
    /// The first address behind it.
    let end: Int
    /// Its class: 0 is wanted most often. A request of a class serves points of its own and of all later classes.
    let level: Int
}

/// Requests that hold all points of one function at the least cost, found by looking at the points in the order of
/// their first address.
///
/// A state is the cost so far and, for each class, the request that may still grow. Every point that no such request
/// holds is given to one: the request grows, or a new one begins there. This is enough, since in some best plan every
/// request begins and ends with a point that no other request holds, and of two requests of one class that interleave
/// the earlier can hand its later points to the other without making it longer. Nothing is said about how requests of
/// different classes lie to each other: a slow wide one over fast narrow ones is found as well.
///
/// A state is dropped only where another one can do whatever it can do, for no more. So the result is exact.
struct CheapestCover {
    /// A request of the result.
    struct Block: Equatable {
        var start: Int
        var end: Int
        let level: Int
    }

    /// What is found: the requests in the order in which they begin.
    struct Result {
        var blocks: [Block] = []
        var cost: Int128 = 0
        /// Whether no state had to be given up for want of room.
        var isExact = true
    }

    /// So many states are kept after each point. 400 points of three classes need some hundred.
    static let mostStates = 2_048

    private let prices: CoverPrices
    private let points: [CoverPoint]
    /// For each point, the farthest end of a request that begins with it.
    private let reach: [Int]
    private var decisions: [Decision] = []
    private var front: Front
    private var isExact = true

    /// Finds the cheapest requests.
    ///
    /// - Parameter allows: Whether one request may ask for exactly the addresses from the first up to before the
    ///   second. What lies within an allowed range must be allowed, too; so must each point alone.
    static func of(
        _ points: [CoverPoint], prices: CoverPrices, longest: Int, allows: (Int, Int) -> Bool
    ) -> Result {
        var result = Result(isExact: prices.isExact)
        for cluster in clusters(needed(points), prices) {
            var search = CheapestCover(cluster, prices, longest, allows)
            let part = search.run()
            result.blocks += part.blocks
            result.cost += part.cost
            result.isExact = result.isExact && part.isExact
        }
        return result
    }

    private init(_ points: [CoverPoint], _ prices: CoverPrices, _ longest: Int, _ allows: (Int, Int) -> Bool) {
        self.points = points
        self.prices = prices
        reach = Self.reaches(points, longest, allows)
        front = Front(classes: prices.weights.count)
        front.append(Decided(cost: 0, requests: 0, last: -1), prices.weights.map { _ in Open.none })
    }

    private mutating func run() -> Result {
        for index in points.indices {
            let next = advance(index)
            front = pruned(next, from: index + 1 < points.count ? points[index + 1].start : nil)
        }
        guard let best = front.decided.first else { return Result() }
        return Result(blocks: blocks(of: best), cost: best.cost, isExact: isExact)
    }
}

// MARK: - Preparation

extension CheapestCover {
    /// The points in order, without those that come by themselves since they lie in one that is wanted as often.
    private static func needed(_ points: [CoverPoint]) -> [CoverPoint] {
        let sorted = points.sorted {
            ($0.start, -$0.end, $0.level, $0.position) < ($1.start, -$1.end, $1.level, $1.position)
        }
        // By class: how far the points looked at so far reach. They begin no later than the one in hand.
        var ends: [Int: Int] = [:]
        return sorted.filter { point in
            if ends.contains(where: { $0.key <= point.level && $0.value >= point.end }) { return false }
            ends[point.level] = max(ends[point.level] ?? 0, point.end)
            return true
        }
    }

    /// Groups between which the gap is so wide that no request ever spans it: each can be looked at alone.
    private static func clusters(_ sorted: [CoverPoint], _ prices: CoverPrices) -> [[CoverPoint]] {
        var clusters: [[CoverPoint]] = []
        var end = 0
        for point in sorted {
            if clusters.isEmpty || (point.start > end && !prices.mayBridge(gap: point.start - end)) {
                clusters.append([])
            }
            clusters[clusters.count - 1].append(point)
            end = max(end, point.end)
        }
        return clusters
    }

    /// Only ends of points matter: two requests that can grow up to the same last point are alike.
    private static func reaches(_ points: [CoverPoint], _ longest: Int, _ allows: (Int, Int) -> Bool) -> [Int] {
        let ends = Set(points.map(\.end)).sorted()
        return points.map { point in
            var low = ends.firstIndex(of: point.end) ?? 0
            var high = ends.lastIndex { $0 <= point.start + longest } ?? low
            while low < high {
                let middle = (low + high + 1) / 2
                if allows(point.start, ends[middle]) { low = middle } else { high = middle - 1 }
            }
            return ends[low]
        }
    }
}

// MARK: - States

/// A request that may still grow.
private struct Open {
    var start: Int32
    var end: Int32
    /// The farthest end that it may get; 0: there is no request.
    var reach: Int32

    static let none = Open(start: 0, end: 0, reach: 0)
    var exists: Bool { reach > 0 }
}

/// What a state has come to.
private struct Decided {
    var cost: Int128
    var requests: Int
    /// The last decision; -1: none yet.
    var last: Int

    static func < (a: Decided, b: Decided) -> Bool { (a.cost, a.requests) < (b.cost, b.requests) }
}

/// One decision on the way to a state.
private struct Decision {
    let before: Int
    let point: Int
    let level: Int
    let isNew: Bool
}

/// The states after a point. What may still grow lies in one array for all of them: `classes` in a row for each.
private struct Front {
    let classes: Int
    var decided: [Decided] = []
    var opens: [Open] = []

    init(classes: Int) { self.classes = classes }

    mutating func append(_ state: Decided, _ grow: some Sequence<Open>) {
        decided.append(state)
        opens.append(contentsOf: grow)
    }

    /// What may still grow in one state, by class.
    func grow(_ state: Int) -> ArraySlice<Open> { opens[state * classes..<(state + 1) * classes] }
}

extension CheapestCover {
    private mutating func advance(_ index: Int) -> Front {
        let point = points[index]
        var next = Front(classes: front.classes)
        for state in front.decided.indices {
            let base = state * front.classes
            if (0...point.level).contains(where: { front.opens[base + $0].end >= point.end }) {
                next.append(front.decided[state], front.grow(state))
                continue
            }
            for level in 0...point.level {
                if front.opens[base + level].reach >= point.end { grow(state, level, index, into: &next) }
                begin(state, level, index, into: &next)
            }
        }
        return next
    }

    private mutating func grow(_ state: Int, _ level: Int, _ index: Int, into next: inout Front) {
        let open = front.opens[state * front.classes + level]
        let before = prices.payload(Int(open.end - open.start))
        let after = prices.payload(points[index].end - Int(open.start))
        var decided = front.decided[state]
        decided.cost += prices.weights[level] * Int128(after - before)
        decided.last = note(Decision(before: decided.last, point: index, level: level, isNew: false))
        next.append(decided, front.grow(state))
        next.opens[next.opens.count - next.classes + level].end = Int32(points[index].end)
    }

    private mutating func begin(_ state: Int, _ level: Int, _ index: Int, into next: inout Front) {
        let point = points[index]
        var decided = front.decided[state]
        decided.cost += prices.weights[level] * Int128(prices.fixed + prices.payload(point.end - point.start))
        decided.requests += 1
        decided.last = note(Decision(before: decided.last, point: index, level: level, isNew: true))
        next.append(decided, front.grow(state))
        next.opens[next.opens.count - next.classes + level] = Open(
            start: Int32(point.start), end: Int32(point.end), reach: Int32(reach[index]))
    }

    private mutating func note(_ decision: Decision) -> Int {
        decisions.append(decision)
        return decisions.count - 1
    }

    private func blocks(of state: Decided) -> [Block] {
        var path: [Decision] = []
        var at = state.last
        while at >= 0 {
            path.append(decisions[at])
            at = decisions[at].before
        }
        var blocks: [Block] = []
        var current: [Int: Int] = [:]
        for decision in path.reversed() {
            let point = points[decision.point]
            if decision.isNew {
                current[decision.level] = blocks.count
                blocks.append(Block(start: point.start, end: point.end, level: decision.level))
            } else if let block = current[decision.level] {
                blocks[block].end = point.end
            }
        }
        return blocks
    }
}

// MARK: - Dominance

extension CheapestCover {
    /// Keeps the states that may still lead to the best plan, the cheapest first.
    ///
    /// - Parameter start: Where the next point begins; nil: there is none.
    private mutating func pruned(_ states: Front, from start: Int?) -> Front {
        var states = states
        var kept = Front(classes: states.classes)
        guard let start else {
            let best = states.decided.indices.min { states.decided[$0] < states.decided[$1] }
            if let best { kept.append(states.decided[best], states.grow(best)) }
            return kept
        }
        for index in states.opens.indices where isUseless(states.opens[index], start) { states.opens[index] = .none }
        // A stable order makes the plan the same on every machine.
        let order = states.decided.indices.sorted {
            (states.decided[$0].cost, states.decided[$0].requests, $0)
                < (states.decided[$1].cost, states.decided[$1].requests, $1)
        }
        for index in order {
            let isNeedless = kept.decided.indices.contains { dominates(kept, $0, states, index, start) }
            if isNeedless { continue }
            guard kept.decided.count < Self.mostStates else {
                isExact = false
                break
            }
            kept.append(states.decided[index], states.grow(index))
        }
        return kept
    }

    /// Whether it cannot hold a later point, or only dearer than a new request would.
    private func isUseless(_ open: Open, _ start: Int) -> Bool {
        open.exists && (open.reach <= start || prices.startingAnew(Int(open.start), Int(open.end), at: start) < 0)
    }

    /// Whether state `a` can follow everything that state `b` may do from here on, for no more and with no more
    /// requests.
    private func dominates(_ front: Front, _ a: Int, _ others: Front, _ b: Int, _ start: Int) -> Bool {
        let limit = others.decided[b]
        var cost = front.decided[a].cost
        var requests = front.decided[a].requests
        for level in 0..<front.classes {
            let other = others.opens[b * front.classes + level]
            guard other.exists else { continue }
            let own = front.opens[a * front.classes + level]
            let anew = max(0, prices.startingAnew(Int(other.start), Int(other.end), at: start))
            let growing = own.reach < other.reach ? Int.max : max(
                0, prices.followingUp(Int(own.start), Int(own.end), Int(other.start), Int(other.end)))
            cost += prices.weights[level] * Int128(min(anew, growing))
            if anew < growing { requests += 1 }
            if cost > limit.cost { return false }
        }
        return cost < limit.cost || requests <= limit.requests
    }
}
