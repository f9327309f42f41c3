package import ServiceLevel
package import Terms

/// Every ticket, order and home that facts speak of, and the steps of their clocks: the promise as a fold.
///
/// The book decides nothing by itself. It says which facts are due, and changes only when it adopts facts.
package struct PromiseBook: Sendable {
    package private(set) var documents: PromiseDocuments
    private var fold: TicketFold
    private var links = TicketLinks()
    package private(set) var orders: [OrderID: Order] = [:]
    package private(set) var sites: [SiteID: SiteRecord] = [:]
    /// Of orders and homes, by what they are about; they are told anew with every fact.
    private var facts: [Subject: [Fact]] = [:]
    /// Orders and homes with facts that are not told yet.
    private var touchedOthers: Set<Subject> = []
    /// The facts that bind a subject to documents, in the order of telling.
    private var bindings: [Subject: [Fact]] = [:]
    /// What these come to.
    private var promises: [Subject: Promise] = [:]
    private var written: [Subject: WrittenSteps] = [:]
    /// When the next fact about a subject falls due.
    private var nextDueOfSubject: [Subject: Instant] = [:]
    /// When the next fact falls due; nil where no clock has a step left.
    package private(set) var nextDue: Instant?

    package init(documents: PromiseDocuments) {
        self.documents = documents
        fold = TicketFold(promise: documents.current)
    }

    package var tickets: [TicketID: Ticket] { fold.tickets }

    /// The ticket that an id stands for: ids that were proposed for what another ticket has are other names of it.
    package func ticket(_ id: TicketID) -> Ticket? { fold.tickets[fold.resolved(id)] }

    /// Ids that stand for another ticket, each with that ticket's.
    package var aliases: [TicketID: TicketID] { fold.aliases }

    /// What was told of tickets that nothing has opened, in the order of telling.
    package var orphans: [TicketID: [ToldFact]] { fold.orphans }

    /// What was told of a ticket, an order or a home, in the order of telling; also of a ticket that nothing opened.
    package func told(of subject: Subject) -> [ToldFact] {
        switch subject {
        case .ticket(let id): ticket(id)?.told ?? fold.orphans[fold.resolved(id)] ?? []
        case .order(let id): orders[id]?.told ?? []
        case .site(let id): sites[id]?.told ?? []
        }
    }

    /// What applies to a subject.
    package func promise(of subject: Subject) -> Promise {
        promises[subject] ?? documents.current
    }

    /// Of all tickets that facts spoke of; 0 where none did.
    package var highestTicketNumber: Int { links.highestNumber }

    /// The tickets that are told together with one, and itself.
    package func linked(to id: TicketID) -> Set<TicketID> {
        links.place(of: id).map { Set(links[$0].tickets) } ?? [id]
    }

    /// The documents that a ticket and those that are told together with it are bound to.
    package func bindings(linkedTo id: TicketID) -> [PolicyBinding] {
        linked(to: id).sorted { $0.text < $1.text }
            .flatMap { bindings[.ticket($0)] ?? [] }.compactMap(\.binding)
    }

    /// The hashes of documents that a subject is bound to and nobody has: it is judged by the present policy meanwhile.
    func missingDocuments(of subject: Subject) -> [String] {
        (bindings[subject] ?? []).compactMap(\.binding).flatMap(documents.missing(of:))
    }

    /// The ticket on which a fault with this key lands; nil where it opens a new one.
    func landing(of key: FaultKey, proposed: TicketID?, at: Instant) -> TicketID? {
        fold.landing(of: key, proposed: proposed, at: at)
    }

    /// Applies to what is new, and to what no fact binds.
    package mutating func use(_ promise: Promise) {
        documents.use(promise)
        fold.use(promise)
    }

    /// Takes facts, in any order.
    package mutating func adopt(_ new: [Fact]) {
        for fact in new { take(fact) }
        tellTaken()
    }

    /// Takes one of many facts; what they come to is told with the last of them, by `tellTaken`.
    mutating func take(_ fact: Fact) {
        if fact.roles.contains(.clock) { note(fact) }
        switch fact.subject {
        case .ticket(let id): links.add(fact, of: id)
        case .order, .site:
            guard fact.event.isOfPromise else { return }
            facts[fact.subject, default: []].append(fact)
            touchedOthers.insert(fact.subject)
        }
    }

    /// Tells what was taken since this was asked last.
    mutating func tellTaken() {
        for place in links.takeTouched() { tell(place) }
        for subject in touchedOthers { tell(subject) }
        touchedOthers = []
        nextDue = nextDueOfSubject.values.min()
    }

    /// A step that was written, or a binding.
    private mutating func note(_ fact: Fact) {
        if case .policyBound = fact.event { return bind(fact) }
        written[fact.subject, default: WrittenSteps()].note(fact)
    }

    private mutating func bind(_ fact: Fact) {
        guard let binding = fact.binding else { return }
        let promise: Promise
        if var bound = bindings[fact.subject] {
            bound.insert(fact, at: bound.firstIndex { Fact.isTold(fact, before: $0) } ?? bound.endIndex)
            bindings[fact.subject] = bound
            promise = documents.promise(of: bound.compactMap(\.binding))
        } else {
            bindings[fact.subject] = [fact]
            promise = documents.promise(of: CollectionOfOne(binding))
        }
        promises[fact.subject] = promise
        guard let id = fact.ticket else { return }
        let former = fold.promise(of: id)
        fold.bind(id, to: promise)
        guard former !== promise, former != promise, let place = links.place(of: id) else { return }
        links[place].isToBeRetold = true
    }

    /// Tickets that are linked: what is new of them, or all anew where it does not come behind what was told.
    private mutating func tell(_ place: Int) {
        let group = links[place]
        var newest: TimedFact?
        if !group.isToBeRetold {
            newest = fold.tell(group.facts[group.toldCount...], after: group.newest)
        }
        if newest == nil {
            fold.forget(group.tickets, keys: group.keys)
            newest = fold.tell(group.facts)
        }
        links[place].newest = newest
        links[place].toldCount = group.facts.count
        links[place].isToBeRetold = false
        for id in group.tickets { nextDueOfSubject[.ticket(id)] = unwritten(.ticket(id)).map(\.dueAt).min() }
    }

    private mutating func tell(_ subject: Subject) {
        let promise = promise(of: subject)
        let told = facts[subject] ?? []
        switch subject {
        case .order(let id): orders[id] = Order(id: id, facts: told, promise: promise)
        case .site(let id): sites[id] = SiteRecord(id: id, facts: told, promise: promise)
        case .ticket: return
        }
        nextDueOfSubject[subject] = unwritten(subject).map(\.dueAt).min()
    }
}

