import Testing

@testable import Simulation

@Suite struct HealthyHomeTests {
    /// Two days of one home in steps of 10 s, with every reading looked at.
    struct Watch {
        var plateauSpreads: [Int] = []
        var kneeSpreads: [Int] = []
        var highestMillivolts = 0
        var lowestMillivolts = Int.max
        var highestDecidegrees = Int.min
        var lowestDecidegrees = Int.max
        var widestTemperatureSpread = 0
        var largestCentiamperes = 0
        var smallestCentiamperes = 0
        var highestGridVolts = 0.0
        var largestChargeStepPermille = 0
        var alarmCount = 0

        init(seed: UInt64) {
            var home = SimulatedHome(seed: seed, largestStepSeconds: 10)
            for _ in 0..<17_280 {
                let before = home.packs.map(\.monitor.reading.stateOfChargePermille)
                home.step(by: 10)
                highestGridVolts = max(highestGridVolts, home.inverter.phaseVolts.max() ?? 0)
                if !home.latchedBatteryEvents.isEmpty || !home.inverter.events.isEmpty { alarmCount += 1 }
                for (pack, old) in zip(home.packs, before) {
                    look(at: pack)
                    let step = abs(pack.monitor.reading.stateOfChargePermille - old)
                    largestChargeStepPermille = max(largestChargeStepPermille, step)
                }
            }
        }

        private mutating func look(at pack: Pack) {
            let reading = pack.monitor.reading
            let median = reading.cellMillivolts.sorted()[Pack.cellCount / 2]
            let spread = reading.highestCellMillivolts - reading.lowestCellMillivolts
            if median > 3_380 { kneeSpreads.append(spread) }
            if (0.4...0.92).contains(pack.meanStateOfCharge) { plateauSpreads.append(spread) }
            highestMillivolts = max(highestMillivolts, reading.highestCellMillivolts)
            lowestMillivolts = min(lowestMillivolts, reading.lowestCellMillivolts)
            highestDecidegrees = max(highestDecidegrees, reading.highestDecidegrees)
            lowestDecidegrees = min(lowestDecidegrees, reading.lowestDecidegrees)
            widestTemperatureSpread = max(
                widestTemperatureSpread, reading.highestDecidegrees - reading.lowestDecidegrees)
            largestCentiamperes = max(largestCentiamperes, reading.currentCentiamperes)
            smallestCentiamperes = min(smallestCentiamperes, reading.currentCentiamperes)
            if !reading.protections.isEmpty || !reading.warnings.isEmpty { alarmCount += 1 }
        }
    }

    @Test(arguments: [UInt64(1), 77, 4_096])
    func staysInsideEveryLimitForTwoDays(seed: UInt64) {
        let watch = Watch(seed: seed)
        #expect(watch.alarmCount == 0)
        #expect(watch.highestMillivolts < 3_500)
        #expect(watch.lowestMillivolts > 3_000)
        #expect(watch.highestDecidegrees < 320)
        #expect(watch.lowestDecidegrees > 180)
        #expect(watch.widestTemperatureSpread < 15)
        #expect(watch.largestCentiamperes < 3_200)
        #expect(watch.smallestCentiamperes > -4_200)
        #expect(watch.highestGridVolts < 250)
        #expect(watch.largestChargeStepPermille <= 10)
        #expect(watch.largestCentiamperes > 2_000, "it charges at some time")
        #expect(watch.smallestCentiamperes < -1_000, "it discharges at some time")
        expectSpreads(watch)
    }

    private func expectSpreads(_ watch: Watch) {
        let plateau = watch.plateauSpreads.sorted()
        let knee = watch.kneeSpreads.sorted()
        #expect(plateau.count > 5_000 && knee.count > 5_000)
        #expect((1...3).contains(plateau[plateau.count / 2]))
        #expect(plateau[plateau.count * 99 / 100] <= 9)
        #expect(knee[knee.count / 100] >= 22)
        #expect(knee[knee.count * 99 / 100] <= 28)
        #expect(knee[knee.count - 1] <= 35)
    }

    @Test func startsChargingInTheLateMorning() {
        var home = SimulatedHome(seed: 5)
        home.step(by: 60)
        for pack in home.packs {
            #expect((2_000...2_700).contains(pack.monitor.reading.currentCentiamperes))
            #expect((530...570).contains(pack.monitor.reading.stateOfChargePermille))
            #expect((5_200...5_400).contains(pack.monitor.reading.voltageCentivolts))
        }
        #expect(home.inverter.solarWatts > 4_000)
    }

    @Test func sameSeedGivesTheSameBytesAndAnotherDoesNot() {
        func words(_ seed: UInt64) -> [[UInt16]] {
            var home = SimulatedHome(seed: seed)
            home.step(by: 300)
            return [InverterRegisters.block(home).words] + home.packs.map { PackRegisters.block($0).words }
        }
        #expect(words(6) == words(6))
        #expect(words(6) != words(7))
    }

    @Test func longStepsAreCutIntoShortOnes() {
        var once = SimulatedHome(seed: 8)
        var often = SimulatedHome(seed: 8)
        once.step(by: 120)
        for _ in 0..<120 { often.step(by: 1) }
        #expect(PackRegisters.block(once.packs[1]) == PackRegisters.block(often.packs[1]))
    }
}
