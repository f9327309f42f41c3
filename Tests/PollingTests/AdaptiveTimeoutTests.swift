import Terms
import Testing

@testable import Polling

private let usual = AdaptiveTimeout.Bounds(start: .seconds(1))

/// A unit that answers after what `latency` draws, asked `count` times: how often it was heard, and the most time-outs
/// in a row.
private func run(
    _ count: Int, seed: UInt64, bounds: AdaptiveTimeout.Bounds = usual,
    latency: (Int, inout SeededRandom) -> Int64?
) -> (heard: Int, longestSilence: Int, timeout: Milliseconds) {
    var random = SeededRandom(seed: seed)
    var timeout = AdaptiveTimeout(bounds: bounds)
    var (heard, silence, longest) = (0, 0, 0)
    for number in 0..<count {
        if let milliseconds = latency(number, &random), milliseconds <= timeout.current.count {
            timeout.answered(after: Int(milliseconds) * 1_000_000)
            heard += 1
            silence = 0
        } else {
            timeout.timedOut()
            silence += 1
            longest = max(longest, silence)
        }
        precondition(timeout.current >= bounds.lowest && timeout.current <= bounds.highest)
    }
    return (heard, longest, timeout.current)
}

@Suite struct AdaptiveTimeoutTests {
    @Test func itStartsAsConfiguredAndShrinksSlowly() {
        var timeout = AdaptiveTimeout(bounds: usual)
        #expect(timeout.current == .seconds(1))
        timeout.answered(after: 20_000_000)
        #expect(timeout.current > Milliseconds(990))
        for _ in 0..<100 { timeout.answered(after: 20_000_000) }
        #expect(timeout.current > Milliseconds(600))
        for _ in 0..<1_000 { timeout.answered(after: 20_000_000) }
        #expect(timeout.current == usual.lowest)
    }

    @Test func whatAnswersAskForIsKnownAtOnce() {
        var timeout = AdaptiveTimeout(bounds: usual)
        #expect(timeout.learned == nil)
        timeout.answered(after: 200_000_000)
        timeout.answered(after: 20_000_000)
        #expect(timeout.learned.map { (390...400).contains($0.count) } == true)
    }

    @Test func afterATimeoutItGrowsAtOnce() {
        var timeout = AdaptiveTimeout(bounds: usual)
        for _ in 0..<2_000 { timeout.answered(after: 20_000_000) }
        var grown: [Int64] = []
        for _ in 0..<7 {
            timeout.timedOut()
            grown.append(timeout.current.count)
        }
        #expect(grown == [200, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000])
    }

    @Test func aLineThatLosesFramesDoesNotDriveItUp() {
        let noisy = run(20_000, seed: 3) { _, random in
            Int.random(in: 0..<50, using: &random) == 0 ? nil : Int64.random(in: 10...40, using: &random)
        }
        #expect(noisy.heard > 19_400)
        #expect(noisy.timeout <= .seconds(2))
    }

    @Test(arguments: UInt64(0)..<50)
    func aHealthySlowUnitIsHeard(seed: UInt64) {
        let slow = run(2_000, seed: seed) { _, random in Int64.random(in: 1_000...6_000, using: &random) }
        #expect(slow.longestSilence <= 4, "seed \(seed)")
        #expect(slow.heard >= 1_990, "seed \(seed)")
    }

    @Test(arguments: UInt64(0)..<50)
    func aQuickUnitThatIsSometimesSlowIsHeard(seed: UInt64) {
        let mixed = run(5_000, seed: seed, bounds: AdaptiveTimeout.Bounds(start: .seconds(4))) { number, random in
            number % 100 == 99 ? Int64.random(in: 2_000...3_000, using: &random) : 40
        }
        #expect(mixed.longestSilence <= 1, "seed \(seed)")
        #expect(mixed.heard >= 4_990, "seed \(seed)")
    }

    /// Beyond the configured time-out a rare slow answer is lost; it must not cost more than itself.
    @Test func aRareAnswerThatIsSlowerThanConfiguredIsLostAlone() {
        let mixed = run(5_000, seed: 1) { number, _ in number % 100 == 99 ? 3_000 : 40 }
        #expect(mixed.longestSilence == 1)
        #expect(mixed.heard >= 4_950)
    }

    @Test func aUnitThatBecomesSlowIsFollowed() {
        let change = run(3_000, seed: 1) { number, _ in number < 2_000 ? 20 : 5_500 }
        #expect(change.heard >= 2_995)
    }

    @Test func theBoundsHoldTheStart() {
        let bounds = AdaptiveTimeout.Bounds(start: Milliseconds(50))
        #expect(bounds.lowest == Milliseconds(50))
        #expect(AdaptiveTimeout.Bounds(start: .seconds(20)).highest == .seconds(20))
    }
}

@Suite struct LineTimeoutsTests {
    /// Units 1 to 7 answer after 20 ms.
    private func line() -> LineTimeouts {
        var line = LineTimeouts()
        for unit in UInt8(1)...8 { line.add(unit: unit, bounds: usual) }
        for _ in 0..<1_000 { for unit in UInt8(1)...7 { line.answered(unit, after: 20_000_000) } }
        return line
    }

    private func probes(_ line: inout LineTimeouts, _ count: Int) -> [Int64] {
        (0..<count).map { _ in
            defer { line.timedOut(8) }
            return line.timeout(of: 8)?.count ?? 0
        }
    }

    @Test func aDeadUnitCostsMilliseconds() {
        var line = line()
        #expect(probes(&line, 12) == [1_000, 100, 100, 100, 1_000, 100, 100, 100, 2_000, 100, 100, 100])
    }

    @Test func aUnitAloneIsAlwaysWaitedForLong() {
        var line = LineTimeouts()
        line.add(unit: 8, bounds: usual)
        #expect(probes(&line, 6) == [1_000, 1_000, 2_000, 4_000, 8_000, 8_000])
        #expect(line.timeout(of: 9) == nil)
    }

    @Test(arguments: Array(stride(from: Int64(1_000), through: 6_000, by: 500)))
    func aSlowUnitThatWasGivenUpIsHeardAgain(latency: Int64) {
        var line = line()
        for _ in 0..<50 { line.answered(8, after: Int(latency) * 1_000_000) }
        for _ in 0..<3 { line.timedOut(8) }
        line.gaveUp(8)
        #expect(!line.isAlive(8))
        // It was away for an hour, and is back.
        _ = probes(&line, 20)
        let after = (0..<4).first { _ in
            if line.timeout(of: 8).map({ $0.count >= latency }) == true { return true }
            line.timedOut(8)
            return false
        }
        #expect(after != nil)
        line.answered(8, after: Int(latency) * 1_000_000)
        #expect(line.isAlive(8))
        #expect(line.timeout(of: 8).map { $0.count >= latency } == true)
    }

    @Test func aSlowUnitThatNeverAnsweredIsFound() {
        var line = line()
        let waits = probes(&line, 17)
        #expect(waits.contains { $0 >= 6_000 })
    }
}
