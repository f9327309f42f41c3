internal import Terms

/// What flowed into a battery and out of it, computed from a flow that is read now and then: milliwatts or
/// milliamperes, above 0 into it. Sums are whole microjoules or microcoulombs, so that days add up to the whole.
struct UsageFlow: Hashable, Sendable {
    /// mW·ms or mA·ms
    var into: Int64 = 0
    var out: Int64 = 0
    /// Whether any time was integrated since the last `close`.
    private(set) var isKnown = false

    /// 1 Wh, or 1 mAh, in the unit of the sums.
    static let wattHour: Int64 = 3_600_000_000
    static let milliampereHour: Int64 = 3_600_000

    /// W or A: no reading of a home is larger, and its square in thousandths stays within an `Int64`.
    private static let largest = 2_000_000.0

    init() {}

    /// Goes on after a restart of the program.
    init(into: Int64, out: Int64, isKnown: Bool) {
        self.into = into
        self.out = out
        self.isKnown = isKnown
    }

    /// A reading in watts or amperes as thousandths; nil for what is no reading.
    static func milli(_ value: Double) -> Int64? {
        guard value.isFinite, abs(value) <= largest else { return nil }
        return Int64((value * 1_000).rounded())
    }

    /// Adds the time between two readings, as if the flow had gone straight from one to the other.
    mutating func add(from: Int64, to: Int64, during milliseconds: Int64) {
        isKnown = true
        switch (from >= 0, to >= 0) {
        case (true, true): into += (from + to) * milliseconds / 2
        case (false, false): out -= (from + to) * milliseconds / 2
        case (true, false):
            // It crosses 0 after this share of the time.
            into += from * from / (from - to) * milliseconds / 2
            out += to * to / (from - to) * milliseconds / 2
        case (false, true):
            out += from * from / (to - from) * milliseconds / 2
            into += to * to / (to - from) * milliseconds / 2
        }
    }

    /// Takes whole units out of both sums and leaves the rest for the next day; nil where nothing was integrated.
    mutating func close(unit: Int64) -> (into: Int64, out: Int64)? {
        guard isKnown else { return nil }
        let whole = (into / unit, out / unit)
        into %= unit
        out %= unit
        isKnown = false
        return whole
    }
}
