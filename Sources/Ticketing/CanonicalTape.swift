/// Canonical text, read once from front to back into a flat list of its parts; a part is decoded when it is asked for.
///
/// It refuses whatever `CanonicalValue.bytes` would have written differently: unsorted or repeated keys, white space,
/// other escapes, other numbers than whole ones of 64 bits, bytes that are no UTF-8. So nothing needs to be written
/// again to be compared. One tape may read many texts, one after another, and then allocates nothing.
struct CanonicalTape: Sendable {
    /// A value, or the key before it.
    struct Part: Sendable {
        enum Kind: UInt8, Sendable { case integer, text, list, object }

        var kind: Kind
        var hasEscapes = false
        /// Where its bytes begin; of a text those between the quotes.
        var start: Int32
        var end: Int32
        /// The part behind it and all that is within it.
        var next: Int32
        var number: Int64 = 0
    }

    private(set) var bytes: [UInt8] = []
    private(set) var parts: ContiguousArray<Part> = []
    /// The lists and objects that are being read.
    private var open: ContiguousArray<Int32> = []
    private var offset = 0
    /// Whether all that was read is ASCII.
    private(set) var isASCII = true
    private var maximumDepth = 0
    /// Keys and values in one text; a text of at most 1 MiB needs no other bound.
    var maximumParts = Int.max

