internal import Terms

/// Random numbers that are the same in every run and on every machine.
///
/// Constants of SplitMix64 by S. Vigna (public domain, prng.di.unimi.it/splitmix64.c).
struct Dice: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// 0 to `limit` - 1
    mutating func roll(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    /// True so many times in a hundred.
    mutating func happens(inPercent percent: Int) -> Bool { roll(100) < percent }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[roll(elements.count)] }

    /// Whole seconds within the range, both ends included. Short ones are as likely as long ones: half of the rolls
    /// lie within a tenth of the range.
    mutating func length(_ range: ClosedRange<Milliseconds>) -> Milliseconds {
        let seconds = Int((range.upperBound - range.lowerBound).count / 1_000)
        let reach = happens(inPercent: 50) ? seconds / 10 : seconds
        return range.lowerBound + .seconds(Int64(roll(reach + 1)))
    }

    /// -1 to 1 from a place in a run: what is left out of a run moves nothing else.
    static func noise(_ seed: UInt64, _ time: Milliseconds, _ place: Int) -> Double {
        var dice = Dice(seed: seed ^ UInt64(bitPattern: time.count) &* 0x9E37_79B9 ^ UInt64(place) << 48)
        return Double(dice.roll(2_001) - 1_000) / 1_000
    }
}
