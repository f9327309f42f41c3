import Testing

@testable import Simulation

@Suite struct RegisterTests {
    @Test func wordsAreWrittenHighFirstAndClamped() {
        var block = RegisterBlock(firstAddress: 100, words: [UInt16](repeating: 0, count: 10))
        block.set(i16: -2, at: 100)
        block.set(u16: 70_000, at: 101)
        block.set(i32: -2, at: 102)
        block.set(u32: 0x1234_5678, at: 104)
        block.set(text: "ABC", registers: 2, at: 106)
        block.set(u16: -5, at: 108)
        #expect(
            block.words == [0xFFFE, 0xFFFF, 0xFFFF, 0xFFFE, 0x1234, 0x5678, 0x4142, 0x4300, 0, 0])
    }

    @Test func aPackShowsItsReadingAtItsAddresses() {
        var home = SimulatedHome(seed: 1)
        home.step(by: 60)
        let pack = home.packs[1]
        let reading = pack.monitor.reading
        let block = PackRegisters.block(pack)
        #expect(block.words.count == 100)
        #expect(block[0] == 0xAF7C)
        #expect(Array(block.words[1...7]) == [0x5349, 0x4D2D, 0x5041, 0x434B, 0x2D30, 0x3030, 0x3200])
        #expect(Int(block[10]) == reading.voltageCentivolts)
        #expect(Int(Int16(bitPattern: block[11])) == reading.currentCentiamperes)
        #expect(Int(block[13]) == reading.powerWatts)
        #expect(block.words[20...35].map(Int.init) == reading.cellMillivolts)
        #expect(block.words[36...51].map(Int.init) == reading.cellDecidegrees)
        #expect(Int(block[18]) == reading.cellDecidegrees.max())
        #expect(Int(block[52]) << 16 | Int(block[53]) == reading.chargedWattHours)
    }

    @Test func packSignalsAgreeWithEachOther() {
        var home = SimulatedHome(seed: 12)
        for _ in 0..<200 {
            home.step(by: 30)
            for pack in home.packs {
                let reading = pack.monitor.reading
                let sum = reading.cellMillivolts.reduce(0, +)
                #expect(abs(reading.voltageCentivolts * 10 - sum) <= 13)
                let watts = Double(reading.voltageCentivolts) * Double(reading.currentCentiamperes) / 10_000
                #expect(abs(watts - Double(reading.powerWatts)) < 1.5)
            }
        }
    }

    @Test func theInverterShowsAChainOfSunSpecModels() {
        let block = InverterRegisters.block(SimulatedHome(seed: 1))
        #expect(block[40_000] == 0x5375 && block[40_001] == 0x6E53)
        var address = 40_002
        var models: [UInt16] = []
        while block[address] != 0xFFFF {
            models.append(block[address])
            address += 2 + Int(block[address + 1])
        }
        #expect(models == [1, 103, 802])
        #expect(address == InverterRegisters.endModel)
        #expect(block[address + 1] == 0)
        #expect(block.words.count == address + 2 - 40_000)
    }

    @Test func theInvertersValuesScaleBackToTheHome() {
        var home = SimulatedHome(seed: 2)
        home.step(by: 600)
        let block = InverterRegisters.block(home)
        func scaled(_ address: Int, by factor: Int) -> Double {
            var value = Double(Int16(bitPattern: block[address]))
            let exponent = Int(Int16(bitPattern: block[factor]))
            for _ in 0..<abs(exponent) { value /= 10 }
            return value
        }
        let model = InverterRegisters.inverterModel
        #expect(abs(scaled(model + 10, by: model + 13) - home.inverter.phaseVolts[0]) < 0.06)
        #expect(abs(scaled(model + 14, by: model + 15) - home.inverter.alternatingWatts) < 0.6)
        #expect(abs(scaled(model + 16, by: model + 17) - home.inverter.hertz) < 0.006)
        #expect(abs(scaled(model + 33, by: model + 37) - home.inverter.celsius) < 0.06)
        let battery = InverterRegisters.batteryModel
        let readings = home.packs.map(\.monitor.reading)
        #expect(abs(scaled(battery + 34, by: battery + 59) - Double(readings[0].voltageCentivolts) / 100) < 0.2)
        let amperes = Double(readings[0].currentCentiamperes + readings[1].currentCentiamperes) / 100
        // A pack counts charging above 0, the inverter's battery model discharging.
        #expect(abs(scaled(battery + 44, by: battery + 61) + amperes) < 0.06)
        #expect(block[battery + 3] == 10_240)
        #expect(block[battery + 16] == 4, "charging")
        #expect(block[battery + 18] == 600)
        #expect(Int(block[battery + 37]) == readings.map(\.highestCellMillivolts).max())
    }

    @Test func latchedBatteryAlarmsAreThoseOfThePacks() {
        var home = SimulatedHome(seed: 2)
        home.inject(.cellUnderVoltage)
        home.step(by: 60)
        let block = InverterRegisters.block(home)
        let events = UInt32(block[40_148]) << 16 | UInt32(block[40_149])
        #expect(events == 1 << 12, "UNDER_VOLT_WARNING")
    }
}
