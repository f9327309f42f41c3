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

    /// Reads what `canonicalBytes` wrote.
    package init(canonicalBytes bytes: [UInt8]) throws(UnreadableFact) {
        let value: CanonicalValue
        do {
            value = try CanonicalValue(canonical: bytes)
        } catch {
            throw UnreadableFact(message: error.description)
        }
        let fields = try FactFields(value, name: "fact")
        let stampFields = try fields.object("stamp")
        guard let writer = Writer(text: try fields.text("writer")),
            let subject = Subject(text: try fields.text("subject")),
            let boot = BootID(text: try stampFields.text("boot")),
            let trust = ClockTrust(rawValue: try stampFields.text("trust"))
        else { throw UnreadableFact(message: "unknown writer, subject, boot id or clock trust") }
        self.writer = writer
        self.subject = subject
        at = try fields.instant("at")
        recordedAt = try fields.instant("recordedAt")
        stamp = Stamp(
            boot: boot, boottime: Boottime(nanoseconds: try stampFields.integer("boottimeNs")),
            wall: try stampFields.instant("wallMs"), trust: trust)
        event = try FactEvent(name: try fields.text("fact"), fields: try fields.object("event"))
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
    private let members: [String: CanonicalValue]
    private let name: String

    init(_ value: CanonicalValue, name: String) throws(UnreadableFact) {
        guard case .object(let members) = value else { throw UnreadableFact(message: "\(name) is no object") }
        self.members = members
        self.name = name
    }

    func text(_ key: String) throws(UnreadableFact) -> String {
        guard case .text(let text) = members[key] else { throw missing(key, "text") }
        return text
    }

    func optionalText(_ key: String) throws(UnreadableFact) -> String? {
        members[key] == nil ? nil : try text(key)
    }

    func integer(_ key: String) throws(UnreadableFact) -> Int64 {
        guard case .integer(let number) = members[key] else { throw missing(key, "an integer") }
        return number
    }

    func optionalInteger(_ key: String) throws(UnreadableFact) -> Int? {
        members[key] == nil ? nil : Int(try integer(key))
    }

    func integers(_ key: String) throws(UnreadableFact) -> [Int64] {
        guard case .list(let elements) = members[key] else { throw missing(key, "a list") }
        var numbers: [Int64] = []
        for element in elements {
            guard case .integer(let number) = element else { throw missing(key, "a list of integers") }
            numbers.append(number)
        }
        return numbers
    }

    func texts(_ key: String) throws(UnreadableFact) -> [String] {
        guard case .list(let elements) = members[key] else { throw missing(key, "a list") }
        var texts: [String] = []
        for element in elements {
            guard case .text(let text) = element else { throw missing(key, "a list of texts") }
            texts.append(text)
        }
        return texts
    }

    func instant(_ key: String) throws(UnreadableFact) -> Instant { Instant(milliseconds: try integer(key)) }

    func object(_ key: String) throws(UnreadableFact) -> FactFields {
        guard let value = members[key] else { throw missing(key, "an object") }
        return try FactFields(value, name: key)
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
