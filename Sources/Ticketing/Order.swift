package import ServiceLevel
package import Terms

/// An order: a fold over its facts, from the purchase request to the delivery.
package struct Order: Sendable, Equatable {
    package let id: OrderID
    package private(set) var spans: [Clock: ClockSpan]
    package private(set) var told: [ToldFact] = []
    /// What somebody is to be told, in the order of telling.
    package private(set) var calls: [NotificationCall] = []
    /// Where and how it is delivered.
    package private(set) var agreement: DeliveryAgreement?
    private var signedAt: Instant?
    /// When the payments that are there arrived.
    private var paidAt: [PaymentStage: Instant] = [:]
    private var deliveryAgreedAt: Instant?
    private var amendments: [Clock: Amendments] = [:]

    /// How often something agreed was moved, and when last.
    private struct Amendments: Sendable, Equatable {
        var count: Int
        var at: Instant
    }

    /// Tells an order from its facts, in any order. Nil where none of them is about an order.
    package init?(id: OrderID, facts: some Collection<Fact>, promise: Promise) {
        self.id = id
        spans = Dictionary(uniqueKeysWithValues: Clock.ofOrder.map { ($0, ClockSpan()) })
        for next in TimedFact.ordered(facts, tolerance: promise.policy.lateEntryTolerance) {
            let ineffective = apply(next, promise)
            told.append(ToldFact(fact: next.fact, countsAt: next.countsAt, ineffective: ineffective))
        }
        guard !told.isEmpty else { return nil }
    }

    /// Nothing is left to do.
    package var isOpen: Bool { spans[.delivery]?.stop == nil }

    /// One clock as of `now`.
    package func view(_ clock: Clock, promise: Promise, now: Instant) -> ClockView {
        ClockView(clock, span: spans[clock] ?? .notApplicable, promise: promise, now: now)
    }

    /// The steps of all its clocks. What was agreed anew runs anew: its warnings come again.
    func steps(promise: Promise) -> [(run: ClockRun, step: ClockStep)] {
        spans.flatMap { clock, span in
            let amendment = amendments[clock]
            let run = ClockRun(clock, cycle: 1 + (amendment?.count ?? 0))
            return promise.steps(of: clock, span: span)
                .filter { step in amendment.map { step.dueAt >= $0.at } ?? true }.map { (run, $0) }
        }
    }

    private mutating func apply(_ next: TimedFact, _ promise: Promise) -> Ineffective? {
        switch next.fact.event {
        case .order(let event, let signature):
            let moment = Moment(
                at: next.countsAt, recordedAt: next.fact.recordedAt, evidence: signature.evidence)
            return apply(event, moment, promise)
        case .warned(let run, let warning): call(run, .warning(warning), next)
        case .breached(let run): call(run, .breach, next)
        case .breachRescinded(let run, _): spans[run.clock]?.isRescinded = true
        case .policyBound: break
        default: return .wrongState
        }
        return nil
    }

    private mutating func call(_ run: ClockRun, _ kind: ClockStep.Kind, _ next: TimedFact) {
        let step = RunStep(run: run, kind: kind, dueAt: next.fact.at)
        calls.append(NotificationCall(.order(id), kind: .step(step), at: next.countsAt))
    }

    private mutating func apply(_ event: OrderEvent, _ moment: Moment, _ promise: Promise) -> Ineffective? {
        switch event {
        case .purchaseRequestReceived: return start(.contractSigning, at: moment.at)
        case .contractSigned:
            guard signedAt == nil else { return .wrongState }
            signedAt = moment.at
            spans[.contractSigning]?.end(moment)
            startProduction()
        case .paymentReceived(let stage):
            guard paidAt[stage] == nil else { return .wrongState }
            paidAt[stage] = moment.at
            startProduction()
            startDelivery()
        case .paymentReversed(let stage):
            guard paidAt[stage] != nil else { return .wrongState }
            paidAt[stage] = nil
            takeBack(stage)
        case .productionStarted: return finish(.productionStart, moment)
        case .productionFinished: return finish(.contractCompletion, moment)
        case .completionAgreed(let time):
            guard spans[.contractCompletion]?.start == nil else { return .wrongState }
            spans[.contractCompletion]?.start = moment.at
            spans[.contractCompletion]?.agreed = time
        case .deliveryAgreed(let agreement):
            guard self.agreement == nil else { return .wrongState }
            self.agreement = agreement
            deliveryAgreedAt = moment.at
            spans[.delivery]?.agreed = agreement.slotEnd
            startDelivery()
        case .amendmentAgreed(let what, let time): return amend(what, time, at: moment.at, promise)
        case .proofOfDelivery: return finish(.delivery, moment)
        }
        return nil
    }

    private mutating func start(_ clock: Clock, at: Instant) -> Ineffective? {
        guard spans[clock]?.start == nil else { return .wrongState }
        spans[clock]?.start = at
        return nil
    }

    private mutating func finish(_ clock: Clock, _ moment: Moment) -> Ineffective? {
        guard spans[clock]?.stop == nil else { return .wrongState }
        spans[clock]?.end(moment)
        return nil
    }

    /// Production is promised from the contract and the payment, whichever comes later.
    private mutating func startProduction() {
        guard spans[.productionStart]?.start == nil, let signedAt, let paid = paidAt[.production] else { return }
        spans[.productionStart]?.start = max(signedAt, paid)
    }

    /// A delivery that is paid for first is promised from the payment on.
    private mutating func startDelivery() {
        guard spans[.delivery]?.start == nil, let agreement, let agreedAt = deliveryAgreedAt else { return }
        if agreement.needsPayment {
            guard let paid = paidAt[.delivery] else { return }
            spans[.delivery]?.start = max(agreedAt, paid)
        } else {
            spans[.delivery]?.start = agreedAt
        }
    }

    /// A payment that went back is none: what it had started waits again, unless it is done.
    private mutating func takeBack(_ stage: PaymentStage) {
        let clock: Clock = stage == .production ? .productionStart : .delivery
        guard stage == .production || agreement?.needsPayment == true, spans[clock]?.stop == nil else { return }
        spans[clock]?.start = nil
    }

    /// What was agreed moves only while it can still be kept: a broken promise is not agreed away.
    private mutating func amend(
        _ what: Amended, _ time: AgreedTime, at: Instant, _ promise: Promise
    ) -> Ineffective? {
        let clock: Clock = what == .completion ? .contractCompletion : .delivery
        guard let span = spans[clock], span.agreed != nil, span.stop == nil else { return .wrongState }
        let view = ClockView(clock, span: span, promise: promise, now: at)
        guard view.status != .breached else { return .tooLate }
        spans[clock]?.agreed = time
        amendments[clock] = Amendments(count: (amendments[clock]?.count ?? 0) + 1, at: at)
        if what == .delivery { agreement?.slotEnd = time }
        return nil
    }
}

extension ClockSpan {
    /// The first stop counts.
    mutating func end(_ moment: Moment) {
        guard stop == nil else { return }
        stop = moment.at
        stopRecordedAt = moment.recordedAt
        evidence = moment.evidence
    }
}

extension TimedFact {
    /// Facts in the order of telling, each once.
    static func ordered(_ facts: some Collection<Fact>, tolerance: Milliseconds) -> [TimedFact] {
        let timed = facts.map { TimedFact(fact: $0, countsAt: $0.countsAt(tolerance: tolerance)) }
            .sorted(by: TimedFact.isTold)
        return timed.indices.filter { $0 == 0 || !Fact.isSame(timed[$0 - 1].fact, timed[$0].fact) }.map { timed[$0] }
    }
}
