internal import HTTPTypes

/// What a request must fulfil before anything is looked up for it.
enum RequestGuard {
    /// Why a request is refused.
    enum Refusal: Hashable {
        case method, host, crossSite
    }

    /// Nil for a request that may pass.
    static func refusal(_ head: HTTPRequest) -> Refusal? {
        guard let authority = head.authority, isLoopback(authority: authority) else { return .host }
        guard head.method == .get else { return .method }
        return isCrossSiteLoad(head.headerFields) ? .crossSite : nil
    }

    /// Whether a Host header names this machine. Any other name may be a foreign page whose name was pointed at
    /// loopback (DNS rebinding), so that its script could read what only this machine should see.
    static func isLoopback(authority: String) -> Bool {
        let text = authority.lowercased()
        for name in ["localhost", "127.0.0.1", "[::1]"] where text.hasPrefix(name) {
            let rest = text.dropFirst(name.count)
            if rest.isEmpty { return true }
            guard rest.first == ":" else { continue }
            let digits = rest.dropFirst()
            return (1...5).contains(digits.count) && digits.allSatisfy { $0.isASCII && $0.isNumber }
        }
        return false
    }

    /// Whether another site's page loads something of ours; following a link to the page is allowed.
    private static func isCrossSiteLoad(_ fields: HTTPFields) -> Bool {
        guard let site = fields[fetchSite] else { return false }
        return site != "same-origin" && site != "none" && fields[fetchMode] != "navigate"
    }
}

// Both names are tokens of RFC 9110, the only reason for which the initialiser answers nil.
private let fetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .secPurpose
private let fetchMode = HTTPField.Name("Sec-Fetch-Mode") ?? .secPurpose
