internal import Terms

/// Why stored bytes are not a fact that this program knows.
package struct UnreadableFact: Error, Equatable, CustomStringConvertible {
    package var message: String
    package var description: String { message }

    package init(message: String) { self.message = message }
}

extension Fact {
    /// The text that is stored and hashed.
    package var canonicalBytes: [UInt8] {
        CanonicalValue.object([
            "at": .integer(at.milliseconds),
            "event": .object(event.fields),
            "fact": .text(event.name),
            "recordedAt": .integer(recordedAt.milliseconds),
            "stamp": .object([
                "boot": .text(stamp.boot.text),
                "boottimeNs": .integer(stamp.boottime.nanoseconds),
                "trust": .text(stamp.trust.rawValue),
                "wallMs": .integer(stamp.shown.milliseconds),
            ]),
            "subject": .text(subject.text),
            "writer": .text(writer.text),
        ]).bytes
    }

    /// Whether two facts are one: the same text, byte for byte.
    static func isSame(_ a: Fact, _ b: Fact) -> Bool {
        // Most differ in the instant, which is cheap to see. Texts that Unicode calls equal may differ in their bytes.
        a.at == b.at && a.recordedAt == b.recordedAt && a == b && a.canonicalBytes == b.canonicalBytes
    }

    /// Reads what `canonicalBytes` wrote.
    package init(canonicalBytes bytes: [UInt8]) throws(UnreadableFact) {
        var reader = FactReader()
        self = try reader.fact(bytes)
    }

    /// What nearly every stamp says.
    private static let synced = Array(ClockTrust.synced.rawValue.utf8)

    fileprivate init(_ fields: FactFields, boot: (FactFields) throws(UnreadableFact) -> BootID) throws(UnreadableFact) {
        let stampFields = try fields.object("stamp")
        guard let writer = Writer(text: try fields.text("writer")),
            let subject = try fields.subject("subject"),
            let trust = stampFields.isText("trust", Self.synced)
                ? .synced : ClockTrust(rawValue: try stampFields.text("trust"))
        else { throw UnreadableFact(message: "unknown writer, subject or clock trust") }
        let recordedAt = try fields.instant("recordedAt")
        let stamp = Stamp(
            boot: try boot(stampFields), boottime: Boottime(nanoseconds: try stampFields.integer("boottimeNs")),
            wall: recordedAt, trust: trust, shown: try stampFields.instant("wallMs"))
        self.init(
            subject: subject, writer: writer, at: try fields.instant("at"), recordedAt: recordedAt, stamp: stamp,
            event: try FactEvent(name: try fields.text("fact"), fields: try fields.object("event"),
                subject: subject))
    }
}

/// Reads the canonical bytes of many facts, one after another, with one memory for all.
package struct FactReader {
    private var tape = CanonicalTape()
    /// The boot that the fact before was recorded in: nearly always the same again.
    private var newestBoot: (text: [UInt8], id: BootID)?

    package init() {}

    /// The next fact.
    package mutating func fact(_ bytes: [UInt8]) throws(UnreadableFact) -> Fact {
        var result: Result<Fact, UnreadableFact>?
        bytes.withUnsafeBytes { buffer in
            do throws(UnreadableFact) { result = .success(try fact(buffer)) } catch { result = .failure(error) }
        }
        guard let result else { throw UnreadableFact(message: "not read") }
        return try result.get()
    }

    /// The next fact, from bytes that need to stay only for this call.
    package mutating func fact(_ bytes: UnsafeRawBufferPointer) throws(UnreadableFact) -> Fact {
        guard bytes.count <= CanonicalValue.maximumBytes else { throw UnreadableFact(message: "longer than 1 MiB") }
        do {
            try tape.read(bytes, maximumDepth: CanonicalValue.maximumDepth)
        } catch {
            throw UnreadableFact(message: error.description)
        }
        let newest = newestBoot
        var read = newest
        let fact = try tape.bytes.withUnsafeBufferPointer { (bytes) throws(UnreadableFact) in
            try tape.parts.withUnsafeBufferPointer { (parts) throws(UnreadableFact) in
                let fields = try FactFields(bytes, parts, isASCII: tape.isASCII, at: 0, name: "fact")
                return try Fact(fields) { (stamp) throws(UnreadableFact) in
                    if let newest, stamp.isText("boot", newest.text) { return newest.id }
                    let text = try stamp.text("boot")
                    guard let id = BootID(text: text) else { throw UnreadableFact(message: "unknown boot id") }
                    read = (Array(text.utf8), id)
                    return id
                }
            }
        }
        newestBoot = read
        return fact
    }
}

