import DeviceProfiles
import Terms
import Testing

@testable import Polling

/// Two blocks that no request can join.
private func twoBlocks(_ bad: Set<Int>) -> RefusingDevice {
    RefusingDevice(points: (0..<60).map { point($0) } + (0..<4).map { point(1_000 + $0) }, bad: bad)
}

@Suite struct QuarantineTests {
    @Test func oneBadRegisterIsFoundAndTheRestIsRead() {
        var device = twoBlocks([37])
        device.sweep(12)
        #expect(device.quarantine.fences == [fence(37, 1)])
        #expect(device.plan.unreadable == [37])
        #expect(device.read == device.readable)
        #expect(device.probes.allSatisfy { $0.count <= Quarantine.probesPerSweep })
        // Six halvings of 60 points and the confirmation.
        #expect((7...13).contains(device.probes.joined().count))
        #expect(device.plans == 2)
    }

    @Test func nothingIsDoneBeforeABlockHasFailedThreeTimes() {
        var device = twoBlocks([37])
        device.sweep(3)
        #expect(device.probes.allSatisfy { $0.isEmpty })
        device.sweep()
        #expect(device.probes.last?.count == 2)
    }

    @Test func exceptionFourNeedsMorePatience() {
        var device = twoBlocks([37])
        device.exception = 4
        device.sweep(6)
        #expect(device.probes.allSatisfy { $0.isEmpty })
        device.sweep(12)
        #expect(device.quarantine.fences == [fence(37, 1)])
    }

    @Test(arguments: [UInt8(1), 5, 6, 10, 11])
    func otherExceptionsSayNothingAboutRegisters(exception: UInt8) {
        var device = twoBlocks([37])
        device.exception = exception
        device.sweep(50)
        #expect(device.probes.allSatisfy { $0.isEmpty })
    }

    @Test func whenEverythingFailsNothingIsLearned() {
        var device = twoBlocks([])
        device.isAsleep = true
        device.sweep(100)
        #expect(device.probes.allSatisfy { $0.isEmpty })
        #expect(device.quarantine.fences.isEmpty)
    }

    @Test func aDeviceThatFallsAsleepDuringTheSearchIsNotFenced() {
        var device = twoBlocks([37])
        device.sweep(5)
        device.isAsleep = true
        device.sweep(50)
        #expect(device.quarantine.fences.isEmpty)
        device.isAsleep = false
        device.bad = []
        device.sweep(5)
        #expect(device.quarantine.fences.isEmpty)
        #expect(device.read == device.readable)
    }

    @Test func aDeviceOfOneBlockIsSearchedWhenItIsHeardElsewhere() {
        var device = RefusingDevice(points: (0..<20).map { point($0) }, bad: [4, 12])
        device.sweep(30)
        #expect(device.quarantine.fences.isEmpty)
        device.sweep(30, isHeardElsewhere: true)
        #expect(device.quarantine.fences == [fence(4, 1), fence(12, 1)])
        #expect(device.read == device.readable)
    }

    @Test func aValueIsNeverCut() {
        var device = RefusingDevice(
            points: (0..<10).map { point($0 * 4, 4) } + [point(1_000)], bad: [17])
        device.sweep(20)
        #expect(device.quarantine.fences == [fence(16, 4)])
        #expect(device.probes.joined().filter { $0.address < 1_000 }.allSatisfy { $0.address % 4 == 0 })
        #expect(device.read == device.readable)
    }

    @Test func aBadRegisterThatNobodyWantsIsReadAround() {
        var device = RefusingDevice(points: [0, 1, 2, 3, 10, 11, 12].map { point($0) } + [point(1_000)], bad: [7])
        device.sweep(20)
        #expect(device.quarantine.fences == [fence(3, 8)])
        #expect(device.plan.unreadable.isEmpty)
        #expect(device.read == device.readable)
    }

