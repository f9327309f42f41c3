internal import Telemetry
internal import Ticketing

extension EvidenceTrace {
    /// Reads what older versions kept with a ticket; nil when it is no trace.
    ///
    /// Canonical JSON; values are in thousandths of the unit, and what was not read is an empty text.
    package init?(canonicalBytes bytes: [UInt8]) {
        // What cannot be read is reported by the caller as evidence that is missing; the reason adds nothing to it.
        guard let value = try? CanonicalValue(canonical: bytes), case .object(let members) = value,
            case .text(let title) = members["title"], case .text(let unit) = members["unit"],
            case .list(let times) = members["times"], case .list(let series) = members["series"],
            case .list(let limits) = members["limits"], case .list(let marks) = members["marks"]
        else { return nil }
        self.init(
            title: title, unit: unit, times: times.compactMap(\.integer), series: series.compactMap(Series.init),
            limits: limits.compactMap(Limit.init), marks: marks.compactMap(Mark.init))
        guard self.times.count == times.count, self.series.allSatisfy({ $0.values.count == times.count }) else {
            return nil
        }
    }
}

extension CanonicalValue {
    fileprivate var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    fileprivate var thousandths: Double? { integer.map { Double($0) / 1_000 } }
    fileprivate var members: [String: CanonicalValue] { if case .object(let members) = self { members } else { [:] } }
    fileprivate var text: String? { if case .text(let text) = self { text } else { nil } }
}

extension EvidenceTrace.Series {
    fileprivate init?(_ value: CanonicalValue) {
        guard let name = value.members["name"]?.text, case .list(let values) = value.members["values"] else {
            return nil
        }
        self.init(
            name: name, values: values.map(\.thousandths), isSubject: value.members["isSubject"]?.integer == 1)
    }
}

extension EvidenceTrace.Limit {
    fileprivate init?(_ value: CanonicalValue) {
        guard let label = value.members["label"]?.text, let limit = value.members["value"]?.thousandths else {
            return nil
        }
        self.init(label: label, value: limit)
    }
}

extension EvidenceTrace.Mark {
    fileprivate init?(_ value: CanonicalValue) {
        guard let label = value.members["label"]?.text, let at = value.members["at"]?.integer else { return nil }
        self.init(label: label, at: at)
    }
}
