/// Looks for the cheapest cover of a cluster in which points lie in longer ones that are wanted less often, as values
/// with their distant scale factors do.
///
/// A state is the cost so far and, for each class, the request that may still grow. Every point that no such request
/// holds is given to one: the request grows, or a new one begins there. This is enough, since in some best plan every
/// request begins and ends with a point that no other request holds, and of two requests of one class that interleave
/// the earlier can hand its later points to the other without making it longer. Nothing is said about how requests of
/// different classes lie to each other.
///
/// A state is dropped only where another one can do whatever it can do, for no more. So the result is exact, unless
/// there were too many states.
struct CoverScan {
    /// So many states are kept after each point.
    static let mostStates = 1_024

    private let points: [CoverPoint]
    private let reach: [Int]
    private let prices: CoverPrices
    private let bound: CheapestCover.Price
    private var decisions: [Decision] = []
    private var front: Front
    private var isExact = true

    /// Finds the cheapest requests.
    ///
    /// - Parameter bound: What is dearer than this is not looked at.
    static func of(_ cluster: CheapestCover.Cluster, bound: CheapestCover.Price) -> CheapestCover {
        var scan = CoverScan(cluster, bound)
        return scan.run()
    }

    private init(_ cluster: CheapestCover.Cluster, _ bound: CheapestCover.Price) {
        points = cluster.points
        reach = cluster.reach
        prices = cluster.prices
        self.bound = bound
        front = Front(classes: prices.weights.count)
        front.append(Decided(), prices.weights.map { _ in Open.none })
    }

    private mutating func run() -> CheapestCover {
        for index in points.indices {
            let next = advance(index)
            front = pruned(next, from: index + 1 < points.count ? points[index + 1].start : nil)
        }
        guard let best = front.decided.first else { return CheapestCover(price: bound, isExact: isExact) }
        return CheapestCover(blocks: blocks(of: best), price: best.price, isExact: isExact)
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
    var price = CheapestCover.Price()
    /// The last decision; -1: none yet.
    var last = -1
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

extension CoverScan {
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
        decided.price.cost += prices.weights[level] * Int128(after - before)
        decided.last = note(Decision(before: decided.last, point: index, level: level, isNew: false))
        next.append(decided, front.grow(state))
        next.opens[next.opens.count - next.classes + level].end = Int32(points[index].end)
    }

    private mutating func begin(_ state: Int, _ level: Int, _ index: Int, into next: inout Front) {
        let point = points[index]
        var decided = front.decided[state]
        decided.price.cost += prices.weights[level] * Int128(prices.fixed + prices.payload(point.end - point.start))
        decided.price.requests += 1
        decided.last = note(Decision(before: decided.last, point: index, level: level, isNew: true))
        next.append(decided, front.grow(state))
        next.opens[next.opens.count - next.classes + level] = Open(
            start: Int32(point.start), end: Int32(point.end), reach: Int32(reach[index]))
    }

    private mutating func note(_ decision: Decision) -> Int {
        decisions.append(decision)
        return decisions.count - 1
    }

    private func blocks(of state: Decided) -> [CheapestCover.Block] {
        var path: [Decision] = []
        var at = state.last
        while at >= 0 {
            path.append(decisions[at])
            at = decisions[at].before
        }
        var blocks: [CheapestCover.Block] = []
        var current: [Int: Int] = [:]
        for decision in path.reversed() {
            let point = points[decision.point]
            if decision.isNew {
                current[decision.level] = blocks.count
                blocks.append(CheapestCover.Block(start: point.start, end: point.end, level: decision.level))
            } else if let block = current[decision.level] {
                blocks[block].end = point.end
            }
        }
        return blocks
    }
}

// MARK: - Dominance

extension CoverScan {
    /// Keeps the states that may still lead to the best plan, the cheapest first.
    ///
    /// - Parameter start: Where the next point begins; nil: there is none.
    private mutating func pruned(_ states: Front, from start: Int?) -> Front {
        var states = states
        var kept = Front(classes: states.classes)
        guard let start else {
            let best = states.decided.indices.min { states.decided[$0].price < states.decided[$1].price }
            if let best { kept.append(states.decided[best], states.grow(best)) }
            return kept
        }
        for index in states.opens.indices where isUseless(states.opens[index], start) { states.opens[index] = .none }
        // A stable order makes the plan the same on every machine.
        let order = states.decided.indices.filter { states.decided[$0].price <= bound }
            .sorted { (states.decided[$0].price, $0) < (states.decided[$1].price, $1) }
        for index in order {
            let candidate = Candidate(states, index, start, prices)
            let isNeedless = kept.decided.indices.contains { dominates(kept, $0, candidate) }
            if isNeedless { continue }
            guard kept.decided.count < Self.mostStates else {
                isExact = false
                break
            }
            kept.append(states.decided[index], states.grow(index))
        }
        return kept
    }

    /// A state that may be needless.
    private struct Candidate {
        /// What may still grow, and what beginning it anew would cost another state.
        struct Wish {
            let level: Int
            let open: Open
            let anew: Int
        }

        let price: CheapestCover.Price
        var wishes: [Wish] = []

        init(_ front: Front, _ state: Int, _ start: Int, _ prices: CoverPrices) {
            price = front.decided[state].price
            for (level, open) in front.grow(state).enumerated() where open.exists {
                let anew = max(0, prices.startingAnew(Int(open.start), Int(open.end), at: start))
                wishes.append(Wish(level: level, open: open, anew: anew))
            }
        }
    }

    /// Whether it cannot hold a later point, or only dearer than a new request would.
    private func isUseless(_ open: Open, _ start: Int) -> Bool {
        open.exists && (open.reach <= start || prices.startingAnew(Int(open.start), Int(open.end), at: start) < 0)
    }

    /// Whether a state can follow everything that the candidate may do from here on, for no more and with no more
    /// requests.
    private func dominates(_ front: Front, _ state: Int, _ candidate: Candidate) -> Bool {
        var price = front.decided[state].price
        for wish in candidate.wishes {
            let own = front.opens[state * front.classes + wish.level]
            var extra = wish.anew
            var isAnew = true
            if own.reach >= wish.open.reach {
                let growing = max(
                    0,
                    prices.followingUp(Int(own.start), Int(own.end), Int(wish.open.start), Int(wish.open.end)))
                if growing <= extra { (extra, isAnew) = (growing, false) }
            }
            if isAnew { price.requests += 1 }
            price.cost += prices.weights[wish.level] * Int128(extra)
            if price.cost > candidate.price.cost { return false }
        }
        return price <= candidate.price
    }
}
