import Testing

@testable import Simulation

@Suite struct SplitMix64Tests {
    @Test func givesThePublishedSequence() {
        // First outputs of the reference program for the seed 1234567.
        var random = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        #expect((0..<3).map { _ in random.next() } == expected)
    }

    @Test func noiseHasMeanZeroAndDeviationOneAndBounds() {
        var random = SplitMix64(seed: 3)
        let values = (0..<20_000).map { _ in random.noise() }
        let mean = values.reduce(0, +) / 20_000
        let variance = values.reduce(0) { $0 + $1 * $1 } / 20_000
        #expect(abs(mean) < 0.03)
        #expect(abs(variance - 1) < 0.03)
        #expect(values.allSatisfy { abs($0) < 3.47 })
    }

    @Test func shufflingKeepsEveryIndexOnce() {
        var random = SplitMix64(seed: 9)
        let order = random.shuffledIndices(16)
        #expect(order.sorted() == Array(0..<16))
        #expect(order != Array(0..<16))
    }
}
