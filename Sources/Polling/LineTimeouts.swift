package import Terms

/// How long the answers of all units of a line are waited for.
///
/// A unit that has never answered, or was given up, is asked with a long time-out first and then in every fourth probe,
/// and waited for only as long as the other units need in between. So a dead unit costs milliseconds, and a slow one is
/// found again. Where no other unit answers there is nobody to be held up, and every probe is a long one.
package struct LineTimeouts: Sendable, Equatable {
    private struct Unit: Equatable {
        var timeout: AdaptiveTimeout
        var isAlive = false
        /// Since it was heard last.
        var probes = 0
        var longProbes = 0
        /// What the next long probe waits.
        var longProbe: Milliseconds
    }

    /// One probe in so many is a long one.
    private static let longEvery = 4

    private var units = UnitTable<Unit>()

    package init() {}

    /// Adds a unit, or forgets what was learned about it.
    package mutating func add(unit: UInt8, bounds: AdaptiveTimeout.Bounds) {
        let fresh = Unit(timeout: AdaptiveTimeout(bounds: bounds), longProbe: bounds.start)
        units.change(unit, from: fresh) { $0 = fresh }
    }

    /// How long to wait for the unit's next answer; nil for a unit that was not added.
    package func timeout(of number: UInt8) -> Milliseconds? {
        guard let unit = units[number] else { return nil }
        guard !unit.isAlive else { return unit.timeout.current }
        return isLong(number, unit) ? unit.longProbe : min(unit.longProbe, short(number, unit))
    }

    /// What the others need: the middle one of them, so that a slow one does not set the rule.
    private func short(_ number: UInt8, _ unit: Unit) -> Milliseconds {
        let others = living(beside: number).compactMap(\.timeout.learned).sorted()
        guard !others.isEmpty else { return unit.timeout.bounds.start }
        return max(unit.timeout.bounds.lowest, others[others.count / 2])
    }

    private func isLong(_ number: UInt8, _ unit: Unit) -> Bool {
        unit.probes % Self.longEvery == 0 || living(beside: number).isEmpty
    }

    private func living(beside number: UInt8) -> [Unit] {
        units.units.compactMap { $0 == number ? nil : units[$0] }.filter(\.isAlive)
    }

    /// Whether the unit has answered and was not given up since.
    package func isAlive(_ unit: UInt8) -> Bool { units[unit]?.isAlive == true }

    /// The unit has spoken, be it to refuse.
    ///
    /// - Parameter nanoseconds: From the question's end to the beginning of its answer.
    package mutating func answered(_ number: UInt8, after nanoseconds: Int) {
        units.change(number) { unit in
            unit.timeout.answered(after: nanoseconds)
            unit.isAlive = true
        }
    }

    /// No answer of the unit came in time.
    package mutating func timedOut(_ number: UInt8) {
        guard var unit = units[number] else { return }
        if unit.isAlive {
            unit.timeout.timedOut()
        } else {
            if isLong(number, unit) {
                // Not after the first one: the others should not pay for much more in the first minute.
                if unit.longProbes > 0 { unit.longProbe = longer(unit.longProbe, unit.timeout.bounds) }
                unit.longProbes += 1
            }
            unit.probes += 1
        }
        units.change(number) { $0 = unit }
    }

    /// The unit is left alone from now on but for its probes.
    package mutating func gaveUp(_ number: UInt8) {
        guard var unit = units[number], unit.isAlive else { return }
        unit.isAlive = false
        unit.probes = 0
        unit.longProbes = 0
        unit.longProbe = unit.timeout.current
        units.change(number) { $0 = unit }
    }

    private func longer(_ timeout: Milliseconds, _ bounds: AdaptiveTimeout.Bounds) -> Milliseconds {
        min(bounds.highest, Milliseconds(timeout.count * 2))
    }
}
