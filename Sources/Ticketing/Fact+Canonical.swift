internal import Terms

/// Why stored bytes are not a fact that this program knows.
package struct UnreadableFact: Error, Equatable, CustomStringConvertible {
    package var message: String
    package var description: String { message }
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
                "wallMs": .integer(stamp.wall.milliseconds),
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

    fileprivate init(_ fields: FactFields, boot: (FactFields) throws(UnreadableFact) -> BootID) throws(UnreadableFact) {
        let stampFields = try fields.object("stamp")
        guard let writer = Writer(text: try fields.text("writer")),
            let subject = Subject(text: try fields.text("subject")),
            let trust = ClockTrust(rawValue: try stampFields.text("trust"))
        else { throw UnreadableFact(message: "unknown writer, subject or clock trust") }
        self.writer = writer
        self.subject = subject
        at = try fields.instant("at")
        recordedAt = try fields.instant("recordedAt")
        stamp = Stamp(
            boot: try boot(stampFields), boottime: Boottime(nanoseconds: try stampFields.integer("boottimeNs")),
            wall: try stampFields.instant("wallMs"), trust: trust)
        event = try FactEvent(name: try fields.text("fact"), fields: try fields.object("event"))
    }
}

/// Reads the canonical bytes of many facts, one after another, with one memory for all.
package struct FactReader {
    private var tape = CanonicalTape()
    /// The boot that the fact before was recorded in: nearly always the same again.
    private var newestBoot: (text: String, id: BootID)?

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
        let fields = try FactFields(tape, at: 0, name: "fact")
        let newest = newestBoot
        var read = newest
        let fact = try Fact(fields) { (stamp) throws(UnreadableFact) in
            let text = try stamp.text("boot")
            if let newest, newest.text == text { return newest.id }
            guard let id = BootID(text: text) else { throw UnreadableFact(message: "unknown boot id") }
            read = (text, id)
            return id
        }
        newestBoot = read
        return fact
    }
}

extension Subject {
    /// `site/home-1`, `ticket/home-1.3`.
    package var text: String {
        switch self {
        case .site(let id): "site/\(id.text)"
        case .ticket(let id): "ticket/\(id.text)"
        }
    }

    package init?(text: String) {
        if text.hasPrefix("site/") {
            self = .site(SiteID(String(text.dropFirst(5))))
        } else if text.hasPrefix("ticket/") {
            self = .ticket(TicketID(String(text.dropFirst(7))))
        } else {
            return nil
        }
    }
}

/// The members of a canonical object, read by name with a clear error for what is missing or of another kind.
struct FactFields {
    private let tape: CanonicalTape
    private let index: Int
    private let name: String

    /// - Parameter index: the object's part of the tape.
    fileprivate init(_ tape: CanonicalTape, at index: Int, name: String) throws(UnreadableFact) {
        guard tape.parts[index].kind == .object else { throw UnreadableFact(message: "\(name) is no object") }
        self.tape = tape
        self.index = index
        self.name = name
    }

    private func member(_ key: String) -> Int? { tape.member(key, of: tape.parts[index], at: index) }

    private func part(_ key: String, _ kind: CanonicalTape.Part.Kind) -> CanonicalTape.Part? {
        guard let index = member(key), tape.parts[index].kind == kind else { return nil }
        return tape.parts[index]
    }

    func text(_ key: String) throws(UnreadableFact) -> String {
        guard let part = part(key, .text) else { throw missing(key, "text") }
        return tape.text(part)
    }

    func optionalText(_ key: String) throws(UnreadableFact) -> String? {
        member(key) == nil ? nil : try text(key)
    }

    func integer(_ key: String) throws(UnreadableFact) -> Int64 {
        guard let part = part(key, .integer) else { throw missing(key, "an integer") }
        return part.number
    }

    func optionalInteger(_ key: String) throws(UnreadableFact) -> Int? {
        member(key) == nil ? nil : Int(try integer(key))
    }

    func integers(_ key: String) throws(UnreadableFact) -> [Int64] {
        try elements(key, .integer, "a list of integers").map(\.number)
    }

    func texts(_ key: String) throws(UnreadableFact) -> [String] {
        try elements(key, .text, "a list of texts").map(tape.text)
    }

    private func elements(
        _ key: String, _ kind: CanonicalTape.Part.Kind, _ what: String
    ) throws(UnreadableFact) -> [CanonicalTape.Part] {
        guard let list = part(key, .list), let first = member(key) else { throw missing(key, "a list") }
        var elements: [CanonicalTape.Part] = []
        var index = first + 1
        while index < Int(list.next) {
            guard tape.parts[index].kind == kind else { throw missing(key, what) }
            elements.append(tape.parts[index])
            index = Int(tape.parts[index].next)
        }
        return elements
    }

    func instant(_ key: String) throws(UnreadableFact) -> Instant { Instant(milliseconds: try integer(key)) }

    func object(_ key: String) throws(UnreadableFact) -> FactFields {
        guard let index = member(key) else { throw missing(key, "an object") }
        return try FactFields(tape, at: index, name: key)
    }

    /// One of an enumeration's raw values.
    func choice<Choice: RawRepresentable<String>>(_ key: String) throws(UnreadableFact) -> Choice {
        let text = try text(key)
        guard let choice = Choice(rawValue: text) else {
            throw UnreadableFact(message: "\(name).\(key): \"\(text)\" is not known")
        }
        return choice
    }

    private func missing(_ key: String, _ kind: String) -> UnreadableFact {
        UnreadableFact(message: "\(name).\(key) is not \(kind)")
    }
}
