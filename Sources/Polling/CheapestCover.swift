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

/// Requests that hold all points of one function at the least cost.
struct CheapestCover {
    /// A request of the result.
    struct Block: Equatable {
        var start: Int
        var end: Int
        let level: Int
    }

    /// What a cover costs; of two that cost the same the one with fewer requests is the better one.
    struct Price: Comparable {
        var cost: Int128 = 0
        var requests = 0

        static func < (a: Price, b: Price) -> Bool { (a.cost, a.requests) < (b.cost, b.requests) }
        static func + (a: Price, b: Price) -> Price {
            Price(cost: a.cost + b.cost, requests: a.requests + b.requests)
        }
    }

    var blocks: [Block] = []
    var price = Price()
    /// Whether nothing can be cheaper.
    var isExact = true

    /// Points of one part of the address space, with what is needed to look for their cover.
    struct Cluster {
        /// In the order of their first address.
        let points: [CoverPoint]
        /// For each point, the farthest end of a request that begins with it.
        let reach: [Int]
        let prices: CoverPrices
    }

    /// Finds the cheapest requests.
    ///
    /// - Parameter allows: Whether one request may ask for exactly the addresses from the first up to before the
    ///   second. What lies within an allowed range must be allowed, too; so must each point alone.
    static func of(
        _ points: [CoverPoint], prices: CoverPrices, longest: Int, allows: (Int, Int) -> Bool
    ) -> CheapestCover {
        var result = CheapestCover(isExact: prices.isExact)
        for points in clusters(needed(points), prices) {
            let cluster = Cluster(points: points, reach: reaches(points, longest, allows), prices: prices)
            var cover = LaminarCover.of(cluster)
            if let shorter = shortened(points) {
                let relaxed = Cluster(points: shorter, reach: reaches(shorter, longest, allows), prices: prices)
                // Shorter points cannot cost more: where they cost as much nothing is cheaper.
                if LaminarCover.of(relaxed).price < cover.price {
                    let scanned = CoverScan.of(cluster, bound: cover.price)
                    if scanned.price < cover.price { cover = scanned }
                    cover.isExact = scanned.isExact
                }
            }
            result.blocks += cover.blocks
            result.price = result.price + cover.price
            result.isExact = result.isExact && cover.isExact
        }
        return result
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

    /// Only where a point lies in a longer one that is wanted less often can it be best that requests of different
    /// classes overlap without one lying in the other. This cuts the longer ones so that it is not the case any more;
    /// nil where it never was.
    private static func shortened(_ points: [CoverPoint]) -> [CoverPoint]? {
        guard nested(points) != nil else { return nil }
        var shorter = points
        while let (longer, within) = nested(shorter) {
            let cut = shorter[longer]
            shorter[longer] = CoverPoint(
                position: cut.position, start: cut.start, end: shorter[within].end - 1, level: cut.level)
            shorter = needed(shorter.filter { $0.end > $0.start })
        }
        return shorter
    }

    private static func nested(_ points: [CoverPoint]) -> (longer: Int, within: Int)? {
        points.indices.dropFirst().first { points[$0].end <= points[$0 - 1].end }.map { ($0 - 1, $0) }
    }
}
