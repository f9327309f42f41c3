/// The kinds of fault that detection tells apart.
package enum FaultClass: String, CaseIterable, Hashable, Sendable {
    case hardShort, overVoltage, underVoltage, overTemperature, underTemperature, resistance, baselineShift
    case softShort, cellFade, packFade, stuckChannel, senseWire, thermal, socJump, balancing
    case deviceAlarm, frozen, dataLost
    /// Of the box itself.
    case gateway
}

/// How bad a maker or a detector says it is.
package enum Severity: String, CaseIterable, Hashable, Sendable {
    case warning, protection, permanentFault, safety
}

/// The class that decides which promise clocks a fault starts.
package enum Routing: String, CaseIterable, Hashable, Sendable {
    /// Safety: urgent ticket, the user is told to leave and to call for help.
    case k0 = "K0"
    /// Protection or permanent fault.
    case k1 = "K1"
    /// Degradation: warranty evidence with its trend.
    case k2 = "K2"
    /// A data source is lost; usually not the battery.
    case k3 = "K3"
    /// Grid or site event: logged.
    case k4 = "K4"
    /// Configuration differs from the commissioning record.
    case k5 = "K5"
    /// The gateway itself.
    case k6 = "K6"
    /// The user's report.
    case k7 = "K7"

    /// Whether the fault opens a ticket at all.
    package var opensTicket: Bool { self != .k4 }

    /// Whether the two diagnosis clocks run; Response runs for every ticket.
    package var startsDiagnosis: Bool {
        switch self {
        case .k0, .k1, .k2, .k6, .k7: true
        case .k3, .k4, .k5: false
        }
    }
}
