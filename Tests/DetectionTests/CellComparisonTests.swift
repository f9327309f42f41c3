import Terms
import Testing

@testable import Detection

/// A pack in memory whose cells follow a day: it charges at noon, discharges at night.
private struct SimplePack {
    /// What is done to the cells of one frame, mV; the time in seconds and the current in A are given.
    typealias Fault = (_ cells: inout [Double], _ second: Double, _ current: Double) -> Void

    var count = 16
    var interval = 20.0
    var seed: UInt64 = 1
    /// Seconds for which the device tells the same numbers.
    var holds = 0.0
    /// Times the current after a day and a half.
    var laterLoad = 1.0
    /// Where each cell stands among the others, mV.
    var places: [Double] = []

    /// Runs the pack and returns what was found, as `class/cell`, in order.
    func run(hours: Double, fault: Fault = { _, _, _ in }) -> [String] {
        var comparison = makeComparison()
        var random = SmallRandom(state: seed)
        var findings: [CellFinding] = []
        var frame = [Int16](repeating: 0, count: count)
        var told: [String] = []
        let offsets = places.isEmpty ? (0..<count).map { Double($0 % 3) - 1 } : places
        for step in 0..<Int(hours * 3_600 / interval) {
            let second = Double(step) * interval
            if holds > 0, step > 0, second.truncatingRemainder(dividingBy: holds) != 0 {
                comparison.observe(frame, current: Float(Self.current(at: second)), at: second, &findings)
                continue
            }
            let current = Self.current(at: second) * (second > 129_600 ? laterLoad : 1)
            let middle = 3_310 + 10 * Self.wave(second) + current * 1.5
            var cells = (0..<count).map { middle + offsets[$0] + random.next() }
            fault(&cells, second, current)
            for cell in 0..<count { frame[cell] = Int16(max(-32_000, min(32_000, cells[cell].rounded()))) }
            comparison.observe(frame, current: Float(current), at: second, &findings)
            for finding in findings where finding.isRaised { told.append("\(finding.alarm)/\(finding.cell)") }
            findings.removeAll(keepingCapacity: true)
        }
        return told
    }

    func makeComparison() -> CellComparison {
        CellComparison(count: count, rules: lfp.cells, limits: CellLimits(lfp), capacity: 50, gap: 120)
    }

    /// A; a new level every 7 minutes.
    private static func current(at second: Double) -> Double {
        let levels = [0.0, 8, 12, 3, -6, -10, -2, 0, 15, -12]
        return levels[Int(second / 420) % levels.count]
    }

    /// -1 to 1 in a day, without a library of mathematics.
    private static func wave(_ second: Double) -> Double {
        let phase = second.truncatingRemainder(dividingBy: 86_400) / 43_200 - 1
        return 1 - 2 * abs(phase)
    }
}

/// -1 to 1, the same for the same seed.
private struct SmallRandom {
    var state: UInt64
    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 40) / Double(1 << 23) - 1
    }
}

