internal import Engine
internal import Foundation

/// The button's form as a browser sends it (application/x-www-form-urlencoded).
enum ReportForm {
    /// The name of the text.
    static let field = "text"
    /// The longest form that is read, in bytes. A letter takes three for each byte of its UTF-8, so that the longest
    /// text fits in the alphabets of one or two bytes, and some 900 characters of three.
    static let longest = 8_192

    /// Whether a Content-Type names this kind of form, with or without parameters.
    static func isType(_ contentType: String?) -> Bool {
        let type = contentType?.split(separator: ";", omittingEmptySubsequences: false).first ?? ""
        return type.trimmingCharacters(in: .whitespaces).lowercased() == "application/x-www-form-urlencoded"
    }

    /// The text as it was written; nil where the form has none. What is no UTF-8 becomes U+FFFD.
    static func text(of form: some Sequence<UInt8>) -> String? {
        for pair in Array(form).split(separator: UInt8(ascii: "&")) {
            let sides = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, decoded(sides[0]) == field else { continue }
            return decoded(sides[1])
        }
        return nil
    }

    private static func decoded(_ encoded: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var place = encoded.startIndex
        while place < encoded.endIndex {
            let byte = encoded[place]
            if byte == UInt8(ascii: "%"), place + 2 < encoded.endIndex, let high = digit(encoded[place + 1]),
                let low = digit(encoded[place + 2])
            {
                bytes.append(high << 4 | low)
                place += 3
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
                place += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
