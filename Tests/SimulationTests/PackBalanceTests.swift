import Testing

@testable import Simulation

@Suite struct PackBalanceTests {
    /// What went into one pack in a simulated day, counted from outside.
    struct Day {
        var home = SimulatedHome(seed: 11, largestStepSeconds: 5)
        let before: Pack
        var ampereHours = 0.0
        var throughputAmpereHours = 0.0
        /// Σ (terminal − resting voltage) × current × time.
        var lossJoules = 0.0

        init() {
            before = home.packs[0]
            for _ in 0..<17_280 { step() }
        }

        private mutating func step() {
            let old = home.packs[0]
            home.step(by: 5)
            let new = home.packs[0]
            let amperes = new.amperes
            ampereHours += amperes * 5 / 3_600
            throughputAmpereHours += abs(amperes) * 5 / 3_600
            let ohmicVolts = new.stackVolts - new.sourceVolts
            let polarisation = zip(old.cells, new.cells).reduce(0) {
                $0 + ($1.0.polarisationVolts + $1.1.polarisationVolts) / 2
            }
            lossJoules += (ohmicVolts + polarisation) * amperes * 5
        }
    }

    static let day = Day()

    @Test func everyCellHoldsWhatTheCurrentBrought() {
        let day = Self.day
        #expect(day.throughputAmpereHours > 60)
        for (old, new) in zip(day.before.cells, day.home.packs[0].cells) {
            #expect(abs(new.chargeAmpereHours - old.chargeAmpereHours - day.ampereHours) < 1e-6)
        }
    }

    @Test func theCounterOfThePackAgreesWithItsCells() {
        let pack = Self.day.home.packs[0]
        #expect(abs(Double(pack.monitor.reading.stateOfChargePermille) / 10 - pack.meanStateOfCharge * 100) < 3)
    }

    @Test func heatStaysInTheCellsOrGoesToTheRoom() {
        let pack = Self.day.home.packs[0]
        let stored = zip(Self.day.before.cells, pack.cells).reduce(0) {
            $0 + ($1.1.celsius - $1.0.celsius) * Cell.heatCapacityJoulesPerKelvin
        }
        #expect(pack.heatGeneratedJoules > 50_000)
        #expect(abs(stored - (pack.heatGeneratedJoules - pack.heatLostJoules)) < 1)
    }

    @Test func whatTheTerminalsLoseIsTheHeat() {
        let heat = Self.day.home.packs[0].heatGeneratedJoules
        #expect(abs(Self.day.lossJoules - heat) < heat * 0.01)
    }

    @Test func countersOfEnergyMatchTheTerminals() {
        var home = SimulatedHome(seed: 4)
        let before = home.packs[1].monitor.reading
        var joules = 0.0
        for _ in 0..<1_800 {
            home.step(by: 1)
            joules += home.packs[1].stackVolts * home.packs[1].amperes
        }
        let after = home.packs[1].monitor.reading
        let counted = Double(after.chargedWattHours - before.chargedWattHours)
        #expect(counted > 500)
        #expect(abs(counted - joules / 3_600) < 3)
        #expect(after.dischargedWattHours == before.dischargedWattHours)
        #expect(after.heartbeat - before.heartbeat == 1_800 || after.heartbeat < before.heartbeat)
    }
}