    /// What is read, with its closing byte: no look ahead goes beyond that, so none checks the bounds.
    private typealias Bytes = UnsafePointer<UInt8>

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// Reads a text of at most 2 GiB in the place of the one before.
    mutating func read(_ text: UnsafeRawBufferPointer, maximumDepth: Int) throws(NotCanonical) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: text)
        parts.removeAll(keepingCapacity: true)
        open.removeAll(keepingCapacity: true)
        offset = 0
        isASCII = true
        self.maximumDepth = maximumDepth
        guard text.count < Int32.max else { throw NotCanonical(offset: Int(Int32.max)) }
        // A closing byte that is no JSON, so that every look ahead finds something.
        bytes.append(0)
        // One more reference, so that the tape may grow meanwhile.
        let all = bytes
        try all.withUnsafeBufferPointer { (all) throws(NotCanonical) in
            guard let bytes = all.baseAddress else { throw failure }
            try value(bytes)
        }
        guard offset == text.count else { throw failure }
        if !isASCII, let invalid = firstInvalidByte { throw NotCanonical(offset: invalid) }
    }

    private var failure: NotCanonical { NotCanonical(offset: offset) }
    private var end: Int { bytes.count - 1 }

    private mutating func take(_ byte: UInt8, _ bytes: Bytes) -> Bool {
        guard bytes[offset] == byte, offset < end else { return false }
        offset += 1
        return true
    }

    private mutating func value(_ bytes: Bytes) throws(NotCanonical) {
        switch bytes[offset] {
        case Self.quote: try text(bytes)
        case UInt8(ascii: "{"): try container(.object, bytes)
        case UInt8(ascii: "["): try container(.list, bytes)
        default: try integer(bytes)
        }
    }

    private mutating func container(_ kind: Part.Kind, _ bytes: Bytes) throws(NotCanonical) {
        guard open.count < maximumDepth, parts.count < maximumParts else { throw failure }
        let index = parts.count
        parts.append(Part(kind: kind, start: Int32(offset), end: 0, next: 0))
        open.append(Int32(index))
        offset += 1
        let closing = kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
        if !take(closing, bytes) {
            var previous: Int?
            repeat {
                if kind == .object {
                    let key = parts.count
                    guard bytes[offset] == Self.quote else { throw failure }
                    try text(bytes)
                    if let previous, !isKey(previous, before: key) { throw NotCanonical(offset: Int(parts[key].start)) }
                    previous = key
                    guard take(UInt8(ascii: ":"), bytes) else { throw failure }
                }
                try value(bytes)
                guard parts.count <= maximumParts else { throw failure }
            } while take(UInt8(ascii: ","), bytes)
            guard take(closing, bytes) else { throw failure }
        }
        parts[index].end = Int32(offset)
        parts[index].next = Int32(parts.count)
        open.removeLast()
    }

    private mutating func integer(_ bytes: Bytes) throws(NotCanonical) {
        let start = offset
        let isNegative = take(UInt8(ascii: "-"), bytes)
        let firstDigit = offset
        var magnitude: UInt64 = 0
        while case let digit = bytes[offset] &- UInt8(ascii: "0"), digit < 10 {
            let (tens, isTooLarge) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, isOver) = tens.addingReportingOverflow(UInt64(digit))
            guard !isTooLarge, !isOver else { throw failure }
            magnitude = sum
            offset += 1
        }
        let isZeroPadded = bytes[firstDigit] == UInt8(ascii: "0") && (offset > firstDigit + 1 || isNegative)
        guard offset > firstDigit, !isZeroPadded, let number = Self.signed(magnitude, isNegative) else { throw failure }
        parts.append(
            Part(
                kind: .integer, start: Int32(start), end: Int32(offset), next: Int32(parts.count + 1), number: number))
    }

    private static func signed(_ magnitude: UInt64, _ isNegative: Bool) -> Int64? {
        guard isNegative else { return Int64(exactly: magnitude) }
        if magnitude == UInt64(Int64.max) + 1 { return .min }
        return Int64(exactly: magnitude).map { -$0 }
    }

    private mutating func text(_ bytes: Bytes) throws(NotCanonical) {
        offset += 1
        let start = offset
        var hasEscapes = false
        var seen: UInt8 = 0
        offset = plainEnd(from: offset, bytes, seen: &seen)
        while bytes[offset] != Self.quote {
            guard bytes[offset] == Self.backslash else { throw failure }
            offset += 1
            hasEscapes = true
            try escape(bytes)
            offset = plainEnd(from: offset, bytes, seen: &seen)
        }
        if seen >= 0x80 { isASCII = false }
        parts.append(
            Part(
                kind: .text, hasEscapes: hasEscapes, start: Int32(start), end: Int32(offset),
                next: Int32(parts.count + 1)))
        offset += 1
    }

    /// Where a text needs a closer look: at a quote, a backslash or a control character, as the closing byte is one.
    ///
    /// - Parameter seen: every bit of the bytes before it.
    private func plainEnd(from start: Int, _ bytes: Bytes, seen: inout UInt8) -> Int {
        var place = start
        while case let byte = bytes[place], byte != Self.quote, byte != Self.backslash, byte >= 0x20 {
            seen |= byte
            place += 1
        }
        return place
    }

    /// What stands behind a backslash. A control character that has a letter is never written by its number.
    private mutating func escape(_ bytes: Bytes) throws(NotCanonical) {
        if bytes[offset] == UInt8(ascii: "u") {
            guard offset + 4 < end, let code = Self.control(UnsafeBufferPointer(start: bytes + offset + 1, count: 4)),
                ![0x08, 0x09, 0x0A, 0x0C, 0x0D].contains(code)
            else { throw failure }
            offset += 5
        } else {
            guard Self.letter(bytes[offset]) != nil else { throw failure }
            offset += 1
        }
    }

    /// The byte that a letter behind a backslash stands for.
    private static func letter(_ byte: UInt8) -> UInt8? {
        switch byte {
        case quote, backslash: byte
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "r"): 0x0D
        default: nil
        }
    }

    /// Four lower-case hexadecimal digits of a control character.
    private static func control(_ digits: some Collection<UInt8>) -> UInt8? {
        var code = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: code = code << 4 | Int(digit - 0x30)
            case 0x61...0x66: code = code << 4 | Int(digit - 0x61 + 10)
            default: return nil
            }
        }
        return code < 0x20 ? UInt8(code) : nil
    }

    private func isKey(_ first: Int, before second: Int) -> Bool {
        if parts[first].hasEscapes || parts[second].hasEscapes {
            return decoded(parts[first]).lexicographicallyPrecedes(decoded(parts[second]))
        }
        let (a, b) = (parts[first], parts[second])
        // Mostly the first bytes tell them apart.
        let (firstOfA, firstOfB) = (bytes[Int(a.start)], bytes[Int(b.start)])
        if firstOfA != firstOfB, a.start < a.end, b.start < b.end { return firstOfA < firstOfB }
        return bytes.withUnsafeBufferPointer { all in
            all[Int(a.start)..<Int(a.end)].lexicographicallyPrecedes(all[Int(b.start)..<Int(b.end)])
        }
    }

    private func content(_ part: Part) -> ArraySlice<UInt8> { bytes[Int(part.start)..<Int(part.end)] }

    private func decoded(_ part: Part) -> [UInt8] { Self.decoded(content(part)) }

    /// A text's bytes without escapes.
    static func decoded(_ content: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = content[...]
        while let byte = rest.popFirst() {
            guard byte == Self.backslash, let code = rest.popFirst() else {
                result.append(byte)
                continue
            }
            if let letter = letter(code) {
                result.append(letter)
            } else if let control = control(rest.prefix(4)) {
                result.append(control)
                rest = rest.dropFirst(4)
            }
        }
        return result
    }

    /// Where the text stops being UTF-8; nil where it does not.
    private var firstInvalidByte: Int? {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    // MARK: - What was read

    /// The text of a part that is one.
    func text(_ part: Part) -> String {
        if part.hasEscapes { return String(decoding: decoded(part), as: UTF8.self) }
        return bytes.withUnsafeBufferPointer { all in
            String(decoding: UnsafeBufferPointer(rebasing: all[Int(part.start)..<Int(part.end)]), as: UTF8.self)
        }
    }

    /// Whether the part is exactly this text.
    func isText(_ part: Part, _ text: StaticString) -> Bool {
        guard part.kind == .text, !part.hasEscapes, Int(part.end - part.start) == text.utf8CodeUnitCount else {
            return false
        }
        let first = Int(part.start)
        for index in 0..<text.utf8CodeUnitCount where bytes[first + index] != text.utf8Start[index] { return false }
        return true
    }

    /// The value of a key of an object; nil where there is none.
    func member(_ key: String, of object: Part, at index: Int) -> Int? {
        var key = key
        return key.withUTF8 { wanted in
            var index = index + 1
            while index < Int(object.next) {
                let part = parts[index]
                if Int(part.end - part.start) == wanted.count, !part.hasEscapes {
                    let first = Int(part.start)
                    var same = 0
                    while same < wanted.count, bytes[first + same] == wanted[same] { same += 1 }
                    if same == wanted.count { return index + 1 }
                }
                index = Int(parts[index + 1].next)
            }
            return nil
        }
    }

    /// Where reading stopped: for each list or object that was open, how many elements of it, or the key in it, were
    /// complete.
    var openPath: [CanonicalStep] {
        open.map { container in
            var count = 0
            var index = Int(container) + 1
            let isObject = parts[Int(container)].kind == .object
            var key: Part?
            while index < parts.count {
                if isObject {
                    key = parts[index]
                    index += 1
                    guard index < parts.count else { break }
                }
                let next = Int(parts[index].next)
                // An open one has no end yet.
                guard next > index else { break }
                index = next
                count += 1
                key = nil
            }
            return isObject ? .key(key.map(text)) : .element(count)
        }
    }
}

extension CanonicalTape {
    /// The way to the part that holds a byte, in a text that was read to its end.
    func path(to offset: Int) -> [CanonicalStep] {
        var path: [CanonicalStep] = []
        var container = 0
        search: while container < parts.count, parts[container].kind == .list || parts[container].kind == .object {
            let isObject = parts[container].kind == .object
            var index = container + 1
            var count = 0
            while index < Int(parts[container].next) {
                let value = isObject ? index + 1 : index
                if offset < Int(parts[value].end) {
                    path.append(isObject ? .key(text(parts[index])) : .element(count))
                    container = value
                    continue search
                }
                index = Int(parts[value].next)
                count += 1
            }
            break
        }
        return path
    }
}

/// One step on the way to a place in canonical text.
package enum CanonicalStep: Hashable, Sendable {
    /// The value of this key; nil between two of them.
    case key(String?)
    /// From 0.
    case element(Int)
}
