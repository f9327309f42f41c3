import DeviceProfiles
import Terms
import Testing

@testable import Polling

/// Blocks of 60 registers, far from each other.
private func pack(_ name: String, blocks: Int, interval: Milliseconds, slow: Milliseconds? = nil) -> LineLoad.Device {
    let cost = WireCost.rtu(SerialSettings(), turnAround: 20_000_000)
    let points = (0..<blocks).flatMap { block in
        (0..<60).map { point(block * 1_000 + $0, interval: block > 0 ? slow : nil) }
    }
    return LineLoad.Device(
        name: name, interval: interval,
        plan: ReadPlan(points: points, interval: interval, limits: ReadLimits(), cost: cost), cost: cost)
}

@Suite struct LineLoadTests {
    private func four(each interval: Milliseconds) -> LineLoad {
        LineLoad(devices: (1...4).map { pack("pack-\($0)", blocks: 4, interval: interval) })
    }

    @Test func fourPacksOfFourBlocksNeedAboutTwoPointSixSeconds() throws {
        let line = four(each: .seconds(1))
        #expect((2_600_000_000...2_660_000_000).contains(line.roundNanoseconds))
        #expect(!line.isPossible)
        #expect(line.shortestInterval.count == Int64(line.roundNanoseconds + 999_999) / 1_000_000)
        #expect((2.6...2.66).contains(line.share))
        #expect(
            line.refusal
                == "the line needs 2.7 s for what is wanted each 1s: pack-1 0.7 s, pack-2 0.7 s, pack-3 0.7 s, "
                + "pack-4 0.7 s; it can hold 2.7 s")
    }

    @Test func whatFitsIsNotRefused() {
        let line = four(each: Milliseconds(2_700))
        #expect(line.isPossible)
        #expect(line.refusal == nil)
        #expect((0.96...1).contains(line.share))
        #expect(abs(line.share - (0..<4).reduce(0) { $0 + line.share($1) }) < 1e-9)
    }

    @Test func theShortestIntervalIsTheEdge() {
        let edge = four(each: .seconds(1)).shortestInterval
        #expect(four(each: edge).isPossible)
        #expect(!four(each: edge - Milliseconds(1)).isPossible)
        #expect(four(each: .minutes(1)).shortestInterval == edge)
    }

    @Test func aSlowRequestCountsAsOftenAsItIsAsked() {
        let alone = LineLoad(devices: [pack("a", blocks: 1, interval: .seconds(1))])
        let both = LineLoad(devices: [pack("a", blocks: 2, interval: .seconds(1), slow: .seconds(10))])
        #expect(abs(both.share - alone.share * 1.1) < 1e-9)
        #expect(both.sweepNanoseconds(0) == 2 * alone.sweepNanoseconds(0))
    }

    @Test(arguments: UInt64(0)..<12)
    func theShortestIntervalFitsAndOneMillisecondLessDoesNot(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let wishes = (0..<3).map { _ in
            (blocks: Int.random(in: 1...5, using: &random), slow: Int64.random(in: 2...90, using: &random))
        }
        func line(_ interval: Milliseconds) -> LineLoad {
            LineLoad(devices: wishes.map { pack("p", blocks: $0.blocks, interval: interval, slow: .seconds($0.slow)) })
        }
        let edge = line(.seconds(1)).shortestInterval
        #expect(line(edge).isPossible, "seed \(seed)")
        #expect(!line(edge - Milliseconds(1)).isPossible, "seed \(seed)")
    }

    @Test func onlyTheHurriedDevicesAreAskedToWait() {
        let line = LineLoad(
            devices: [
                pack("fast", blocks: 8, interval: .seconds(1)), pack("slow", blocks: 2, interval: .seconds(30)),
            ])
        #expect(line.refusal?.hasPrefix("the line would have to be busy 134 % of the time: fast 1.4 s each 1s") == true)
        let edge = line.shortestInterval
        let fitting = LineLoad(
            devices: [pack("fast", blocks: 8, interval: edge), pack("slow", blocks: 2, interval: .seconds(30))])
        #expect(fitting.isPossible)
        #expect((1_330...1_350).contains(edge.count))
    }

    @Test func aUnitSwitchAndAPauseCount() {
        let one = pack("a", blocks: 1, interval: .seconds(1))
        let pausing = LineLoad.Device(
            name: "b", interval: .seconds(1), plan: one.plan, cost: one.cost.pausing(Milliseconds(300)))
        let line = LineLoad(devices: [one, pausing], unitSwitch: Milliseconds(50))
        let alone = LineLoad(devices: [one], unitSwitch: Milliseconds(50)).sweepNanoseconds(0)
        #expect(line.sweepNanoseconds(0) - alone == 50_000_000)
        #expect(line.sweepNanoseconds(1) - line.sweepNanoseconds(0) == 300_000_000 - one.cost.silence)
    }

    @Test func aLineWithoutDevicesIsPossible() {
        #expect(LineLoad(devices: []).isPossible)
        #expect(LineLoad(devices: []).roundNanoseconds == 0)
        #expect(LineLoad(devices: []).shortestInterval == Milliseconds(1))
    }
}
