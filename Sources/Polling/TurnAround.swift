/// How long a device needs before it answers, as measured, and whether that has moved so far that another plan would be
/// the cheapest.
///
/// A plan depends on the turn-around only by the hole up to which reading over it is cheaper than a request of its own.
/// So it is made anew when that hole has moved by a quarter and by two registers at least. On TCP it never does.
package struct TurnAround: Sendable, Equatable {
    /// So many answers are looked at together: their median is not moved by a few late ones.
    package static let window = 15

    /// What the plan in use was made with, nanoseconds.
    package private(set) var planned: Int
    /// The median of the last full window, nanoseconds; nil before the first.
    package private(set) var measured: Int?
    private var latest: [Int] = []

    /// - Parameter planned: nanoseconds
    package init(planned: Int) {
        self.planned = planned
        latest.reserveCapacity(Self.window)
    }

    /// The device has answered.
    ///
    /// - Parameters:
    ///   - nanoseconds: Its turn-around, without the time of the bytes.
    ///   - cost: Of the line, whatever its turn-around.
    /// - Returns: What to plan with from now on, nanoseconds; nil as long as the plan may stay.
    package mutating func answered(after nanoseconds: Int, cost: WireCost) -> Int? {
        latest.append(max(0, nanoseconds))
        guard latest.count == Self.window else { return nil }
        let median = latest.sorted()[Self.window / 2]
        latest.removeAll(keepingCapacity: true)
        measured = median
        let (old, new) = (hole(cost, planned), hole(cost, median))
        guard abs(new - old) >= 2, abs(new - old) * 4 >= old else { return nil }
        planned = median
        return median
    }

    private func hole(_ cost: WireCost, _ turnAround: Int) -> Int {
        var cost = cost
        cost.turnAround = turnAround
        return cost.breakEvenRegisters
    }
}
