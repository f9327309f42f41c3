internal import StrictYAML
internal import Ticketing

/// More than any home has.
let notificationLimit = 16
private let addressLimit = 16

/// The channels of notification; each gets a name that no other has.
func readNotifications(_ value: YAMLValue) -> [NotificationSettings]? {
    var taken: Set<String> = []
    var counts: [String: Int] = [:]
    return value.list(upTo: notificationLimit) { readNotification($0, &taken, &counts) }
}

private enum Kind: String, CaseIterable { case mail, webhook }

private func readNotification(
    _ value: YAMLValue, _ taken: inout Set<String>, _ counts: inout [String: Int]
) -> NotificationSettings? {
    var names = taken
    var count = counts
    let read = value.mapping { map -> NotificationSettings? in
        let kind = map.required("channel") { $0.oneOf(Kind.self) }
        let name = map.optional("name") { readName($0, &names) }
        let audience = map.optional("audience", default: [.support], readAudience)
        let language = map.optional("language", default: .english) { $0.oneOf(MessageLanguage.self) }
        let way: NotificationSettings.Way?
        switch kind {
        case .mail: way = readMail(map).map { .mail($0) }
        case .webhook: way = readWebhook(map).map { .webhook($0) }
        case nil:
            // Which keys are unknown depends on the channel: they wait for its correction.
            for key in ["to", "from", "server", "tls", "user", "passwordFile", "caFile", "url", "secretFile"] {
                _ = map.optional(key) { _ in true }
            }
            way = nil
        }
        guard let kind, let audience, let language, let way else { return nil }
        count[kind.rawValue, default: 0] += 1
        // What stands in facts for a channel that has no name of its own.
        let numbered = "\(kind.rawValue)-\(count[kind.rawValue] ?? 1)"
        if name == nil, !names.insert(numbered).inserted { return value.refuse("\(numbered) is taken: give it a name") }
        return NotificationSettings(name: name ?? numbered, audience: audience, language: language, way: way)
    }
    taken = names
    counts = count
    return read
}

private func readName(_ value: YAMLValue, _ taken: inout Set<String>) -> String? {
    guard let name = value.identifier() else { return nil }
    guard taken.insert(name).inserted else {
        return value.refuse("channel \"\(name)\" is there twice; each needs its own")
    }
    return name
}

private func readAudience(_ value: YAMLValue) -> [Audience]? {
    let named = value.isList
        ? value.list(upTo: Audience.allCases.count) { $0.oneOf(Audience.self) }
        : value.oneOf(Audience.self).map { [$0] }
    guard let named else { return nil }
    guard !named.isEmpty, Set(named).count == named.count else {
        return value.refuse("audience names user, support, installer, each at most once, and one at least")
    }
    return Audience.allCases.filter(named.contains)
}

// MARK: - Mail

private func readMail(_ map: YAMLMapping) -> MailSettings? {
    let to = map.required("to", readAddresses)
    let from = map.optional("from") { $0.mailAddress() }
    var serverPlace: YAMLValue?
    let server = map.required("server") { value -> ServerURL? in
        serverPlace = value
        return value.serverURL(schemes: ["smtp", "smtps"], hasPath: false)
    }
    let isLocal = server?.isLoopback ?? false
    var tlsPlace: YAMLValue?
    let tls = map.optional("tls", default: isLocal && server?.scheme == "smtp" ? .off : .required) { value in
        tlsPlace = value
        return value.oneOf(MailSettings.TLS.self)
    }
    let user = map.optional("user") { $0.word() }
    let passwordFile = map.optional("passwordFile") { $0.secretPath() }
    let authorities = map.optional("caFile") { $0.absolutePath() }
    guard let to, let first = to.first, let server, let tls else { return nil }
    if tls == .off, !isLocal {
        return (tlsPlace ?? serverPlace)?.refuse("what is not encrypted goes to this machine only: tls: required")
    }
    if server.scheme == "smtps", tls != .required {
        return tlsPlace?.refuse("smtps:// always encrypts: leave tls away, or use smtp://")
    }
    guard map.has("user") == map.has("passwordFile") else {
        map.report("user and passwordFile need each other")
        return nil
    }
    if user != nil, tls != .required, !isLocal {
        return tlsPlace?.refuse("a password is sent encrypted only: tls: required")
    }
    let login = user.flatMap { user in passwordFile.map { MailSettings.Login(user: user, passwordFile: $0) } }
    return MailSettings(
        to: to, from: from ?? first, server: server.text, tls: tls, login: login, authorityFile: authorities)
}

private func readAddresses(_ value: YAMLValue) -> [String]? {
    guard value.isList else { return value.mailAddress().map { [$0] } }
    guard let addresses = value.list(upTo: addressLimit, { $0.mailAddress() }) else { return nil }
    guard !addresses.isEmpty, Set(addresses).count == addresses.count else {
        return value.refuse("at least one address is needed, and each only once")
    }
    return addresses
}

// MARK: - Webhook

private func readWebhook(_ map: YAMLMapping) -> WebhookSettings? {
    let url = map.required("url") { value -> String? in
        guard let url = value.serverURL(schemes: ["https", "http"], hasPath: true) else { return nil }
        guard url.scheme == "https" || url.isLoopback else {
            return value.refuse("what is not encrypted goes to this machine only: use https://")
        }
        return url.text
    }
    let secretFile = map.optional("secretFile") { $0.secretPath() }
    let authorities = map.optional("caFile") { $0.absolutePath() }
    return url.map { WebhookSettings(url: $0, secretFile: secretFile, authorityFile: authorities) }
}

// MARK: - Servers

/// Where a server is.
private struct ServerURL {
    var text: String
    var scheme: String
    var host: String

    /// Whether what is sent there leaves this machine not.
    var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension YAMLValue {
    /// A URL of host, perhaps a port, and only where `hasPath` what follows. Names and passwords have no place in it.
    fileprivate func serverURL(schemes: [String], hasPath: Bool) -> ServerURL? {
        guard let text = url(schemes: schemes), let colon = text.firstIndex(of: ":") else { return nil }
        let rest = text[colon...].dropFirst(3)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else {
            return refuse("a URL holds no name and no password; they have keys of their own")
        }
        guard hasPath || authority.endIndex == rest.endIndex else {
            return refuse("\"\(text)\" has more than a host and a port")
        }
        guard !rest.contains("#") else { return refuse("\"\(text)\" has a fragment, which no server sees") }
        let isBracketed = authority.hasPrefix("[")
        let host = isBracketed ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        let port = authority.dropFirst(host.count)
        guard !host.isEmpty, authority.hasPrefix(host), port.isEmpty || Self.isPort(port) else {
            return refuse("\"\(text)\" has no host, or a port outside 1 to 65535")
        }
        return ServerURL(text: text, scheme: String(text[..<colon]), host: host.lowercased())
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard text.first == ":", let port = UInt16(text.dropFirst()), port > 0 else { return false }
        return text == ":\(port)"
    }

    /// One line of printable text.
    fileprivate func word() -> String? {
        guard let text = string() else { return nil }
        guard !text.contains("\n"), text.utf8.count <= 254 else { return refuse("one line of at most 254 bytes") }
        return text
    }
}
