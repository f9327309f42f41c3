package import Ticketing

/// A ticket as a person reads it: what, since when, how far, and which promises run.
package struct TicketSnapshot: Codable, Sendable, Equatable {
    package var id: String
    /// `site/device/code`
    package var key: String
    package var device: String
    package var code: String
    /// K0 to K7
    package var routing: String
    package var severity: String
    /// `received`, `remoteSupport`, … `closed`, spelled as in the ticket's life cycle.
    package var state: String
    package var isOpen: Bool
    package var cycle: Int
    package var openedAt: Int64
    /// Why it was opened, in one sentence that the home's owner understands.
    package var explanation: String
    /// What the home's owner should do now.
    package var advice: String
    /// The readings look normal again; nobody has looked yet.
    package var selfCleared: Bool
    /// `unknown` until somebody decides.
    package var coverage: String
    package var occurrences: Int
    /// An alarm of it comes and goes without rest; it counts as one.
    package var isChattering: Bool
    /// How often the condition of an alarm that chatters, or did, came at most, as far as told; 0 where none did.
    package var chatterCount: Int
    /// The alarm keeps coming back.
    package var isEscalated: Bool
    /// Nobody is told of it until then.
    package var shelvedUntil: Int64?
    /// Which alarm came up first, `pack-1/cellVoltageHigh/3#1`.
    package var firstOut: String?
    /// What follows from the same cause, each in one sentence.
    package var derived: [String]
    package var clocks: [ClockSnapshot]
    package var facts: [FactSnapshot]
    /// What was kept with it, in the order of telling.
    package var evidence: [EvidenceSnapshot]
    /// What people were told of it, the newest messages, the oldest of them first.
    package var notifications: [MessageSnapshot] = []
    /// When it began, where the box did not know the time then; nil where `openedAt` says it.
    package var began: UncertainInstant?

    package init(
        id: String, key: String, device: String, code: String, routing: String, severity: String, state: String,
        isOpen: Bool, cycle: Int, openedAt: Int64, explanation: String, advice: String, selfCleared: Bool,
        coverage: String, occurrences: Int, isChattering: Bool = false, chatterCount: Int = 0,
        isEscalated: Bool = false, shelvedUntil: Int64? = nil, firstOut: String? = nil, derived: [String] = [],
        clocks: [ClockSnapshot], facts: [FactSnapshot], evidence: [EvidenceSnapshot] = []
    ) {
        self.id = id
        self.key = key
        self.device = device
        self.code = code
        self.routing = routing
        self.severity = severity
        self.state = state
        self.isOpen = isOpen
        self.cycle = cycle
        self.openedAt = openedAt
        self.explanation = explanation
        self.advice = advice
        self.selfCleared = selfCleared
        self.coverage = coverage
        self.occurrences = occurrences
        self.isChattering = isChattering
        self.chatterCount = chatterCount
        self.isEscalated = isEscalated
        self.shelvedUntil = shelvedUntil
        self.firstOut = firstOut
        self.derived = derived
        self.clocks = clocks
        self.facts = facts
        self.evidence = evidence
    }
}

/// An instant at which the box did not know the time.
package struct UncertainInstant: Codable, Sendable, Equatable {
    package var earliest: Int64
    /// Nil as long as the box has not learned the time.
    package var latest: Int64?

    package init(earliest: Int64, latest: Int64?) {
        self.earliest = earliest
        self.latest = latest
    }
}

/// One piece of evidence that was kept with a ticket.
package struct EvidenceSnapshot: Codable, Sendable, Equatable {
    /// Of the document, as 64 hexadecimal digits.
    package var sha256: String
    package var title: String
    package var part: EvidencePart
    package var at: Int64
    /// Whether it belongs to the ticket's present cycle.
    package var isOfCycle: Bool

    package init(sha256: String, title: String, part: EvidencePart, at: Int64, isOfCycle: Bool) {
        self.sha256 = sha256
        self.title = title
        self.part = part
        self.at = at
        self.isOfCycle = isOfCycle
    }
}

/// One promise clock of the ticket's present cycle.
package struct ClockSnapshot: Codable, Sendable, Equatable {
    /// response, diagnosisA, … delivery, followUpVisit, spelled as in the policy.
    package var clock: String
    /// waiting, running, met, breached, notApplicable, provisional, undetermined
    package var status: String
    package var start: Int64?
    package var deadline: Int64?
    package var stop: Int64?
    package var elapsed: Int64
    /// 0 when stopped or breached.
    package var remaining: Int64
    /// How far past the deadline; 0 when in time.
    package var overrun: Int64
    /// Nil for a stopwatch without a limit.
    package var limit: Int64?
    /// literal or strict; nil before it starts.
    package var startBasis: String?
    /// How much of the time was excused, and how it would stand with that; nil where nothing was.
    package var excused: Int64?
    package var adjustedStatus: String?
    /// A breach was written and taken back; nil where none was.
    package var isRescinded: Bool?
    /// Why the deadline cannot be told.
    package var trouble: String?

    package init(
        clock: String, status: String, start: Int64?, deadline: Int64?, stop: Int64?, elapsed: Int64,
        remaining: Int64, overrun: Int64, limit: Int64?
    ) {
        self.clock = clock
        self.status = status
        self.start = start
        self.deadline = deadline
        self.stop = stop
        self.elapsed = elapsed
        self.remaining = remaining
        self.overrun = overrun
        self.limit = limit
    }
}

/// One recorded fact of a ticket.
package struct FactSnapshot: Codable, Sendable, Equatable {
    /// `FaultOpened`, `DeskAccepted`, …
    package var name: String
    package var at: Int64
    /// gateway, user or desk
    package var writer: String
    /// What happened, in plain words.
    package var sentence: String
    /// Whether the ticket's rules let it count; why not stands in `reason`.
    package var isEffective: Bool
    package var reason: String?

    package init(
        name: String, at: Int64, writer: String, sentence: String, isEffective: Bool, reason: String?
    ) {
        self.name = name
        self.at = at
        self.writer = writer
        self.sentence = sentence
        self.isEffective = isEffective
        self.reason = reason
    }
}
