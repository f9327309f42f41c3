internal import HTTPTypes

/// What a request must fulfil before anything is looked up for it.
enum RequestGuard {
    /// Why a request is refused.
    enum Refusal: Hashable {
        case method, reportMethod, host, crossSite, crossSiteReport
    }

    /// Nil for a request that may pass.
    ///
    /// - Parameter isReport: whether it goes to the one address that takes something.
    static func refusal(_ head: HTTPRequest, isReport: Bool = false) -> Refusal? {
        guard let authority = head.authority, isLoopback(authority: authority) else { return .host }
        if isReport {
            guard head.method == .post else { return .reportMethod }
            return isOfThePage(head.headerFields, authority: authority) ? nil : .crossSiteReport
        }
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

    /// Whether what is posted comes from the page itself, as far as the browser tells. Another site's page may post a
    /// form here without being able to read the answer; a browser then names that site, or `null`.
    private static func isOfThePage(_ fields: HTTPFields, authority: String) -> Bool {
        // Each of a header that came more than once must fit.
        let page = withoutUsualPort(authority.lowercased())
        let isOwn = fields[values: .origin].allSatisfy { origin in
            let origin = origin.lowercased()
            return origin.hasPrefix("http://") && withoutUsualPort(String(origin.dropFirst(7))) == page
        }
        return isOwn && fields[values: fetchSite].allSatisfy { $0 == "same-origin" || $0 == "none" }
    }

    private static func withoutUsualPort(_ authority: String) -> String {
        authority.hasSuffix(":80") ? String(authority.dropLast(3)) : authority
    }
}

// Both names are tokens of RFC 9110, the only reason for which the initialiser answers nil.
private let fetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .secPurpose
private let fetchMode = HTTPField.Name("Sec-Fetch-Mode") ?? .secPurpose
