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
        // In the order of the keys, so that each is found at once.
        let at = try fields.instant("at")
        let eventFields = try fields.object("event")
        let name = try fields.factName("fact")
        let recordedAt = try fields.instant("recordedAt")
        let stampFields = try fields.object("stamp")
        let bootID = try boot(stampFields)
        let boottime = Boottime(nanoseconds: try stampFields.integer("boottimeNs"))
        guard
            let trust = stampFields.isText("trust", Self.synced)
                ? .synced : ClockTrust(rawValue: try stampFields.text("trust")),
            let subject = try fields.subject("subject"), let writer = Writer(text: try fields.text("writer"))
        else { throw UnreadableFact(message: "unknown writer, subject or clock trust") }
        let stamp = Stamp(
            boot: bootID, boottime: boottime, wall: recordedAt, trust: trust,
            shown: try stampFields.instant("wallMs"))
        self.init(
            subject: subject, writer: writer, at: at, recordedAt: recordedAt, stamp: stamp,
            event: try FactEvent(name: name, fields: eventFields, subject: subject))
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
        let fact = try tape.withParts { (bytes, parts) throws(UnreadableFact) in
            let fields = try FactFields(bytes, parts, at: 0, name: "fact")
            return try Fact(fields) { (stamp) throws(UnreadableFact) in
                if let newest, stamp.isText("boot", newest.text) { return newest.id }
                let text = try stamp.text("boot")
                guard let id = BootID(text: text) else { throw UnreadableFact(message: "unknown boot id") }
                read = (Array(text.utf8), id)
                return id
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

    init?(utf8: UnsafeBufferPointer<UInt8>) {
        func rest(behind prefix: String) -> String? {
            var prefix = prefix
            return prefix.withUTF8 { prefix in
                guard prefix.count <= utf8.count, prefix.indices.allSatisfy({ prefix[$0] == utf8[$0] }) else {
                    return nil
                }
                return String(decoding: UnsafeBufferPointer(rebasing: utf8[prefix.count...]), as: UTF8.self)
            }
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
