internal import Engine
internal import Ticketing

/// What a drawing of evidence says in words.
struct EvidenceWords {
    let document: EvidenceDocument

    init(_ document: EvidenceDocument) { self.document = document }

    private var header: EvidenceDocument.Header { document.header }

    /// `cell 13: 3.612 V, +260 mV from the median 3.352 V · limit ±50 mV · charging 18.2 A · charge 84 %`
    var numbers: String {
        var parts: [String] = []
        if let finding = header.finding { parts += [seen(finding), against(finding)].compactMap { $0 } }
        if let mode = header.state.mode {
            let current = header.state.current.map { " \(PointText.number(abs($0), digits: 1)) A" } ?? ""
            parts.append(mode == .resting ? "at rest" : mode.rawValue + current)
        }
        if let charge = header.state.charge { parts.append("charged \(PointText.number(charge, digits: 0)) %") }
        return parts.joined(separator: " · ")
    }

    private func seen(_ finding: EvidenceDocument.Finding) -> String? {
        guard let value = finding.value else { return nil }
        let subject = document.curves.first { $0.role == .subject }.map { Self.name($0.name) + ": " } ?? ""
        let digits = finding.unit == "V" ? 3 : 1
        let read = "\(subject)\(PointText.number(value, digits: digits)) \(finding.unit)"
        guard let median = finding.median, let deviation = finding.deviation,
            document.curves.filter({ $0.role != .other }).count > 2
        else { return read }
        let sign = deviation > 0 ? "+" : deviation < 0 ? "−" : ""
        let middle = "\(PointText.number(median, digits: digits)) \(finding.unit)"
        return "\(read), \(sign)\(Self.amount(abs(deviation), finding.unit)) from the median \(middle)"
    }

    private func against(_ finding: EvidenceDocument.Finding) -> String? {
        guard let limit = finding.limit else { return nil }
        switch finding.measure {
        case .value:
            return "\(finding.limitLabel ?? "limit") \(PointText.number(limit, digits: 2)) \(finding.unit)"
        case .deviation: return "limit ±\(Self.amount(abs(limit), finding.unit))"
        case .shift:
            let usual = "usual \(Self.signed(finding.usual ?? 0, finding.unit))"
            return finding.isUpperOnly
                ? "\(usual), at most \(Self.amount(abs(limit), finding.unit)) above that"
                : "\(usual) ± \(Self.amount(abs(limit), finding.unit))"
        case .amount:
            guard let amount = finding.amount else { return nil }
            return "\(amount.label) \(Self.number(amount.value, amount.unit)), "
                + "limit \(Self.number(limit, amount.unit))"
        }
    }

    /// Why there is nothing to draw.
    var nothing: String {
        header.gaps.contains { $0.reason == .notWatched }
            ? "Nothing was recorded: the gateway was not running." : "No curves belong to this alarm."
    }

    /// Everything, with UTC, for those who do not see the drawing.
    var whole: String {
        let (from, to) = (LocalClock.utc(header.from), LocalClock.utc(header.to))
        var parts = ["\(header.device), from \(from) to \(to)."]
        if !numbers.isEmpty { parts.append("\(numbers).") }
        let (raised, opened) = (LocalClock.utc(header.alarm.raisedAt), LocalClock.utc(header.alarm.openedAt))
        parts.append("Alarm at \(raised), ticket at \(opened).")
        for gap in header.gaps.prefix(Self.mostGaps) {
            let reason =
                gap.reason == .notWatched ? "the gateway did not watch the device yet" : "the device was silent"
            parts.append("Nothing from \(LocalClock.utc(gap.from)) to \(LocalClock.utc(gap.to)): \(reason).")
        }
        return parts.joined(separator: " ")
    }

    private static let mostGaps = 6

    /// An amount in its own unit: `14 mV`, `6.1 mΩ`, `−0.85`.
    private static func number(_ value: Double, _ unit: String) -> String {
        let digits = unit.isEmpty ? 2 : ["mV", "%"].contains(unit) ? 0 : 1
        let number = PointText.number(value, digits: digits)
        return unit.isEmpty ? number : "\(number) \(unit)"
    }

    /// A difference with its sign.
    static func signed(_ difference: Double, _ unit: String) -> String {
        (difference > 0 ? "+" : "") + amount(difference, unit)
    }

    /// A difference: mV where the unit is V.
    static func amount(_ difference: Double, _ unit: String) -> String {
        unit == "V"
            ? "\(PointText.number(difference * 1_000, digits: 0)) mV"
            : "\(PointText.number(difference, digits: 1)) \(unit)"
    }

    /// `cell 13`, `probe 2`, `pack.temperature.max`
    static func name(_ point: String) -> String {
        let parts = point.split(separator: ".")
        guard parts.count == 3, parts[0] == "cell", Int(parts[1]) != nil else { return point }
        return parts[2] == "temperature" ? "probe \(parts[1])" : "cell \(parts[1])"
    }
}
