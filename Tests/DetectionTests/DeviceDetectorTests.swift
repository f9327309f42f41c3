import Detection
import Telemetry
import Terms
import Testing

struct DeviceDetectorTests {
    @Test func aHealthyPackSaysNothingForADay() {
        var bench = Bench()
        bench.read(8_640, every: 10) { bench in
            let phase = Double(Int(bench.second) % 7_200) / 3_600
            let wave = phase < 1 ? phase : 2 - phase
            bench.amperes = phase < 1 ? 10 : -10
            for cell in bench.volts.indices { bench.volts[cell] = 3.30 + 0.02 * wave + 0.001 * Double(cell % 3) }
            bench.percent = 50 + 10 * wave
        }
        #expect(bench.told.isEmpty)
    }

    @Test func theHotCellIsNamedAfterTwoAgreeingReadings() {
        var bench = Bench()
        // Too slow for a runaway.
        bench.read(90) { $0.celsius[2] += 0.4 }
        #expect(bench.told.first == "cellTemperatureHigh/3 raised at 89")
        #expect(bench.explanations.first?.contains("Cell 3 of pack-1 is at 60.6 °C") == true)
    }

    @Test func whileChargingTheLimitIsLower() {
        var bench = Bench()
        bench.amperes = 10
        bench.celsius = Array(repeating: 54, count: Bench.cells)
        bench.read(5)
        #expect(bench.told.isEmpty)
        bench.celsius[0] = 56
        bench.read(2)
        #expect(bench.told == ["cellTemperatureHigh/1 raised at 7"])
        #expect(bench.explanations[0].contains("while it charges"))
    }

    @Test func chargingBelowFreezingIsToldAndColdAloneIsNot() {
        var cold = Bench()
        cold.celsius = Array(repeating: -5, count: Bench.cells)
        cold.read(60)
        #expect(cold.told.isEmpty)
        cold.amperes = 5
        cold.read(12)
        #expect(cold.told.count == Bench.cells)
        #expect(cold.told[0] == "cellTemperatureLow/1 raised at 71")
    }

    @Test(arguments: [0.1, 0.5, 1.0, 2.0]) func aRunawayIsFoundBeforeTheLimit(interval: Double) {
        var bench = Bench(interval: Int64(interval * 1_000))
        bench.read(10, every: interval)
        var found: Double?
        while found == nil, bench.celsius[4] < 100 {
            bench.read(every: interval) { $0.celsius[4] += 1.2 * interval }
            if !bench.told.isEmpty { found = bench.celsius[4] }
        }
        #expect(bench.told.first?.hasPrefix("temperatureRise/5 raised") == true)
        #expect((found ?? 100) < 52)
    }

    @Test(arguments: [5.0, 20.0, 60.0]) func aRunawayIsAcceptedAtEveryRate(interval: Double) {
        var bench = Bench(interval: Int64(interval * 1_000))
        bench.read(3, every: interval)
        bench.read(Int(60 / interval) + 2, every: interval) { $0.celsius[4] += interval }
        #expect(bench.told.contains { $0.hasPrefix("cellTemperatureHigh/5 raised") })
    }

    @Test func oneWildReadingMovesNothing() {
        for (cell, value) in [(0, 0.0), (1, 5.0), (2, 3.9)] {
            var bench = Bench()
            bench.read(20)
            bench.read { $0.volts[cell] = value }
            bench.read(20) { $0.volts[cell] = 3.30 }
            #expect(bench.told.isEmpty, "\(value) V")
        }
        for celsius in [0.0, 100, -40] {
            var bench = Bench()
            bench.read(20)
            bench.read { $0.celsius[3] = celsius }
            bench.read(20) { $0.celsius[3] = 25 }
            #expect(bench.told.isEmpty, "\(celsius) °C")
        }
    }

    @Test func aWildReadingIsKnownToBeHeldBackAndItsNeighboursAreNot() {
        var bench = Bench()
        bench.read(20)
        #expect(!bench.isHeldBack(cell: 3))
        bench.read { $0.volts[2] = 3.9 }
        #expect(bench.isHeldBack(cell: 3))
        #expect(!bench.isHeldBack(cell: 4))
        bench.read { $0.volts[2] = 3.30 }
        #expect(!bench.isHeldBack(cell: 3))
    }

    @Test func minutesOfZeroDegreesWithAValidChecksumAreNoFault() {
        var bench = Bench()
        bench.amperes = 10
        bench.read(20)
        bench.read(189) { $0.celsius = Array(repeating: 0, count: Bench.cells) }
        bench.read(60) { $0.celsius = Array(repeating: 25, count: Bench.cells) }
        #expect(bench.told.isEmpty)
    }

    @Test func zerosAtBootAreNoFault() {
        var bench = Bench()
        bench.volts = Array(repeating: 0, count: Bench.cells)
        bench.read(2)
        bench.volts = Array(repeating: 3.30, count: Bench.cells)
        bench.read(20)
        #expect(bench.told.isEmpty)
    }

