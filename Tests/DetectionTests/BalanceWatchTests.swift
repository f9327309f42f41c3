import Detection
import Telemetry
import Testing

extension Bench {
    /// One charge: an hour into the top of the curve, where a cell runs ahead, and back to the plateau.
    fileprivate mutating func charge(
        ahead: Double = 0.062, cell: Int = 5, restHours: Double = 20, balancing: UInt64 = 0,
        change: (inout Bench) -> Void = { _ in }
    ) {
        flow(10, hours: 1) { bench, share in
            bench.level(3.33 + 0.11 * share)
            bench.volts[cell - 1] += ahead * share
            // For a while only, as real balancers do.
            bench.balanced = share > 0.8 && share < 0.9 ? balancing : 0
            change(&bench)
        }
        flow(-5, hours: 1) { bench, share in bench.level(3.30 - 0.01 * share) }
        flow(0, hours: restHours) { bench, _ in bench.level(3.29) }
    }

    private mutating func level(_ volt: Double) {
        for index in volts.indices { volts[index] = volt + Double((index + Int(second / 60)) % 3) / 1_000 }
    }

    private mutating func flow(_ current: Double, hours: Double, _ change: (inout Bench, Double) -> Void) {
        let steps = Int(hours * 60)
        for step in 0..<steps {
            read(every: 60) { bench in
                bench.amperes = current
                change(&bench, Double(step) / Double(steps))
            }
        }
    }

    fileprivate var balancing: [String] { told.filter { $0.hasPrefix("balancing") } }
}

@Suite struct BalanceWatchTests {
    private func bench(_ tellsBalancing: Bool = true, active: Set<AlarmPlace> = []) -> Bench {
        Bench(interval: 60_000, capacity: 50, tellsBalancing: tellsBalancing, active: active)
    }

    @Test func aHighCellThatIsNeverBalancedIsNamedAfterEightCharges() {
        var bench = bench()
        for _ in 0..<7 { bench.charge() }
        #expect(bench.balancing.isEmpty, "\(bench.told)")
        bench.charge()
        #expect(bench.balancing.count == 1 && bench.balancing.first?.hasPrefix("balancing/5 raised") == true)
        let text = bench.explanations.first { $0.contains("never balanced") }
        #expect(text?.contains("Cell 5 of pack-1") == true && text?.contains("8 charges in a row") == true)
    }

    @Test func oneChargeInWhichItIsBalancedBeginsAnew() {
        var bench = bench()
        for _ in 0..<7 { bench.charge() }
        bench.charge(balancing: 1 << 4)
        for _ in 0..<7 { bench.charge() }
        #expect(bench.balancing.isEmpty, "\(bench.told)")
    }

    @Test func oneChargeInWhichItDoesNotLeadBeginsAnew() {
        for (ahead, cell) in [(0.030, 5), (0.062, 3)] {
            var bench = bench()
            for _ in 0..<7 { bench.charge() }
            bench.charge(ahead: ahead, cell: cell)
            for _ in 0..<7 { bench.charge() }
            #expect(bench.balancing.isEmpty, "\(bench.told)")
        }
    }

    @Test func balancingAnotherCellHelpsNothing() {
        var bench = bench()
        for _ in 0..<8 { bench.charge(balancing: 1 << 2 | 1 << 7) }
        #expect(bench.balancing.count == 1)
    }

    @Test func chargesOfOneDayAreOne() {
        var bench = bench()
        for _ in 0..<20 { bench.charge(restHours: 0.1) }
        #expect(bench.balancing.isEmpty, "\(bench.told)")
    }

    @Test func healthyPacksAndDevicesThatDoNotSayAreSilent() {
        var healthy = bench()
        for _ in 0..<12 { healthy.charge(ahead: 0.035) }
        #expect(healthy.balancing.isEmpty, "\(healthy.told)")
        var mute = bench(false)
        for _ in 0..<12 { mute.charge() }
        #expect(mute.balancing.isEmpty, "\(mute.told)")
        var unread = bench()
        for _ in 0..<12 { unread.charge { $0.qualities = [Bench.cells * 2 + 5: .bad] } }
        #expect(unread.balancing.isEmpty, "\(unread.told)")
    }

    @Test func anAlarmEndsOnceTheCellIsBalancedAgain() {
        var bench = bench()
        for _ in 0..<8 { bench.charge() }
        for _ in 0..<3 { bench.charge(balancing: 1 << 4) }
        #expect(bench.balancing.last?.hasPrefix("balancing/5 cleared") == true, "\(bench.told)")
    }

    @Test func anAlarmFromBeforeARestartWaitsForItsCell() {
        var bench = bench(active: [AlarmPlace(alarm: "balancing", place: 5)])
        for _ in 0..<9 { bench.charge() }
        #expect(bench.balancing.isEmpty, "\(bench.told)")
    }
}
