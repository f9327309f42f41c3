package import ServiceLevel
package import Terms

/// A home as a whole: a fold over what was told of it. Its visits are planned from the day of its commissioning.
package struct SiteRecord: Sendable, Equatable {
    package let id: SiteID
    package private(set) var commissionedAt: Instant?
    package private(set) var authorisedAt: Instant?
    /// Every receipt, in the order of telling.
    package private(set) var documents: [DeliveredDocument] = []
    /// The last covered day of the home's warranty, where it is known.
    package private(set) var warrantyEnds: CivilDate?
    package private(set) var told: [ToldFact] = []
    /// What somebody is to be told, in the order of telling.
    package private(set) var calls: [NotificationCall] = []
    /// Visits that are done, by their ids.
    private var done: [String: Moment] = [:]
    private var rescinded: Set<String> = []
    private var swappedOut: Set<String> = []
    /// Beginnings of gaps in the roster that were told; nil for one that has none.
    package private(set) var rosterGaps: Set<Instant?> = []

    /// Tells a home from its facts, in any order. Nil where none of them is about a home as a whole.
    package init?(id: SiteID, facts: some Collection<Fact>, promise: Promise) {
        self.id = id
        for next in TimedFact.ordered(facts, tolerance: promise.policy.lateEntryTolerance) {
            let ineffective = apply(next, promise)
            told.append(ToldFact(fact: next.fact, countsAt: next.countsAt, ineffective: ineffective))
        }
        guard !told.isEmpty else { return nil }
    }

    private mutating func apply(_ next: TimedFact, _ promise: Promise) -> Ineffective? {
        switch next.fact.event {
        case .site(let event, let signature):
            let moment = Moment(
                at: next.countsAt, recordedAt: next.fact.recordedAt, evidence: signature.evidence)
            return apply(event, moment, promise)
        case .warrantyDecided(let finding, _): warrantyEnds = finding.until
        case .warned(let run, let warning): call(run, .warning(warning), next)
        case .breached(let run): call(run, .breach, next)
        case .breachRescinded(let run, _): if let visit = run.visit { rescinded.insert(visit) }
        case .policyBound: break
        default: return .wrongState
        }
        return nil
    }

    private mutating func call(_ run: ClockRun, _ kind: ClockStep.Kind, _ next: TimedFact) {
        let step = RunStep(run: run, kind: kind, dueAt: next.fact.at)
        calls.append(NotificationCall(.site(id), kind: .step(step), at: next.countsAt))
    }

    private mutating func apply(_ event: SiteEvent, _ moment: Moment, _ promise: Promise) -> Ineffective? {
        switch event {
        case .commissioned:
            guard commissionedAt == nil else { return .wrongState }
            commissionedAt = moment.at
        case .authorisationGiven: authorisedAt = authorisedAt ?? moment.at
        case .documentDelivered(let document): documents.append(document)
        case .followUpDone(let visit): return visited(visit, moment, promise)
        case .serialSwapped(_, let former, let new):
            guard !swappedOut.contains(new), former != new else { return .serialReturned }
            swappedOut.insert(former)
        case .rosterGapFound(let start, _):
            guard rosterGaps.insert(start).inserted else { return .wrongState }
            calls.append(NotificationCall(.site(id), kind: .rosterGap(start), at: moment.at))
        case .transferred, .registered: break
        }
        return nil
    }

    private mutating func visited(_ visit: String?, _ moment: Moment, _ promise: Promise) -> Ineffective? {
        guard commissionedAt != nil else { return .wrongState }
        guard promise.zone != nil else { return .noSuchVisit }
        let planned = openVisits(promise: promise)
        guard let id = visit.map({ visit in planned.first { $0.id == visit }?.id }) ?? planned.first?.id else {
            return .noSuchVisit
        }
        done[id] = moment
        return nil
    }
}

// MARK: - Visits

extension SiteRecord {
    /// A planned visit, and how it stands.
    package struct Visit: Sendable, Equatable {
        package var planned: PlannedVisit
        package var span: ClockSpan

        package var run: ClockRun { ClockRun(.followUpVisit, visit: planned.id) }
    }

    /// The visits up to and including a local day, in order of time; none before the commissioning, and where no zone
    /// says which days these are.
    package func visits(through limit: CivilDate, promise: Promise) -> [Visit] {
        guard let commissionedAt, let zone = promise.zone else { return [] }
        return promise.policy.followUps.visits(
            commissioned: zone.date(of: commissionedAt), warrantyEnds: warrantyEnds, through: limit
        ).map { planned in
            var span = ClockSpan(start: commissionedAt, agreed: .day(planned.day))
            if let moment = done[planned.id] { span.end(moment) }
            span.isRescinded = rescinded.contains(planned.id)
            return Visit(planned: planned, span: span)
        }
    }

