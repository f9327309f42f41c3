internal import Crypto
internal import Engine
internal import Foundation
package import Terms
internal import Ticketing

/// What is posted to a webhook: a body of JSON, and headers that say what it is and who sent it.
package struct WebhookRequest: Sendable, Equatable {
    /// One line of the head.
    package struct Header: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    package let body: [UInt8]
    package let headers: [Header]

    /// - Parameters:
    ///   - secret: what it is signed with; nil: it is not.
    ///   - now: stands in the head and is signed, so that an old request cannot be sent again by somebody else.
    package init(_ content: NotificationContent, secret: String?, at now: Instant) {
        body = Self.json(content)
        let timestamp = "\(now.milliseconds / 1_000)"
        var headers = [
            Header(name: "Content-Type", value: "application/json"),
            Header(name: "User-Agent", value: "aftercare"),
            Header(name: "Idempotency-Key", value: content.id),
            Header(name: "X-Aftercare-Timestamp", value: timestamp),
        ]
        if let secret {
            let signature = Self.signature(of: body, timestamp: timestamp, secret: secret)
            headers.append(Header(name: "X-Aftercare-Signature", value: "sha256=\(signature)"))
        }
        self.headers = headers
    }

    /// HMAC-SHA256 over the timestamp, a dot and the body, as 64 lower-case hexadecimal digits.
    package static func signature(of body: [UInt8], timestamp: String, secret: String) -> String {
        let key = SymmetricKey(data: Data(secret.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(timestamp).".utf8) + body, using: key)
        return code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Sorted keys: the same content gives the same bytes.
    private static func json(_ content: NotificationContent) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(WebhookDocument(content)))
        } catch {
            // It holds texts and integers only, which JSON always has a form for.
            preconditionFailure("a webhook's document has no JSON: \(error)")
        }
    }
}

/// The body of a webhook. Instants are milliseconds since 1970 UTC.
private struct WebhookDocument: Encodable {
    /// One ticket of the message.
    struct Ticket: Encodable {
        var id: String
        var key: String
        var routing: String
        var severity: String
        var device: String
        var fault: String
        var state: String
        var cycle: Int
        var openedAt: Int64
        /// Where the box did not know the time; absent where `openedAt` says it.
        var began: UncertainInstant?
        var explanation: String
        var advice: String
        var responsible: String?
        var clocks: [ClockSnapshot]
    }

    /// Where a chain of the ledger stands.
    struct Head: Encodable {
        var source: String
        var sequence: Int
        var sha256: String
    }

    var id: String
    var site: String
    var zone: String
    var message: String
    var at: Int64
    var audience: [String]
    var urgent: Bool
    var flood: Bool
    var calls: [String]
    var subject: String
    var text: String
    var tickets: [Ticket]
    var ledger: [Head]

    init(_ content: NotificationContent) {
        let words = MessageText(content)
        let message = content.due.message
        id = content.id
        site = content.site
        zone = content.zone
        self.message = message.id
        at = content.due.at.milliseconds
        audience = content.due.audience.map(\.rawValue)
        urgent = message.isUrgent
        flood = message.isFlood
        calls = message.calls
        subject = words.subject
        text = words.body
        tickets = content.tickets.map(Ticket.init)
        ledger = content.heads.map { Head(source: $0.source.rawValue, sequence: $0.sequence, sha256: "\($0.hash)") }
    }
}

extension WebhookDocument.Ticket {
    fileprivate init(_ news: TicketNews) {
        let ticket = news.ticket
        self.init(
            id: ticket.id, key: ticket.key, routing: ticket.routing, severity: ticket.severity, device: ticket.device,
            fault: ticket.code, state: ticket.state, cycle: ticket.cycle, openedAt: ticket.openedAt,
            began: ticket.began, explanation: ticket.explanation, advice: ticket.advice, responsible: news.responsible,
            clocks: ticket.clocks.filter { $0.status != "notApplicable" })
    }
}
