package import ServiceLevel
package import Terms

/// Where a ticket stands in its life cycle.
package enum TicketState: String, Sendable, CaseIterable {
    /// The box has seen a fault; the desk does not have it yet.
    case draft
    /// The notification has arrived: the promise runs.
    case received
    case remoteSupport, awaitingOnSite, onSiteDiagnosis, diagnosed, eliminating, eliminated, reported, closed
}

/// Why a recorded fact does not count. The fact is kept all the same.
package enum Ineffective: String, Sendable {
    /// The ticket's state does not let this happen.
    case wrongState
    /// Nobody is named.
    case unnamedAuthor
    /// A diagnosis on site needs a partner, or the reason why none.
    case noPartner
    /// An alarm of this fault is active.
    case alarmActive
    /// No functional check is named.
    case noProof
    /// A ticket is put aside for a reason.
    case noReason
    /// A ticket is put aside for at most 24 hours, from now on.
    case shelfTime
    /// What concerns safety cannot be put aside.
    case safety

    package var sentence: String {
        switch self {
        case .wrongState: "the ticket was not in a state that lets this happen"
        case .unnamedAuthor: "nobody is named"
        case .noPartner: "a diagnosis on site needs a local partner, or the reason why none took part"
        case .alarmActive: "an alarm of this fault is still active"
        case .noProof: "no functional check is named"
        case .noReason: "no reason is given"
        case .shelfTime: "a ticket can be put aside for at most 24 hours, from now on"
        case .safety: "it concerns safety, which is never put aside"
        }
    }
}

/// A fact as the ticket tells it: when it counts, and whether it does.
package struct ToldFact: Sendable, Equatable {
    package var fact: Fact
    /// When it counts: its own instant, or its recording where it came late and without evidence.
    package var countsAt: Instant
    package var ineffective: Ineffective?
}

/// A ticket: a fold over its facts. Never stored; the same facts give the same ticket.
package struct Ticket: Sendable, Equatable {
    package let id: TicketID
    package internal(set) var key: FaultKey?
    package internal(set) var state = TicketState.draft
    /// From 1; the same fault again within the reopen window begins a new one with clocks of its own.
    package internal(set) var cycle = 1
    package internal(set) var openedAt: Instant
    package internal(set) var closedAt: Instant?
    /// The fault that opened the present cycle.
    package internal(set) var occurrence: AlarmOccurrence?
    /// Every attached occurrence, and whether it is active.
    package internal(set) var occurrences: [OccurrenceID: Bool] = [:]
    /// The readings look normal again. This closes nothing: a person must look.
    package internal(set) var selfCleared = false
    /// The occurrence that the others follow from. Its fault gave the ticket its key, or is the truer one.
    package internal(set) var root: OccurrenceID?
    /// When the root went, while it is away.
    package internal(set) var rootClearedAt: Instant?
    /// What came up before everything else.
    package internal(set) var firstOut: OccurrenceID?
    /// The fault that was opened last; where it leads a ticket that an alarm before it had opened, it becomes the root.
    var newestFault: AlarmOccurrence?
    /// What follows from the root, in words.
    package internal(set) var derived: [OccurrenceID: AlarmOccurrence] = [:]
    /// How often the condition of each alarm that chatters came, as far as it was told.
    package internal(set) var chattering: [OccurrenceID: Int] = [:]
    /// How often the condition of an alarm that chatters, or did, came at most, as far as told; 0 where none did.
    package internal(set) var chatterCount = 0
    /// The alarm came back too often, in the present cycle.
    package internal(set) var isEscalated = false
    /// Something attached in the present cycle concerns safety.
    package internal(set) var concernsSafety = false
    package internal(set) var shelvedUntil: Instant?
    /// What somebody is to be told in the present cycle, in the order of telling.
    package internal(set) var calls: [NotificationCall] = []
    package internal(set) var spans: [Clock: ClockSpan] = [:]
    /// The clocks of earlier cycles, frozen when the next one began.
    package internal(set) var pastSpans: [[Clock: ClockSpan]] = []
    package internal(set) var told: [ToldFact] = []
    /// SHA-256 of everything that was kept with the ticket, in the order of telling.
    package internal(set) var evidence: [String] = []

    init(id: TicketID, openedAt: Instant) {
        self.id = id
        self.openedAt = openedAt
    }

    package var isOpen: Bool { state != .closed }
    /// What was kept since the present cycle began, in the order of telling.
    package var evidenceOfCycle: [(sha256: String, title: String, part: EvidencePart, fact: Fact)] {
        let began = spans[.response]?.start ?? openedAt
        return told.compactMap { told in
            guard told.countsAt >= began, case .evidenceAttached(let sha256, let title, let part) = told.fact.event
            else { return nil }
            return (sha256, title, part, told.fact)
        }
    }

    package var hasActiveAlarm: Bool { occurrences.values.contains(true) }

    /// One clock of the present cycle as of `now`.
    package func view(_ clock: Clock, policy: SupportPolicy, now: Instant) -> ClockView {
        ClockView(clock, span: spans[clock] ?? ClockSpan(), rule: policy.rules[clock], now: now)
    }
}