    @Test func aHardStepThatPersistsIsBelieved() {
        var bench = Bench()
        bench.read(20)
        bench.volts[6] = 2.50
        bench.read(10)
        #expect(bench.told.first == "cellVoltageLow/7 raised at 25")
    }

    @Test func overVoltageComesAndGoesWithItsDelays() {
        var bench = Bench()
        bench.read(10)
        bench.read(10) { $0.volts[1] = min(3.62, $0.volts[1] + 0.05) }
        bench.read(5)
        #expect(bench.told.first == "cellVoltageHigh/2 raised at 19")
        bench.volts[1] = 3.58
        bench.read(100)
        #expect(!bench.told.contains { $0.hasPrefix("cellVoltageHigh/2 cleared") })
        bench.volts[1] = 3.55
        bench.read(31)
        #expect(bench.told.contains("cellVoltageHigh/2 cleared at 156"))
    }

    @Test func aCellThatStandsOutIsNamedWithItsDistance() {
        var bench = Bench()
        bench.volts[5] = 3.335
        for second in 0..<200 { bench.read { $0.volts[0] = second.isMultiple(of: 2) ? 3.300 : 3.301 } }
        #expect(bench.told.count == 1 && bench.told.first?.hasPrefix("resistance/6 raised at 18") == true)
        #expect(bench.explanations[0].contains("35 mV above"))
    }

    @Test func aProbeThatLeavesItsUsualDistanceIsNamed() {
        var bench = Bench()
        bench.celsius[2] = 28
        bench.read(2_000)
        #expect(bench.told.isEmpty)
        bench.read(700) { $0.celsius[2] += 0.02 }
        #expect(bench.told.count == 1 && bench.told.first?.hasPrefix("thermal/3 raised at 24") == true, "\(bench.told)")
        #expect(bench.explanations[0].contains("3.0 °C is usual"))
    }

    @Test func aMarkerThatIsRepeatedIsNoVoltage() {
        var bench = Bench()
        bench.read(10)
        let before = bench.volts
        bench.volts = Array(repeating: 66.535, count: Bench.cells)
        bench.read(58)
        bench.volts = before
        bench.read(60)
        #expect(bench.told.isEmpty, "\(bench.told)")
    }

    @Test(arguments: [1, 3, 10]) func zerosAfterAStartAreNoValues(frames: Int) {
        var bench = Bench()
        let (volts, percent) = (bench.volts, bench.percent)
        bench.volts = Array(repeating: 0, count: Bench.cells)
        bench.celsius = Array(repeating: 0, count: Bench.cells)
        bench.percent = 0
        bench.read(frames)
        (bench.volts, bench.percent) = (volts, percent)
        bench.celsius = Array(repeating: 25, count: Bench.cells)
        bench.read(300)
        #expect(bench.told.isEmpty, "\(bench.told)")
    }

    /// A driver that starts anew: zeros, then frames that are half filled.
    private func restart(_ bench: inout Bench, every interval: Double = 1) {
        let volts = bench.volts
        bench.volts = Array(repeating: 0, count: Bench.cells)
        bench.read(3, every: interval)
        bench.volts = volts
    }

    @Test func forTenFramesAfterADriversRestartValuesRaiseAndEndNothing() {
        var bench = Bench()
        bench.read(20)
        restart(&bench)
        bench.volts[1] = 2.60
        bench.read(10)
        #expect(bench.told.isEmpty, "\(bench.told)")
        bench.volts[1] = 3.30
        bench.read(20)
        #expect(bench.told.isEmpty, "\(bench.told)")
        bench.volts[1] = 2.60
        bench.read(20)
        #expect(bench.told.count == 1 && bench.told.first?.hasPrefix("cellVoltageLow/2 raised") == true)
        restart(&bench)
        bench.volts[1] = 3.30
        // Three readings until it is believed, thirty seconds until it ends, from the end of the silence.
        bench.read(38)
        #expect(bench.told.count == 1, "\(bench.told)")
        bench.read(10)
        #expect(bench.told.last?.hasPrefix("cellVoltageLow/2 cleared") == true, "\(bench.told)")
    }

    @Test func aSlowDeviceIsBlindForTwoMinutesOnly() {
        var bench = Bench(interval: 60_000)
        bench.read(20, every: 60)
        restart(&bench, every: 60)
        bench.volts[1] = 2.60
        // Believed with the third frame, which is also beyond the two minutes.
        bench.read(5, every: 60)
        #expect(bench.told.first?.hasPrefix("cellVoltageLow/2 raised") == true, "\(bench.told)")
    }

    @Test func dangerIsToldAlsoAfterADriversRestart() {
        var bench = Bench()
        bench.read(20)
        restart(&bench)
        bench.celsius[3] = 70
        bench.read(3)
        #expect(bench.told.contains { $0.hasPrefix("cellTemperatureHigh/4 raised") }, "\(bench.told)")
        // And does not end with half a frame.
        restart(&bench)
        bench.celsius[3] = 25
        bench.read(9)
        #expect(!bench.told.contains { $0.contains("cleared") }, "\(bench.told)")
    }

