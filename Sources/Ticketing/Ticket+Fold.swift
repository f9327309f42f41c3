package import ServiceLevel
package import Terms

extension Ticket {
    /// Tells the facts of one ticket in their order. Nil when nothing among them opens it.
    ///
    /// - Parameter policy: the document that is bound to the ticket.
    package init?(id: TicketID, facts: some Collection<Fact>, policy: SupportPolicy) {
        let all = Array(facts)
        // Places are sorted in place of facts: these are large.
        let ordered = all.indices.map { (place: $0, countsAt: all[$0].countsAt(tolerance: policy.lateEntryTolerance)) }
            .sorted { a, b in
                a.countsAt == b.countsAt
                    ? Fact.isTold(all[a.place], before: all[b.place]) : a.countsAt < b.countsAt
            }
        guard let opening = ordered.first(where: { all[$0.place].event.opensTicket }) else { return nil }
        self.init(id: id, openedAt: opening.countsAt)
        told.reserveCapacity(all.count)
        var newest: Int?
        for (place, countsAt) in ordered {
            // An identical fact is one fact, and stands beside its like.
            if let newest, Fact.isSame(all[newest], all[place]) { continue }
            newest = place
            tell(all[place], at: countsAt, policy: policy)
        }
    }

    /// Tells one more fact, where it comes after all that was told; false where the whole ticket must be told anew.
    package mutating func append(_ fact: Fact, policy: SupportPolicy) -> Bool {
        let countsAt = fact.countsAt(tolerance: policy.lateEntryTolerance)
        guard let last = told.last, last.countsAt <= countsAt,
            last.countsAt < countsAt || Fact.isTold(last.fact, before: fact)
        else { return false }
        // Another policy may count what was told before differently.
        if case .policyBound = fact.event { return false }
        tell(fact, at: countsAt, policy: policy)
        return true
    }

    private mutating func tell(_ fact: Fact, at countsAt: Instant, policy: SupportPolicy) {
        let ineffective = apply(fact, at: countsAt, policy: policy)
        told.append(ToldFact(fact: fact, countsAt: countsAt, ineffective: ineffective))
    }

    /// Lets one fact take effect; the reason when it has none.
    private mutating func apply(_ fact: Fact, at: Instant, policy: SupportPolicy) -> Ineffective? {
        switch fact.event {
        case .faultOpened(let key, let occurrence): return faultOpened(key, occurrence, at: at)
        case .alarmCleared(let occurrence, _): return alarmCleared(occurrence, at: at)
        case .deskAccepted(let receivedAt, _): return accepted(receivedAt: receivedAt)
        case .firstResponse(let author, _, _): return responded(author: author, at: at)
        case .remoteOutcome(.cannotSolve, let author, _): return remoteCannotSolve(author: author, at: at)
        case .remoteOutcome(.solvedSaysUser, let author, _):
            return remoteSolved(author: author, at: at, policy: policy)
        case .remoteOutcome(.solvedAlarmInactive, let author, _):
            return hasActiveAlarm ? .alarmActive : remoteSolved(author: author, at: at, policy: policy)
        case .remoteTimedOut: return remoteTimedOut(at: at)
        case .diagnosisRecorded(let diagnosis): return diagnosed(diagnosis, at: at)
        case .eliminated(let proof, let author, _):
            return eliminated(proof: proof, author: author, at: at, policy: policy)
        case .statusReportDelivered(_, _, let author, _): return reported(author: author, at: at)
        case .closed(let author): return closed(author: author, at: at)
        case .evidenceAttached(let sha256, _, _):
            evidence.append(sha256)
            return nil
        case .warned(let clock, let percent, let cycle):
            call(.clock(clock, percent: percent), cycle: cycle, at: at)
            return nil
        case .breached(let clock, let cycle):
            call(.clock(clock, percent: nil), cycle: cycle, at: at)
            return nil
        case .alarm(let event): return happened(event, at: at)
        case .shelf(let shelf): return shelved(shelf, at: at)
        case .policyBound: return nil
        case .alarmRaised, .deviceIdentified, .deviceWriteAnnounced, .notificationDue, .delivery, .usage:
            return .wrongState
        }
    }

    private mutating func faultOpened(_ key: FaultKey, _ occurrence: AlarmOccurrence, at: Instant) -> Ineffective? {
        self.key = self.key ?? key
        let isFirst = self.occurrence == nil
        occurrences[occurrence.id] = true
        selfCleared = false
        switch state {
        case .draft where isFirst:
            self.occurrence = occurrence
            startClocks(at: nil, routing: occurrence.routing)
            call(.opened, cycle: cycle, at: at)
        case .eliminated:
            state = .remoteSupport
            spans[.elimination]?.stop = nil
            spans[.statusReport] = ClockSpan()
        case .reported, .closed:
            beginCycle(occurrence, at: at)
        default: break
        }
        newestFault = occurrence
        becomeRootIfFree(occurrence.id)
        firstOut = firstOut ?? occurrence.id
        noteSafety(of: occurrence, at: at)
        return nil
    }

    private mutating func beginCycle(_ occurrence: AlarmOccurrence, at: Instant) {
        pastSpans.append(spans)
        cycle += 1
        closedAt = nil
        self.occurrence = occurrence
        state = .received
        forgetCycle()
        startClocks(at: at, routing: occurrence.routing)
        call(.opened, cycle: cycle, at: at)
    }

