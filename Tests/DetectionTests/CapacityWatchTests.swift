import Testing

/// A pack that is discharged and charged over and over; its state of charge is what it holds, in whole per cent.
private struct Cycler {
    var bench: Bench
    /// Ah that it really holds.
    var holds: Double
    /// Ah that its own counter believes in, until it sees an end of the curve.
    var believes: Double
    private var charge = 1.0
    private var told = 1.0

    init(holds: Double, believes: Double? = nil, rated: Double? = 50, interval: Int64 = 60) {
        bench = Bench(interval: interval * 1_000, capacity: rated)
        self.holds = holds
        self.believes = believes ?? holds
        self.interval = Double(interval)
    }

    private let interval: Double

    mutating func flow(_ amperes: Double, hours: Double, change: (inout Bench) -> Void = { _ in }) {
        for _ in 0..<Int(hours * 3_600 / interval) {
            let moved = amperes * interval / 3_600
            charge = min(1, max(0.005, charge + moved / holds))
            told = min(1, max(0.005, told + moved / believes))
            // At both ends the voltage tells.
            if charge >= 0.985 || charge <= 0.08 { told = charge }
            let (shown, step) = (told, Int(bench.second / interval))
            let current = charging(amperes, shown)
            bench.read(every: interval) { bench in
                bench.amperes = current
                bench.percent = (shown * 100).rounded()
                for cell in bench.volts.indices {
                    bench.volts[cell] = 3.25 + 0.05 * shown + Double(cell % 3 + step % 2) / 1_000
                }
                change(&bench)
            }
        }
    }

    private func charging(_ amperes: Double, _ shown: Double) -> Double {
        amperes > 0 && shown >= 1 || amperes < 0 && shown <= 0.005 ? 0 : amperes
    }

    /// From full to nearly empty and back, a day.
    mutating func cycle(_ days: Int, change: (inout Bench) -> Void = { _ in }) {
        for _ in 0..<days {
            flow(-holds / 8, hours: 7.8, change: change)
            flow(0, hours: 1, change: change)
            flow(holds / 8, hours: 8.2, change: change)
            flow(0, hours: 7, change: change)
        }
    }

    var fades: [String] { bench.told.filter { $0.hasPrefix("packFade") } }
}

@Suite struct CapacityWatchTests {
    @Test func aPackThatHoldsLessThanPromisedIsNamedWithItsCapacity() {
        var cycler = Cycler(holds: 30)
        cycler.cycle(1)
        #expect(cycler.fades.isEmpty)
        cycler.cycle(3)
        #expect(cycler.fades.count == 1 && cycler.bench.told.count == 1, "\(cycler.bench.told)")
        let text = cycler.bench.explanations.first ?? ""
        #expect(text.contains("pack-1 holds 30 Ah, 60 % of the 50 Ah"), "\(text)")
    }

    @Test func soIsOneWhoseCounterStillBelievesInTheRatedCapacity() {
        var cycler = Cycler(holds: 30, believes: 50)
        cycler.cycle(5)
        #expect(cycler.fades.count == 1, "\(cycler.bench.told)")
    }

    @Test(arguments: [38.0, 45, 50, 54]) func aPackThatHoldsEnoughIsNot(holds: Double) {
        var cycler = Cycler(holds: holds)
        cycler.cycle(8)
        #expect(cycler.fades.isEmpty, "\(cycler.bench.told)")
    }

    @Test(arguments: [5, 20] as [Int64]) func theRateDecidesNothing(interval: Int64) {
        var cycler = Cycler(holds: 30, interval: interval)
        cycler.cycle(4)
        #expect(cycler.fades.count == 1, "\(cycler.bench.told)")
    }

    @Test func withoutARatedCapacityNothingIsWatched() {
        var cycler = Cycler(holds: 30, rated: nil)
        cycler.cycle(4)
        #expect(cycler.fades.isEmpty)
    }

    @Test func smallSwingsAndGapsMeasureNothing() {
        var small = Cycler(holds: 30)
        for _ in 0..<12 {
            small.flow(-3.75, hours: 2.5)
            small.flow(3.75, hours: 2.5)
            small.flow(0, hours: 3)
        }
        #expect(small.fades.isEmpty, "\(small.bench.told)")
        var torn = Cycler(holds: 30)
        var frames = 0
        torn.cycle(6) { bench in
            frames += 1
            // Every hour nobody reads for three minutes.
            if frames % 60 == 0 { bench.silence(180) }
        }
        #expect(torn.fades.isEmpty, "\(torn.bench.told)")
    }

    @Test func aCurrentThatIsNotToldAndWildChargesAreNoFade() {
        var dead = Cycler(holds: 50)
        dead.cycle(5) { $0.amperes = 0 }
        #expect(dead.fades.isEmpty, "\(dead.bench.told)")
        var wild = Cycler(holds: 50)
        var frames = 0
        wild.cycle(5) { bench in
            frames += 1
            if frames % 130 == 0 { bench.percent = [0, 100, 5, 50][frames / 130 % 4] }
        }
        #expect(wild.fades.isEmpty, "\(wild.bench.told)")
    }

    @Test func aNewPackEndsTheAlarm() {
        var cycler = Cycler(holds: 30)
        cycler.cycle(4)
        cycler.holds = 50
        cycler.believes = 50
        cycler.cycle(8)
        #expect(cycler.fades.count == 2 && cycler.fades.last?.contains("cleared") == true, "\(cycler.bench.told)")
    }
}
