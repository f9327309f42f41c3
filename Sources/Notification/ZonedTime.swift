internal import Foundation
internal import Terms

/// Writes instants in a site's zone and in UTC.
struct ZonedTime {
    private let name: String
    private let zone: TimeZone?

    init(zone name: String) {
        self.name = name
        zone = TimeZone(identifier: name)
    }

    /// `2026-05-05 14:05 Europe/Berlin (UTC+2), 2026-05-05 12:05 UTC`; UTC alone where the zone is UTC or unknown.
    func text(_ milliseconds: Int64) -> String {
        let instant = Instant(milliseconds: milliseconds)
        let universal = "\(Self.minute(instant)) UTC"
        guard let zone, name != "UTC" else { return universal }
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(milliseconds) / 1_000))
        let local = Self.minute(instant + .seconds(Int64(offset)))
        return "\(local) \(name) (\(Self.offsetName(offset))), \(universal)"
    }

    private static func minute(_ instant: Instant) -> String {
        let text = instant.rfc3339
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5))"
    }

    /// `UTC+2`, `UTC-5:30`
    private static func offsetName(_ seconds: Int) -> String {
        let minutes = abs(seconds) / 60
        let rest = minutes % 60 == 0 ? "" : ":" + (minutes % 60 < 10 ? "0" : "") + "\(minutes % 60)"
        return "UTC\(seconds < 0 ? "-" : "+")\(minutes / 60)\(rest)"
    }
}
