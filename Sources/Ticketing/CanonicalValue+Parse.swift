/// Why bytes are not the canonical text of a value.
package struct NotCanonical: Error, Equatable, CustomStringConvertible {
    /// From 0.
    package var offset: Int
    package var description: String { "not canonical JSON at byte \(offset)" }
}

extension CanonicalValue {
    /// The largest text that is read, and how deep it may be nested.
    package static let maximumBytes = 1_048_576
    private static let maximumDepth = 16

    /// Reads canonical bytes. Anything that `bytes` would have written differently is refused, so equal values have
    /// equal texts in both directions.
    package init(canonical bytes: [UInt8]) throws(NotCanonical) {
        guard bytes.count <= Self.maximumBytes else { throw NotCanonical(offset: Self.maximumBytes) }
        var parser = Parser(bytes: bytes)
        let value = try parser.value(depth: Self.maximumDepth)
        guard parser.offset == bytes.count, value.bytes == bytes else { throw NotCanonical(offset: parser.offset) }
        self = value
    }

    private struct Parser {
        let bytes: [UInt8]
        var offset = 0

        var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }
        var failure: NotCanonical { NotCanonical(offset: offset) }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard current == UInt8(ascii: character) else { return false }
            offset += 1
            return true
        }

        mutating func value(depth: Int) throws(NotCanonical) -> CanonicalValue {
            guard depth > 0 else { throw failure }
            if current == UInt8(ascii: "\"") { return .text(try text()) }
            if take("[") { return .list(try elements(depth: depth - 1)) }
            if take("{") { return .object(try members(depth: depth - 1)) }
            return .integer(try integer())
        }

        mutating func elements(depth: Int) throws(NotCanonical) -> [CanonicalValue] {
            var result: [CanonicalValue] = []
            if take("]") { return result }
            repeat { result.append(try value(depth: depth)) } while take(",")
            guard take("]") else { throw failure }
            return result
        }

        mutating func members(depth: Int) throws(NotCanonical) -> [String: CanonicalValue] {
            var result: [String: CanonicalValue] = [:]
            if take("}") { return result }
            repeat {
                let key = try text()
                guard take(":"), result[key] == nil else { throw failure }
                result[key] = try value(depth: depth)
            } while take(",")
            guard take("}") else { throw failure }
            return result
        }

        mutating func integer() throws(NotCanonical) -> Int64 {
            let start = offset
            while let byte = current, byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) { offset += 1 }
            guard let number = Int64(String(decoding: bytes[start..<offset], as: UTF8.self)) else { throw failure }
            return number
        }

        mutating func text() throws(NotCanonical) -> String {
            guard take("\"") else { throw failure }
            var content: [UInt8] = []
            while let byte = current, byte != UInt8(ascii: "\"") {
                offset += 1
                content.append(byte == UInt8(ascii: "\\") ? try escaped() : byte)
            }
            guard take("\""), let text = String(validating: content, as: UTF8.self) else { throw failure }
            return text
        }

        private mutating func escaped() throws(NotCanonical) -> UInt8 {
            guard let byte = current else { throw failure }
            offset += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): return byte
            case UInt8(ascii: "b"): return 0x08
            case UInt8(ascii: "t"): return 0x09
            case UInt8(ascii: "n"): return 0x0A
            case UInt8(ascii: "f"): return 0x0C
            case UInt8(ascii: "r"): return 0x0D
            case UInt8(ascii: "u"):
                guard offset + 4 <= bytes.count,
                    let code = UInt8(String(decoding: bytes[offset..<(offset + 4)], as: UTF8.self), radix: 16)
                else { throw failure }
                offset += 4
                return code
            default: throw failure
            }
        }
    }
}
