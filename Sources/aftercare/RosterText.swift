internal import ServiceLevel
internal import Terms

/// A roster in words, for the terminal.
enum RosterText {
    /// What `check` says: that it is sound, and its gaps.
    static func check(_ report: RosterReport, _ roster: OnCallRoster?) -> [String] {
        guard let roster else { return [] }
        let counts = [
            count(roster.people.count, "person", "people"), count(roster.weeks.count, "week", "weeks"),
            count(roster.changes.count, "change", "changes"),
        ]
        let what = counts.joined(separator: ", ")
        return ["\(Style.bold(report.file)): sound; \(what), by the clocks of \(roster.zone.name)"]
            + gaps(report, roster)
    }

    /// What `show` says: who is on call now, a table of the time that was asked for, whom to call how, and the gaps.
    static func show(_ report: RosterReport, _ roster: OnCallRoster?) -> [String] {
        guard let roster, let first = report.spans.first else { return [] }
        let names = roster.people.reduce(into: [:]) { $0[$1.id] = $1.name }
        let rows = report.spans.enumerated().map { index, span in
            let people = span.people.compactMap { names[$0] }
            return [
                index == 0 ? "now" : clock(span.from, roster),
                index == report.spans.count - 1 ? "…" : clock(span.until, roster),
                people.first ?? "NOBODY", people.count > 1 ? people.dropFirst().joined(separator: ", ") : "–",
            ]
        }
        let until = report.spans.count > 1 ? " until \(clock(first.until, roster))" : ""
        return ["On call now\(until): " + now(report), ""]
            + Table(["FROM", "UNTIL", "FIRST", "THEN"]).rendered(rows)
            + [Style.dim("by the clocks of \(roster.zone.name)"), ""]
            + people(report, roster) + gaps(report, roster)
    }

    private static func now(_ report: RosterReport) -> String {
        guard !report.onCall.isEmpty else { return Style.red("nobody") }
        return report.onCall.map { "\(Style.bold($0.name)) (\($0.phone))" }.joined(separator: ", then ")
    }

    /// Everybody who is on call in the time that was asked for.
    private static func people(_ report: RosterReport, _ roster: OnCallRoster) -> [String] {
        let ids = Set(report.spans.flatMap(\.people))
        let rows = roster.people.filter { ids.contains($0.id) }.map { [$0.name, $0.phone, $0.mail ?? "–"] }
        return rows.isEmpty ? [] : Table(["WHO", "PHONE", "MAIL"]).rendered(rows) + [""]
    }

    private static func gaps(_ report: RosterReport, _ roster: OnCallRoster) -> [String] {
        guard !report.gaps.isEmpty else {
            return [Style.green("Somebody is on call all the time") + " up to \(clock(report.until, roster))"]
        }
        return report.gaps.map { gap in
            let isOpen = gap.until == report.until
            let end = isOpen ? "at least \(clock(gap.until, roster))" : clock(gap.until, roster)
            let length = Milliseconds(gap.milliseconds).text + (isOpen ? " or more" : "")
            return Style.red("Nobody is on call") + " from \(clock(gap.from, roster)) to \(end)"
                + " (\(length); UTC \(gap.from) to \(gap.until))"
        }
    }

    /// `mon 2026-05-04 18:00`
    private static func clock(_ text: String, _ roster: OnCallRoster) -> String {
        guard let instant = Instant(rfc3339: text) else { return text }
        return "\(roster.zone.date(of: instant).weekday.rawValue.prefix(3)) \(roster.zone.clockText(at: instant))"
    }

    private static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }
}
