internal import Engine
internal import Warranty

/// Use in words, for the terminal.
enum UsageText {
    /// Characters of the longest bar.
    private static let barWidth = 40

    /// A table of all units, then the temperatures of each.
    static func all(_ units: [UsageSnapshot]) -> [String] {
        guard !units.isEmpty else { return ["no device was heard yet"] }
        let head = [
            "DEVICE", "SERIAL", "FROM", "THROUGH", "ONLINE", "OFFLINE", "NO DATA", "CHARGED", "DISCHARGED", "CYCLES",
            "BY",
        ]
        return Table(head).rendered(units.map(row)) + units.flatMap(details)
    }

    private static func row(_ unit: UsageSnapshot) -> [String] {
        [
            unit.device, unit.serial ?? "–", unit.firstDay ?? "–", unit.lastDay ?? "–", "\(unit.daysOnline)",
            "\(unit.daysOffline)", "\(unit.daysWithoutData)", energy(unit.chargedWattHours.total),
            energy(unit.dischargedWattHours.total), cycles(unit.milliCycles.total), source(unit.dischargedWattHours),
        ]
    }

    private static func source(_ amount: UsageSnapshot.Amount) -> String {
        switch (amount.countedDays > 0, amount.computedDays > 0) {
        case (true, true): "device, box"
        case (true, false): "device"
        case (false, true): "box"
        case (false, false): "–"
        }
    }

    private static func energy(_ wattHours: Int64?) -> String {
        wattHours.map { Energy(wattHours: Int($0)).text } ?? "–"
    }

    private static func cycles(_ thousandths: Int64?) -> String {
        thousandths.map { CycleCount(thousandths: Int($0)).text } ?? "–"
    }

    private static func details(_ unit: UsageSnapshot) -> [String] {
        let title = Style.bold(unit.device) + (unit.serial.map { " (\($0))" } ?? "")
        var lines: [String] = []
        if let today = unit.today {
            let online = today.onlineMilliseconds / 60_000
            lines.append(
                "today, \(today.day): online \(online / 60) h \(online % 60) min, charged "
                    + "\(energy(today.chargedWattHours)), discharged \(energy(today.dischargedWattHours)), cycles "
                    + cycles(today.milliCycles))
        } else {
            lines.append("no longer in service here")
        }
        lines += doubts(unit).map { Style.yellow($0) }
        lines += histogram(unit.hottest, "hottest cell") + histogram(unit.coldest, "coldest cell")
        return ["", title] + lines
    }

    private static func doubts(_ unit: UsageSnapshot) -> [String] {
        let amounts = [
            ("charged energy", unit.chargedWattHours), ("discharged energy", unit.dischargedWattHours),
            ("cycles", unit.milliCycles),
        ]
        return amounts.compactMap { name, amount in
            guard amount.total != nil else { return nil }
            var parts: [String] = []
            if amount.unknownDays > 0 { parts.append("not known on \(amount.unknownDays) days") }
            if amount.counterRestarts > 0 {
                parts.append(
                    "the device's counter began anew \(amount.counterRestarts) times; what it missed is not in it")
            }
            return parts.isEmpty ? nil : "\(name): " + parts.joined(separator: "; ")
        }
    }

    /// One bar for each band of 5 °C.
    static func histogram(_ bands: [UsageSnapshot.Band], _ what: String) -> [String] {
        guard let most = bands.map(\.milliseconds).max(), most > 0 else { return [] }
        let rows = bands.map { band in
            let width = max(1, Int(band.milliseconds * Int64(barWidth) / most))
            return (name(band), hours(band.milliseconds), String(repeating: "█", count: width))
        }
        let width = rows.map { $0.1.count }.max() ?? 0
        return ["hours of the \(what):"]
            + rows.map { name, hours, bar in
                "  \(padded(name, 12))  \(String(repeating: " ", count: width - hours.count))\(hours)  \(bar)"
            }
    }

    private static func name(_ band: UsageSnapshot.Band) -> String {
        let from = band.fromCelsius
        if band.isColdest { return "below \(from + UsageSnapshot.Band.width)" }
        return band.isHottest ? "\(from) and more" : "\(from) to \(from + UsageSnapshot.Band.width) °C"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Hours to a tenth, rounded down.
    private static func hours(_ milliseconds: Int64) -> String {
        let tenths = milliseconds / 360_000
        return "\(tenths / 10).\(tenths % 10)"
    }
}
