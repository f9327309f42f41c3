package import Terms

/// How a fault reaches the maker: the box's tries to notify, and the user's own words.
package enum IntakeEvent: Hashable, Sendable {
    /// - Parameter wanProof: an independent host had answered within a minute of the try.
    case tenderAttempted(TenderOutcome, wanProof: Bool)
    /// A machine said that something arrived. It answers nobody, and stops no clock.
    case autoReceiptSent
    case userReported(UserReport)
    /// The box had no trusted clock when the promise began to run, and knows better now: `start` is the latest instant
    /// at which that can have been, `earliest` the earliest one; both are the same where the boot itself learned the
    /// time.
    case startTimed(start: Instant, earliest: Instant)
}

/// What became of a try to notify the desk.
package enum TenderOutcome: String, CaseIterable, Hashable, Sendable {
    case delivered
    /// The desk did not take it.
    case deskFailed
    /// The way to the desk was not there.
    case networkFailed
}

/// What a user told: by phone to a person who wrote it down, by mail, or with the button of the box.
package struct UserReport: Hashable, Sendable {
    package var channel: Channel
    /// When the maker had it: the promise runs from here.
    package var receivedAt: Instant
    /// The open ticket that it is about, where somebody knows.
    package var ticket: TicketID?
    /// The user's words.
    package var words: String?
    /// Who wrote it down; nil where the user did.
    package var author: String?
    /// Where it can be looked up: the id of a mail or of a call.
    package var evidence: String?

    package init(
        channel: Channel, receivedAt: Instant, ticket: TicketID? = nil, words: String? = nil, author: String? = nil,
        evidence: String? = nil
    ) {
        self.channel = channel
        self.receivedAt = receivedAt
        self.ticket = ticket
        self.words = words
        self.author = author
        self.evidence = evidence
    }

    /// The button on the box's page is the one way by which nobody's name comes along.
    package var isFromButton: Bool { channel == .app && author == nil }
}

extension IntakeEvent {
    /// The fact's name as it is stored and shown.
    package var name: String {
        switch self {
        case .tenderAttempted: "TenderAttempted"
        case .autoReceiptSent: "AutoReceiptSent"
        case .userReported: "UserReported"
        case .startTimed: "StartTimed"
        }
    }

    var fields: [String: CanonicalValue] {
        switch self {
        case .tenderAttempted(let outcome, let wanProof):
            return ["outcome": .text(outcome.rawValue), "wanProof": .integer(wanProof ? 1 : 0)]
        case .autoReceiptSent: return [:]
        case .userReported(let report):
            var fields: [String: CanonicalValue] = [
                "channel": .text(report.channel.rawValue), "receivedAt": .integer(report.receivedAt.milliseconds),
            ]
            fields["ticket"] = report.ticket.map { .text($0.text) }
            fields["words"] = report.words.map { .text($0) }
            fields["author"] = report.author.map { .text($0) }
            fields["evidence"] = report.evidence.map { .text($0) }
            return fields
        case .startTimed(let start, let earliest):
            return ["start": .integer(start.milliseconds), "earliest": .integer(earliest.milliseconds)]
        }
    }

    /// Nil for a name that is none of these.
    init?(name: FactName, fields: FactFields) throws(UnreadableFact) {
        switch name {
        case "TenderAttempted":
            self = .tenderAttempted(try fields.choice("outcome"), wanProof: try fields.integer("wanProof") == 1)
        case "AutoReceiptSent": self = .autoReceiptSent
        case "UserReported":
            self = .userReported(
                UserReport(
                    channel: try fields.choice("channel"), receivedAt: try fields.instant("receivedAt"),
                    ticket: try fields.optionalText("ticket").map { TicketID($0) },
                    words: try fields.optionalText("words"), author: try fields.optionalText("author"),
                    evidence: try fields.optionalText("evidence")))
        case "StartTimed":
            self = .startTimed(start: try fields.instant("start"), earliest: try fields.instant("earliest"))
        default: return nil
        }
    }

    var sentence: String {
        switch self {
        case .tenderAttempted(.delivered, _): return "The box notified the maker"
        case .tenderAttempted(.deskFailed, true):
            return "The maker's side did not take the notification, though the way to it was open"
        case .tenderAttempted(.deskFailed, false):
            return "The notification was not taken; whose fault it was is not known"
        case .tenderAttempted(.networkFailed, _): return "The box could not reach the maker. Please phone"
        case .autoReceiptSent: return "A machine confirmed the receipt. That is no answer"
        case .userReported(let report):
            let what = report.words.map { ": “\($0)”" } ?? ""
            if report.isFromButton { return "The user pressed “Something is wrong” on the page\(what)" }
            let who = report.author.map { ", written down by \($0)" } ?? ""
            return "The user reported by \(report.channel.rawValue)\(who)\(what)"
        case .startTimed(let start, let earliest):
            let when = start == earliest ? "at \(start.rfc3339)"
                : "between \(earliest.rfc3339) and \(start.rfc3339), and runs from the later one"
            return "The box's clock is confirmed now: the promise began \(when)"
        }
    }
}
