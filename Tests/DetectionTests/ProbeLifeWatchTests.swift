import Telemetry
import Testing

/// °C of a day: up by `swing` in the morning, down at night, in whole tenths.
private func warmth(_ second: Double, swing: Double) -> Double {
    let phase = second.truncatingRemainder(dividingBy: 86_400) / 43_200
    return 20 + (swing * (phase < 1 ? phase : 2 - phase) * 10).rounded() / 10
}

extension Bench {
    /// All probes follow the day; whole degrees where `isCoarse`, each with its own threshold.
    fileprivate mutating func warm(_ swing: Double, isCoarse: Bool = false) {
        for probe in celsius.indices {
            let value = warmth(second, swing: swing) + Double(probe) * 0.3
            celsius[probe] = isCoarse ? value.rounded() : value
        }
        volts[0] = 3.3 + Double(Int(second / 20) % 2) / 1_000
    }

    fileprivate mutating func live(hours: Double, _ change: (inout Bench) -> Void = { _ in }) {
        read(Int(hours * 180), every: 20) { bench in
            bench.warm(12)
            change(&bench)
        }
    }
}

@Suite struct ProbeLifeWatchTests {
    @Test func aProbeThatStandsWhileTheOthersMoveIsDeadAndNoDangerIsTold() {
        var bench = Bench(interval: 20_000)
        bench.live(hours: 3)
        let stood = bench.celsius[2]
        bench.live(hours: 9) { $0.celsius[2] = stood }
        #expect(bench.told.count == 1 && bench.told.first?.hasPrefix("probeDead/3 raised") == true, "\(bench.told)")
        #expect(bench.explanations.first?.contains("the probe or its cable is suspect") == false)
        #expect(bench.explanations.first?.contains("The probe or its cable is suspect, not the battery.") == true)
        #expect(bench.explanations.first?.contains("has stood at \(stood) °C for") == true, "\(bench.explanations)")
        bench.live(hours: 2)
        #expect(bench.told.last?.hasPrefix("probeDead/3 cleared") == true, "\(bench.told)")
    }

    @Test(arguments: [1.0, 5, 60]) func itIsFoundAtEveryRate(interval: Double) {
        var bench = Bench(interval: Int64(interval * 1_000))
        bench.read(Int(36_000 / interval), every: interval) { bench in
            bench.warm(18)
            bench.celsius[5] = min(bench.celsius[5], 22.5)
        }
        #expect(bench.told.filter { $0.hasPrefix("probeDead") }.count == 1, "\(bench.told)")
        #expect(bench.told.contains { $0.hasPrefix("probeDead/6 raised") }, "\(bench.told)")
    }

    @Test func probesOfWholeDegreesThatStandForHoursAreSound() {
        var bench = Bench(interval: 20_000)
        // 2 °C a day: each probe stands for ten hours and more.
        bench.read(3 * 4_320, every: 20) { $0.warm(2, isCoarse: true) }
        #expect(bench.told.isEmpty, "\(bench.told)")
    }

    @Test func aProbeOfCoarseStepsMayStandForLonger() {
        var bench = Bench(interval: 20_000)
        bench.read(2 * 4_320, every: 20) { bench in
            bench.warm(14)
            bench.celsius[4] = (bench.celsius[4] / 4).rounded() * 4
        }
        #expect(bench.told.isEmpty, "\(bench.told)")
    }

    @Test(arguments: [-40.0, -273.1, 327.6, 6_553.5, 655.35]) func aProbeOffItsScaleIsDead(celsius: Double) {
        var bench = Bench(interval: 20_000)
        bench.live(hours: 1)
        bench.live(hours: 1) { $0.celsius[1] = celsius }
        #expect(bench.told.count == 1 && bench.told.first?.hasPrefix("probeDead/2 raised") == true, "\(bench.told)")
    }

    @Test(arguments: [Quality.suspect, .notImplemented]) func soIsOneThatTellsNoTemperatureAnyMore(quality: Quality) {
        var bench = Bench(interval: 20_000)
        bench.live(hours: 1)
        bench.doubt(probe: 4, quality)
        bench.live(hours: 1)
        #expect(bench.told.count == 1 && bench.told.first?.hasPrefix("probeDead/4 raised") == true, "\(bench.told)")
    }

    @Test func aProbeThatWasNeverThereIsNotMissed() {
        var bench = Bench(interval: 20_000)
        bench.doubt(probe: 8, .notImplemented)
        bench.live(hours: 30) { $0.celsius[6] = -40 }
        #expect(bench.told.isEmpty, "\(bench.told)")
    }

    @Test func wildReadsZerosMarkersOfAllAndFailedReadsSayNothing() {
        var bench = Bench(interval: 1_000)
        bench.read(3_600) { $0.warm(12) }
        bench.read(7_200) { bench in
            bench.warm(12)
            let second = Int(bench.second)
            if second % 97 == 0 { bench.celsius[second % 8] = [-40, 6_553.5, 100, 0][second % 4] }
        }
        bench.read(189) { $0.celsius = Array(repeating: 0, count: Bench.cells) }
        bench.read(1_800) { $0.celsius = Array(repeating: -40, count: Bench.cells) }
        bench.read(600) { $0.warm(12) }
        bench.doubt(probe: 3, .bad)
        bench.read(7_200) { $0.warm(12) }
        #expect(bench.told.isEmpty, "\(bench.told)")
    }

    @Test func whatMovedWhileNobodyLookedIsNoProof() {
        var bench = Bench(interval: 20_000)
        bench.live(hours: 1)
        let stood = bench.celsius[2]
        for _ in 0..<4 {
            bench.read(1, every: 5_400) { bench in
                bench.warm(12)
                bench.celsius[2] = stood
            }
            bench.live(hours: 0.3) { $0.celsius[2] = stood }
        }
        #expect(bench.told.filter { $0.hasPrefix("probeDead") }.isEmpty, "\(bench.told)")
    }
}
