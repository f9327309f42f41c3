package import ServiceLevel
package import Terms

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
    /// The ticket as which it goes on, once merged.
    package internal(set) var survivor: TicketID?
    /// The former ticket of the same fault, which was closed too long ago to be taken up again.
    package internal(set) var recurrenceOf: TicketID?
    /// When the desk took it or the user reported it, whichever came first, in the present cycle.
    package internal(set) var literalStart: Instant?
    /// The stamp of the fact from which the present cycle runs, where the box had no trusted clock: its start is the
    /// earliest that it can have been.
    package internal(set) var untimedStart: Stamp?
    /// When the first try to notify failed at the desk while the way to it was proven open.
    package internal(set) var strictStart: Instant?
    package internal(set) var acknowledgedAt: Instant?
    /// The local distributor or installer who comes, in the present cycle.
    package internal(set) var partner: String?
    /// Unknown acts as covered until a person decides.
    package internal(set) var finding: CoverageFinding?
    /// What the fault comes from, once diagnosed in the present cycle.
    package internal(set) var cause: Diagnosis.Cause?
    package internal(set) var quoteDeliveredAt: Instant?
    package internal(set) var isChargeGranted = false
    package internal(set) var isWaitingForParts = false
    /// Shown beside the raw verdicts, never subtracted from them.
    package internal(set) var excuses: [ExcuseWindow] = []
    /// When the present cycle's first fault was opened.
    var faultOpenedAt: Instant?
    /// When the unit's maker was told, in the present cycle.
    var makerNotified: Moment?
    /// Someone waits for the user's decision about a quote that was not delivered yet.
    var awaitedConsent: ExcuseWindow?
    /// The report that stands as delivered.
    var reportChannel: Channel?
    /// A person has answered, and a report was delivered, in the present cycle.
    var hasResponse = false
    var hasDeliveredReport = false
    /// The diagnosis clocks before a remote solution made them needless; they run on if the fault comes back.
    var spansBeforeSolution: [Clock: ClockSpan]?
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
    package internal(set) var spans = waitingSpans
    /// The clocks of earlier cycles, frozen when the next one began.
    package internal(set) var pastSpans: [ClockSpans] = []
    /// When each of the earlier cycles ended.
    var cycleEnds: [Instant] = []
    package internal(set) var told: [ToldFact] = []
    /// SHA-256 of everything that was kept with the ticket, in the order of telling.
    package internal(set) var evidence: [String] = []

    /// Of a ticket that was closed: growing to it step by step would move them again and again.
    static let usualFacts = 24

    init(id: TicketID, openedAt: Instant) {
        self.id = id
        self.openedAt = openedAt
        told.reserveCapacity(Self.usualFacts)
    }

    package var isOpen: Bool { ![.closed, .merged, .cancelled].contains(state) }
    package var coverage: Coverage { finding?.coverage ?? .unknown }
    package var hasOpenExcuse: Bool { awaitedConsent != nil || excuses.contains { $0.end == nil } }
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

    /// One clock as of `now`.
    ///
    /// - Parameter cycle: from 1; nil for the present one.
    package func view(_ clock: Clock, cycle: Int? = nil, promise: Promise, now: Instant) -> ClockView {
        let cycle = cycle ?? self.cycle
        // A former cycle is frozen when the next one begins.
        let now = cycleEnds.indices.contains(cycle - 1) ? min(now, cycleEnds[cycle - 1]) : now
        return ClockView(clock, span: span(clock, cycle: cycle), promise: promise, excuses: excuses, now: now)
    }

    /// One clock of one cycle; not started for a cycle that is not there.
    package func span(_ clock: Clock, cycle: Int) -> ClockSpan {
        if cycle == self.cycle { return spans[clock] ?? ClockSpan() }
        return pastSpans.indices.contains(cycle - 1) ? pastSpans[cycle - 1][clock] ?? ClockSpan() : ClockSpan()
    }
}
