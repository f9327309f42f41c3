internal import ServiceLevel
internal import Terms

/// What people do besides the steps of the life cycle.
extension Ticket {
    mutating func done(
        _ act: TicketAct, _ signature: Signature, _ moment: Moment, _ promise: Promise
    ) -> Ineffective? {
        switch act {
        case .noteAdded, .userFeedback(.satisfied): return nil
        case .userFeedback(.disputed), .reopened:
            if let objection = reopened(moment, promise) { return objection }
            if let occurrence, hasActiveAlarm { noteSafety(of: occurrence, at: moment.at) }
            return nil
        case .mergedInto:
            end(as: .merged, moment, promise)
            return nil
        case .cancelled: return cancelled(author: signature.author, moment, promise)
        case .makerNotified: return notified(moment)
        case .statusReportBounced(let channel): return bounced(channel)
        case .remoteStep(_, let liveView):
            guard state == .remoteSupport else { return .wrongState }
            return liveView == .refused ? .noConsent : nil
        case .partner(let answer, let name): return answered(answer, name)
        case .visitScheduled: return [.awaitingOnSite, .onSiteDiagnosis].contains(state) ? nil : .wrongState
        case .visitFailed:
            guard [.awaitingOnSite, .onSiteDiagnosis].contains(state) else { return .wrongState }
            return moment.evidence == nil ? .noEvidence : nil
        case .work(let work, let isCharged): return worked(work, isCharged: isCharged)
        default: return isOpen ? doneWhileOpen(act, signature, moment, promise) : .wrongState
        }
    }

    private mutating func doneWhileOpen(
        _ act: TicketAct, _ signature: Signature, _ moment: Moment, _ promise: Promise
    ) -> Ineffective? {
        switch act {
        case .acknowledged: acknowledgedAt = acknowledgedAt ?? moment.at
        case .chargeQuoted(let deliveredAt, _): quoted(deliveredAt: deliveredAt)
        case .chargeConsent(let isGranted):
            isChargeGranted = isGranted
            endExcuses(.consentPending, at: moment.at)
            // Who waits anew needs another quote.
            quoteDeliveredAt = nil
        case .costLine(let amount, _):
            if amount.minorUnits > 0 { return objectionToCharge() }
        case .excuseOpened(let reason): return excuse(reason, signature, at: moment.at)
        case .excuseClosed(let reason):
            guard isOpenExcuse(reason) else { return .wrongState }
            endExcuses(reason, at: moment.at)
        case .deliveryAgreed(let agreement):
            guard spans[.delivery]?.stop == nil else { return .wrongState }
            // A broken promise is not agreed away.
            guard view(.delivery, promise: promise, now: moment.at).status != .breached else { return .tooLate }
            spans[.delivery] = ClockSpan(start: spans[.delivery]?.start ?? moment.at, agreed: agreement.slotEnd)
        case .proofOfDelivery:
            guard spans[.delivery]?.start != nil else { return .wrongState }
            stop(.delivery, moment)
        default: break
        }
        return nil
    }

    /// It may be told after the ticket is closed: the time for it runs on.
    private mutating func notified(_ moment: Moment) -> Ineffective? {
        guard state != .merged, state != .cancelled else { return .wrongState }
        guard isOpen || spans[.makerNotice]?.start != nil else { return .wrongState }
        // What was told before the fault was no notice of it.
        if makerNotified.map({ $0.at < faultOpenedAt ?? $0.at }) ?? true { makerNotified = moment }
        stop(.makerNotice, moment)
        return nil
    }

    private mutating func answered(_ answer: PartnerAnswer, _ name: String) -> Ineffective? {
        guard !name.isEmpty else { return .noPartner }
        switch (answer, state) {
        case (.offered, .awaitingOnSite), (.declined, .awaitingOnSite): return nil
        case (.accepted, .awaitingOnSite):
            state = .onSiteDiagnosis
            partner = name
            return nil
        case (.declined, .onSiteDiagnosis) where partner == name:
            // Who had accepted does not come after all.
            state = .awaitingOnSite
            partner = nil
            return nil
        default: return .wrongState
        }
    }

    private mutating func worked(_ work: RepairWork, isCharged: Bool) -> Ineffective? {
        guard state == .diagnosed || state == .eliminating else { return .wrongState }
        if isCharged, let objection = objectionToCharge() { return objection }
        state = .eliminating
        isWaitingForParts = work == .partsOrdered
        return nil
    }

    /// Why nothing may be charged; nil where it may.
    private func objectionToCharge() -> Ineffective? {
        // Remote help is free for life: nothing is charged that nobody diagnosed.
        guard let cause, [.diagnosed, .eliminating, .eliminated, .reported].contains(state),
            coverage == .expired || ![.design, .quality, .unknownNeedsLab].contains(cause)
        else { return .notChargeable }
        return isChargeGranted ? nil : .noConsent
    }

    private mutating func quoted(deliveredAt: Instant) {
        quoteDeliveredAt = deliveredAt
        isChargeGranted = false
        // Nobody can decide about a quote that they do not have.
        guard var awaited = awaitedConsent else { return }
        awaited.start = max(awaited.start, deliveredAt)
        awaitedConsent = nil
        excuses.append(awaited)
    }

    private func isOpenExcuse(_ reason: ExcuseReason) -> Bool {
        excuses.contains { $0.reason == reason && $0.end == nil }
            || reason == .consentPending && awaitedConsent != nil
    }

    private mutating func excuse(_ reason: ExcuseReason, _ signature: Signature, at: Instant) -> Ineffective? {
        guard let evidence = signature.evidence, !evidence.isEmpty else { return .noEvidence }
        guard !isOpenExcuse(reason) else { return .wrongState }
        var window = ExcuseWindow(reason: reason, start: at, evidence: evidence)
        if reason == .consentPending {
            guard let quoteDeliveredAt else {
                awaitedConsent = window
                return nil
            }
            window.start = quoteDeliveredAt
        }
        excuses.append(window)
        return nil
    }

    private mutating func endExcuses(_ reason: ExcuseReason, at: Instant) {
        if reason == .consentPending { awaitedConsent = nil }
        for index in excuses.indices where excuses[index].reason == reason && excuses[index].end == nil {
            excuses[index].end = max(excuses[index].start, at)
        }
    }

    /// Takes in a ticket that goes on as this one: no clock restarts, and a start only moves to an earlier instant.
    mutating func absorb(_ other: Ticket) {
        if let strict = other.strictStart { strictStart = strictStart.map { min($0, strict) } ?? strict }
        if let literal = other.literalStart {
            if state == .draft || state == .tendered { state = .received }
            if literalStart.map({ literal < $0 }) ?? true {
                literalStart = literal
                untimedStart = other.untimedStart
            }
        }
        moveStart()
        occurrences.merge(other.occurrences) { own, theirs in own || theirs }
        selfCleared = selfCleared && !hasActiveAlarm
        derived.merge(other.derived) { own, _ in own }
        evidence += other.evidence
        concernsSafety = concernsSafety || other.concernsSafety
        if other.concernsSafety { shelvedUntil = nil }
    }
}
