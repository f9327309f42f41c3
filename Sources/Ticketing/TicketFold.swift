internal import ServiceLevel
internal import Terms

/// A fact, and when it counts.
struct TimedFact: Sendable {
    var fact: Fact
    var countsAt: Instant

    /// The order in which facts are told.
    static func isTold(_ a: TimedFact, before b: TimedFact) -> Bool {
        a.countsAt == b.countsAt ? Fact.isTold(a.fact, before: b.fact) : a.countsAt < b.countsAt
    }
}

/// Every ticket, told fact by fact in their order: the only place that knows how tickets are linked.
///
/// A fault lands on the ticket that has its key, whatever id was proposed for it; a merged ticket's alarms go on in its
/// survivor; a user's report lands on the ticket that it names.
struct TicketFold: Sendable {
    private(set) var tickets: [TicketID: Ticket] = [:]
    /// Ids that were proposed for what another ticket has.
    private(set) var aliases: [TicketID: TicketID] = [:]
    /// The ticket as which each merged one goes on. Beside the tickets, since to look at one is to copy it.
    private var survivors: [TicketID: TicketID] = [:]
    /// The newest ticket of each fault.
    private(set) var newestByKey: [FaultKey: TicketID] = [:]
    /// Facts about a ticket that nothing has opened.
    private(set) var orphans: [TicketID: [ToldFact]] = [:]
    /// What each ticket is bound to, where a fact says so.
    private(set) var promises: [TicketID: Promise] = [:]
    /// What all other tickets are bound to.
    private(set) var promise: Promise
    /// The ticket that was told last, which is mostly told next: where it stands, and what it is bound to.
    private var recent: Recent?

    private struct Recent: Sendable {
        var id: TicketID
        var place: Dictionary<TicketID, Ticket>.Index
        var promise: Promise
    }

    init(promise: Promise, promises: [TicketID: Promise] = [:]) {
        self.promise = promise
        self.promises = promises
    }

    mutating func bind(_ id: TicketID, to promise: Promise) {
        promises[id] = promise
        recent = nil
    }

    /// Applies to tickets that no fact binds.
    mutating func use(_ promise: Promise) {
        self.promise = promise
        recent = nil
    }

    func promise(of id: TicketID) -> Promise { promises[id] ?? promise }

    /// When a fact counts, and so where it stands in the order.
    func countsAt(_ fact: Fact) -> Instant {
        // Nearly everything is written down at once.
        guard fact.at < fact.recordedAt else { return fact.at }
        let bound = fact.ticket.map(promise(of:)) ?? promise
        return fact.countsAt(tolerance: bound.policy.lateEntryTolerance)
    }

    /// Tells facts of tickets that are linked, in the order in which they count, each once, and says which came last.
    ///
    /// Nil, and nothing is told, where the first of them comes before what was told already.
    ///
    /// - Parameter newest: the newest fact of these tickets that was told.
    @discardableResult
    mutating func tell(_ facts: some Collection<Fact>, after newest: TimedFact? = nil) -> TimedFact? {
        let timed = facts.map { TimedFact(fact: $0, countsAt: countsAt($0)) }
        // Facts mostly come in their order.
        let isOrdered = timed.indices.dropFirst().allSatisfy { !TimedFact.isTold(timed[$0], before: timed[$0 - 1]) }
        let ordered = isOrdered ? timed : timed.sorted(by: TimedFact.isTold)
        if let newest, let first = ordered.first, TimedFact.isTold(first, before: newest) { return nil }
        var newest = newest
        for next in ordered {
            // An identical fact is one fact, and stands beside its like.
            if let newest, Fact.isSame(newest.fact, next.fact) { continue }
            newest = next
            tell(next.fact, at: next.countsAt)
        }
        return newest
    }

    /// Tells one more fact, which comes after all that was told of the tickets that it is linked with.
    private mutating func tell(_ fact: Fact, at countsAt: Instant) {
        guard let id = fact.ticket else { return }
        guard fact.roles.contains(.links) else {
            return give(fact, to: fact.writer == .gateway ? surviving(id) : resolved(id), at: countsAt)
        }
        switch fact.event {
        case .faultOpened(let key, _): land(fact, id, key, at: countsAt)
        case .deskAccepted(_, _, isReceiptValid: true):
            let target = resolved(id)
            if !has(target) { open(target, at: countsAt) }
            give(fact, to: target, at: countsAt)
        case .intake(.userReported(let report)): land(fact, id, report, at: countsAt)
        case .act(.mergedInto(let survivor), let signature): merge(fact, id, survivor, signature, at: countsAt)
        default: give(fact, to: fact.writer == .gateway ? surviving(id) : resolved(id), at: countsAt)
        }
    }

    /// Forgets tickets, so that they can be told anew.
    mutating func forget(_ ids: some Sequence<TicketID>, keys: some Sequence<FaultKey>) {
        recent = nil
        for id in ids {
            tickets[id] = nil
            survivors[id] = nil
            aliases[id] = nil
            orphans[id] = nil
        }
        for key in keys { newestByKey[key] = nil }
    }

    /// The ticket that an id stands for.
    func resolved(_ id: TicketID) -> TicketID { aliases.isEmpty ? id : aliases[id] ?? id }

