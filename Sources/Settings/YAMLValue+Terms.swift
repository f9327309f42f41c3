internal import Foundation
internal import StrictYAML
internal import Terms

extension YAMLValue {
    /// A name of 1 to 64 letters, digits, hyphens and underscores: it stands in ids, keys and file names.
    func identifier() -> String? {
        guard let text = string() else { return nil }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || scalar == "-" || scalar == "_")
        }
        guard isPlain, text.utf8.count <= 64 else {
            return refuse("\"\(text.prefix(64))\": a name has 1 to 64 letters, digits, - and _")
        }
        return text
    }

    /// `500ms`, `1s`, `15min`, `24h`, `30d`, within `range`.
    func duration(in range: ClosedRange<Milliseconds>) -> Milliseconds? {
        guard let text = string() else { return nil }
        guard let duration = Milliseconds(text: text) else {
            return refuse("\"\(text)\" is no length of time such as 500ms, 1s, 15min, 24h or 30d")
        }
        guard range.contains(duration) else {
            return refuse("\(text) is outside \(range.lowerBound.text) to \(range.upperBound.text)")
        }
        return duration
    }

    /// A day: `2026-05-04`.
    func day() -> CivilDate? {
        guard let text = string() else { return nil }
        guard let date = CivilDate(text: text) else { return refuse("\"\(text)\" is no day such as 2026-05-04") }
        return date
    }

    /// An IANA time zone: `Europe/Berlin`.
    func zone() -> String? {
        guard let text = string() else { return nil }
        let known = TimeZone.knownTimeZoneIdentifiers
        // Foundation also takes EST, GMT+3 and other cases of letters, which other programs do not.
        let isAlias = text.contains("/") && TimeZone(identifier: text) != nil
            && !known.contains { $0.lowercased() == text.lowercased() }
        guard known.contains(text) && text.contains("/") || text == "UTC" || isAlias else {
            let near = nearest(to: text, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
            return refuse("\"\(text)\" is no IANA time zone such as Europe/Berlin\(near)")
        }
        return text
    }

    /// A path that starts at the root, of at most `limit` bytes.
    func absolutePath(upTo limit: Int = 1_024) -> String? {
        guard let text = string() else { return nil }
        guard text.hasPrefix("/"), !text.contains("\n") else { return refuse("\"\(text)\" is no absolute path") }
        guard text.utf8.count <= limit else { return refuse("the path is longer than \(limit) bytes") }
        return text
    }

    /// Where a secret lies: an absolute path, or a credential of systemd: `$CREDENTIALS_DIRECTORY/mail.password`.
    func secretPath() -> String? {
        guard let text = string() else { return nil }
        guard text.hasPrefix("$") else { return absolutePath() }
        let name = text.hasPrefix(credentialsFolder) ? text.dropFirst(credentialsFolder.count) : ""
        let isPlain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        guard let first = name.first, first != ".", isPlain, name.utf8.count <= 255 else {
            return refuse("\"\(text)\" is no credential such as \(credentialsFolder)mail.password")
        }
        return text
    }

    /// A URL with one of the schemes and a host, in printable ASCII.
    func url(schemes: [String]) -> String? {
        guard let text = string() else { return nil }
        let rest = schemes.first { text.hasPrefix("\($0)://") }.map { text.dropFirst($0.count + 3) }
        let isPrintable = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard let rest, let first = rest.first, !"/:?#@".contains(first), isPrintable else {
            let starts = schemes.map { "\($0)://" }.joined(separator: " or ")
            return refuse("\"\(text)\" is no URL that starts with \(starts) and a host")
        }
        return text
    }

    /// A mail address: `support@example.org`. What decides is the server; this keeps blanks, lists and headers out.
    func mailAddress() -> String? {
        guard let text = string() else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !",;:<>()[]\"\\".utf8.contains($0) }
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, isPlain, text.utf8.count <= 254 else {
            return refuse("\"\(text)\" is no mail address such as support@example.org")
        }
        return text
    }
}
