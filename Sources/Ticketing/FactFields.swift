internal import Terms

/// The members of a canonical object, read by name with a clear error for what is missing or of another kind.
///
/// It points into its reader's tape and is good for as long as one fact is read: a copy for each would cost more than
/// the reading. Whoever asks for the members in the order of their keys finds each at once: an object's `number`, which
/// says nothing else, is where the next search begins.
struct FactFields {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let parts: UnsafeMutableBufferPointer<CanonicalTape.Part>
    private let index: Int
    private let name: StaticString

    /// - Parameter index: the object's part of the tape.
    init(
        _ bytes: UnsafeBufferPointer<UInt8>, _ parts: UnsafeMutableBufferPointer<CanonicalTape.Part>, at index: Int,
        name: StaticString
    ) throws(UnreadableFact) {
        guard parts[index].kind == .object else { throw UnreadableFact(message: "\(name) is no object") }
        self.bytes = bytes
        self.parts = parts
        self.index = index
        self.name = name
        parts[index].number = Int64(index + 1)
    }

    private func content(_ part: CanonicalTape.Part) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(part.start)..<Int(part.end)])
    }

    /// The value of a key; nil where there is none.
    private func member(_ key: StaticString) -> Int? {
        let middle = Int(parts[index].number)
        guard let found = member(key, middle..<Int(parts[index].next)) ?? member(key, (index + 1)..<middle)
        else { return nil }
        parts[index].number = Int64(parts[found].next)
        return found
    }

    /// - Parameter places: of keys with their values; it begins with a key.
    private func member(_ key: StaticString, _ places: Range<Int>) -> Int? {
        guard let bytes = bytes.baseAddress else { return nil }
        let (wanted, length) = (key.utf8Start, key.utf8CodeUnitCount)
        var place = places.lowerBound
        while place < places.upperBound {
            let part = parts[place]
            if Int(part.end &- part.start) == length, !part.hasEscapes {
                let name = bytes + Int(part.start)
                var same = 0
                while same < length, name[same] == wanted[same] { same += 1 }
                if same == length { return place + 1 }
            }
            place = Int(parts[place + 1].next)
        }
        return nil
    }

    private func part(_ key: StaticString, _ kind: CanonicalTape.Part.Kind) -> CanonicalTape.Part? {
        guard let index = member(key), parts[index].kind == kind else { return nil }
        return parts[index]
    }

    /// Whether the value is exactly this text, as nothing is written with escapes.
    func isText(_ key: StaticString, _ text: [UInt8]) -> Bool {
        guard let part = part(key, .text), !part.hasEscapes, Int(part.end - part.start) == text.count
        else { return false }
        let first = Int(part.start)
        return text.withUnsafeBufferPointer { text in
            var difference: UInt8 = 0
            for index in text.indices { difference |= text[index] ^ bytes[first + index] }
            return difference == 0
        }
    }

    /// A site or a ticket; nil for anything else.
    func subject(_ key: StaticString) throws(UnreadableFact) -> Subject? {
        guard let part = part(key, .text), !part.hasEscapes else { return Subject(text: try text(key)) }
        return Subject(utf8: content(part))
    }

    private func text(_ part: CanonicalTape.Part) -> String {
        if part.hasEscapes { return String(decoding: CanonicalTape.decoded(content(part)), as: UTF8.self) }
        // The tape has seen that it is UTF-8. Of ASCII a text knows that it is normal: it compares and hashes faster.
        return unsafe String(copying: UTF8Span(unchecked: content(part).span, isKnownASCII: part.isASCII))
    }

    func text(_ key: StaticString) throws(UnreadableFact) -> String {
        guard let part = part(key, .text) else { throw missing(key, "text") }
        return text(part)
    }

    func optionalText(_ key: StaticString) throws(UnreadableFact) -> String? {
        guard let index = member(key) else { return nil }
        guard parts[index].kind == .text else { throw missing(key, "text") }
        return text(parts[index])
    }

    /// What happened, in a word that is compared and seldom kept.
    func factName(_ key: StaticString) throws(UnreadableFact) -> FactName {
        guard let part = part(key, .text) else { throw missing(key, "text") }
        return FactName(bytes: content(part))
    }

    func integer(_ key: StaticString) throws(UnreadableFact) -> Int64 {
        guard let part = part(key, .integer) else { throw missing(key, "an integer") }
        return part.number
    }

    func optionalInteger(_ key: StaticString) throws(UnreadableFact) -> Int? {
        guard let index = member(key) else { return nil }
        guard parts[index].kind == .integer else { throw missing(key, "an integer") }
        return Int(parts[index].number)
    }

    func integers(_ key: StaticString) throws(UnreadableFact) -> [Int64] {
        try elements(key, .integer, "a list of integers").map(\.number)
    }

    func texts(_ key: StaticString) throws(UnreadableFact) -> [String] {
        try elements(key, .text, "a list of texts").map { text($0) }
    }

    /// Empty where there is none.
    func optionalTexts(_ key: StaticString) throws(UnreadableFact) -> [String] {
        member(key) == nil ? [] : try texts(key)
    }

    private func elements(
        _ key: StaticString, _ kind: CanonicalTape.Part.Kind, _ what: String
    ) throws(UnreadableFact) -> [CanonicalTape.Part] {
        guard let list = part(key, .list), let first = member(key) else { throw missing(key, "a list") }
        var elements: [CanonicalTape.Part] = []
        var index = first + 1
        while index < Int(list.next) {
            guard parts[index].kind == kind else { throw missing(key, what) }
            elements.append(parts[index])
            index = Int(parts[index].next)
        }
        return elements
    }

    func instant(_ key: StaticString) throws(UnreadableFact) -> Instant { Instant(milliseconds: try integer(key)) }

    func optionalInstant(_ key: StaticString) throws(UnreadableFact) -> Instant? {
        member(key) == nil ? nil : try instant(key)
    }

    func optionalDay(_ key: StaticString) throws(UnreadableFact) -> CivilDate? {
        guard let text = try optionalText(key) else { return nil }
        guard let day = CivilDate(text: text) else { throw missing(key, "a day") }
        return day
    }

    func object(_ key: StaticString) throws(UnreadableFact) -> FactFields {
        guard let index = member(key) else { throw missing(key, "an object") }
        return try FactFields(bytes, parts, at: index, name: key)
    }

    /// One of an enumeration's raw values.
    func choice<Choice: RawRepresentable<String>>(_ key: StaticString) throws(UnreadableFact) -> Choice {
        let text = try text(key)
        guard let choice = Choice(rawValue: text) else {
            throw UnreadableFact(message: "\(name).\(key): \"\(text)\" is not known")
        }
        return choice
    }

    private func missing(_ key: StaticString, _ kind: String) -> UnreadableFact {
        UnreadableFact(message: "\(name).\(key) is not \(kind)")
    }
}

/// The name of a fact in its reader's tape, for a `switch` over literals: most of dozens differ from it in length, and
/// to make a text of each name costs more than to compare it with all.
///
/// No known name holds what is written with an escape, so the bytes are compared as they stand.
struct FactName: CustomStringConvertible {
    fileprivate let bytes: UnsafeBufferPointer<UInt8>

    var description: String {
        String(decoding: CanonicalTape.decoded(bytes), as: UTF8.self)
    }

    static func ~= (literal: StaticString, name: FactName) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard name.bytes.count == length, let first = name.bytes.baseAddress else { return false }
        let wanted = literal.utf8Start
        var same = 0
        while same < length, first[same] == wanted[same] { same += 1 }
        return same == length
    }
}
