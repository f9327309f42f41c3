/// How the siblings of a curve lie at each time: the whole of them, and the middle half.
struct SiblingBand: Equatable {
    /// The siblings at one time.
    struct Slice: Equatable {
        var time: Int64
        var low: Double
        var lowerQuartile: Double
        var median: Double
        var upperQuartile: Double
        var high: Double
    }

    /// Runs of times without a hole between them, oldest first.
    let runs: [[Slice]]

    /// More slices than a drawing shows are joined: the lowest of the lows, the highest of the highs.
    private static let mostSlices = 480

    /// - Parameters:
    ///   - values: of each sibling, at `times`.
    ///   - lows, highs: the extremes around each time; the values themselves where there are none.
    ///   - longestStep: two times farther apart are two runs.
    init(times: [Int64], values: [[Double?]], lows: [[Double?]], highs: [[Double?]], longestStep: Int64) {
        let perSlice = max(1, (times.count + Self.mostSlices - 1) / Self.mostSlices)
        var runs: [[Slice]] = []
        var before: Int64?
        for places in Self.groups(times, perSlice, longestStep) {
            let middle = places.flatMap { place in values.compactMap { $0.finite(place) } }.sorted()
            guard let lowest = middle.first, let highest = middle.last else { continue }
            let low = places.flatMap { place in lows.compactMap { $0.finite(place) } }.min() ?? lowest
            let high = places.flatMap { place in highs.compactMap { $0.finite(place) } }.max() ?? highest
            let slice = Slice(
                time: times[places.lowerBound], low: min(low, lowest), lowerQuartile: Self.quantile(middle, 0.25),
                median: Self.quantile(middle, 0.5), upperQuartile: Self.quantile(middle, 0.75),
                high: max(high, highest))
            if let before, times[places.lowerBound] - before <= longestStep, !runs.isEmpty {
                runs[runs.count - 1].append(slice)
            } else {
                runs.append([slice])
            }
            before = times[places.upperBound - 1]
        }
        self.runs = runs
    }

    /// Places that are joined to one slice: so many, and none across a hole.
    private static func groups(_ times: [Int64], _ count: Int, _ longestStep: Int64) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var first = 0
        for place in times.indices {
            let next = place + 1
            guard next == times.count || next - first >= count || times[next] - times[place] > longestStep else {
                continue
            }
            groups.append(first..<next)
            first = next
        }
        return groups
    }

    /// Between the two nearest of sorted values, at least one.
    static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
}

extension [Double?] {
    /// The value at a place; nil outside, and where it is no number.
    func finite(_ place: Int) -> Double? { indices.contains(place) ? PlotCurve.finite(self[place]) : nil }
}
