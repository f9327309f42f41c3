import Terms
import Testing
import Warranty

/// What the ledger knows fills what nobody else says.
struct RecordedUseTests {
    private let window = TemperatureWindow(lowest: 0, highest: 45, hours: 10, then: .risk)

    private func use(_ change: (inout RecordedUse) -> Void = { _ in }) throws -> RecordedUse {
        var use = RecordedUse(
            from: try #require(CivilDate(text: "2026-05-04")), through: try #require(CivilDate(text: "2026-06-04")),
            discharged: .init(21_400_000, countedDays: 32), charged: .init(22_000_000, countedDays: 32),
            daysOffline: 2,
            hottest: [
                .init(lowest: 20, end: 25, milliseconds: 3_600_000 * 600),
                .init(lowest: 45, end: 50, milliseconds: 3_600_000 * 3),
                .init(lowest: 80, end: nil, milliseconds: 3_599_999),
            ],
            coldest: [
                .init(lowest: nil, end: -25, milliseconds: 3_600_000), .init(lowest: -5, end: 0, milliseconds: 1),
                .init(lowest: 0, end: 5, milliseconds: 3_600_000 * 9),
            ])
        change(&use)
        return use
    }

    @Test func whatTheFileDoesNotSayIsFilled() throws {
        var unit = UnitRecord(component: .pack, serial: "B1", nominalCapacity: Energy(wattHours: 10_000))
        let lines = unit.fill(from: try use(), windows: [window])
        #expect(unit.history.discharged == Energy(wattHours: 21_400_000))
        #expect(unit.history.charged == Energy(wattHours: 22_000_000))
        #expect(unit.history.cycles == CycleCount(thousandths: 2_140_000))
        #expect(unit.history.offlineDays == 2)
        // 3 h of 45 °C and more, nearly one of 80 °C, one below -25 °C, and a millisecond below 0 °C.
        #expect(unit.history.hoursOutside == 5)
        #expect(lines.count == 5)
        let counted = "counted by the device since it was made, read within 2026-05-04 to 2026-06-04"
        #expect(lines[0] == "discharged 21.4 MWh: \(counted)")
        #expect(lines[2] == "2140 cycles: discharged 21.4 MWh / 10 kWh nominal")
    }

    @Test func whatTheFileSaysStays() throws {
        var unit = UnitRecord(
            component: .pack, serial: "B1",
            history: UnitHistory(
                discharged: Energy(wattHours: 1), charged: Energy(wattHours: 2), cycles: CycleCount(thousandths: 3),
                offlineDays: 4, hoursOutside: 5))
        let before = unit
        #expect(unit.fill(from: try use(), windows: [window]).isEmpty)
        #expect(unit == before)
    }

    @Test func whatIsNotKnownStaysUnknown() throws {
        var unit = UnitRecord(component: .pack, serial: "B1")
        let lines = unit.fill(
            from: try use { use in
                (use.discharged, use.charged) = (nil, nil)
                use.hottest = []
                use.daysWithoutData = 1
            }, windows: [window])
        #expect(unit.history.discharged == nil && unit.history.charged == nil)
        #expect(unit.history.cycles == nil && unit.history.hoursOutside == nil)
        #expect(lines.count == 1)
        #expect(lines.first?.contains("of 1 day nobody knows") == true)
    }

    @Test func theDevicesOwnCyclesCountMoreThanTheQuotient() throws {
        var unit = UnitRecord(component: .pack, serial: "B1", nominalCapacity: Energy(wattHours: 10_000))
        let lines = unit.fill(
            from: try use {
                $0.cycles = .init(7_250, countedDays: 0, computedDays: 3, unknownDays: 1, counterRestarts: 2)
            }, windows: [])
        #expect(unit.history.cycles == CycleCount(thousandths: 7_250))
        #expect(unit.history.hoursOutside == nil)
        let words = lines.first { $0.hasPrefix("7.25 cycles") } ?? ""
        #expect(words.contains("computed from its readings on 3 days") && words.contains("not known on 1 day"))
        #expect(words.contains("began anew 2 times"))
    }
}
