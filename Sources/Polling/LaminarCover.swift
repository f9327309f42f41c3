/// Looks for the cheapest cover of a cluster in which any two requests lie apart, or one in the other: a slow wide one
/// over fast narrow ones. Where no point lies in a longer one that is wanted less often, some best cover is like that,
/// and the result is exact for any number of classes.
///
/// Of two requests that overlap otherwise, each has points of its own in the order of the first address on its side, so
/// that they can be told apart by positions alone. A request from one position to another then costs its own price and
/// that of the cheapest cover, within these positions, of the points that are wanted more often. This is dynamic
/// programming over pairs of positions, from the last position down to the first.
struct LaminarCover {
    /// The best request from one position to another, with all that lies in it.
    private struct Whole {
        var price: CheapestCover.Price
        let end: Int
        let level: Int
    }

    /// The best cover up to a position.
    private struct Step {
        var price = CheapestCover.Price()
        /// Where its last request begins; nil: the position needs none.
        var first: Int?
    }

    private let points: [CoverPoint]
    private let reach: [Int]
    private let prices: CoverPrices
    /// By first position, and by how many positions later the last one is.
    private var wholes: [[Whole?]]
    /// By first position, by class, and by how many positions later: covers of the points up to that class, for each
    /// class before that of the first position.
    private var inner: [[[Step]]]

    /// Finds the cheapest requests.
    static func of(_ cluster: CheapestCover.Cluster) -> CheapestCover {
        var cover = LaminarCover(cluster)
        return cover.run()
    }

    private init(_ cluster: CheapestCover.Cluster) {
        points = cluster.points
        reach = cluster.reach
        prices = cluster.prices
        wholes = points.map { _ in [] }
        inner = points.map { _ in [] }
    }

    private mutating func run() -> CheapestCover {
        for first in points.indices.reversed() {
            let last = points[first...].lastIndex { $0.start < reach[first] } ?? first
            inner[first] = (0..<points[first].level).map { covers(first, last, upTo: $0) }
            wholes[first] = requests(first, last)
        }
        var steps = [Step()]
        for last in points.indices { steps.append(best(0, last, upTo: prices.weights.count) { steps[$0] }) }
        var cover = CheapestCover(price: steps[points.count].price)
        var last = points.count - 1
        while last >= 0, let first = steps[last + 1].first {
            emit(first, last, into: &cover.blocks)
            last = first - 1
        }
        return cover
    }

    /// Covers of the points up to a class behind the first position, which is of a later class.
    private func covers(_ first: Int, _ last: Int, upTo level: Int) -> [Step] {
        var steps = [Step()]
        for end in first..<last {
            let position = end + 1
            guard points[position].level <= level else {
                steps.append(Step(price: steps[end - first].price, first: nil))
                continue
            }
            steps.append(best(first + 1, position, upTo: level) { steps[$0 - first - 1] })
        }
        return steps
    }

    /// The best cover up to `last`: its last request begins at one of the positions, and `before` is what covers those
    /// in front of it.
    private func best(_ first: Int, _ last: Int, upTo level: Int, before: (Int) -> Step) -> Step {
        var best: Step?
        for start in first...last where points[start].level <= level {
            let distance = last - start
            guard distance < wholes[start].count, let whole = wholes[start][distance] else { continue }
            let price = before(start).price + whole.price
            if best.map({ price < $0.price }) ?? true { best = Step(price: price, first: start) }
        }
        guard let best else { preconditionFailure("each point alone may be asked for") }
        return best
    }

    /// Requests that begin with one position, by the position that they end with.
    private func requests(_ first: Int, _ last: Int) -> [Whole?] {
        let own = points[first]
        // By class: how far the points reach that a request of this class holds itself.
        var ends = Array(repeating: 0, count: own.level + 1)
        return (first...last).map { position in
            let point = points[position]
            for level in 0...min(own.level, point.level) { ends[level] = max(ends[level], point.end) }
            var best: Whole?
            for level in 0...min(own.level, point.level) where ends[level] <= reach[first] {
                let payload = prices.payload(ends[level] - own.start)
                var price = CheapestCover.Price(
                    cost: prices.weights[level] * Int128(prices.fixed + payload), requests: 1)
                if level > 0 { price = price + inner[first][level - 1][position - first].price }
                if best.map({ price < $0.price }) ?? true {
                    best = Whole(price: price, end: ends[level], level: level)
                }
            }
            return best
        }
    }

    private func emit(_ first: Int, _ last: Int, into blocks: inout [CheapestCover.Block]) {
        guard let whole = wholes[first][last - first] else { return }
        blocks.append(CheapestCover.Block(start: points[first].start, end: whole.end, level: whole.level))
        guard whole.level > 0 else { return }
        let steps = inner[first][whole.level - 1]
        var position = last
        while position > first {
            if let start = steps[position - first].first {
                emit(start, position, into: &blocks)
                position = start - 1
            } else {
                position -= 1
            }
        }
    }
}
