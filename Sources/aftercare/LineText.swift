internal import Gateway
internal import Terms

/// How lines do in words, for the terminal.
enum LineText {
    private static let mostRemarks = 10

    /// All lines, an empty line between two of them.
    static func all(_ lines: [LineReport]) -> [String] { Array(lines.map(whole).joined(separator: [""])) }

    /// One line with its units and devices.
    private static func whole(_ line: LineReport) -> [String] {
        var lines = ["\(Style.bold(line.line))  \(line.url)", head(line)]
        if line.isHeldUp {
            lines.append(
                Style.yellow("These figures are \(time(line.ageSeconds ?? 0)) old: the line waits for an answer."))
        }
        lines += Table(["UNIT", "DEVICE", "PROFILE", "ANSWERED", "P50/P99 MS", "BUS", "SWEEP", "FENCES", "STATE"])
            .rendered(rows(line))
        lines += line.units.flatMap(failures)
        lines += line.devices.flatMap(details)
        return lines
    }

    private static func head(_ line: LineReport) -> String {
        guard line.ageSeconds != nil else { return "starting; there are no figures yet" }
        return "busy \(number(line.busPercent)) % of the time, counted for \(time(line.countedSeconds))"
    }

    private static func rows(_ line: LineReport) -> [[String]] {
        var told: Set<Int> = []
        return line.devices.map { device in
            let isFirst = told.insert(device.unit).inserted
            let unit = isFirst ? line.unit(device.unit) : nil
            let same = isFirst ? "–" : "\""
            return [
                "\(device.unit)", device.device, device.profile,
                unit?.answeredPercent.map { "\(number($0)) %" } ?? same,
                unit?.latency.map { "\(number($0.medianMilliseconds))/\(number($0.p99Milliseconds))" } ?? same,
                unit.map { "\(number($0.busPercent)) %" } ?? same, sweep(device.sweep),
                device.fences.isEmpty ? "–" : "\(device.fences.count)", state(device),
            ]
        }
    }

    private static func sweep(_ sweep: LineReport.Sweep?) -> String {
        guard let sweep else { return "–" }
        let wished = Milliseconds(Int64(sweep.wishedIntervalMilliseconds))
        guard let achieved = sweep.achievedIntervalMilliseconds else { return "of \(wished.text)" }
        // A tenth more is the jitter of a machine.
        guard Double(achieved) > Double(wished.count) * 1.1 else { return wished.text }
        return "\(number(Double(achieved) / 1_000))s, not \(wished.text)"
    }

    private static func state(_ device: LineReport.Device) -> String {
        let since = device.silentSeconds.map { " for \(time($0))" } ?? ""
        let next = device.nextProbeSeconds.map { $0 < 1 ? ", asked again now" : ", asked again in \(time($0))" } ?? ""
        switch device.state {
        case .starting: return "starting"
        case .polled: return Style.green("polled")
        case .silent: return Style.red("silent\(since)") + next
        case .unidentified: return Style.red("not identified\(since)") + next
        }
    }

    /// What went wrong with the requests to a unit, in words.
    private static func failures(_ unit: LineReport.Unit) -> [String] {
        var lines = unit.failures.map { "  unit \(unit.unit)  \($0.count) × \($0.meaning)" }
        if unit.strayBytes > 0 {
            lines.append("  unit \(unit.unit)  \(unit.strayBytes) bytes came that nobody had asked for")
        }
        return lines
    }

    private static func details(_ device: LineReport.Device) -> [String] {
        var lines: [String] = []
        if let trouble = device.trouble { lines.append("  \(device.device)  \(trouble)") }
        if !device.fences.isEmpty {
            let shown = device.fences.prefix(mostRemarks).map { "\($0.functionCode)/\($0.address)×\($0.count)" }
            let more = device.fences.count - shown.count
            lines.append(
                "  \(device.device)  refuses \(shown.joined(separator: ", "))" + (more > 0 ? " and \(more) more" : ""))
        }
        lines += device.remarks.prefix(mostRemarks).map { Style.dim("  \(device.device)  \($0)") }
        let more = device.remarks.count - mostRemarks
        if more > 0 { lines.append(Style.dim("  \(device.device)  and \(more) more remarks: see --json")) }
        return lines
    }

    /// `99.98`, `12`, `3.4`: no more digits than one can use.
    private static func number(_ value: Double) -> String {
        let parts = value >= 100 ? 1.0 : value >= 10 && value < 90 ? 10 : 100
        let rounded = (value * parts).rounded() / parts
        return Int64(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
    }

    /// Whole seconds: `3h12min5s`.
    private static func time(_ seconds: Double) -> String {
        seconds < 1 ? "0s" : Milliseconds(Int64(seconds) * 1_000).text
    }
}
