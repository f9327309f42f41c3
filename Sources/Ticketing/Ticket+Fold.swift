package import ServiceLevel
package import Terms

/// When something counts, when it was written down, and what proves it.
struct Moment: Sendable, Equatable {
    var at: Instant
    var recordedAt: Instant
    /// Never an empty text: that proves nothing.
    private(set) var evidence: String?

    init(at: Instant, recordedAt: Instant, evidence: String?) {
        self.at = at
        self.recordedAt = recordedAt
        self.evidence = evidence.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension Ticket {
    /// Tells one ticket from facts about it, and about tickets that it is linked with, in any order. Nil when nothing
    /// among them opens it.
    ///
    /// - Parameter promise: the documents that are bound to the ticket.
    package init?(id: TicketID, facts: some Collection<Fact>, promise: Promise) {
        var fold = TicketFold(promise: promise)
        fold.tell(facts)
        guard let ticket = fold.tickets[fold.resolved(id)] else { return nil }
        self = ticket
    }

    /// Tells one more fact, which comes after all that was told.
    ///
    /// - Parameter refusal: why it does not count, where that was found in another ticket.
    mutating func tell(_ fact: Fact, at countsAt: Instant, promise: Promise, refusal: Ineffective? = nil) {
        let isByPerson = fact.roles.contains(.person)
        let evidence = isByPerson ? fact.event.personsEvidence ?? nil : nil
        let moment = Moment(at: countsAt, recordedAt: fact.recordedAt, evidence: evidence)
        let formerStart = literalStart
        let ineffective = refusal ?? apply(fact, moment, promise)
        if let literalStart, literalStart != formerStart {
            // What a person names is no reading of the box's clock.
            let isUntimed = fact.stamp.trust != .synced && literalStart >= fact.recordedAt
            untimedStart = isUntimed ? fact.stamp : nil
        }
        told.append(ToldFact(fact: fact, countsAt: countsAt, ineffective: ineffective))
        if ineffective == nil, isByPerson, fact.event.isProgress { spans[.elimination]?.progress.append(countsAt) }
    }

    /// Lets one fact take effect; the reason when it has none.
    private mutating func apply(_ fact: Fact, _ moment: Moment, _ promise: Promise) -> Ineffective? {
        switch fact.event {
        case .faultOpened(let key, let occurrence): return faultOpened(key, occurrence, at: moment.at)
        case .alarmRaised(let occurrence): return alarmRaised(occurrence)
        case .alarmCleared(let occurrence, _): return alarmCleared(occurrence, at: moment.at)
        case .intake(let event): return taken(event, at: moment.at)
        case .deskAccepted(_, _, isReceiptValid: false): return .invalidReceipt
        case .deskAccepted(let receivedAt, _, _): return accepted(receivedAt: receivedAt)
        case .firstResponse(let author, _, _): return responded(author: author, moment)
        case .remoteOutcome(let outcome, let author, _): return ended(outcome, author: author, moment, promise)
        case .remoteTimedOut: return remoteTimedOut(moment)
        case .diagnosisRecorded(let diagnosis): return diagnosed(diagnosis, moment)
        case .eliminated(let proof, let author, _): return eliminated(proof: proof, author: author, moment, promise)
        case .statusReportDelivered(_, let channel, let author, _):
            return reported(author: author, channel: channel, moment)
        case .closed(let author): return closed(author: author, at: moment.at)
        case .act(let act, let signature): return done(act, signature, moment, promise)
        case .warrantyDecided(let finding, let signature): return decided(finding, signature)
        case .evidenceAttached(let sha256, _, _):
            evidence.append(sha256)
            return nil
        case .warned(let run, let warning):
            call(.step(RunStep(run: run, kind: .warning(warning), dueAt: fact.at)), cycle: run.cycle, at: moment.at)
            return nil
        case .breached(let run):
            call(.step(RunStep(run: run, kind: .breach, dueAt: nil)), cycle: run.cycle, at: moment.at)
            return nil
        case .breachRescinded(let run, _):
            if run.cycle == cycle { spans[run.clock]?.isRescinded = true }
            if pastSpans.indices.contains(run.cycle - 1) { pastSpans[run.cycle - 1][run.clock]?.isRescinded = true }
            return nil
        case .alarm(let event): return happened(event, at: moment.at)
        case .shelf(let shelf): return shelved(shelf, at: moment.at)
        case .policyBound: return nil
        case .deviceIdentified, .deviceWriteAnnounced, .notificationDue, .delivery, .usage, .order, .site:
            return .wrongState
        }
    }

    // MARK: - Clocks

    mutating func stop(_ clock: Clock, _ moment: Moment) { spans[clock]?.end(moment) }

    /// What runs no longer matters; a deadline that had passed before stays broken.
    mutating func endNeedless(_ clock: Clock, _ moment: Moment, _ promise: Promise) {
        guard let span = spans[clock], span.isApplicable, span.stop == nil else { return }
        if view(clock, promise: promise, now: moment.at).status == .breached {
            stop(clock, moment)
        } else {
            spans[clock] = .notApplicable
            // What was written of it before may have to be taken back.
            spans[clock]?.stopRecordedAt = moment.recordedAt
            spans[clock]?.evidence = moment.evidence
        }
    }
}

extension FactEvent {
    /// What proves that a person did something when they say they did: the inner nil is a person without proof, the
    /// outer one a machine, or something that starts the promise: that counts when it happened.
    var personsEvidence: String?? {
        switch self {
        case .firstResponse(_, _, let evidence), .remoteOutcome(_, _, let evidence),
            .eliminated(_, _, let evidence), .statusReportDelivered(_, _, _, let evidence):
            evidence
        case .diagnosisRecorded(let diagnosis): diagnosis.evidence
        case .closed: .some(nil)
        case .act(let act, let signature): act.startsPromise ? nil : .some(signature.evidence)
        case .warrantyDecided(_, let signature): .some(signature.evidence)
        case .order(let event, let signature): event.startsPromise ? nil : .some(signature.evidence)
        case .site(let event, let signature): event.startsPromise ? nil : .some(signature.evidence)
        default: nil
        }
    }

    /// Whether a person moved the case on.
    var isProgress: Bool {
        switch self {
        case .firstResponse, .remoteOutcome, .diagnosisRecorded, .eliminated, .statusReportDelivered, .closed, .shelf,
            .intake(.userReported):
            true
        case .act(.noteAdded, _): false
        case .act(_, let signature), .warrantyDecided(_, let signature): !signature.author.isEmpty
        default: false
        }
    }
}

extension TicketAct {
    fileprivate var startsPromise: Bool {
        switch self {
        case .reopened, .userFeedback: true
        default: false
        }
    }
}

extension OrderEvent {
    fileprivate var startsPromise: Bool {
        switch self {
        case .purchaseRequestReceived, .paymentReceived, .completionAgreed, .deliveryAgreed: true
        default: false
        }
    }
}

extension SiteEvent {
    fileprivate var startsPromise: Bool { self == .commissioned }
}

extension Fact {
    /// When the fact counts: its own instant; its recording, where a person wrote it down late and proves nothing.
    package func countsAt(tolerance: Milliseconds) -> Instant {
        guard at < recordedAt - tolerance, case .some(let evidence) = event.personsEvidence, evidence?.isEmpty ?? true
        else { return at }
        return recordedAt
    }
}
