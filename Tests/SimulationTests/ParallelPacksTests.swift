import Testing

@testable import Simulation

@Suite struct ParallelPacksTests {
    @Test func sharesMeetThePowerAtOneCommonVoltage() {
        let packs = SimulatedHome(seed: 2).packs
        for watts in [-4_000.0, -1, 0, 1, 2_600] {
            let amperes = ParallelPacks.amperes(watts: watts, packs: packs)
            let volts = packs.indices.map { packs[$0].sourceVolts + amperes[$0] * packs[$0].seriesOhms }
            #expect(abs(volts[0] - volts[1]) < 1e-9)
            #expect(abs(volts[0] * (amperes[0] + amperes[1]) - watts) < 1e-6)
        }
    }

    @Test func coldCellsResistMore() {
        let warm = Cell(capacityAmpereHours: 100, missingAmpereHours: 50, imbalance: 0, celsius: 25, resistance: 1)
        let cold = Cell(capacityAmpereHours: 100, missingAmpereHours: 50, imbalance: 0, celsius: -3, resistance: 1)
        #expect(cold.terminalVolts(amperes: 50) - warm.terminalVolts(amperes: 50) > 0.02)
        #expect(cold.terminalVolts(amperes: 0) == warm.terminalVolts(amperes: 0))
    }
}
