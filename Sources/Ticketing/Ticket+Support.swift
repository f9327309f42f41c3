internal import ServiceLevel
internal import Terms

/// From the first answer to the closed ticket.
extension Ticket {
    mutating func responded(author: String, _ moment: Moment) -> Ineffective? {
        guard !author.isEmpty else { return .unnamedAuthor }
        guard state == .received else { return .wrongState }
        state = .remoteSupport
        hasResponse = true
        stop(.response, moment)
        spans[.remoteSupport]?.start = moment.at
        return nil
    }

    mutating func ended(
        _ outcome: RemoteOutcome, author: String, _ moment: Moment, _ promise: Promise
    ) -> Ineffective? {
        guard !author.isEmpty else { return .unnamedAuthor }
        switch outcome {
        case .cannotSolve: return remoteTimedOut(moment)
        case .solvedSaysUser: return remoteSolved(moment, promise)
        case .solvedAlarmInactive: return hasActiveAlarm ? .alarmActive : remoteSolved(moment, promise)
        }
    }

    mutating func remoteTimedOut(_ moment: Moment) -> Ineffective? {
        guard state == .remoteSupport else { return .wrongState }
        state = .awaitingOnSite
        stop(.remoteSupport, moment)
        if spans[.diagnosisB]?.stop == nil, spans[.diagnosisB]?.start == nil {
            spans[.diagnosisB]?.start = moment.at
        }
        return nil
    }

    private mutating func remoteSolved(_ moment: Moment, _ promise: Promise) -> Ineffective? {
        guard state == .remoteSupport else { return .wrongState }
        let diagnosis: [Clock] = [.diagnosisA, .diagnosisB]
        spansBeforeSolution = [:]
        for clock in diagnosis {
            if let span = spans[clock], span.stop == nil { spansBeforeSolution?[clock] = span }
        }
        for clock in diagnosis { endNeedless(clock, moment, promise) }
        becomeEliminated(moment)
        return nil
    }

    mutating func diagnosed(_ diagnosis: Diagnosis, _ moment: Moment) -> Ineffective? {
        guard !diagnosis.author.isEmpty else { return .unnamedAuthor }
        guard [.remoteSupport, .awaitingOnSite, .onSiteDiagnosis].contains(state) else { return .wrongState }
        guard diagnosis.method == .remote || diagnosis.partner?.isNamed ?? (partner != nil) else { return .noPartner }
        state = .diagnosed
        cause = diagnosis.cause
        stop(.remoteSupport, moment)
        stop(.diagnosisA, moment)
        if spans[.diagnosisB]?.start == nil {
            spans[.diagnosisB] = .notApplicable
        } else {
            stop(.diagnosisB, moment)
        }
        return nil
    }

    mutating func eliminated(
        proof: String, author: String, _ moment: Moment, _ promise: Promise
    ) -> Ineffective? {
        guard !author.isEmpty else { return .unnamedAuthor }
        guard !proof.isEmpty else { return .noProof }
        guard !hasActiveAlarm else { return .alarmActive }
        switch state {
        case .remoteSupport: return remoteSolved(moment, promise)
        case .diagnosed, .eliminating:
            becomeEliminated(moment)
            return nil
        default: return .wrongState
        }
    }

    private mutating func becomeEliminated(_ moment: Moment) {
        state = .eliminated
        isWaitingForParts = false
        stop(.remoteSupport, moment)
        stop(.elimination, moment)
        spans[.statusReport]?.start = moment.at
    }

    mutating func reported(author: String, channel: Channel, _ moment: Moment) -> Ineffective? {
        guard !author.isEmpty else { return .unnamedAuthor }
        // A ticket that nobody pursues further needs a report, too, whatever its state.
        if isOpen, state != .reported { (hasDeliveredReport, reportChannel) = (true, channel) }
        guard state == .eliminated else { return .wrongState }
        state = .reported
        stop(.statusReport, moment)
        return nil
    }

    /// A report that comes back was not delivered, whatever was believed before.
    mutating func bounced(_ channel: Channel) -> Ineffective? {
        guard isOpen else { return .wrongState }
        guard reportChannel == channel else { return nil }
        (hasDeliveredReport, reportChannel) = (false, nil)
        guard state == .reported else { return nil }
        state = .eliminated
        spans[.statusReport]?.stop = nil
        spans[.statusReport]?.stopRecordedAt = nil
        spans[.statusReport]?.evidence = nil
        return nil
    }

    mutating func closed(author: String, at: Instant) -> Ineffective? {
        guard !author.isEmpty else { return .unnamedAuthor }
        guard state == .reported else { return .wrongState }
        guard !hasOpenExcuse else { return .openExcuse }
        guard !hasActiveAlarm else { return .alarmActive }
        state = .closed
        closedAt = at
        return nil
    }

    mutating func reopened(_ moment: Moment, _ promise: Promise) -> Ineffective? {
        switch state {
        case .reported: break
        case .closed:
            guard let closedAt, moment.at < closedAt + promise.policy.reopenWindow else { return .tooLate }
        default: return .wrongState
        }
        beginCycle(at: moment.at)
        return nil
    }

    mutating func cancelled(author: String, _ moment: Moment, _ promise: Promise) -> Ineffective? {
        guard !author.isEmpty else { return .unnamedAuthor }
        guard isOpen else { return .wrongState }
        guard hasResponse else { return .notResponded }
        guard hasDeliveredReport else { return .notReported }
        end(as: .cancelled, moment, promise)
        return nil
    }

    mutating func end(as state: TicketState, _ moment: Moment, _ promise: Promise) {
        self.state = state
        for clock in Clock.ofTicket { endNeedless(clock, moment, promise) }
        for clock in Clock.ofTicket where spans[clock] == nil { spans[clock] = .notApplicable }
    }
}

extension Diagnosis.Partner {
    /// Whether it says who, or why nobody.
    fileprivate var isNamed: Bool {
        switch self {
        case .named(let text), .absent(let text): !text.isEmpty
        }
    }
}
