import DeviceProfiles
import Terms
import Testing

@testable import Polling

private func blocks(_ count: Int, registers: Int) -> [RegisterRange] {
    (0..<count).map { RegisterRange(function: .holdingRegisters, address: $0 * 200, count: registers) }
}

/// Sweeps of each of the first `devices`.
private func counts(_ sweeps: [SimulatedLine.Sweep], devices: Int) -> [Int] {
    (0..<devices).map { device in sweeps.filter { $0.device == device && $0.values > 0 }.count }
}

@Suite struct SickDeviceTests {
    /// The mean time between two sweeps of a healthy device, milliseconds, over some minutes at 9600 baud.
    private func cycle(
        healthy: Int, dead: Int, known: Bool, blocks: [RegisterRange], minutes: Int64 = 10
    ) -> Double {
        let identified = Array(0..<(known ? healthy + dead : healthy))
        var line = SimulatedLine(
            devices: healthy + dead, identified: identified, interval: Milliseconds(100), blocks: blocks)
        line.run(until: minutes * 60_000) { device, _, now in device < healthy || known && now < 60_000 ? 20 : nil }
        let all = counts(line.sweeps, devices: healthy)
        return Double(healthy) * Double(minutes) * 60_000 / Double(all.reduce(0, +))
    }

    /// A line that is asked for more than it can hold feels every millisecond.
    @Test(arguments: [1, 2], [(4, 60), (1, 10)])
    func deadUnitsCostTheOthersLittle(dead: Int, block: (Int, Int)) {
        let blocks = blocks(block.0, registers: block.1)
        let healthy = cycle(healthy: 8 - dead, dead: 0, known: true, blocks: blocks)
        #expect(cycle(healthy: 8 - dead, dead: dead, known: false, blocks: blocks) <= 1.2 * healthy)
        #expect(cycle(healthy: 8 - dead, dead: dead, known: true, blocks: blocks) <= 1.2 * healthy)
    }

    @Test func theFirstMinuteIsNoWorse() {
        let blocks = blocks(1, registers: 10)
        let healthy = cycle(healthy: 6, dead: 0, known: true, blocks: blocks, minutes: 1)
        #expect(cycle(healthy: 6, dead: 2, known: false, blocks: blocks, minutes: 1) <= 1.2 * healthy)
    }

    @Test func theOthersKeepTheirRateWhereTheLineHasTimeToSpare() {
        var line = SimulatedLine(
            devices: 8, identified: Array(0..<8), interval: .seconds(5), blocks: blocks(2, registers: 30))
        line.run(until: 600_000) { device, _, _ in device < 6 ? 20 : nil }
        #expect(counts(line.sweeps, devices: 6).allSatisfy { $0 >= 114 })
    }

    @Test func aUnitThatComesBackIsVerifiedAndPolledAgain() {
        var line = SimulatedLine(
            devices: 1, identified: [0], interval: .seconds(1), blocks: blocks(2, registers: 10))
        line.run(until: 120_000) { _, _, now in now < 10_000 || now > 60_000 ? 20 : nil }
        let heard = line.sweeps.filter { $0.values == 2 }
        #expect(heard.contains { $0.start > 60_000 && $0.start < 110_000 })
        #expect(!line.verifications.isEmpty)
        let back = line.verifications.last ?? 0
        #expect(heard.allSatisfy { $0.start < 10_000 || $0.start >= back / 1_000_000 })
    }

    @Test func whatGotLostIsAskedOnceMoreInTheSameSweep() {
        var line = SimulatedLine(
            devices: 1, identified: [0], interval: .seconds(10), blocks: blocks(4, registers: 10))
        var number = 0
        line.run(until: 100_000) { _, _, _ in
            number += 1
            return number % 10 == 0 ? nil : 20
        }
        #expect(line.sweeps.allSatisfy { $0.values == 4 })
        #expect(line.sweeps.count == 10)
    }

    @Test func theFirstFrameOfASweepMayGetLost() {
        var line = SimulatedLine(
            devices: 1, identified: [0], interval: .seconds(10), blocks: blocks(4, registers: 10))
        var number = 0
        line.run(until: 60_000) { _, _, _ in
            number += 1
            return number == 5 ? nil : 20
        }
        #expect(line.sweeps.allSatisfy { $0.values == 4 })
        #expect(line.requests.prefix(9).map(\.request) == [0, 1, 2, 3, 0, 1, 2, 3, 0])
    }

    @Test func aBlockThatNeverAnswersIsNotAskedTwiceForLong() {
        var line = SimulatedLine(
            devices: 1, identified: [0], interval: .seconds(10), blocks: blocks(4, registers: 10))
        line.run(until: 100_000) { _, request, now in request == 2 && now < 60_000 ? nil : 20 }
        let asked = line.requests.filter { $0.request == 2 }
        // Twice in the first sweep; then once in each, until it answers.
        #expect(asked.filter { $0.time < 60_000 }.count == 7)
        #expect(asked.filter { $0.time >= 60_000 }.count == 4)
        #expect(line.sweeps.map(\.values) == [3, 3, 3, 3, 3, 3, 4, 4, 4, 4])
    }

    @Test func aSilentUnitIsNotRetried() {
        var line = SimulatedLine(
            devices: 1, identified: [0], interval: .seconds(1), blocks: blocks(4, registers: 10))
        line.run(until: 100_000) { _, _, _ in nil }
        // A second question in the first sweep, since a frame may get lost; from then on verifications only.
        #expect(line.requests.map(\.request) == [0, 1])
        #expect(line.sweeps.count == 1)
        #expect((4...8).contains(line.verifications.count))
    }
}
