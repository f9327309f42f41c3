/// One try to tell a message through one channel.
package struct DeliveryAttempt: Hashable, Sendable {
    /// The message's id: the same at every try, so that a repeat is known as one.
    package var message: String
    /// The channel's name in the settings.
    package var channel: String
    /// From 1, counted by message and channel.
    package var number: Int

    package init(message: String, channel: String, number: Int) {
        self.message = message
        self.channel = channel
        self.number = number
    }
}

/// What became of a message on its way to people.
package enum DeliveryEvent: Hashable, Sendable {
    /// The channel has it. `receipt` is what its other end said.
    case delivered(DeliveryAttempt, audience: [Audience], receipt: String)
    /// The channel does not have it, as far as is known. After a permanent refusal it would be refused again.
    case failed(DeliveryAttempt, reason: String, isPermanent: Bool)
    /// From now on the next channel of the same audience has it.
    case handedOver(message: String, from: String, to: String)
}

extension DeliveryEvent {
    /// Bytes of a receipt or reason: they come from outside.
    private static let mostWords = 200

    /// What came from outside, on one line and short enough for a fact.
    package static func words(_ text: String) -> String {
        let plain = text.unicodeScalars.map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: " "
            default: Character(scalar)
            }
        }
        var words = ""
        for character in plain {
            guard words.utf8.count + character.utf8.count <= mostWords else { break }
            if character == " ", words.isEmpty || words.last == " " { continue }
            words.append(character)
        }
        if words.last == " " { words.removeLast() }
        return words
    }

    /// The fact's name as it is stored and shown.
    package var name: String {
        switch self {
        case .delivered: "NotificationDelivered"
        case .failed: "NotificationFailed"
        case .handedOver: "NotificationHandedOver"
        }
    }

    /// The message's id.
    package var message: String {
        switch self {
        case .delivered(let attempt, _, _), .failed(let attempt, _, _): attempt.message
        case .handedOver(let message, _, _): message
        }
    }

    var fields: [String: CanonicalValue] {
        switch self {
        case .delivered(let attempt, let audience, let receipt):
            attempt.fields.merging([
                "audience": .list(audience.map { .text($0.rawValue) }), "receipt": .text(receipt),
            ]) { own, _ in own }
        case .failed(let attempt, let reason, let isPermanent):
            attempt.fields.merging([
                "permanent": .integer(isPermanent ? 1 : 0), "reason": .text(reason),
            ]) { own, _ in own }
        case .handedOver(let message, let from, let to):
            ["from": .text(from), "message": .text(message), "to": .text(to)]
        }
    }

    /// Nil for a name that is none of these.
    init?(name: FactName, fields: FactFields) throws(UnreadableFact) {
        switch name {
        case "NotificationDelivered":
            let audience = try fields.texts("audience").map(Audience.init(rawValue:))
            guard !audience.contains(nil) else { throw UnreadableFact(message: "\(name).audience is not known") }
            self = .delivered(
                try DeliveryAttempt(fields), audience: audience.compactMap { $0 }, receipt: try fields.text("receipt"))
        case "NotificationFailed":
            self = .failed(
                try DeliveryAttempt(fields), reason: try fields.text("reason"),
                isPermanent: try fields.integer("permanent") == 1)
        case "NotificationHandedOver":
            self = .handedOver(
                message: try fields.text("message"), from: try fields.text("from"), to: try fields.text("to"))
        default: return nil
        }
    }

    var sentence: String {
        switch self {
        case .delivered(let attempt, let audience, let receipt):
            let whom = audience.map(\.rawValue).joined(separator: " and ")
            return "\(attempt.channel) told \(whom) of \(attempt.message): \(receipt)"
        case .failed(let attempt, let reason, let isPermanent):
            let what = isPermanent ? "was refused \(attempt.message)" : "could not tell \(attempt.message)"
            return "\(attempt.channel) \(what), try \(attempt.number): \(reason)"
        case .handedOver(let message, let from, let to): return "\(message) goes from \(from) to \(to)"
        }
    }
}

extension DeliveryAttempt {
    fileprivate var fields: [String: CanonicalValue] {
        ["attempt": .integer(Int64(number)), "channel": .text(channel), "message": .text(message)]
    }

    fileprivate init(_ fields: FactFields) throws(UnreadableFact) {
        let number = try fields.integer("attempt")
        guard (1...Int64(Int32.max)).contains(number) else { throw UnreadableFact(message: "attempt is no count") }
        self.init(message: try fields.text("message"), channel: try fields.text("channel"), number: Int(number))
    }
}

extension NotificationMessage {
    /// `home-1.3/1/response/warn50`: the first of its calls.
    package var id: String { calls.first ?? "" }
}