    @Test func aDeviceThatTellsLessAtOnceIsAskedForLess() {
        var device = RefusingDevice(points: (0..<100).map { point($0) } + [point(1_000)])
        device.most = 60
        device.exception = 3
        device.sweep(40)
        #expect(device.read == device.readable)
        #expect(device.plan.unreadable.isEmpty)
        #expect(device.plan.requests.allSatisfy { $0.range.count <= 60 })
        // It is not tried again and again: one probe an hour for each cut.
        let before = device.probes.joined().count
        device.sweep(3 * 60, every: .minutes(1))
        #expect(device.probes.joined().count - before <= 3 * device.quarantine.fences.count)
        #expect(device.read == device.readable)
    }

    @Test func aFenceIsCheckedEveryHourAndReleased() {
        var device = twoBlocks([37, 40])
        device.sweep(20)
        #expect(device.quarantine.fences.count == 2)
        let before = device.probes.joined().count
        device.sweep(5 * 60, every: .minutes(1))
        #expect(device.probes.joined().count - before == 2 * 5)
        device.bad = [37]
        device.sweep(61, every: .minutes(1))
        #expect(device.quarantine.fences == [fence(37, 1)])
        #expect(device.read == device.readable)
    }

    @Test func lostProbesAreAskedAgain() {
        var device = twoBlocks([37])
        // The two block requests come first in each sweep.
        device.isLost = { $0 == 16 || $0 == 24 }
        device.sweep(15)
        #expect(device.quarantine.fences == [fence(37, 1)])
    }

    /// Three sweeps with two questions each; then two probes more in every sweep.
    @Test(arguments: 9..<40)
    func oneWrongRefusalFencesNothing(question: Int) {
        var device = twoBlocks([37])
        device.hasHiccup = { $0 == question }
        device.sweep(20)
        #expect(device.quarantine.fences.allSatisfy { $0.range.contains(fence(37, 1).range) })
        #expect(device.quarantine.fences.count <= 1)
    }

    @Test func aSearchThatLearnsNothingEndsAndRestsForAnHour() {
        var device = twoBlocks([37])
        device.isLost = { $0 > 12 && $0 % 4 != 2 }
        device.sweep(60)
        #expect(device.quarantine.fences.isEmpty)
        #expect(device.probes.joined().count <= 12)
    }

    @Test func theNumberOfFencesIsBounded() {
        var device = RefusingDevice(
            points: (0..<300).map { point($0) } + [point(1_000)], bad: Set((0..<150).map { $0 * 2 }))
        device.sweep(1_200)
        #expect(device.quarantine.fences.count == Quarantine.mostFences)
        let before = device.probes.joined().count
        device.sweep(100)
        #expect(device.probes.joined().count == before)
    }

    @Test(arguments: UInt64(0)..<100)
    func whateverIsBadIsFound(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let points = (0..<Int.random(in: 10...80, using: &random)).map { _ in
            let address = Int.random(in: 0...150, using: &random)
            let hasFactor = Int.random(in: 0...7, using: &random) == 0
            return point(
                address, [1, 1, 2, 4].randomElement(using: &random) ?? 1,
                scaleFactor: hasFactor ? address + Int.random(in: 4...9, using: &random) : nil)
        }
        var device = RefusingDevice(points: points + [point(1_000)])
        device.bad = Set(
            (0..<Int.random(in: 0...6, using: &random)).map { _ in Int.random(in: 0...160, using: &random) })
        device.most = Bool.random(using: &random) ? 125 : Int.random(in: 15...60, using: &random)
        device.exception = [2, 3, 4].randomElement(using: &random) ?? 2
        device.sweep(400)
        #expect(device.read == device.readable, "seed \(seed)")
        #expect(device.probes.suffix(100).joined().isEmpty, "seed \(seed)")
        #expect(Set(device.plan.unreadable).isDisjoint(with: device.readable), "seed \(seed)")
    }

    private func fence(_ address: Int, _ count: Int) -> Quarantine.Fence {
        let range = RegisterRange(function: .holdingRegisters, address: address, count: count)
        return Quarantine.Fence(range: range, proof: range)
    }
}