    /// The visit that comes next: the earliest that is not done; nil where none is planned.
    package func nextVisit(promise: Promise) -> Visit? {
        guard let next = openVisits(promise: promise).first else { return nil }
        return visits(through: next.day, promise: promise).first { $0.planned == next }
    }

    /// The follow-up clock as of `now`: of the visit that comes next, or of the last one where all are done.
    package func view(promise: Promise, now: Instant) -> ClockView {
        let next = nextVisit(promise: promise) ?? visits(through: .last, promise: promise).last
        if let next { return ClockView(.followUpVisit, span: next.span, promise: promise, now: now) }
        // Without a zone nobody can say when it is due.
        let start = promise.zone == nil ? commissionedAt : nil
        let span = ClockSpan(start: start, agreed: start.map { _ in .daysAfterStart(0) })
        return ClockView(.followUpVisit, span: span, promise: promise, now: now)
    }

    /// The clock of one planned visit as of `now`; nil where no such visit is planned.
    package func view(of visit: String, promise: Promise, now: Instant) -> ClockView? {
        guard let visit = self.visit(visit, promise: promise) else { return nil }
        return ClockView(.followUpVisit, span: visit.span, promise: promise, now: now)
    }

    /// Whether a visit is told to be done.
    func isDone(_ visit: String) -> Bool { done[visit] != nil }

    /// One planned visit by its id.
    func visit(_ id: String, promise: Promise) -> Visit? {
        // Far enough for the year that its id names.
        let years = Int(id.drop { !$0.isNumber }) ?? 0
        guard let commissionedAt, let zone = promise.zone, years < 10_000 else { return nil }
        let limit = zone.date(of: commissionedAt).adding(months: 12 * max(years, 1))
        return visits(through: max(limit, warrantyEnds ?? limit), promise: promise).first { $0.planned.id == id }
    }

    /// Planned visits that are not done, as far as the plan goes; some years of it where it has no end.
    private func openVisits(promise: Promise) -> [PlannedVisit] {
        guard let commissionedAt, let zone = promise.zone else { return [] }
        let plan = promise.policy.followUps
        let commissioned = zone.date(of: commissionedAt)
        let last = plan.lastDay(commissioned: commissioned, warrantyEnds: warrantyEnds)
        // At least one is open within so many years, whatever was done.
        let limit = last ?? commissioned.adding(months: 12 * (done.count + 2))
        return plan.visits(commissioned: commissioned, warrantyEnds: warrantyEnds, through: limit)
            .filter { done[$0.id] == nil }
    }

    /// Steps that are not in the log: the earliest, and those up to a year behind it, since a plan may have no end.
    ///
    /// - Parameter written: whether a step stands in the log.
    func unwrittenSteps(
        promise: Promise, written: (RunStep) -> Bool
    ) -> [(run: ClockRun, span: ClockSpan, step: ClockStep)] {
        guard let commissionedAt, let zone = promise.zone else { return [] }
        let commissioned = zone.date(of: commissionedAt)
        let last = promise.policy.followUps.lastDay(commissioned: commissioned, warrantyEnds: warrantyEnds)
        // When a step falls due is dear to know, and needless for the many visits that are over.
        let warnings = promise.policy.rules[.followUpVisit]?.warnings ?? []
        let kinds = warnings.map { ClockStep.Kind.warning($0) } + [.breach]
        var months = 12
        while true {
            let limit = commissioned.adding(months: months)
            var steps: [(run: ClockRun, span: ClockSpan, step: ClockStep)] = []
            // A warning comes at most a year before its visit: no visit beyond has an earlier step.
            var horizon = CivilDate.last
            for visit in visits(through: limit, promise: promise) where visit.planned.day <= horizon {
                if kinds.allSatisfy({ written(RunStep(run: visit.run, kind: $0, dueAt: nil)) }) { continue }
                for step in promise.steps(of: .followUpVisit, span: visit.span)
                where !written(RunStep(run: visit.run, kind: step.kind, dueAt: step.dueAt)) {
                    steps.append((visit.run, visit.span, step))
                    horizon = min(horizon, zone.date(of: step.dueAt).adding(days: 366))
                }
            }
            if limit >= horizon || limit == .last || last.map({ limit >= $0 }) ?? false { return steps }
            months *= 2
        }
    }
}