extension PromiseBook {
    /// The facts that are due at `now` and not written, in the order of writing.
    ///
    /// The end of remote support may let other clocks run: then what comes after it is due once it is adopted.
    package func due(at now: Instant) -> [DueFact] {
        let all = nextDueOfSubject.filter { $0.value <= now }.keys
            .flatMap { unwritten($0) }.filter { $0.dueAt <= now }
            .sorted(by: DueFact.isWritten)
        guard let end = all.firstIndex(where: { $0.event == .remoteTimedOut }) else { return all }
        return Array(all[...end])
    }

    /// When the next fact about a subject is looked for, at the latest.
    func scheduled(_ subject: Subject) -> Instant? {
        nextDueOfSubject[subject]
    }

    /// Whether the subject is another than its facts tell when they are told anew.
    func isStale(_ subject: Subject) -> Bool {
        let promise = promise(of: subject)
        switch subject {
        case .order(let id): return orders[id] != Order(id: id, facts: facts[subject] ?? [], promise: promise)
        case .site(let id): return sites[id] != SiteRecord(id: id, facts: facts[subject] ?? [], promise: promise)
        case .ticket(let id):
            guard let place = links.place(of: id) else { return true }
            var anew = TicketFold(promise: fold.promise, promises: fold.promises)
            anew.tell(links[place].facts)
            return anew.tickets[id] != fold.tickets[id]
        }
    }

    /// What is to be written of a subject's clocks, now or later.
    func unwritten(_ subject: Subject) -> [DueFact] {
        let promise = promise(of: subject)
        let written = written[subject] ?? WrittenSteps()
        switch subject {
        case .ticket(let id):
            // Looked at in its place, since to take it out is to copy it.
            guard let place = fold.tickets.index(forKey: id) else { return [] }
            let steps = fold.tickets.values[place].dueSteps(promise: promise, written)
            guard written.hasBreach else { return steps }
            return steps + written.disproved(of: subject, promise: promise) {
                fold.tickets.values[place].span($0.clock, cycle: $0.cycle)
            }
        case .order(let id):
            guard let order = orders[id] else { return [] }
            return order.steps(promise: promise)
                .filter { !written.contains(RunStep(run: $0, kind: $1.kind, dueAt: $1.dueAt)) }
                .map { DueFact(subject, $0, $1) }
                + written.disproved(of: subject, promise: promise) { order.spans[$0.clock] }
        case .site(let id):
            guard let site = sites[id] else { return [] }
            return site.unwrittenSteps(promise: promise, written: written.contains)
                .map { DueFact(subject, $0.run, $0.step) }
                + written.disproved(of: subject, promise: promise) { run in
                    // What nobody has done is not disproved; to find a visit among many years is dear.
                    run.visit.flatMap { site.isDone($0) ? site.visit($0, promise: promise)?.span : nil }
                }
        }
    }
}

extension Ticket {
    /// Steps of all cycles that are not written: of a former cycle those that it reached.
    fileprivate func dueSteps(promise: Promise, _ written: WrittenSteps) -> [DueFact] {
        var result: [DueFact] = []
        for number in 1...cycle {
            let spans = number == cycle ? self.spans : pastSpans[number - 1]
            for clock in Clock.ofTicket {
                // Most clocks of most tickets wait.
                guard let span = spans[clock], span.start != nil, span.isApplicable else { continue }
                let run = ClockRun(clock, cycle: number)
                for step in promise.steps(of: clock, span: span) {
                    if number < cycle, step.dueAt >= cycleEnds[number - 1] { continue }
                    // What went on from the former cycle has been told up to there.
                    if number > 1, span.start.map({ $0 < cycleEnds[number - 2] }) ?? false,
                        step.dueAt < cycleEnds[number - 2]
                    { continue }
                    // Its end is written as RemoteTimedOut, or something else ended it first.
                    if clock == .remoteSupport, step.kind == .breach,
                        span.stop != nil || written.hasTimeout(at: step.dueAt)
                    { continue }
                    if written.contains(RunStep(run: run, kind: step.kind, dueAt: step.dueAt)) { continue }
                    result.append(DueFact(.ticket(id), run, step))
                }
            }
        }
        return result
    }
}

extension Fact {
    fileprivate var binding: PolicyBinding? { if case .policyBound(let binding) = event { binding } else { nil } }
}

extension FactEvent {
    /// Whether it moves the promise of an order or of a home.
    fileprivate var isOfPromise: Bool {
        switch self {
        case .order, .site, .warrantyDecided, .warned, .breached, .breachRescinded, .policyBound: true
        default: false
        }
    }
}