    /// The ticket as which an id goes on.
    func surviving(_ id: TicketID) -> TicketID {
        var id = resolved(id)
        // A ticket is merged only into one that is open, so no chain comes back to itself.
        while !survivors.isEmpty, let survivor = survivors[id] { id = survivor }
        return id
    }

    // MARK: - Where a fact lands

    /// The ticket on which a fault with this key lands; nil where it opens a new one.
    ///
    /// - Parameter proposed: the ticket that was named for it: an open one takes it, whatever key it has itself.
    func landing(of key: FaultKey, proposed: TicketID?, at: Instant) -> TicketID? {
        let holder = newestByKey[key].map(surviving)
        if let holder, tickets[holder]?.isOpen ?? false { return holder }
        if let proposed, tickets[proposed]?.isOpen ?? false { return proposed }
        guard let holder, let ticket = tickets[holder], ticket.state == .closed, let closedAt = ticket.closedAt,
            at < closedAt + promise(of: holder).policy.reopenWindow
        else { return nil }
        return holder
    }

    private mutating func land(_ fact: Fact, _ id: TicketID, _ key: FaultKey, at countsAt: Instant) {
        let proposed = surviving(id)
        let former = newestByKey[key].map(surviving)
        var target = landing(of: key, proposed: proposed, at: countsAt) ?? proposed
        if !has(target) {
            target = id
            open(id, at: countsAt)
            if let former, former != id { tickets[id]?.recurrenceOf = former }
        }
        if target != id { stand(id, for: target) }
        newestByKey[key] = target
        give(fact, to: target, at: countsAt)
    }

    private mutating func land(_ fact: Fact, _ id: TicketID, _ report: UserReport, at countsAt: Instant) {
        let named = surviving(report.ticket ?? id)
        if tickets[named]?.isOpen ?? false {
            if named != id { stand(id, for: named) }
            return give(fact, to: named, at: countsAt)
        }
        let target = surviving(id)
        if !has(target) { open(target, at: countsAt) }
        give(fact, to: target, at: countsAt)
    }

    private func has(_ id: TicketID) -> Bool { tickets.index(forKey: id) != nil }

    private mutating func open(_ id: TicketID, at countsAt: Instant) {
        var ticket = Ticket(id: id, openedAt: countsAt)
        for orphan in orphans.removeValue(forKey: id) ?? [] {
            ticket.tell(orphan.fact, at: orphan.countsAt, promise: promise(of: id), refusal: orphan.refusal)
        }
        tickets[id] = ticket
        recent = nil
    }

    /// An id under which nothing was opened is another name of a ticket.
    private mutating func stand(_ id: TicketID, for target: TicketID) {
        guard !has(id) else { return }
        aliases[id] = target
        for orphan in orphans.removeValue(forKey: id) ?? [] {
            let promise = promise(of: target)
            tickets[target]?.tell(orphan.fact, at: orphan.countsAt, promise: promise, refusal: orphan.refusal)
        }
    }

    private mutating func give(_ fact: Fact, to id: TicketID, at countsAt: Instant) {
        // In its place: what goes in and out of a dictionary is moved twice.
        if let recent, recent.id == id {
            return tickets.values[recent.place].tell(fact, at: countsAt, promise: recent.promise)
        }
        if let place = tickets.index(forKey: id) {
            let recent = Recent(id: id, place: place, promise: promise(of: id))
            self.recent = recent
            return tickets.values[place].tell(fact, at: countsAt, promise: recent.promise)
        }
        let reason: Ineffective =
            if case .deskAccepted(_, _, isReceiptValid: false) = fact.event { .invalidReceipt } else { .noTicket }
        orphans[id, default: []].append(ToldFact(fact: fact, countsAt: countsAt, ineffective: reason))
    }

    private mutating func merge(
        _ fact: Fact, _ id: TicketID, _ survivor: TicketID, _ signature: Signature, at countsAt: Instant
    ) {
        let (id, survivor) = (resolved(id), surviving(survivor))
        guard let ticket = tickets[id] else { return give(fact, to: id, at: countsAt) }
        let isPerson = fact.writer != .gateway && !signature.author.isEmpty
        let refusal: Ineffective? =
            if !ticket.isOpen {
                .wrongState
            } else if survivor == id || !(tickets[survivor]?.isOpen ?? false) {
                .survivorNotOpen
            } else if !isPerson, ticket.key == nil || ticket.key != tickets[survivor]?.key {
                .otherFault
            } else {
                nil
            }
        let promise = promise(of: id)
        tickets[id]?.tell(fact, at: countsAt, promise: promise, refusal: refusal)
        guard refusal == nil, let merged = tickets[id] else { return }
        tickets[id]?.survivor = survivor
        survivors[id] = survivor
        tickets[survivor]?.absorb(merged)
        for (key, holder) in newestByKey where holder == id { newestByKey[key] = survivor }
    }
}

extension ToldFact {
    /// What was to go on as another ticket before it was there went nowhere.
    fileprivate var refusal: Ineffective? { if case .act(.mergedInto, _) = fact.event { .noTicket } else { nil } }
}
