import Testing

@testable import Simulation

@Suite struct OpenCircuitVoltageTests {
    @Test func risesEverywhereFromEmptyToFull() {
        for step in 1...10_000 {
            let lower = OpenCircuitVoltage.volts(at: Double(step - 1) / 10_000)
            #expect(lower < OpenCircuitVoltage.volts(at: Double(step) / 10_000))
        }
    }

    @Test func isFlatBetweenTheKneesAndSteepInThem() {
        #expect((3.19...3.21).contains(OpenCircuitVoltage.volts(at: 0.2)))
        #expect((3.33...3.34).contains(OpenCircuitVoltage.volts(at: 0.94)))
        #expect(OpenCircuitVoltage.volts(at: 0.99) - OpenCircuitVoltage.volts(at: 0.95) > 0.1)
        #expect(OpenCircuitVoltage.volts(at: 0.1) - OpenCircuitVoltage.volts(at: 0) > 0.5)
    }

    @Test func goesOnBeyondTheTableAndThenStops() {
        #expect(OpenCircuitVoltage.volts(at: 1) == 3.65)
        #expect(OpenCircuitVoltage.volts(at: 1.01) > 3.65)
        #expect(OpenCircuitVoltage.volts(at: 5) == 3.9)
        #expect(OpenCircuitVoltage.volts(at: -5) == 2.0)
    }
}
