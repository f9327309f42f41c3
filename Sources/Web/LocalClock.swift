internal import Foundation
internal import Terms

/// Writes instants as a site's people read them: in the site's zone, with UTC beside it.
struct LocalClock: Sendable {
    /// The zone's name as shown; says so where the configured one is unknown.
    let zoneName: String
    private let zone: TimeZone?

    init(zone name: String) {
        // Foundation also reads abbreviations and paths; a site's zone is an IANA name.
        zone = TimeZone(identifier: name)
        zoneName = zone == nil ? "UTC (the zone '\(name)' is unknown)" : name
    }

    /// Seconds east of UTC at an instant.
    func offsetSeconds(at milliseconds: Int64) -> Int {
        zone?.secondsFromGMT(for: Date(timeIntervalSince1970: Double(milliseconds) / 1_000)) ?? 0
    }

    /// `UTC+2`, `UTC+5:30`, `UTC`.
    func offsetName(at milliseconds: Int64) -> String {
        let minutes = offsetSeconds(at: milliseconds) / 60
        guard minutes != 0 else { return "UTC" }
        let rest = abs(minutes) % 60
        return "UTC\(minutes < 0 ? "−" : "+")\(abs(minutes) / 60)" + (rest == 0 ? "" : ":\(twoDigits(rest))")
    }

    /// `14:05`
    func time(_ milliseconds: Int64) -> String { String(localText(milliseconds).dropFirst(11).prefix(5)) }

    /// `14:05:09`
    func timeWithSeconds(_ milliseconds: Int64) -> String {
        String(localText(milliseconds).dropFirst(11).prefix(8))
    }

    /// `Mon 4 May`
    func date(_ milliseconds: Int64) -> String {
        Self.date(localText(milliseconds), shifted: milliseconds + Int64(offsetSeconds(at: milliseconds)) * 1_000)
    }

    /// `Mon 4 May 14:05`
    func dateTime(_ milliseconds: Int64) -> String { "\(date(milliseconds)) \(time(milliseconds))" }

    /// `Mon 4 May 12:05 UTC`
    static func utc(_ milliseconds: Int64) -> String {
        let text = Instant(milliseconds: milliseconds).rfc3339
        return "\(date(text, shifted: milliseconds)) \(text.dropFirst(11).prefix(5)) UTC"
    }

    /// A `time` element: local text, the exact UTC for machines and as its tooltip.
    func element(_ milliseconds: Int64) -> Markup {
        let exact = Instant(milliseconds: milliseconds).rfc3339
        return "<time datetime=\"\(exact)\" title=\"\(Self.utc(milliseconds))\">\(dateTime(milliseconds))</time>"
    }

    private func localText(_ milliseconds: Int64) -> String {
        Instant(milliseconds: milliseconds + Int64(offsetSeconds(at: milliseconds)) * 1_000).rfc3339
    }

    private static func date(_ text: String, shifted milliseconds: Int64) -> String {
        // 1970-01-01 was a Thursday.
        let day = Int((milliseconds / 86_400_000 - (milliseconds % 86_400_000 < 0 ? 1 : 0) + 3) % 7 + 7) % 7
        let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day]
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let month = Int(text.dropFirst(5).prefix(2)), let dayOfMonth = Int(text.dropFirst(8).prefix(2)),
            names.indices.contains(month - 1)
        else { return text }
        return "\(weekday) \(dayOfMonth) \(names[month - 1])"
    }
}

/// `07`
func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
