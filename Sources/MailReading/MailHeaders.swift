/// The headers of a mail or of a part, unfolded: the first of each name.
struct MailHeaders {
    private var fields: [String: String] = [:]

    /// How much is read of headers, in bytes, and of one of them.
    private static let longest = 131_072
    private static let longestField = 16_384

    /// Takes the headers and the empty line behind them.
    init(reading rest: inout ArraySlice<UInt8>) {
        let start = rest.startIndex
        var field: [UInt8] = []
        while !rest.isEmpty, rest.startIndex - start < Self.longest {
            let line = rest.takeLine()
            guard let first = line.first else { break }
            if first == 0x20 || first == 0x09 {
                // A line that goes on belongs to the one before it (RFC 5322, 2.2.3).
                if !field.isEmpty, field.count < Self.longestField { field += line }
            } else {
                keep(field)
                field = Array(line.prefix(Self.longestField))
            }
        }
        keep(field)
    }

    var isEmpty: Bool { fields.isEmpty }

    /// - Parameter name: in small letters.
    subscript(name: String) -> String? { fields[name] }

    private mutating func keep(_ field: [UInt8]) {
        guard let colon = field.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return }
        let name = field[..<colon]
        guard name.allSatisfy({ (0x21...0x7E).contains($0) }) else { return }
        let key = String(decoding: name, as: UTF8.self).lowercased()
        guard fields[key] == nil else { return }
        fields[key] = Charset.utf8.text(of: Array(field[(colon + 1)...])).trimmed
    }
}

/// A value with parameters, as in `text/plain; charset="utf-8"`.
struct StructuredField {
    /// In small letters.
    private(set) var value = ""
    /// By their names in small letters.
    private(set) var parameters: [String: String] = [:]

    init(_ text: String) {
        var parts = Self.split(text)
        guard !parts.isEmpty else { return }
        value = parts.removeFirst().trimmed.lowercased()
        for part in parts {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let name = String(part[..<equals]).trimmed.lowercased()
            let value = String(part[part.index(after: equals)...]).trimmed
            if parameters[name] == nil { parameters[name] = Self.unquoted(value) }
        }
    }

    /// At semicolons outside of quotes.
    private static func split(_ text: String) -> [String] {
        var parts = [""]
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = character == "\\" && !isEscaped
            if character == ";", !isQuoted { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
        var result = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmed: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
