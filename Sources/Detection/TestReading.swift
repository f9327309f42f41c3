/// What a test measured when its alarm came up, for who wants to see it; no part of the alarm's fact.
package struct TestReading: Sendable, Equatable {
    /// V, °C, mΩ, mV, %; empty for a ratio.
    package var unit: String
    package var value: Double
    package var limit: Double
    /// Where the subject usually stands, from the median of its siblings; `value` is how far it is off that place. Nil
    /// where the test measures something else than a place.
    package var usual: Double?
    /// Whether only a value above the usual place is wrong.
    package var isUpperOnly: Bool
    /// What `value` is, where it is no place: `the others moved`.
    package var label: String

    /// How far the subject stands off its usual place.
    static func shift(_ value: Double, from usual: Double, limit: Double, unit: String, isUpperOnly: Bool = false)
        -> TestReading
    {
        TestReading(
            unit: unit, value: value, limit: limit, usual: usual, isUpperOnly: isUpperOnly, label: "")
    }

    /// Something that the curves do not show.
    static func amount(_ label: String, _ value: Double, limit: Double, unit: String) -> TestReading {
        TestReading(unit: unit, value: value, limit: limit, usual: nil, isUpperOnly: false, label: label)
    }
}

extension CellFinding {
    /// What was measured, in the unit in which people read it.
    ///
    /// - Parameter ruleLimit: of the alarm, for a test whose finding carries another number.
    func reading(ruleLimit: Double) -> TestReading? {
        guard isRaised else { return nil }
        switch alarm {
        case .stuckChannel: return .amount("the others moved", value, limit: limit, unit: "mV")
        case .senseWire:
            return .amount(
                "correlation with the next cell", limit == 0 ? -1 : value / limit, limit: -ruleLimit, unit: "")
        case .resistance where usualMilliohms != nil:
            return .amount("more than the others", value, limit: limit, unit: "mΩ")
        default:
            return deviation.map { .shift(value / 1_000, from: ($0 - value) / 1_000, limit: limit / 1_000, unit: "V") }
        }
    }
}