extension Subject {
    /// `site/home-1`, `ticket/home-1.3`.
    package var text: String {
        switch self {
        case .site(let id): Self.sitePrefix + id.text
        case .ticket(let id): Self.ticketPrefix + id.text
        case .order(let id): Self.orderPrefix + id.text
        }
    }

    /// What the text of a site begins with.
    package static let sitePrefix = "site/"
    /// What the text of a ticket begins with.
    package static let ticketPrefix = "ticket/"
    /// What the text of an order begins with.
    package static let orderPrefix = "order/"

    package init?(text: String) {
        var text = text
        guard let subject = text.withUTF8({ Subject(utf8: $0) }) else { return nil }
        self = subject
    }

    fileprivate init?(utf8: UnsafeBufferPointer<UInt8>) {
        func rest(behind prefix: String) -> String? {
            guard utf8.starts(with: prefix.utf8) else { return nil }
            return String(decoding: UnsafeBufferPointer(rebasing: utf8[prefix.utf8.count...]), as: UTF8.self)
        }
        if let id = rest(behind: Self.ticketPrefix) {
            self = .ticket(TicketID(id))
        } else if let id = rest(behind: Self.sitePrefix) {
            self = .site(SiteID(id))
        } else if let id = rest(behind: Self.orderPrefix) {
            self = .order(OrderID(id))
        } else {
            return nil
        }
    }
}

/// The members of a canonical object, read by name with a clear error for what is missing or of another kind.
///
/// It points into its reader's tape and is good for as long as one fact is read: a copy for each would cost more than
/// the reading.
struct FactFields {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let parts: UnsafeBufferPointer<CanonicalTape.Part>
    private let isASCII: Bool
    private let index: Int
    private let name: StaticString

    /// - Parameter index: the object's part of the tape.
    fileprivate init(
        _ bytes: UnsafeBufferPointer<UInt8>, _ parts: UnsafeBufferPointer<CanonicalTape.Part>, isASCII: Bool,
        at index: Int, name: StaticString
    ) throws(UnreadableFact) {
        guard parts[index].kind == .object else { throw UnreadableFact(message: "\(name) is no object") }
        self.bytes = bytes
        self.parts = parts
        self.isASCII = isASCII
        self.index = index
        self.name = name
    }

    private func content(_ part: CanonicalTape.Part) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(part.start)..<Int(part.end)])
    }

    /// The value of a key; nil where there is none.
    private func member(_ key: StaticString) -> Int? {
        guard let bytes = bytes.baseAddress else { return nil }
        let (wanted, length) = (key.utf8Start, key.utf8CodeUnitCount)
        let end = Int(parts[index].next)
        var place = index + 1
        while place < end {
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
    fileprivate func isText(_ key: StaticString, _ text: [UInt8]) -> Bool {
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
    fileprivate func subject(_ key: StaticString) throws(UnreadableFact) -> Subject? {
        guard let part = part(key, .text), !part.hasEscapes else { return Subject(text: try text(key)) }
        return Subject(utf8: content(part))
    }

    private func text(_ part: CanonicalTape.Part) -> String {
        if part.hasEscapes { return String(decoding: CanonicalTape.decoded(content(part)), as: UTF8.self) }
        // The tape has seen that it is UTF-8.
        return unsafe String(copying: UTF8Span(unchecked: content(part).span, isKnownASCII: isASCII))
    }

    func text(_ key: StaticString) throws(UnreadableFact) -> String {
        guard let part = part(key, .text) else { throw missing(key, "text") }
        return text(part)
    }

    func optionalText(_ key: StaticString) throws(UnreadableFact) -> String? {
        member(key) == nil ? nil : try text(key)
    }

    func integer(_ key: StaticString) throws(UnreadableFact) -> Int64 {
        guard let part = part(key, .integer) else { throw missing(key, "an integer") }
        return part.number
    }

    func optionalInteger(_ key: StaticString) throws(UnreadableFact) -> Int? {
        member(key) == nil ? nil : Int(try integer(key))
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
        return try FactFields(bytes, parts, isASCII: isASCII, at: index, name: key)
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