    private mutating func startClocks(at start: Instant?, routing: Routing) {
        let started = routing.startsDiagnosis ? ClockSpan(start: start) : .notApplicable
        let waiting = routing.startsDiagnosis ? ClockSpan() : .notApplicable
        spans = [
            .response: ClockSpan(start: start), .diagnosisA: started, .elimination: started, .diagnosisB: waiting,
            .remoteSupport: waiting, .statusReport: waiting,
        ]
    }

    private mutating func alarmCleared(_ id: OccurrenceID, at: Instant) -> Ineffective? {
        occurrences[id] = false
        chattering[id] = nil
        if id == root { rootClearedAt = at }
        selfCleared = !hasActiveAlarm
        return nil
    }

    private mutating func accepted(receivedAt: Instant) -> Ineffective? {
        guard state == .draft else { return .wrongState }
        state = .received
        startClocks(at: receivedAt, routing: occurrence?.routing ?? .k7)
        return nil
    }

    private mutating func responded(author: String, at: Instant) -> Ineffective? {
        guard !author.isEmpty else { return .unnamedAuthor }
        guard state == .received else { return .wrongState }
        state = .remoteSupport
        spans[.response]?.stop = at
        spans[.remoteSupport]?.start = at
        return nil
    }

    private mutating func remoteCannotSolve(author: String, at: Instant) -> Ineffective? {
        guard !author.isEmpty else { return .unnamedAuthor }
        return remoteTimedOut(at: at)
    }

    private mutating func remoteTimedOut(at: Instant) -> Ineffective? {
        guard state == .remoteSupport else { return .wrongState }
        state = .awaitingOnSite
        stop(.remoteSupport, at: at)
        spans[.diagnosisB]?.start = at
        return nil
    }

    private mutating func remoteSolved(author: String, at: Instant, policy: SupportPolicy) -> Ineffective? {
        guard !author.isEmpty else { return .unnamedAuthor }
        guard state == .remoteSupport else { return .wrongState }
        for clock in [Clock.diagnosisA, .diagnosisB] { endWithoutDiagnosis(clock, at: at, policy: policy) }
        becomeEliminated(at: at)
        return nil
    }

    private mutating func diagnosed(_ diagnosis: Diagnosis, at: Instant) -> Ineffective? {
        guard !diagnosis.author.isEmpty else { return .unnamedAuthor }
        guard [.remoteSupport, .awaitingOnSite, .onSiteDiagnosis].contains(state) else { return .wrongState }
        guard diagnosis.method == .remote || diagnosis.partner != nil else { return .noPartner }
        state = .diagnosed
        stop(.remoteSupport, at: at)
        stop(.diagnosisA, at: at)
        if spans[.diagnosisB]?.start == nil {
            spans[.diagnosisB] = .notApplicable
        } else {
            stop(.diagnosisB, at: at)
        }
        return nil
    }

    private mutating func eliminated(
        proof: String, author: String, at: Instant, policy: SupportPolicy
    ) -> Ineffective? {
        guard !author.isEmpty else { return .unnamedAuthor }
        guard !proof.isEmpty else { return .noProof }
        guard !hasActiveAlarm else { return .alarmActive }
        switch state {
        case .remoteSupport: return remoteSolved(author: author, at: at, policy: policy)
        case .diagnosed, .eliminating:
            becomeEliminated(at: at)
            return nil
        default: return .wrongState
        }
    }

    private mutating func becomeEliminated(at: Instant) {
        state = .eliminated
        stop(.remoteSupport, at: at)
        stop(.elimination, at: at)
        spans[.statusReport]?.start = at
    }

    private mutating func reported(author: String, at: Instant) -> Ineffective? {
        guard !author.isEmpty else { return .unnamedAuthor }
        guard state == .eliminated else { return .wrongState }
        state = .reported
        stop(.statusReport, at: at)
        return nil
    }

    private mutating func closed(author: String, at: Instant) -> Ineffective? {
        guard !author.isEmpty else { return .unnamedAuthor }
        guard state == .reported else { return .wrongState }
        guard !hasActiveAlarm else { return .alarmActive }
        state = .closed
        closedAt = at
        return nil
    }

    /// The first stop counts.
    private mutating func stop(_ clock: Clock, at: Instant) {
        if spans[clock]?.stop == nil { spans[clock]?.stop = at }
    }

    /// A case that is solved without a diagnosis needs none; a deadline that had passed before stays broken.
    private mutating func endWithoutDiagnosis(_ clock: Clock, at: Instant, policy: SupportPolicy) {
        if let start = spans[clock]?.start, let limit = policy.rules[clock]?.limit, at >= start + limit {
            stop(clock, at: at)
        } else {
            spans[clock] = .notApplicable
        }
    }
}

extension FactEvent {
    var opensTicket: Bool {
        switch self {
        case .faultOpened, .deskAccepted: true
        default: false
        }
    }

    /// What proves that a person did something when they say they did; nil for facts of machines.
    fileprivate var lateEntryEvidence: String?? {
        switch self {
        case .firstResponse(_, _, let evidence), .remoteOutcome(_, _, let evidence),
            .eliminated(_, _, let evidence), .statusReportDelivered(_, _, _, let evidence):
            evidence
        case .diagnosisRecorded(let diagnosis): diagnosis.evidence
        case .closed: .some(nil)
        default: nil
        }
    }
}

extension Fact {
    fileprivate func countsAt(tolerance: Milliseconds) -> Instant {
        guard case .some(let evidence) = event.lateEntryEvidence, evidence == nil else { return at }
        return at < recordedAt - tolerance ? recordedAt : at
    }
}
