/// Words beyond ASCII in a header, `=?utf-8?Q?M=C3=BCller?=` (RFC 2047).
enum EncodedWords {
    /// The text with its encoded words in plain characters. What is none, or in a character set that is not read, stays
    /// as it is.
    static func decoded(_ text: String) -> String {
        var result = ""
        // Bytes of words that follow each other: a character may be cut in two between them.
        var open: (charset: Charset, bytes: [UInt8])?
        var rest = Array(text.utf8)[...]
        while let start = firstWord(in: rest) {
            let between = rest[..<start]
            let isGap = open != nil && between.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            guard let word = Word(at: start, in: rest) else {
                result += flush(&open) + String(decoding: rest[..<(start + 2)], as: UTF8.self)
                rest = rest[(start + 2)...]
                continue
            }
            // Blanks between two encoded words separate them and stand for nothing.
            if !isGap { result += flush(&open) + String(decoding: between, as: UTF8.self) }
            if let same = open, same.charset == word.charset {
                open = (word.charset, same.bytes + word.bytes)
            } else {
                result += flush(&open)
                open = (word.charset, word.bytes)
            }
            rest = rest[word.end...]
        }
        return result + flush(&open) + String(decoding: rest, as: UTF8.self)
    }

    private static func flush(_ open: inout (charset: Charset, bytes: [UInt8])?) -> String {
        defer { open = nil }
        return open.map { $0.charset.text(of: $0.bytes) } ?? ""
    }

    private static func firstWord(in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count > 1 else { return nil }
        return (bytes.startIndex..<(bytes.endIndex - 1)).first {
            bytes[$0] == UInt8(ascii: "=") && bytes[$0 + 1] == UInt8(ascii: "?")
        }
    }

    /// One encoded word.
    private struct Word {
        /// The standard says 75; some write more.
        private static let longest = 1_000

        let charset: Charset
        let bytes: [UInt8]
        /// Where it ends.
        let end: Int

        /// - Parameter start: where its `=?` stands.
        init?(at start: Int, in bytes: ArraySlice<UInt8>) {
            let mark = UInt8(ascii: "?")
            let body = bytes[(start + 2)...].prefix(Self.longest)
            guard let first = body.firstIndex(of: mark),
                let second = body[(first + 1)...].firstIndex(of: mark),
                let third = body[(second + 1)...].firstIndex(of: mark),
                third + 1 < body.endIndex, body[third + 1] == UInt8(ascii: "=")
            else { return nil }
            // A language may follow the character set (RFC 2231, 5).
            let name = body[..<first].split(separator: UInt8(ascii: "*")).first ?? []
            guard let charset = Charset(named: String(decoding: name, as: UTF8.self)) else { return nil }
            let text = body[(second + 1)..<third]
            switch String(decoding: body[(first + 1)..<second], as: UTF8.self).lowercased() {
            case "b": self.bytes = TransferEncoding.base64(text)
            case "q":
                self.bytes = TransferEncoding.escapes(Array(text.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 })[...])
            default: return nil
            }
            self.charset = charset
            end = third + 2
        }
    }
}
