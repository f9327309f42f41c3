internal import Simulation

/// What each fault of the simulated home leads to in the gateway.
enum DemoFaults {
    /// Simulated seconds per second at which the ticket comes within a minute.
    static func speed(of fault: HomeFault) -> Int64 {
        switch fault {
        case .cellOverTemperature, .socJump: 1
        case .highResistance: 10
        case .cellOverVoltage, .cellUnderVoltage, .lostDevice, .frozenData, .deviceAlarm, .gridOverVoltage: 60
        }
    }

    private static func outcome(of fault: HomeFault) -> String {
        switch fault {
        case .cellOverTemperature: "K0 safety ticket at once"
        case .cellOverVoltage, .cellUnderVoltage, .deviceAlarm: "K1 ticket after 15 min"
        case .highResistance: "K2 ticket after 3 min"
        case .socJump: "K2 ticket at once"
        case .lostDevice: "K3 case after 10 min"
        case .frozenData: "a notice after 15 min, no ticket"
        case .gridOverVoltage: "a K4 entry in the log, no ticket"
        }
    }

    /// The list that `--fault help` prints.
    static var help: String {
        let rows = HomeFault.allCases.map { [$0.rawValue, "\(speed(of: $0)) ×", outcome(of: $0), $0.summary] }
        return Table(["FAULT", "SPEED", "LEADS TO", "WHAT HAPPENS"]).rendered(rows).joined(separator: "\n")
    }
}
