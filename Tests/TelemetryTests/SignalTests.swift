import Telemetry
import Testing

@Suite struct SignalTests {
    @Test(arguments: [
        ("cell.1.voltage", Signal.cellVoltage(1)), ("cell.400.voltage", .cellVoltage(400)),
        ("cell.16.temperature", .cellTemperature(16)), ("pack.voltage", .packVoltage),
        ("pack.current", .packCurrent), ("pack.power", .packPower), ("pack.soc", .packStateOfCharge),
        ("pack.soh", .packStateOfHealth), ("cell.voltage.max", .cellVoltageMaximum),
        ("cell.voltage.min", .cellVoltageMinimum), ("pack.temperature.max", .packTemperatureMaximum),
        ("pack.temperature.min", .packTemperatureMinimum), ("inverter.temperature", .inverterTemperature),
        ("device.heartbeat", .heartbeat), ("cell.3.balancing", .cellBalancing(3)),
        ("pack.balancing", .balancingMask),
    ])
    func aNameMeansItsSignal(name: String, signal: Signal) {
        #expect(Signal(pointName: name) == signal)
    }

    @Test(arguments: [
        "", ".", "cell", "cell.1", "cell.0.voltage", "cell.-1.voltage", "cell.401.voltage", "cell.x.voltage",
        "cell.1.current", "cell.1.voltage.max", "cell..voltage", "cell.+3.voltage", "cell.03.voltage",
        "cell.٣.voltage", "Cell.1.voltage", "cell.1.Voltage", "pack.Voltage", "pack", "pack.voltage ",
        "energy.charged", "cell.99999999999999999999.voltage",
    ])
    func aNameWithoutAMeaningHasNone(name: String) {
        #expect(Signal(pointName: name) == nil)
    }
}
