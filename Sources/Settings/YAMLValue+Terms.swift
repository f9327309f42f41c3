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

    /// A path that starts at the root.
    func absolutePath() -> String? {
        guard let text = string() else { return nil }
        guard text.hasPrefix("/"), text.utf8.count <= 1_024 else { return refuse("\"\(text)\" is no absolute path") }
        return text
    }

    /// A URL with one of the schemes and a host.
    func url(schemes: [String]) -> String? {
        guard let text = string() else { return nil }
        guard let scheme = schemes.first(where: { text.hasPrefix("\($0)://") }), text.count > scheme.count + 3 else {
            return refuse("\"\(text)\" is no URL that starts with " + schemes.map { "\($0)://" }.joined(separator: " or "))
        }
        return text
    }
}
