internal import Telemetry

/// The step guards of all cells of a device, or of all its probes.
///
/// Nearly always every sibling does what the others do; then one comparison each is enough.
struct SiblingGuard {
    let points: [Int]
    private let step: Double
    private let confirmations: Int
    /// By sibling: the newest reading, NaN where there is none or it is held back.
    private var readings: [Double]
    private var guards: [StepGuard]
    private var order: MedianOrder
    /// Of the readings; nil where they have changed since it was asked for.
    private var knownMedian: Double?
    /// Whose reading was believed at its first word in a frame in which every reading was, else nil. Then each guard
    /// accepts its reading, whatever it says itself.
    private var settled: Int?

    init(points: [Int], step: Double, confirmations: Int) {
        self.points = points
        self.step = step
        self.confirmations = confirmations
        readings = Array(repeating: .nan, count: points.count)
        guards = Array(repeating: StepGuard(), count: points.count)
        order = MedianOrder(count: points.count)
    }

    /// Whether every reading of the newest frame was believed at its first word.
    var isSettled: Bool { settled != nil }

    /// The median of the newest readings that are not held back; NaN without any.
    mutating func median() -> Double {
        if let knownMedian { return knownMedian }
        let median = order.median(of: readings)
        knownMedian = median
        return median
    }

    /// A gap in the readings: the next ones are compared with nothing.
    mutating func forget() {
        for index in guards.indices { guards[index].forget() }
        settled = nil
    }

    // MARK: - A frame in which nothing is in doubt

    /// Takes a frame in which nothing is in doubt; whether it was one.
    ///
    /// - Parameter isCommon: whether a step counts against the common move.
    mutating func follow(
        _ samples: Span<Sample>, in possible: ClosedRange<Double>, isCommon: Bool, _ values: inout [Double],
        _ heldBack: inout [Int]
    ) -> Bool {
        guard let settled, areBeyondDoubt(samples, in: possible, like: isCommon ? settled : nil) else { return false }
        if take(samples, &values, &heldBack) { knownMedian = nil }
        return true
    }

    /// Whether all are read that were read before, and none is a step.
    ///
    /// The common move lies between the moves of all: where each is within half a step of the first one's, each is
    /// within a step of the common one, which need not be known.
    private func areBeyondDoubt(_ samples: Span<Sample>, in possible: ClosedRange<Double>, like first: Int?) -> Bool {
        let (points, readings) = (points.span, readings.span)
        let move = first.map { samples[points[$0]].value - readings[$0] } ?? 0
        // A little less than the half: a median is rounded.
        let most = first == nil ? step : 0.49 * step
        for index in points.indices {
            let sample = samples[points[index]]
            let isReading = sample.isGood && possible.contains(sample.value)
            guard isReading == readings[index].isFinite else { return false }
            if isReading, !(abs(sample.value - readings[index] - move) <= most) { return false }
        }
        return true
    }

    /// Takes the values of all that were read before; whether some value is another one.
    private mutating func take(_ samples: Span<Sample>, _ values: inout [Double], _ heldBack: inout [Int]) -> Bool {
        let points = points
        var readings = self.readings.mutableSpan
        var believed = values.mutableSpan
        var isChanged = false
        for index in points.indices {
            let point = points[index]
            if readings[index].isFinite {
                isChanged = isChanged || samples[point].value != readings[index]
                readings[index] = samples[point].value
                believed[point] = samples[point].value
            } else if samples[point].isGood {
                heldBack.append(point)
            }
        }
        return isChanged
    }

    // MARK: - Any other frame

    /// Reads a frame that `follow` did not take.
    ///
    /// - Returns: how many told a number, and how many of those are possible: only those are readings.
    mutating func read(_ samples: Span<Sample>, in possible: ClosedRange<Double>) -> (told: Int, possible: Int) {
        var (told, credible) = (0, 0)
        for index in points.indices {
            if isSettled, readings[index].isFinite { guards[index].follow(readings[index]) }
            let value = samples[points[index]].goodOrNaN
            let isPossible = possible.contains(value)
            if value.isFinite { told += 1 }
            if isPossible { credible += 1 }
            readings[index] = isPossible ? value : .nan
        }
        settled = nil
        knownMedian = nil
        return (told, credible)
    }

    /// Holds all readings back.
    mutating func holdAll() {
        for index in readings.indices { readings[index] = .nan }
        knownMedian = nil
    }

    /// Holds back what is a step, and tells how many agreeing readings stand behind the others.
    ///
    /// - Parameter common: how far all have moved together.
    mutating func judge(common: Double, _ agreeing: inout [UInt8]) {
        var isAnyDoubted = false
        for index in points.indices where readings[index].isFinite {
            let verdict = guards[index].judge(
                readings[index], common: common, step: step, confirmations: confirmations)
            switch verdict {
            case .accepted(let count):
                agreeing[points[index]] = UInt8(clamping: count)
                isAnyDoubted = isAnyDoubted || count > 1
            case .held:
                readings[index] = .nan
                knownMedian = nil
                isAnyDoubted = true
            }
        }
        settled = isAnyDoubted ? nil : readings.firstIndex { $0.isFinite }
    }

    /// Writes the readings to their points, and the points to `heldBack` that were read well and are not believed.
    func put(_ samples: Span<Sample>, _ values: inout [Double], _ heldBack: inout [Int]) {
        for index in points.indices {
            let point = points[index]
            values[point] = readings[index]
            if !readings[index].isFinite, samples[point].isGood { heldBack.append(point) }
        }
    }
}

/// The median of a few dozen values that change little from frame to frame.
///
/// It keeps the order of the last frame, so that sorting is nearly always one pass, and it allocates nothing.
private struct MedianOrder {
    private var order: [Int]

    init(count: Int) { order = Array(0..<count) }

    /// The median of the finite values; NaN when there are none.
    mutating func median(of unordered: [Double]) -> Double {
        var order = self.order.mutableSpan
        let values = unordered.span
        var finite = 0
        for index in order.indices {
            let entry = order[index]
            let value = values[entry]
            if value.isFinite { finite += 1 }
            var hole = index
            while hole > 0, Self.precedes(value, values[order[hole - 1]]) {
                order[hole] = order[hole - 1]
                hole -= 1
            }
            order[hole] = entry
        }
        guard finite > 0 else { return .nan }
        return (values[order[(finite - 1) / 2]] + values[order[finite / 2]]) / 2
    }

    /// Values that were not read sort last.
    private static func precedes(_ a: Double, _ b: Double) -> Bool { a < b || (a.isFinite && !b.isFinite) }
}
