import Testing

@testable import Polling

@Suite struct UnitTableTests {
    @Test func unitsKeepTheirValuesApart() {
        var table = UnitTable<Int>()
        for unit in UInt8.min...UInt8.max { table.change(unit, from: 0) { $0 = Int(unit) * 3 } }
        for unit in UInt8.min...UInt8.max { #expect(table[unit] == Int(unit) * 3) }
        #expect(table.all.count == 256)
    }

    @Test func aUnitWithoutAValueHasNoneUntilItIsGivenOne() {
        var table = UnitTable<Int>()
        table.change(247) { $0 += 1 }
        #expect(table[247] == nil)
        table.change(247, from: 5) { $0 += 1 }
        table.change(247, from: 5) { $0 += 1 }
        table.change(247) { $0 += 1 }
        #expect(table[247] == 8)
        #expect(table.units == [247])
    }
}
