@testable import Detection
import Telemetry
import Testing

/// Guards that judge each reading alone, whatever the others do: what `SiblingGuard` must come to as well.
private struct LoneGuards {
    static let possible = 2.0...4.0
    static let step = 0.06
    static let confirmations = 3

    private var guards: [StepGuard]
    private var median = Double.nan

    init(count: Int) { guards = Array(repeating: StepGuard(), count: count) }

    mutating func forget() {
        for index in guards.indices { guards[index].forget() }
        median = .nan
    }

    /// What is believed, NaN where nothing is, and how many readings stand behind it.
    mutating func judge(_ samples: [Sample]) -> [(value: Double, agreeing: Int)] {
        let readings = samples.map { sample in
            sample.quality == .good && Self.possible.contains(sample.value) ? sample.value : .nan
        }
        let sorted = readings.filter(\.isFinite).sorted()
        let before = median
        median = sorted.isEmpty ? .nan : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        let common = (median - before).isFinite ? median - before : 0
        return readings.enumerated().map { index, reading in
            guard reading.isFinite else { return (.nan, 1) }
            let verdict = guards[index].judge(
                reading, common: common, step: Self.step, confirmations: Self.confirmations)
            guard case .accepted(let agreeing) = verdict else { return (.nan, 1) }
            return (reading, agreeing)
        }
    }
}

@Suite struct SiblingGuardTests {
    private static let count = 5

    /// Cells that follow one another, and now and then one that steps, is missing, or says what no cell can.
    private func frame(_ level: inout Double, using random: inout Noise) -> [Sample] {
        level = min(3.5, max(3.1, level + Double(random.below(41) - 20) / 200))
        return (0..<Self.count).map { _ in
            let volts = level + Double(random.below(25) - 12) / 1_000
            switch random.below(150) {
            case 0: return .bad
            case 1: return Sample(value: 65.535, raw: 0, quality: .good)
            case 2: return Sample(value: volts + Double(random.below(30)) / 100, raw: 0, quality: .good)
            case 3: return Sample(value: volts, raw: 0, quality: .suspect)
            default: return Sample(value: volts, raw: 0, quality: .good)
            }
        }
    }

    @Test(arguments: 1...20)
    func framesThatAreFollowedAsAWholeAreJudgedLikeEachReadingAlone(seed: UInt64) {
        var random = Noise(state: seed)
        var level = 3.3
        var lone = LoneGuards(count: Self.count)
        var cells = SiblingGuard(
            points: Array(0..<Self.count), step: LoneGuards.step, confirmations: LoneGuards.confirmations)
        var previous = Double.nan
        var values = Array(repeating: Double.nan, count: Self.count)
        var (followed, judged) = (0, 0)
        for _ in 0..<2_000 {
            if random.below(200) == 0 {
                lone.forget()
                cells.forget()
                previous = .nan
            }
            let samples = frame(&level, using: &random)
            let expected = lone.judge(samples)
            var agreeing = Array(repeating: UInt8(1), count: Self.count)
            var heldBack: [Int] = []
            let possible = LoneGuards.possible
            if cells.follow(samples.span, in: possible, isCommon: true, &values, &heldBack) {
                followed += 1
            } else {
                judged += 1
                let before = cells.isSettled ? cells.median() : previous
                _ = cells.read(samples.span, in: possible)
                previous = cells.median()
                let common = previous - before
                cells.judge(common: common.isFinite ? common : 0, &agreeing)
                cells.put(samples.span, &values, &heldBack)
            }
            #expect(values.map(\.bitPattern) == expected.map(\.value.bitPattern))
            #expect(agreeing.map(Int.init) == expected.map(\.agreeing))
            #expect(heldBack == samples.indices.filter { samples[$0].quality == .good && !values[$0].isFinite })
        }
        #expect(followed > 200 && judged > 200, "\(followed) followed, \(judged) judged")
    }
}

/// The same numbers in every run (Knuth's linear congruential generator).
private struct Noise {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }
}
