internal import Engine
internal import Foundation
internal import Ticketing

/// Every address that the page answers.
enum Route: Hashable {
    case page, fragment, health, metrics, state, events
    /// Where the button's form goes; the only one that takes something.
    case report
    case asset(Asset)
    case ticket(String)
    /// The plots come wide, or narrow for a phone.
    case ticketPlot(String, EvidencePart, isNarrow: Bool)
    case devicePlot(String, TraceKind)

    /// The longest path that is looked at, in bytes.
    static let longestPath = 1_024

    /// - Parameter path: as it came, percent-encoded, without the query. Nil for an address that does not exist.
    init?(path: String) {
        guard path.utf8.count <= Self.longestPath, path.hasPrefix("/") else { return nil }
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            .map { String($0).removingPercentEncoding }
        switch parts {
        case [""]: self = .page
        case ["fragment"]: self = .fragment
        case ["healthz"]: self = .health
        case ["metrics"]: self = .metrics
        case ["report"]: self = .report
        case ["api", "state"]: self = .state
        case ["api", "events"]: self = .events
        default:
            guard let route = Self.withName(parts) else { return nil }
            self = route
        }
    }

    private static func withName(_ parts: [String?]) -> Route? {
        guard let name = parts.dropFirst().first ?? nil, !name.isEmpty else { return nil }
        if parts.count == 2, parts[0] == "assets" {
            return Asset(rawValue: name).map(Route.asset)
        }
        guard parts.count == 3, let last = parts[2], !last.isEmpty else { return nil }
        if parts[0] == "api", name == "tickets" { return .ticket(last) }
        if parts[0] == "tickets" {
            for part in EvidencePart.allCases {
                if last == plotName(part, isNarrow: false) { return .ticketPlot(name, part, isNarrow: false) }
                if last == plotName(part, isNarrow: true) { return .ticketPlot(name, part, isNarrow: true) }
            }
        }
        if parts[0] == "devices", last.hasSuffix(".svg"), let kind = TraceKind(rawValue: String(last.dropLast(4))) {
            return .devicePlot(name, kind)
        }
        return nil
    }

    /// `evidence.svg`, `evidence-after-narrow.svg`
    static func plotName(_ part: EvidencePart, isNarrow: Bool) -> String {
        "evidence" + (part == .hourAfter ? "-after" : "") + (isNarrow ? "-narrow" : "") + ".svg"
    }

    /// One path segment with everything but unreserved characters of RFC 3986 percent-encoded.
    static func segment(_ name: String) -> String {
        name.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
