internal import ServiceLevel
internal import Terms

/// How the promise begins to run: from faults, tries to notify, receipts, and the user's own words.
extension Ticket {
    mutating func faultOpened(_ key: FaultKey, _ occurrence: AlarmOccurrence, at: Instant) -> Ineffective? {
        self.key = self.key ?? key
        let isFirst = self.occurrence == nil
        occurrences[occurrence.id] = true
        selfCleared = false
        switch state {
        case .eliminated: comeBack(at: at)
        case .reported, .closed, .cancelled:
            self.occurrence = occurrence
            beginCycle(at: at)
        default:
            guard isFirst else { break }
            self.occurrence = occurrence
            // Clocks that run already do not end because of what is attached later.
            if literalStart == nil { applyRouting() }
            if state == .draft { call(.opened, cycle: cycle, at: at) }
        }
        newestFault = occurrence
        becomeRootIfFree(occurrence.id)
        firstOut = firstOut ?? occurrence.id
        noteSafety(of: occurrence, at: at)
        faultOpenedAt = faultOpenedAt ?? at
        startMakerNotice()
        return nil
    }

    mutating func alarmRaised(_ occurrence: AlarmOccurrence) -> Ineffective? {
        occurrences[occurrence.id] = true
        selfCleared = false
        return nil
    }

    mutating func alarmCleared(_ id: OccurrenceID, at: Instant) -> Ineffective? {
        occurrences[id] = false
        chattering[id] = nil
        if id == root { rootClearedAt = at }
        selfCleared = !hasActiveAlarm
        return nil
    }

    mutating func taken(_ event: IntakeEvent, at: Instant) -> Ineffective? {
        switch event {
        case .autoReceiptSent: return nil
        case .tenderAttempted(let outcome, let wanProof):
            guard state == .draft || state == .tendered else { return .wrongState }
            state = .tendered
            if outcome == .deskFailed, wanProof, strictStart == nil {
                strictStart = at
                moveStart()
            }
            return nil
        case .startTimed(let start, let earliest): return timed(start, earliest: earliest)
        case .userReported(let report):
            switch state {
            case .merged: return .wrongState
            // No complaint is swallowed.
            case .closed, .cancelled:
                beginCycle(at: report.receivedAt)
                if let occurrence, hasActiveAlarm { noteSafety(of: occurrence, at: at) }
            case .draft, .tendered:
                if occurrence == nil { call(.opened, cycle: cycle, at: at) }
                receive(at: report.receivedAt)
            // Words from a former cycle move no start of this one.
            default:
                guard cycleEnds.last.map({ report.receivedAt >= $0 }) ?? true else { break }
                startNoLater(than: report.receivedAt)
            }
            return nil
        }
    }

    mutating func accepted(receivedAt: Instant) -> Ineffective? {
        if state == .draft || state == .tendered {
            receive(at: receivedAt)
            return nil
        }
        // What the desk had before the user reported it began then.
        guard isOpen, cycle == 1, let literalStart, receivedAt < literalStart else { return .wrongState }
        startNoLater(than: receivedAt)
        return nil
    }

    /// The one way in which a start moves to a later instant: it was never known to be earlier.
    private mutating func timed(_ start: Instant, earliest: Instant) -> Ineffective? {
        guard untimedStart != nil, let literalStart, earliest <= start, literalStart <= start,
            state != .merged, state != .cancelled
        else { return .wrongState }
        self.literalStart = start
        untimedStart = nil
        moveStart()
        return nil
    }

    private mutating func receive(at receivedAt: Instant) {
        state = .received
        startNoLater(than: receivedAt)
    }

    /// The start moves to an earlier instant, never to a later one.
    mutating func startNoLater(than instant: Instant) {
        literalStart = literalStart.map { min($0, instant) } ?? instant
        moveStart()
    }

    /// R, from which the clocks run: the strict reading where it is earlier.
    mutating func moveStart() {
        guard let start = [strictStart, literalStart].compactMap({ $0 }).min() else { return }
        let isStrict = strictStart.map { strict in literalStart.map { strict < $0 } ?? true } ?? false
        for clock in [Clock.response, .diagnosisA, .elimination] where spans[clock]?.isApplicable ?? false {
            spans[clock]?.start = start
            spans[clock]?.basis = isStrict ? .strict : .literal
        }
    }

    /// The clocks of a cycle before anything started them.
    static let waitingSpans: ClockSpans = {
        var spans = ClockSpans.waiting
        // Only where the unit's terms name a time, and where something is to be delivered.
        spans[.makerNotice] = .notApplicable
        spans[.delivery] = .notApplicable
        return spans
    }()

    /// A lost data source or a mistake of the configuration is answered, and needs no diagnosis of a battery.
    private mutating func applyRouting() {
        guard let occurrence, !occurrence.routing.startsDiagnosis else { return }
        for clock in [Clock.diagnosisA, .diagnosisB, .remoteSupport, .elimination, .statusReport] {
            spans[clock] = .notApplicable
        }
    }

    /// The same fault again within the window: new clocks from its receipt, the former ones frozen.
    mutating func beginCycle(at start: Instant) {
        // What was agreed on is still to be delivered, and the maker still to be told.
        var carried: [Clock: ClockSpan] = [:]
        for clock in [Clock.delivery, .makerNotice] {
            guard let span = spans[clock], span.start != nil, span.stop == nil else { continue }
            carried[clock] = span
            spans[clock] = .notApplicable
        }
        pastSpans.append(spans)
        cycleEnds.append(start)
        spans = Self.waitingSpans
        for (clock, span) in carried { spans[clock] = span }
        cycle += 1
        state = .received
        forgetCycle()
        applyRouting()
        startNoLater(than: start)
        call(.opened, cycle: cycle, at: start)
    }

    /// The fault is there again before anybody was told that it is gone.
    private mutating func comeBack(at: Instant) {
        state = .remoteSupport
        spans[.elimination]?.stop = nil
        spans[.elimination]?.evidence = nil
        if spans[.statusReport]?.isApplicable ?? false { spans[.statusReport] = ClockSpan() }
        for (clock, span) in spansBeforeSolution ?? [:] { spans[clock] = span }
        spansBeforeSolution = nil
        moveStart()
        // Remote support has its limit again, so that the second diagnosis clock cannot be dodged.
        if spans[.diagnosisA]?.stop == nil, spans[.diagnosisB]?.start == nil,
            let support = spans[.remoteSupport], support.isApplicable, support.start != nil
        {
            spans[.remoteSupport] = ClockSpan(start: at)
        }
    }

    /// A unit's maker wants to be told of a fault within a time that its terms name.
    private mutating func startMakerNotice() {
        guard let days = finding?.noticeDays, coverage != .expired, let start = faultOpenedAt,
            let occurrence, occurrence.routing.startsDiagnosis, state != .merged, state != .cancelled,
            spans[.makerNotice]?.start == nil
        else { return }
        spans[.makerNotice] = ClockSpan(start: start, agreed: .daysAfterStart(days))
        // The maker may have been told before anybody knew that the terms want it.
        if let makerNotified, makerNotified.at >= start { stop(.makerNotice, makerNotified) }
    }

    mutating func decided(_ finding: CoverageFinding, _ signature: Signature) -> Ineffective? {
        self.finding = finding
        startMakerNotice()
        return nil
    }
}
