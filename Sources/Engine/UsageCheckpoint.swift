internal import Terms
internal import Ticketing

/// The use of the days that are not over, as a text that survives a restart.
///
/// A first line with the version of its form and the SHA-256 of the rest, then canonical JSON on one line. It is used
/// as a whole or not at all.
package struct UsageCheckpoint: Sendable {
    let records: [UsageRecord]
    /// Days that are over and not in the ledger yet.
    let closed: [UsageDay]

    init(records: [UsageRecord], closed: [UsageDay]) {
        self.records = records
        self.closed = closed
    }

    /// Why bytes are no checkpoint.
    package struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// More than the longest that is written: bytes beyond are none of ours.
    package static let mostBytes = CanonicalValue.maximumBytes
    /// Raised with every change of the form.
    private static let version = 1
    private static let title = "aftercare usage"

    // MARK: - Text

    package var bytes: [UInt8] {
        let content = CanonicalValue.object([
            "closed": .list(closed.map { CanonicalValue.text(Self.text(of: $0)) }),
            "devices": .list(records.map(\.value)),
        ]).bytes
        return Array("\(Self.title) \(Self.version) \(ChainHash.of(content))\n".utf8) + content + [10]
    }

    package init(bytes: [UInt8]) throws(Invalid) {
        guard let end = bytes.firstIndex(of: 10), bytes.last == 10, end < bytes.count - 1 else {
            throw Invalid(description: "it has no first line, or breaks off")
        }
        let words = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ").map(String.init)
        let title = Self.title.split(separator: " ").map(String.init)
        guard words.count == title.count + 2, Array(words.prefix(title.count)) == title else {
            throw Invalid(description: "it is no checkpoint of the use")
        }
        guard words[title.count] == "\(Self.version)" else {
            throw Invalid(description: "its form is version \(words[title.count]); this program knows \(Self.version)")
        }
        let content = Array(bytes[(end + 1)..<(bytes.count - 1)])
        guard words[title.count + 1] == ChainHash.of(content).description else {
            throw Invalid(description: "its content was changed: the SHA-256 is another one")
        }
        let value: CanonicalValue
        do {
            value = try CanonicalValue(canonical: content)
        } catch {
            throw Invalid(description: "\(error)")
        }
        let fields = try CheckpointFields(value)
        closed = try fields.list("closed").map { (part) throws(Invalid) in try Self.day(part) }
        records = try fields.list("devices").map { (part) throws(Invalid) in
            try UsageRecord(CheckpointFields(part))
        }
    }

    /// A day in the very form in which the ledger will have it.
    private static func text(of day: UsageDay) -> String {
        let stamp = Stamp(
            boot: BootID(high: 0, low: 0), boottime: Boottime(nanoseconds: 0), wall: Instant(milliseconds: 0),
            trust: .stale)
        let fact = Fact(
            subject: .site(SiteID("")), writer: .gateway, at: stamp.wall, recordedBy: stamp,
            event: .usage(.recorded(day)))
        return String(decoding: fact.canonicalBytes, as: UTF8.self)
    }

    private static func day(_ value: CanonicalValue) throws(Invalid) -> UsageDay {
        guard case .text(let text) = value else { throw Invalid(description: "a closed day is no text") }
        do {
            let fact = try Fact(canonicalBytes: Array(text.utf8))
            if case .usage(.recorded(let day)) = fact.event { return day }
        } catch {
            throw Invalid(description: "\(error)")
        }
        throw Invalid(description: "a closed day is none")
    }
}

/// The members of an object of a checkpoint.
struct CheckpointFields {
    private let members: [String: CanonicalValue]

    init(_ value: CanonicalValue) throws(UsageCheckpoint.Invalid) {
        guard case .object(let members) = value else { throw UsageCheckpoint.Invalid(description: "no object") }
        self.members = members
    }

    func list(_ key: String) throws(UsageCheckpoint.Invalid) -> [CanonicalValue] {
        guard case .list(let elements) = members[key] else { throw missing(key) }
        return elements
    }

    /// - Parameter range: what is allowed.
    func integer(
        _ key: String, in range: ClosedRange<Int64> = 0...Int64(1) << 60
    ) throws(UsageCheckpoint.Invalid) -> Int64 {
        guard case .integer(let number) = members[key], range.contains(number) else { throw missing(key) }
        return number
    }

    func text(_ key: String) throws(UsageCheckpoint.Invalid) -> String {
        guard case .text(let text) = members[key] else { throw missing(key) }
        return text
    }

    /// Nil where it is left out.
    func optionalInteger(_ key: String, in range: ClosedRange<Int64>) throws(UsageCheckpoint.Invalid) -> Int64? {
        members[key] == nil ? nil : try integer(key, in: range)
    }

    /// Nil where it is left out.
    func optionalText(_ key: String) throws(UsageCheckpoint.Invalid) -> String? {
        members[key] == nil ? nil : try text(key)
    }

    /// Nil where it is left out.
    func object(_ key: String) throws(UsageCheckpoint.Invalid) -> CheckpointFields? {
        try members[key].map { (value) throws(UsageCheckpoint.Invalid) in try CheckpointFields(value) }
    }

    func missing(_ key: String) -> UsageCheckpoint.Invalid {
        UsageCheckpoint.Invalid(description: "\(key) is missing or not as it should be")
    }
}
