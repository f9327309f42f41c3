package import Terms

/// A ticket is put aside for a while: nobody is told of what happens to it until then. It goes on all the same, and its
/// clocks run.
package enum ShelfEvent: Hashable, Sendable {
    case shelved(author: String, reason: String, until: Instant)
    case unshelved(author: String)
}

extension ShelfEvent {
    /// The longest that a ticket may be put aside at once.
    package static let longest = Milliseconds.hours(24)

    /// The fact's name as it is stored and shown.
    package var name: String {
        switch self {
        case .shelved: "Shelved"
        case .unshelved: "Unshelved"
        }
    }

    var fields: [String: CanonicalValue] {
        switch self {
        case .shelved(let author, let reason, let until):
            ["author": .text(author), "reason": .text(reason), "until": .integer(until.milliseconds)]
        case .unshelved(let author): ["author": .text(author)]
        }
    }

    /// Nil for a name that is none of these.
    init?(name: FactName, fields: FactFields) throws(UnreadableFact) {
        switch name {
        case "Shelved":
            self = .shelved(
                author: try fields.text("author"), reason: try fields.text("reason"),
                until: try fields.instant("until"))
        case "Unshelved": self = .unshelved(author: try fields.text("author"))
        default: return nil
        }
    }

    var sentence: String {
        switch self {
        case .shelved(let author, let reason, let until):
            "\(author) put it aside until \(until.rfc3339): \(reason). It stays open, and its clocks run"
        case .unshelved(let author): "\(author) took it up again"
        }
    }
}

extension Ticket {
    /// Why this shelving cannot be, as the ticket stands; nil when it can.
    package func objection(to shelf: ShelfEvent, at: Instant) -> Ineffective? {
        switch shelf {
        case .shelved(let author, let reason, let until):
            if author.isEmpty { return .unnamedAuthor }
            if reason.isEmpty { return .noReason }
            if concernsSafety { return .safety }
            if !isOpen { return .wrongState }
            return until > at && until <= at + ShelfEvent.longest ? nil : .shelfTime
        case .unshelved(let author):
            if author.isEmpty { return .unnamedAuthor }
            return isShelved(at: at) ? nil : .wrongState
        }
    }

    /// Whether notifications of the ticket are hidden at `now`.
    package func isShelved(at now: Instant) -> Bool { shelvedUntil.map { now < $0 } ?? false }
}
