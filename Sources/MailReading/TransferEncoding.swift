/// Bytes as they travel through mail (RFC 2045, 6.7 and 6.8). What is broken is read as far as it goes.
enum TransferEncoding {
    static func base64(_ text: some Sequence<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text {
            if byte == UInt8(ascii: "=") { break }
            guard let digit = base64Digit(byte) else { continue }
            bits = bits << 6 | UInt32(digit)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return result
    }

    private static func base64Digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }

    /// Of a body: lines, of which a `=` at the end takes the line break away.
    static func quotedPrintable(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text
        while !rest.isEmpty {
            var line = rest.takeLine()
            // Blanks at the end of a line came on the way.
            while let last = line.last, last == 0x20 || last == 0x09 { line = line.dropLast() }
            let goesOn = line.last == UInt8(ascii: "=")
            result += escapes(goesOn ? line.dropLast() : line)
            if !goesOn, !rest.isEmpty { result.append(0x0A) }
        }
        return result
    }

    /// Bytes with `=E4` for those that do not travel.
    static func escapes(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var place = text.startIndex
        while place < text.endIndex {
            if text[place] == UInt8(ascii: "="), place + 2 < text.endIndex, let high = digit(text[place + 1]),
                let low = digit(text[place + 2])
            {
                result.append(high << 4 | low)
                place += 3
            } else {
                result.append(text[place])
                place += 1
            }
        }
        return result
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

/// The character sets that are read.
enum Charset {
    case utf8, latin1

    /// Nil for any other.
    init?(named name: String) {
        switch name.lowercased() {
        case "utf-8", "utf8", "us-ascii", "ascii": self = .utf8
        case "iso-8859-1", "latin1": self = .latin1
        default: return nil
        }
    }

    /// What is no UTF-8 becomes U+FFFD.
    func text(of bytes: [UInt8]) -> String {
        switch self {
        case .utf8: return String(decoding: bytes, as: UTF8.self)
        case .latin1:
            var scalars = String.UnicodeScalarView()
            for byte in bytes { scalars.append(Unicode.Scalar(byte)) }
            return String(scalars)
        }
    }
}
