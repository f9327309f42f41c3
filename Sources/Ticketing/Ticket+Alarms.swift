internal import Terms

extension Ticket {
    /// Derived alarms that are remembered after they have gone.
    private static let derivedLimit = 64

    /// Lets what became of an alarm take effect; the reason when it has none.
    mutating func happened(_ event: AlarmEvent, at: Instant) -> Ineffective? {
        switch event {
        case .chattering(let id, let edges):
            chattering[id] = edges
            chatterCount = max(chatterCount, edges)
        case .quiet(let id, let edges):
            chattering[id] = nil
            chatterCount = max(chatterCount, edges)
        case .attached(let occurrence, _, let isFirstOut):
            guard isOpen else { return .wrongState }
            occurrences[occurrence.id] = true
            if derived.count >= Self.derivedLimit { derived = derived.filter { occurrences[$0.key] == true } }
            derived[occurrence.id] = occurrence
            selfCleared = false
            if isFirstOut { firstOut = occurrence.id }
            noteSafety(of: occurrence, at: at)
        case .repeatsCounted(let ids):
            for id in ids where occurrences[id] == nil { occurrences[id] = false }
        case .rootChanged(let id):
            guard occurrences[id] != nil else { return .wrongState }
            if let newestFault, newestFault.id == id, let root { lead(newestFault, over: root) }
            root = id
            derived[id] = nil
            rootClearedAt = occurrences[id] == true ? nil : at
        case .escalated:
            isEscalated = true
            call(.escalated, cycle: cycle, at: at)
        }
        return nil
    }

    /// The true root came to light after what follows from it: the ticket is about the root from now on.
    private mutating func lead(_ fault: AlarmOccurrence, over former: OccurrenceID) {
        if let occurrence, occurrence.id == former { derived[former] = occurrence }
        occurrence = fault
    }

    mutating func shelved(_ shelf: ShelfEvent, at: Instant) -> Ineffective? {
        if let objection = objection(to: shelf, at: at) { return objection }
        switch shelf {
        case .shelved(_, _, let until): shelvedUntil = until
        case .unshelved: shelvedUntil = nil
        }
        return nil
    }

    /// A fault that comes back has its root back; one beside a root that is still there has not.
    mutating func becomeRootIfFree(_ id: OccurrenceID) {
        if let root, root != id, occurrences[root] == true { return }
        root = id
        rootClearedAt = nil
    }

    /// What belonged to the former cycle only.
    mutating func forgetCycle() {
        isEscalated = false
        concernsSafety = false
        shelvedUntil = nil
        root = nil
        rootClearedAt = nil
        firstOut = nil
        derived = [:]
        calls = []
        (literalStart, untimedStart, strictStart, closedAt) = (nil, nil, nil, nil)
        (acknowledgedAt, partner, cause) = (nil, nil, nil)
        (quoteDeliveredAt, isChargeGranted, isWaitingForParts) = (nil, false, false)
        (reportChannel, hasResponse, hasDeliveredReport) = (nil, false, false)
        spansBeforeSolution = nil
        (faultOpenedAt, makerNotified, awaitedConsent) = (nil, nil, nil)
    }

    mutating func noteSafety(of occurrence: AlarmOccurrence, at: Instant) {
        guard occurrence.routing == .k0, !concernsSafety else { return }
        concernsSafety = true
        // Danger takes a ticket off the shelf.
        shelvedUntil = nil
        if self.occurrence?.routing != .k0 { call(.safety, cycle: cycle, at: at) }
    }

    mutating func call(_ kind: NotificationCall.Kind, cycle: Int, at: Instant) {
        guard cycle == self.cycle else { return }
        guard !calls.contains(where: { $0.kind == kind }) else { return }
        calls.append(NotificationCall(.ticket(id), cycle: cycle, kind: kind, at: at))
    }
}
