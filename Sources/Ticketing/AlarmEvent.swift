package import Terms

/// What becomes of alarms and their faults besides coming up and going.
package enum AlarmEvent: Hashable, Sendable {
    /// An active alarm began to chatter; so far its condition came `edges` times.
    case chattering(occurrence: OccurrenceID, edges: Int)
    /// It no longer chatters; its condition came `edges` times in all.
    case quiet(occurrence: OccurrenceID, edges: Int)
    /// An alarm that another one brought about joins the ticket of that one.
    ///
    /// - Parameter isFirstOut: whether it came up before every alarm that the ticket had until then.
    case attached(AlarmOccurrence, cause: OccurrenceID, isFirstOut: Bool)
    /// Earlier occurrences of the same alarm, which were too short for a ticket, count with it.
    case repeatsCounted([OccurrenceID])
    /// The fault has another root: the former one is gone for long, or the true one came to light later.
    case rootChanged(occurrence: OccurrenceID)
    /// The alarm keeps coming back: `occurrences` times within `window`.
    case escalated(occurrences: Int, window: Milliseconds)
}

extension AlarmEvent {
    /// The fact's name as it is stored and shown. Facts of one instant are told in the order of their names: what
    /// follows from FaultOpened is named behind it.
    package var name: String {
        switch self {
        case .chattering: "AlarmChattering"
        case .quiet: "AlarmQuiet"
        case .attached: "OccurrenceAttached"
        case .repeatsCounted: "RepeatsCounted"
        case .rootChanged: "RootChanged"
        case .escalated: "TicketEscalated"
        }
    }

    /// The fact's own fields.
    var fields: [String: CanonicalValue] {
        switch self {
        case .chattering(let id, let edges), .quiet(let id, let edges):
            return ["occurrence": .text(id.text), "edges": .integer(Int64(edges))]
        case .attached(let occurrence, let cause, let isFirstOut):
            var fields = occurrence.fields
            fields["cause"] = .text(cause.text)
            if isFirstOut { fields["firstOut"] = .integer(1) }
            return fields
        case .repeatsCounted(let ids): return ["occurrences": .list(ids.map { .text($0.text) })]
        case .rootChanged(let id): return ["occurrence": .text(id.text)]
        case .escalated(let occurrences, let window):
            return ["occurrences": .integer(Int64(occurrences)), "windowMs": .integer(window.count)]
        }
    }

    /// Nil for a name that is none of these.
    init?(name: FactName, fields: FactFields) throws(UnreadableFact) {
        switch name {
        case "AlarmChattering":
            self = .chattering(
                occurrence: OccurrenceID(try fields.text("occurrence")), edges: Int(try fields.integer("edges")))
        case "AlarmQuiet":
            self = .quiet(
                occurrence: OccurrenceID(try fields.text("occurrence")), edges: Int(try fields.integer("edges")))
        case "OccurrenceAttached":
            self = .attached(
                try AlarmOccurrence(fields), cause: OccurrenceID(try fields.text("cause")),
                isFirstOut: try fields.optionalInteger("firstOut") == 1)
        case "RepeatsCounted": self = .repeatsCounted(try fields.texts("occurrences").map(OccurrenceID.init))
        case "RootChanged": self = .rootChanged(occurrence: OccurrenceID(try fields.text("occurrence")))
        case "TicketEscalated":
            self = .escalated(
                occurrences: Int(try fields.integer("occurrences")),
                window: Milliseconds(try fields.integer("windowMs")))
        default: return nil
        }
    }

    /// What happened, in plain words for a person who knows nothing of the rules.
    var sentence: String {
        switch self {
        case .chattering(_, let edges):
            return "The alarm comes and goes: \(edges) times by now. It counts as one until it is quiet"
        case .quiet(_, let edges): return "The alarm came and went \(edges) times. It is quiet now"
        case .attached(let occurrence, _, _): return "Follows from the same cause: \(occurrence.explanation)"
        case .repeatsCounted(let ids):
            return ids.count == 1
                ? "The alarm had come up once before, for too short a time for a ticket"
                : "The alarm had come up \(ids.count) times before, each time too short for a ticket"
        case .rootChanged: return "What this fault comes from is now seen in another alarm"
        case .escalated(let occurrences, let window):
            return "It keeps coming back: \(occurrences) times within \(window.text). Somebody must look now"
        }
    }
}
