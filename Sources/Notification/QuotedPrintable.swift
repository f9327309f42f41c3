/// Text in printable ASCII, lines of at most 76 characters (RFC 2045, 6.7).
enum QuotedPrintable {
    private static let longestLine = 76

    /// Lines end with CR LF.
    static func text(_ text: String) -> String {
        var lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
        // What stands after the last line feed is a line only where there is something.
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { line($0) + "\r\n" }.joined()
    }

    private static func line(_ line: Substring) -> String {
        var result = ""
        var length = 0
        let bytes = Array(line.utf8)
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let piece = isPlain(byte, isLast: isLast) ? String(Unicode.Scalar(byte)) : "=" + hexadecimal(byte)
            // Room for the sign that the line goes on.
            if length + piece.count > longestLine - 1 {
                result += "=\r\n"
                length = 0
            }
            result += piece
            length += piece.count
        }
        return result
    }

    /// A blank at the end of a line gets lost on the way.
    private static func isPlain(_ byte: UInt8, isLast: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "="): false
        case 0x20: !isLast
        default: (0x21...0x7E).contains(byte)
        }
    }

    static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}

/// Words in a header beyond ASCII (RFC 2047).
enum EncodedWords {
    /// Bytes of text in one word: in base64, with what stands around them and a name before them, they fit on a line.
    private static let bytesInWord = 39

    /// The text as it is where it is plain, else in encoded words, one a line.
    static func header(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?")
        guard !isPlain || text.utf8.count > 200 else { return text }
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            // A character may not be cut in two.
            let bytes = Array(String(scalar).utf8)
            if words[words.count - 1].count + bytes.count > bytesInWord { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { "=?utf-8?B?\(base64($0))?=" }.joined(separator: "\r\n ")
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var result = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
            for place in 0..<4 {
                result.append(place <= part.count ? digits[bits >> (18 - 6 * place) & 63] : "=")
            }
        }
        return result
    }
}