@Suite struct CellComparisonTests {
    @Test func aHealthyPackIsSilent() { #expect(SimplePack().run(hours: 72).isEmpty) }

    @Test(arguments: [1.0, 5, 20, 60]) func aDriftIsNamedAtEveryRate(interval: Double) {
        let told = SimplePack(interval: interval).run(hours: 16) { cells, second, _ in
            cells[4] += 20 * min(1, max(0, second - 36_000) / 7_200)
        }
        #expect(told == ["baselineShift/5"])
    }

    @Test(arguments: [1.0, 20]) func aShiftTooSmallForOneLookIsNamedWhenItLasts(interval: Double) {
        let told = SimplePack(interval: interval).run(hours: 24) { cells, second, _ in
            if second > 36_000 { cells[4] -= 4.5 }
        }
        #expect(told == ["baselineShift/5"])
    }

    @Test func aDeviceThatIsPolledFasterThanItReadsIsWatchedAllTheSame() {
        var pack = SimplePack(interval: 1)
        pack.holds = 10
        let told = pack.run(hours: 12) { cells, second, _ in
            cells[4] += 20 * min(1, max(0, second - 36_000) / 7_200)
        }
        #expect(told == ["baselineShift/5"])
    }

    /// Cells of 3 mΩ differ by tenths; under load that shows as millivolts and is no fault.
    @Test func resistancesThatDifferALittleAreNoShift() {
        var pack = SimplePack()
        pack.laterLoad = 2.2
        let told = pack.run(hours: 72) { cells, _, current in cells[6] += 0.9 * current }
        #expect(told.isEmpty, "\(told)")
    }

    @Test(arguments: [1.0, 5, 20, 60]) func aResistanceIsNamedAtEveryRate(interval: Double) {
        let told = SimplePack(interval: interval).run(hours: 16) { cells, second, current in
            cells[9] += current * 20 * min(1, max(0, second - 36_000) / 3_600)
        }
        #expect(Set(told).isSubset(of: ["resistance/10", "baselineShift/10"]) && !told.isEmpty, "\(told)")
    }

    @Test func aLooseSenseWireIsNoDriftOfTwoCells() {
        var random = SmallRandom(state: 7)
        var deviation = 0.0
        let told = SimplePack().run(hours: 12) { cells, second, _ in
            guard second > 36_000 else { return }
            deviation = 0.9 * deviation + 10 * random.next()
            cells[2] += deviation
            cells[3] -= deviation
        }
        #expect(told == ["senseWire/3"])
    }

    @Test func aChannelThatStandsStillIsNoOtherFault() {
        var frozen: Double?
        let told = SimplePack().run(hours: 24) { cells, second, _ in
            guard second > 36_000 else { return }
            if frozen == nil { frozen = cells[7].rounded() }
            cells[7] = frozen ?? 0
        }
        #expect(told == ["stuckChannel/8"])
    }

    @Test func aDropAtRestIsAHardShortAndADropUnderLoadIsNot() {
        let atRest = SimplePack(interval: 1).run(hours: 12) { cells, second, _ in
            // The battery rests from 40 740 s on for seven minutes.
            if second > 40_900 { cells[0] -= 200 }
        }
        #expect(atRest.first == "hardShort/1")
        let underLoad = SimplePack(interval: 1).run(hours: 11) { cells, second, current in
            if second > 36_000, current < 0 { cells[0] -= 200 }
        }
        #expect(!underLoad.contains("hardShort/1"))
        var slow = SimplePack(interval: 1)
        slow.holds = 10
        let readSlowly = slow.run(hours: 12) { cells, second, _ in
            if second > 40_500 { cells[0] -= 200 }
        }
        #expect(readSlowly.first == "hardShort/1")
        // The load begins at 41 160 s; the voltage tells it 12 s before the current does.
        let toldLate = SimplePack(interval: 1).run(hours: 11.5) { cells, second, _ in
            if second > 41_148 { cells[0] -= 200 }
        }
        #expect(!toldLate.contains("hardShort/1"))
    }

    @Test func wildReadsAndZerosAfterAStartSayNothing() {
        var random = SmallRandom(state: 3)
        let wild: [Double] = [0, 32_000, 53_000, -1, 2_400, 4_200]
        let told = SimplePack(interval: 1).run(hours: 12) { cells, second, _ in
            if second < 30 { cells = cells.map { _ in 0 } }
            if abs(random.next()) < 0.01 { cells[Int(second) % cells.count] = wild[Int(second) % wild.count] }
        }
        #expect(told.isEmpty, "\(told)")
    }

    @Test func permutingCellsPermutesTheVerdict() {
        for shift in [1, 5, 11] {
            var pack = SimplePack()
            pack.places = (0..<16).map { Double(($0 + shift) % 16 % 3) - 1 }
            let told = pack.run(hours: 16) { cells, second, _ in
                cells[(4 + shift) % 16] += 20 * min(1, max(0, second - 36_000) / 7_200)
            }
            #expect(told == ["baselineShift/\((4 + shift) % 16 + 1)"])
        }
    }

    @Test func whatAllCellsShareChangesNoVerdict() {
        for common in [-4.0, 0, 4] {
            let told = SimplePack().run(hours: 16) { cells, second, _ in
                for cell in cells.indices { cells[cell] += common }
                cells[4] += 20 * min(1, max(0, second - 36_000) / 7_200)
            }
            #expect(told == ["baselineShift/5"], "\(common) mV")
        }
    }

    @Test(arguments: [3, 4, 15, 16, 17, 96, 400]) func anyInputIsBorne(count: Int) {
        var rules = lfp
        rules.cells.peers = 3
        for seed in 1...3 as ClosedRange<UInt64> {
            var random = SmallRandom(state: seed)
            var comparison = CellComparison(
                count: count, rules: rules.cells, limits: CellLimits(rules), capacity: 50, gap: 120)
            var findings: [CellFinding] = []
            var frame = [Int16](repeating: 0, count: count)
            var second = 0.0
            let bytes = comparison.byteCount
            for _ in 0..<3_000 {
                let isWild = random.next() > 0
                for cell in 0..<count {
                    frame[cell] = isWild ? Int16(random.next() * 32_000) : Int16(3_300 + random.next() * 300)
                }
                second += random.next() * 50 + 45
                let current = random.next() > 0.9 ? Float.nan : Float(random.next() * 1e6)
                comparison.observe(frame, current: current, at: second, &findings)
                #expect(findings.allSatisfy { (1...count).contains($0.cell) })
                findings.removeAll()
            }
            #expect(comparison.byteCount == bytes)
        }
    }

    @Test(arguments: [Float.infinity, -Float.infinity, Float(1e30)])
    func aCurrentThatCannotBeBlindsNoTest(wild: Float) {
        var comparison = SimplePack().makeComparison()
        var findings: [CellFinding] = []
        for step in 0..<200 {
            let current = step == 50 ? wild : Float(step % 7)
            let frame = (0..<16).map { Int16(3_300 + step % 5 + $0 % 3) }
            comparison.observe(frame, current: current, at: Double(step) * 20, &findings)
        }
        #expect(comparison.currentMoves > 0 && comparison.currentMoves < 1e6)
    }

    @Test func aPackOfSixteenCellsNeedsLittleMemory() {
        let bytes = SimplePack().makeComparison().byteCount
        print("16 cells, LFP: \(bytes) bytes")
        #expect(bytes <= 16 * 1_024)
    }

    @Test func theMedianIsTheLowerOfTheTwoMiddleOnes() {
        var random = SmallRandom(state: 5)
        var median = CellMedian()
        for round in 0..<2_000 {
            let count = 1 + round % 40
            let spread = round.isMultiple(of: 7) ? 32_000.0 : 20
            let values = (0..<count).map { _ in Int16(random.next() * spread) }
            #expect(median.find(values, count) == values.sorted()[(count - 1) / 2])
        }
    }
}
