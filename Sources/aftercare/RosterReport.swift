internal import ServiceLevel
internal import Terms

/// What there is to say about a roster, as it is printed. Instants are in UTC.
struct RosterReport: Encodable {
    /// The roster's path.
    var file: String
    /// Whether there is one.
    var installed: Bool
    var zone: String?
    /// From where on, and up to where, it was looked at.
    var from: String
    var until: String
    /// Whom to call at `from`, the first one first.
    var onCall: [PersonRow]
    /// Who is on call from `from` to `until`, without a hole.
    var spans: [SpanRow]
    /// The times at which nobody is on call.
    var gaps: [GapRow]

    struct PersonRow: Encodable {
        var id: String
        var name: String
        var phone: String
        var mail: String?
    }

    struct SpanRow: Encodable {
        var from: String
        var until: String
        /// Their ids, the first one first.
        var people: [String]
    }

    struct GapRow: Encodable {
        var from: String
        var until: String
        /// Exact.
        var milliseconds: Int64
    }

    /// - Parameter roster: nil where none is installed.
    init(_ file: String, _ roster: OnCallRoster?, from: Instant, until: Instant) {
        self.file = file
        installed = roster != nil
        zone = roster?.zone.name
        self.from = from.rfc3339
        self.until = until.rfc3339
        let spans = roster?.spans(from: from, until: until) ?? []
        onCall = (spans.first?.people ?? []).map {
            PersonRow(id: $0.id, name: $0.name, phone: $0.phone, mail: $0.mail)
        }
        self.spans = spans.map {
            SpanRow(from: $0.start.rfc3339, until: $0.end.rfc3339, people: $0.people.map(\.id))
        }
        gaps = spans.filter(\.people.isEmpty).map {
            GapRow(from: $0.start.rfc3339, until: $0.end.rfc3339, milliseconds: ($0.end - $0.start).count)
        }
    }

    /// Why the answer is no; nil where somebody is on call all the time.
    var failure: ExitStatus? {
        guard installed else {
            return .no("no roster is installed: \(file) is not there, so nobody is named who is on call")
        }
        guard !gaps.isEmpty else { return nil }
        return .no("nobody is on call in \(gaps.count == 1 ? "one gap" : "\(gaps.count) gaps") up to \(until)")
    }
}