    @Test func theKneeAllowsMore() {
        var bench = Bench()
        bench.volts = Array(repeating: 3.45, count: Bench.cells)
        bench.volts[5] = 3.485
        for second in 0..<400 { bench.read { $0.volts[0] = second.isMultiple(of: 2) ? 3.450 : 3.451 } }
        #expect(bench.told.isEmpty)
    }

    @Test func aChargeThatJumpsIsToldOnceItIsConfirmed() {
        var bench = Bench()
        bench.read(10)
        bench.percent = 35
        bench.read()
        #expect(bench.told.isEmpty)
        bench.read()
        #expect(bench.told == ["socJump raised at 12"])
        #expect(bench.explanations[0].contains("from 50 % to 35 %"))
    }

    @Test(arguments: [1.0, 30, 60]) func aJumpIsToldAtEveryRateAgainstTheChargeThatMoved(interval: Double) {
        var bench = Bench(interval: Int64(interval * 1_000), capacity: 50)
        bench.amperes = 10
        bench.read(10, every: interval)
        bench.percent = 58
        bench.read(2, every: interval)
        #expect(bench.told.contains { $0.hasPrefix("socJump raised") }, "\(bench.told)")
    }

    @Test func aChargeThatTheCurrentExplainsIsNoJump() {
        var bench = Bench(interval: 60_000, capacity: 50)
        bench.amperes = 250
        bench.read(10, every: 60) { $0.percent += 8 }
        #expect(!bench.told.contains { $0.hasPrefix("socJump") }, "\(bench.told)")
    }

    @Test func chargeThatMovedWhileTheDataStoodStillIsNoJump() {
        var bench = Bench()
        bench.amperes = 20
        bench.read(10)
        bench.beats = false
        bench.read(1_200)
        bench.beats = true
        bench.percent = 70
        bench.read(10)
        #expect(bench.told.contains { $0.hasPrefix("frozenData raised") })
        #expect(!bench.told.contains { $0.hasPrefix("socJump") }, "\(bench.told)")
    }

    @Test func oneWrongChargeAndARecalibrationAreNoJump() {
        var wild = Bench()
        wild.read(10)
        wild.read { $0.percent = 0 }
        wild.read(10) { $0.percent = 50 }
        #expect(wild.told.isEmpty)
        var full = Bench()
        full.percent = 90
        full.read(10)
        full.percent = 100
        full.read(10)
        #expect(full.told.isEmpty)
    }

    @Test func dataThatStandsStillWhileCurrentFlowsIsANoticeAfterAQuarterOfAnHour() {
        var bench = Bench()
        bench.amperes = 12
        bench.beats = false
        bench.read(900)
        #expect(bench.told.isEmpty)
        bench.read(10)
        #expect(bench.told == ["frozenData raised at 902"])
    }

    @Test func silenceIsToldAndEndsWithAnAnswer() {
        var bench = Bench()
        bench.read(5)
        bench.silence(60, asking: true)
        #expect(bench.told == ["dataLost raised at 35"])
        bench.read(20)
        #expect(bench.told == ["dataLost raised at 35", "dataLost cleared at 76"])
    }

    @Test func aDeviceThatNeverAnsweredIsLostToo() {
        var bench = Bench()
        bench.silence(31)
        #expect(bench.told == ["dataLost raised at 30"])
    }

    @Test func silenceDuringAnAlarmClearsNothing() {
        var bench = Bench()
        bench.bits = 1 << 3
        bench.read(3)
        bench.silence(600, asking: true)
        #expect(bench.told == ["maker.3 raised at 2", "dataLost raised at 33"])
    }

    @Test func everyBitIsToldByItsOwnName() {
        for bit in 0..<16 {
            var bench = Bench()
            bench.read(2)
            bench.bits = 1 << UInt64(bit)
            bench.read(2)
            #expect(bench.told == ["maker.\(bit) raised at 4"])
            bench.bits = 0
            bench.read(31)
            #expect(bench.told.last == "maker.\(bit) cleared at 35")
        }
    }

    @Test func badValuesBeginAndEndNothing() {
        var bench = Bench()
        bench.read(5)
        bench.qualities = [8: .bad, 0: .suspect]
        bench.celsius[0] = 80
        bench.volts[0] = 3.9
        bench.read(60)
        #expect(bench.told.isEmpty)
    }

    @Test func anAlarmFromBeforeTheRestartIsNotRaisedAgainAndEnds() {
        var bench = Bench(active: [AlarmPlace(alarm: "cellTemperatureHigh", place: 3)])
        bench.celsius[2] = 70
        bench.read(20)
        #expect(bench.told.filter { $0.hasPrefix("cellTemperatureHigh") }.isEmpty)
        bench.read(60) { $0.celsius[2] = max(25, $0.celsius[2] - 4) }
        #expect(bench.told.contains { $0.hasPrefix("cellTemperatureHigh/3 cleared") })
    }
}
