internal import DeviceProfiles

/// What requests of one function cost, in nanoseconds times a weight per class.
struct CoverPrices {
    /// How much a nanosecond counts, by class; the class that is asked most often counts most.
    let weights: [Int128]
    /// Whether the weights are exact shares.
    let isExact: Bool
    /// Of any request, however short.
    let fixed: Int
    private let byte: Int
    private let isBits: Bool

    /// - Parameter sweeps: For each class, in how many sweeps it is asked once; all different.
    init(_ cost: WireCost, _ function: ReadFunction, sweeps: [Int]) {
        fixed = cost.turnAround + cost.frame
        byte = cost.byte
        isBits = function.isBits
        let exact = Self.exactWeights(sweeps)
        weights = exact ?? sweeps.map { Self.powerOfTwoScale >> Int128(Self.log2(Int128(min($0, Self.mostSweeps)))) }
        isExact = exact != nil
    }

    /// Of the payload of a request for `count` addresses. A negative count gives the least that can be saved by it.
    func payload(_ count: Int) -> Int { byte * (isBits ? (count + 7) >> 3 : count * 2) }

    /// Whether growing over a gap of so many addresses can be as cheap as a new request.
    func mayBridge(gap: Int) -> Bool { fixed + payload(-gap) + (isBits ? byte : 0) >= 0 }

    /// What beginning a new request at or after `at` may cost more, at most, than growing one that holds `start` up to
    /// `end` now.
    func startingAnew(_ start: Int, _ end: Int, at: Int) -> Int {
        fixed + payload(start - at) + payload(end - start)
    }

    /// What growing the first request may cost more, at most, than growing the second one to the same end.
    func followingUp(_ start: Int, _ end: Int, _ otherStart: Int, _ otherEnd: Int) -> Int {
        payload(otherStart - start) - payload(end - start) + payload(otherEnd - otherStart)
    }

    /// Shares on a common scale; nil where the scale would not fit: four and more classes with large numbers without a
    /// common divisor. Then each number of sweeps counts as the power of two below it, and the plan costs less than
    /// twice the best one.
    private static func exactWeights(_ sweeps: [Int]) -> [Int128]? {
        let bounded = sweeps.map { Int128(min($0, mostSweeps)) }
        var scale: Int128 = 1
        for number in bounded {
            scale = scale / greatestCommonDivisor(scale, number) * number
            guard scale <= largestScale else { return nil }
        }
        return bounded.map { scale / $0 }
    }

    /// 12 days at one sweep a second: what is wanted more seldom counts like this.
    private static let mostSweeps = 1 << 20
    private static let powerOfTwoScale = Int128(1) << 20
    /// Three classes always fit. 2^18 requests of 2^36 ns (68 s) each, on this scale, still fit into 127 bits.
    private static let largestScale = Int128(1) << 72

    private static func log2(_ number: Int128) -> Int { 127 - number.leadingZeroBitCount }

    private static func greatestCommonDivisor(_ a: Int128, _ b: Int128) -> Int128 {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}
