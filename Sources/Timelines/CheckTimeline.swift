internal import ServiceLevel
package import StrictYAML
internal import Terms
internal import Ticketing

/// An expectation that is not met.
package struct FailedExpectation: Hashable, Sendable {
    /// From 1.
    package let line: Int
    /// At least one.
    package let mismatches: [Mismatch]
}

/// What a timeline's expectations came to.
package struct TimelineReport: Hashable, Sendable {
    /// How many expectations are met.
    package let passed: Int
    /// In the order of lines.
    package let failures: [FailedExpectation]
}

extension TimelineFile {
    /// Evaluates every expectation as of its instant: with the facts that are recorded by then, and with what the
    /// engine has written by then.
    package func check(_ source: DocumentSource) throws(InvalidText) -> TimelineReport {
        var run = try run(source)
        let named = Set(facts.map(\.subject))
        var failures: [FailedExpectation] = []
        for expectation in expectations.sorted(by: { ($0.at, $0.line) < ($1.at, $1.line) }) {
            do throws(TooManySteps) {
                try run.advance(to: expectation.at)
            } catch {
                throw InvalidText([Problem(file: name, line: expectation.line, column: 1, message: "\(error)")])
            }
            let mismatches =
                named.contains(expectation.subject)
                ? run.mismatches(expectation) : [Mismatch(expected: expectation.subject.id, got: "no fact about it")]
            if !mismatches.isEmpty {
                failures.append(FailedExpectation(line: expectation.line, mismatches: mismatches))
            }
        }
        return TimelineReport(
            passed: expectations.count - failures.count, failures: failures.sorted { $0.line < $1.line })
    }
}

extension TimelineRun {
    /// What is not as expected now, which is the expectation's instant.
    fileprivate func mismatches(_ expectation: ExpectationLine) -> [Mismatch] {
        let subject = book.resolved(expectation.subject)
        switch expectation.claim {
        case .clock(let clock, let choice, let values):
            guard let view = book.view(clock, of: subject, choice, now: expectation.at) else {
                return [Mismatch(expected: "visit=\(choice.visit ?? "")", got: "visit=none")]
            }
            return values.mismatches(view.value(of:))
        case .ticket(let values):
            return values.mismatches { subject.ticket.flatMap { book.tickets[$0] }?.value(of: $0) }
        case .emitted(let clock, let kind, let choice, let count, let dueAt):
            let steps = emitted.filter { step in
                step.run.clock == clock && step.kind == kind && book.resolved(step.fact.subject) == subject
                    && choice.cycle.map { $0 == step.run.cycle } ?? true
                    && choice.visit.map { $0 == step.run.visit } ?? true
            }
            return Self.mismatches(steps.map(\.fact.at), count: count, dueAt: dueAt)
        case .fact(let name, let number, let isEffective, let reason):
            let told = book.told(of: expectation.subject, named: name)
            return Self.mismatch(told, number, isEffective: isEffective, reason: reason).map { [$0] } ?? []
        }
    }

    private static func mismatches(_ dueAt: [Instant], count: Int, dueAt expected: Instant?) -> [Mismatch] {
        var mismatches: [Mismatch] = []
        if dueAt.count != count { mismatches.append(Mismatch(expected: "count=\(count)", got: "count=\(dueAt.count)")) }
        if let expected, count > 0, !dueAt.contains(expected) {
            let got = dueAt.isEmpty ? "none" : dueAt.map(\.rfc3339).joined(separator: ",")
            mismatches.append(Mismatch(expected: "dueAt=\(expected.rfc3339)", got: "dueAt=\(got)"))
        }
        return mismatches
    }

    /// - Parameter number: from 1; nil for the last one.
    private static func mismatch(
        _ told: [ToldFact], _ number: Int?, isEffective: Bool, reason: String?
    ) -> Mismatch? {
        let expected = "effective=\(isEffective ? "yes" : "no")" + (reason.map { " reason=\($0)" } ?? "")
        guard let place = number.map({ $0 - 1 }) ?? told.indices.last, told.indices.contains(place) else {
            let got = told.isEmpty ? "no such fact" : "only \(told.count) such fact\(told.count == 1 ? "" : "s")"
            return Mismatch(expected: expected, got: got)
        }
        let found = told[place].ineffective
        if (found == nil) == isEffective, reason.map({ $0 == found?.rawValue }) ?? true { return nil }
        return Mismatch(expected: expected, got: found.map { "effective=no reason=\($0.rawValue)" } ?? "effective=yes")
    }
}

extension Ticket {
    /// What a line's key says of the ticket; nil where there is no value.
    func value(of key: String) -> TimelineValue? {
        switch key {
        case "state": .word(state.rawValue)
        case "cycle": .number(cycle)
        case "selfCleared": .flag(selfCleared)
        case "coverage": .word(coverage.rawValue)
        case "survivor": survivor.map { .ticket($0) }
        case "recurrenceOf": recurrenceOf.map { .ticket($0) }
        default: nil
        }
    }
}

extension PromiseBook {
    /// The subject that an id stands for: a fault that landed on another ticket made its id a name of that one.
    func resolved(_ subject: Subject) -> Subject {
        guard let id = subject.ticket, let ticket = ticket(id) else { return subject }
        return .ticket(ticket.id)
    }

    /// A clock as of `now`; of what nothing was told of yet, one that waits. Nil where no such visit is planned.
    func view(_ clock: Clock, of subject: Subject, _ choice: ExpectationLine.RunChoice, now: Instant) -> ClockView? {
        let promise = promise(of: subject)
        switch subject {
        case .ticket(let id):
            if let ticket = tickets[id] { return ticket.view(clock, cycle: choice.cycle, promise: promise, now: now) }
            let isOnlySometimes = clock == .makerNotice || clock == .delivery
            return ClockView(
                clock, span: isOnlySometimes ? .notApplicable : ClockSpan(), promise: promise, now: now)
        case .order(let id):
            return orders[id]?.view(clock, promise: promise, now: now)
                ?? ClockView(clock, span: ClockSpan(), promise: promise, now: now)
        case .site(let id):
            guard let site = sites[id] else { return ClockView(clock, span: ClockSpan(), promise: promise, now: now) }
            guard let visit = choice.visit else { return site.view(promise: promise, now: now) }
            return site.view(of: visit, promise: promise, now: now)
        }
    }

    /// Facts of one name about a subject, in the order of telling, wherever they landed.
    func told(of subject: Subject, named name: String) -> [ToldFact] {
        var found = told(of: subject).filter { $0.fact.event.name == name }
        guard let id = subject.ticket else { return found }
        // What is told of a merged ticket, or names another one, goes on there.
        for other in linked(to: id) where other != ticket(id)?.id {
            found += tickets[other]?.told.filter { $0.fact.subject == subject && $0.fact.event.name == name } ?? []
        }
        return found.sorted { a, b in
            a.countsAt == b.countsAt ? Fact.isTold(a.fact, before: b.fact) : a.countsAt < b.countsAt
        }
    }
}
