import Ticketing

@testable import Engine

/// Evidence of a pack of LFP cells in which one cell rises at the end of the charge; nothing in it is random.
struct RichEvidence {
    var cells = 16
    var subject: Int? = 13
    var part = EvidencePart.before
    var hours: Int64 = 24
    var gaps: [EvidenceDocument.Gap] = []
    var suspects: [Int64: Double] = [:]
    /// Nil: a distance from the median, with its limit.
    var finding: EvidenceDocument.Finding?
    /// Seconds at full rate.
    var seconds: Int64 = 900

    static let opened: Int64 = 1_780_140_000_000
    private static let minute: Int64 = 60_000

    /// V of a cell, `before` seconds before the ticket.
    private func volts(_ cell: Int, before: Int64) -> Double {
        let hour = Double(before) / 3_600
        // Two nights and a morning: discharged until nine hours ago, charged since.
        let charge = hour > 9 ? 3.29 - (18 - abs(hour - 18)) * 0.0016 : 3.36 - hour * 0.0094
        let knee = max(0, 1 - hour / 0.9)
        let own = Double((cell * 37) % 11) / 11 * (0.0025 + knee * knee * 0.02)
        let ripple = Double((before / 7 * 31 + Int64(cell) * 3) % 5) / 5_000
        let fault = cell == subject ? knee * knee * 0.19 : 0
        return ((charge + knee * knee * 0.05 + own + ripple + fault) * 1_000).rounded() / 1_000
    }

    var document: EvidenceDocument {
        let end = part == .before ? Self.opened : Self.opened + 60 * Self.minute
        let length = part == .before ? 24 * 60 : Int64(60)
        let minutes = Array(stride(from: end - min(length, hours * 60) * Self.minute, through: end, by: 60_000))
            .filter { time in !gaps.contains { time >= $0.from && time < $0.to } }
        let frames = Array(stride(from: end - seconds * 1_000, through: end, by: 1_000))
            .filter { time in !gaps.contains { time >= $0.from && time < $0.to } }
        let curves = (1...max(1, cells)).map { cell -> EvidenceDocument.Curve in
            let isSubject = cell == subject
            func value(_ time: Int64) -> Double { volts(cell, before: abs(Self.opened - time) / 1_000) }
            var curve = EvidenceDocument.Curve(
                name: "cell.\(cell).voltage", unit: "V", role: isSubject ? .subject : .sibling)
            curve.minutes = minutes.map(value)
            curve.lows = minutes.map { value($0) - 0.002 }
            curve.highs = minutes.map { value($0) + 0.002 }
            curve.values = frames.map { isSubject && suspects[$0 - end] != nil ? nil : value($0) }
            if isSubject { curve.suspects = frames.map { suspects[$0 - end] } }
            return curve
        }
        let current = EvidenceDocument.Curve(name: "pack.current", unit: "A", role: .other)
        return EvidenceDocument(
            header: header(end, end - length * Self.minute), minuteTimes: minutes, frameTimes: frames,
            curves: curves + [current])
    }

    private func header(_ end: Int64, _ start: Int64) -> EvidenceDocument.Header {
        EvidenceDocument.Header(
            part: part, site: "home-1", ticket: "home-1.3", device: "pack-1", serial: "B123", profile: "test",
            alarm: .init(
                test: "resistance", fault: "resistance", faultClass: "resistance", routing: "K2",
                severity: "warning", place: subject,
                explanation: "Cell 13 of pack-1 rises 240 mV above its neighbours whenever the battery charges "
                    + "above 80 %: its inner resistance is about ten times theirs.",
                raisedAt: Self.opened - 3 * Self.minute, openedAt: Self.opened),
            state: .init(mode: .charging, current: 18.2, charge: 97, medianCellVoltage: 3.412),
            finding: finding
                ?? .init(
                    unit: "V", measure: .deviation, value: 3.591, median: 3.412, limit: 0.05, limitLabel: "limit"),
            line: nil, from: start, to: end, gaps: gaps)
    }
}
