internal import Terms

/// Why an alarm came up, in a sentence that the home's owner understands. Built only when an alarm changes.
struct Explanation {
    let device: DeviceName

    /// A value beyond a limit.
    func beyondLimit(_ alarm: DetectorAlarm, place: Int, value: Double, limit: Double, isCharging: Bool) -> String {
        let subject = subject(alarm, place: place)
        switch alarm {
        case .cellVoltageHigh, .packVoltageHigh:
            return "\(subject) is at \(volts(value)); it must stay below \(volts(limit))."
        case .cellVoltageLow, .packVoltageLow:
            return "\(subject) is at \(volts(value)); it must stay above \(volts(limit))."
        case .cellTemperatureHigh, .packTemperatureHigh, .inverterTemperatureHigh:
            let when = isCharging ? " while it charges" : ""
            return "\(subject) is at \(celsius(value)); it must stay below \(celsius(limit))\(when)."
        case .cellTemperatureLow, .packTemperatureLow:
            let when = isCharging ? " while it charges" : ""
            return "\(subject) is at \(celsius(value)); it must stay above \(celsius(limit))\(when)."
        case .temperatureRise, .thermal, .probeDead, .packFade, .socJump, .frozenData, .dataLost, .hardShort,
            .resistance, .baselineShift, .softShort, .cellFade, .stuckChannel, .senseWire, .balancing:
            return "\(subject) is at \(rounded(value, 2)); the limit is \(rounded(limit, 2))."
        }
    }

    func rise(place: Int, celsius value: Double, rate: Double, median: Double) -> String {
        "Cell \(place) of \(device) heats up by \(celsius(rate)) every second. It is at \(celsius(value)), "
            + "\(rounded(value - median, 0)) °C above its neighbours."
    }

    /// A probe that is hotter than it usually is beside the others.
    func hot(place: Int, distance: Double, usual: Double) -> String {
        "Probe \(place) of \(device) is \(celsius(distance)) above the middle of the others; \(celsius(usual)) is "
            + "usual for it. A joint near it gets hot, or its cooling is blocked."
    }

    func jump(from: Double, to: Double) -> String {
        "The state of charge of \(device) jumped from \(rounded(from, 0)) % to \(rounded(to, 0)) %; no charging or "
            + "discharging explains it."
    }

    var frozen: String { "\(device) answers, but its values have not moved although current flows." }

    func lost(since silence: Milliseconds) -> String {
        "\(device) has not answered for \(silence.count / 1_000) s. The battery may be fine; its data is missing."
    }

    func reported(_ report: WatchedDevice.Report) -> String {
        "\(device) reports: \(report.title). \(report.consequence)"
    }

    private func subject(_ alarm: DetectorAlarm, place: Int) -> String {
        if place > 0 { return "Cell \(place) of \(device)" }
        switch alarm {
        case .cellVoltageHigh: return "The highest cell of \(device)"
        case .cellVoltageLow: return "The lowest cell of \(device)"
        case .packTemperatureHigh: return "The hottest cell of \(device)"
        case .packTemperatureLow: return "The coldest cell of \(device)"
        default: return device.text
        }
    }

    private func volts(_ value: Double) -> String { rounded(value, 2) + " V" }
    private func celsius(_ value: Double) -> String { rounded(value, 1) + " °C" }
}

/// Fixed decimals without Foundation's locales: `3.65`, `-0.5`, `61`.
func rounded(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "?" }
    let scale = [1.0, 10, 100][decimals]
    let scaled = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let fraction = decimals == 0 ? "" : String(String(scaled % Int64(scale) + Int64(scale)).dropFirst())
    return "\(sign)\(scaled / Int64(scale))" + (decimals == 0 ? "" : ".\(fraction)")
}
