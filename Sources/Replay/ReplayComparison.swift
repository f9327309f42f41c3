package import Terms

/// What two sets of rules found in the same frames, side by side.
package struct ReplayComparison: Sendable, Equatable {
    /// One ticket or notice: of the first set, of the second, or of both.
    package struct Row: Encodable, Sendable, Equatable {
        package var a: Finding?
        package var b: Finding?

        /// How much later the second set opens it; negative where it is earlier. Nil where only one does.
        package var shift: Milliseconds? {
            guard let a, let b else { return nil }
            return b.at - a.at
        }

        /// `both`, `A` or `B`
        package var side: String { a != nil && b != nil ? "both" : a != nil ? "A" : "B" }

        private enum CodingKeys: String, CodingKey {
            case side = "in"
            case shift = "shift_s"
            case a, b
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(side, forKey: .side)
            try container.encode(shift?.inSeconds, forKey: .shift)
            try container.encode(a, forKey: .a)
            try container.encode(b, forKey: .b)
        }
    }

    /// By the time at which the first of the two opens it.
    package let rows: [Row]

    /// Two findings are the same where they name the same fault of the same place for the same people; which of several
    /// is told by their order.
    private struct Identity: Hashable {
        let opens: Finding.Opens
        let faultClass: FaultClass
        let routing: Routing
        let code: FaultCode
        let severity: Severity
        let cell: Int?
        let probe: Int?

        init(_ finding: Finding) {
            opens = finding.opens
            faultClass = finding.faultClass
            routing = finding.routing
            code = finding.code
            severity = finding.severity
            cell = finding.cell
            probe = finding.probe
        }
    }

    package init(_ a: [Finding], _ b: [Finding]) {
        var rest = Dictionary(grouping: b, by: Identity.init)
        var rows: [Row] = a.map { finding in
            let identity = Identity(finding)
            let other = rest[identity]?.isEmpty == false ? rest[identity]?.removeFirst() : nil
            return Row(a: finding, b: other)
        }
        rows += rest.values.joined().map { Row(a: nil, b: $0) }
        self.rows = rows.sorted { ($0.earliest, $0.name) < ($1.earliest, $1.name) }
    }

    /// Whether each finds something that the other does not.
    package var differs: Bool { rows.contains { $0.side != "both" } }
}

extension ReplayComparison.Row {
    fileprivate var earliest: Instant {
        [a?.at, b?.at].compactMap { $0 }.min() ?? Instant(milliseconds: 0)
    }
    fileprivate var name: String {
        let one = a ?? b
        return "\(side) \(one?.code.text ?? "") \(one?.explanation ?? "")"
    }
}
