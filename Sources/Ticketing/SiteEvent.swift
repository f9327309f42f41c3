package import Terms

/// What happens to a home as a whole.
package enum SiteEvent: Hashable, Sendable {
    /// The system was handed over: follow-up visits count from here.
    case commissioned
    /// The user lets the box notify in their name from now on.
    case authorisationGiven
    /// A document of the shelf, with its receipt.
    case documentDelivered(DeliveredDocument)
    /// - Parameter visit: `day7`, `year3`; nil for the earliest one that is not done.
    case followUpDone(visit: String?)
    case transferred(to: String)
    case serialSwapped(device: DeviceName, from: String, to: String)
    case registered(serial: String)
    /// Nobody will be on call from `start`, or is now where it has passed; nil where nobody ever was.
    case rosterGapFound(start: Instant?, end: Instant?)
}

/// A document that somebody received.
package struct DeliveredDocument: Hashable, Sendable {
    package var id: String
    /// 64 hexadecimal digits.
    package var sha256: String
    package var version: String
    /// Who received it.
    package var recipient: String

    package init(id: String, sha256: String, version: String, recipient: String) {
        self.id = id
        self.sha256 = sha256
        self.version = version
        self.recipient = recipient
    }
}

extension SiteEvent {
    /// The fact's name as it is stored and shown.
    package var name: String {
        switch self {
        case .commissioned: "Commissioned"
        case .authorisationGiven: "AuthorisationGiven"
        case .documentDelivered: "DocumentDelivered"
        case .followUpDone: "FollowUpDone"
        case .transferred: "Transferred"
        case .serialSwapped: "SerialSwapped"
        case .registered: "UnitRegistered"
        case .rosterGapFound: "RosterGapFound"
        }
    }

    var fields: [String: CanonicalValue] {
        switch self {
        case .commissioned, .authorisationGiven: [:]
        case .documentDelivered(let document):
            [
                "document": .text(document.id), "sha256": .text(document.sha256), "version": .text(document.version),
                "to": .text(document.recipient),
            ]
        case .followUpDone(let visit): visit.map { ["visit": .text($0)] } ?? [:]
        case .transferred(let owner): ["to": .text(owner)]
        case .serialSwapped(let device, let former, let new):
            ["device": .text(device.text), "from": .text(former), "to": .text(new)]
        case .registered(let serial): ["serial": .text(serial)]
        case .rosterGapFound(let start, let end):
            ["start": start, "end": end].compactMapValues { $0.map { .integer($0.milliseconds) } }
        }
    }

    /// Nil for a name that is none of these.
    init?(name: FactName, fields: FactFields) throws(UnreadableFact) {
        switch name {
        case "Commissioned": self = .commissioned
        case "AuthorisationGiven": self = .authorisationGiven
        case "DocumentDelivered":
            self = .documentDelivered(
                DeliveredDocument(
                    id: try fields.text("document"), sha256: try fields.text("sha256"),
                    version: try fields.text("version"), recipient: try fields.text("to")))
        case "FollowUpDone": self = .followUpDone(visit: try fields.optionalText("visit"))
        case "Transferred": self = .transferred(to: try fields.text("to"))
        case "SerialSwapped":
            self = .serialSwapped(
                device: DeviceName(try fields.text("device")), from: try fields.text("from"), to: try fields.text("to"))
        case "UnitRegistered": self = .registered(serial: try fields.text("serial"))
        case "RosterGapFound":
            self = .rosterGapFound(
                start: try fields.optionalInstant("start"), end: try fields.optionalInstant("end"))
        default: return nil
        }
    }

    var sentence: String {
        switch self {
        case .commissioned: "The system was handed over"
        case .authorisationGiven: "The user lets the box notify in their name"
        case .documentDelivered(let document):
            "\(document.recipient) received \(document.id), version \(document.version)"
        case .followUpDone(let visit): "The follow-up visit \(visit ?? "that was due") is done"
        case .transferred(let owner): "The home passed to \(owner)"
        case .serialSwapped(let device, let former, let new): "\(device): \(former) was replaced by \(new)"
        case .registered(let serial): "\(serial) is registered with its maker"
        case .rosterGapFound(let start, let end):
            "Nobody is on call from \(start?.rfc3339 ?? "the beginning") to \(end?.rfc3339 ?? "an open end")"
        }
    }
}
