/// Reads canonical text from front to back into the room that its tape has for the parts.
///
/// Every look ahead finds something: behind the text stand closing bytes, which no JSON holds outside of a text.
struct CanonicalScan {
    typealias Part = CanonicalTape.Part
    private typealias Word = UInt64

    /// Zeros behind the text: texts are searched a word at a time.
    static let closingBytes = MemoryLayout<UInt64>.size

    private let bytes: UnsafeBufferPointer<UInt8>
    private let end: Int
    private let parts: UnsafeMutableBufferPointer<Part>
    private let maximumParts: Int
    private let maximumDepth: Int
    private var depth = 0
    private var offset = 0
    /// The parts that are read.
    private(set) var count = 0
    /// The innermost container that is being read; -1 for none.
    private(set) var open: Int32 = -1
    /// Whether it stopped because no room was left for another part.
    private(set) var isFull = false

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")

    /// - Parameters:
    ///   - bytes: the text and its closing bytes.
    ///   - count: of the text alone.
    ///   - parts: initialised.
    init(
        _ bytes: UnsafeBufferPointer<UInt8>, count: Int, _ parts: UnsafeMutableBufferPointer<Part>, maximumParts: Int,
        maximumDepth: Int
    ) {
        self.bytes = bytes
        end = count
        self.parts = parts
        self.maximumParts = maximumParts
        self.maximumDepth = maximumDepth
    }

    /// Reads one value that fills the text.
    mutating func read() throws(NotCanonical) {
        try value()
        guard offset == end else { throw failure }
    }

    private var failure: NotCanonical { NotCanonical(offset: offset) }

    private mutating func append(_ part: Part) throws(NotCanonical) {
        guard count < parts.count else {
            isFull = true
            throw failure
        }
        parts[count] = part
        count += 1
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard bytes[offset] == byte, offset < end else { return false }
        offset += 1
        return true
    }

    private mutating func value() throws(NotCanonical) {
        switch bytes[offset] {
        case Self.quote: try text()
        case UInt8(ascii: "{"): try container(.object)
        case UInt8(ascii: "["): try container(.list)
        default: try integer()
        }
    }

    private mutating func container(_ kind: Part.Kind) throws(NotCanonical) {
        guard depth < maximumDepth, count < maximumParts else { throw failure }
        let (index, outer) = (count, open)
        try append(Part(kind: kind, start: Int32(offset), end: 0, next: outer))
        open = Int32(index)
        depth += 1
        offset += 1
        let closing = kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
        if !take(closing) {
            var previous = -1
            repeat {
                if kind == .object { previous = try key(behind: previous) }
                try value()
                guard count <= maximumParts else { throw failure }
            } while take(UInt8(ascii: ","))
            guard take(closing) else { throw failure }
        }
        parts[index].end = Int32(offset)
        parts[index].next = Int32(count)
        open = outer
        depth -= 1
    }

    /// - Parameter previous: the key before it; -1 for none.
    /// - Returns: where the key stands.
    private mutating func key(behind previous: Int) throws(NotCanonical) -> Int {
        let key = count
        guard bytes[offset] == Self.quote else { throw failure }
        try text()
        if previous >= 0, !isKey(previous, before: key) { throw NotCanonical(offset: Int(parts[key].start)) }
        guard take(UInt8(ascii: ":")) else { throw failure }
        return key
    }

    private func isKey(_ first: Int, before second: Int) -> Bool {
        let (a, b) = (parts[first], parts[second])
        if a.hasEscapes || b.hasEscapes {
            return CanonicalTape.decoded(content(a)).lexicographicallyPrecedes(CanonicalTape.decoded(content(b)))
        }
        // Mostly the first bytes tell them apart; an empty key has its closing quote there.
        let (firstOfA, firstOfB) = (bytes[Int(a.start)], bytes[Int(b.start)])
        if firstOfA != firstOfB, a.start < a.end, b.start < b.end { return firstOfA < firstOfB }
        return content(a).lexicographicallyPrecedes(content(b))
    }

    private func content(_ part: Part) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(part.start)..<Int(part.end)])
    }
}

extension CanonicalScan {
    /// No number of so many digits is too large.
    private static let safeDigits = 18

    private mutating func integer() throws(NotCanonical) {
        let start = offset
        let isNegative = take(UInt8(ascii: "-"))
        let firstDigit = offset
        var place = offset
        var magnitude: UInt64 = 0
        while case let digit = bytes[place] &- UInt8(ascii: "0"), digit < 10 {
            if place - firstDigit >= Self.safeDigits {
                let (tens, isTooLarge) = magnitude.multipliedReportingOverflow(by: 10)
                let (sum, isOver) = tens.addingReportingOverflow(UInt64(digit))
                guard !isTooLarge, !isOver else { throw NotCanonical(offset: place) }
                magnitude = sum
            } else {
                magnitude = magnitude &* 10 &+ UInt64(digit)
            }
            place += 1
        }
        offset = place
        let isZeroPadded = bytes[firstDigit] == UInt8(ascii: "0") && (offset > firstDigit + 1 || isNegative)
        guard offset > firstDigit, !isZeroPadded, let number = Self.signed(magnitude, isNegative) else { throw failure }
        try append(
            Part(kind: .integer, start: Int32(start), end: Int32(offset), next: Int32(count + 1), number: number))
    }

    private static func signed(_ magnitude: UInt64, _ isNegative: Bool) -> Int64? {
        guard isNegative else { return Int64(exactly: magnitude) }
        if magnitude == UInt64(Int64.max) + 1 { return .min }
        return Int64(exactly: magnitude).map { -$0 }
    }

    private mutating func text() throws(NotCanonical) {
        offset += 1
        let start = offset
        var hasEscapes = false
        var seen: Word = 0
        offset = plainEnd(from: offset, seen: &seen)
        while bytes[offset] != Self.quote {
            guard bytes[offset] == Self.backslash else { throw failure }
            offset += 1
            hasEscapes = true
            try escape()
            offset = plainEnd(from: offset, seen: &seen)
        }
        let isPlain = seen & Self.each(0x80) == 0
        if !isPlain, let invalid = firstInvalidByte(start..<offset) { throw NotCanonical(offset: invalid) }
        try append(
            Part(
                kind: .text, hasEscapes: hasEscapes, isASCII: isPlain, start: Int32(start), end: Int32(offset),
                next: Int32(count + 1)))
        offset += 1
    }

    /// Where a text stops being UTF-8; nil where it does not.
    private func firstInvalidByte(_ range: Range<Int>) -> Int? {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: UnsafeBufferPointer(rebasing: bytes[range]).span)
            return nil
        } catch {
            return range.lowerBound + error.byteOffsets.lowerBound
        }
    }

    /// Where a text needs a closer look: at a quote, a backslash or a control character, as the closing bytes are.
    ///
    /// A word at a time, with the well-known tests for a byte that is zero, or less than 32: of the bytes that they
    /// mark the first is right, and those behind it may not be.
    ///
    /// - Parameter seen: every bit of the bytes before it.
    private func plainEnd(from start: Int, seen: inout Word) -> Int {
        let raw = UnsafeRawBufferPointer(bytes)
        var place = start
        while true {
            let word = Word(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: Word.self))
            let (quotes, backslashes) = (word ^ Self.each(Self.quote), word ^ Self.each(Self.backslash))
            let marked = (word &- Self.each(0x20)) & ~word
                | (quotes &- Self.each(1)) & ~quotes
                | (backslashes &- Self.each(1)) & ~backslashes
            let bits = (marked & Self.each(0x80)).trailingZeroBitCount
            if bits == Word.bitWidth {
                seen |= word
                place += Self.closingBytes
            } else {
                // The mark is the highest bit of its byte.
                seen |= word & ((1 << (bits - 7)) - 1)
                return place + bits / 8
            }
        }
    }

    /// A word of eight equal bytes.
    private static func each(_ byte: UInt8) -> Word { Word(byte) &* 0x0101_0101_0101_0101 }

    /// What stands behind a backslash. A control character that has a letter is never written by its number.
    private mutating func escape() throws(NotCanonical) {
        if bytes[offset] == UInt8(ascii: "u") {
            guard offset + 4 < end,
                let code = Self.control(bytes[(offset + 1)...(offset + 4)]),
                ![0x08, 0x09, 0x0A, 0x0C, 0x0D].contains(code)
            else { throw failure }
            offset += 5
        } else {
            guard Self.letter(bytes[offset]) != nil else { throw failure }
            offset += 1
        }
    }

    /// The byte that a letter behind a backslash stands for.
    fileprivate static func letter(_ byte: UInt8) -> UInt8? {
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
    fileprivate static func control(_ digits: some Collection<UInt8>) -> UInt8? {
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
}

extension CanonicalTape {
    /// A text's bytes without escapes.
    static func decoded(_ content: some Collection<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = content[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let code = rest.popFirst() else {
                result.append(byte)
                continue
            }
            if let letter = CanonicalScan.letter(code) {
                result.append(letter)
            } else if let control = CanonicalScan.control(rest.prefix(4)) {
                result.append(control)
                rest = rest.dropFirst(4)
            }
        }
        return result
    }
}
