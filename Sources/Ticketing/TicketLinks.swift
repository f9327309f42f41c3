package import Terms

/// Which tickets are told together, because some fact links them: the same fault, a merge, or a report that names
/// another ticket.
struct TicketLinks: Sendable {
    /// Tickets that are told together.
    struct Group: Sendable {
        var tickets: [TicketID] = []
        var keys: [FaultKey] = []
        /// In the order of arrival.
        var facts: [Fact] = []
        /// How many of the facts are told.
        var toldCount = 0
        /// The newest told fact, with the instant at which it counts.
        var newest: TimedFact?
        /// Told facts came together that were told apart, or under another promise.
        var isToBeRetold = false
        var isTouched = false
    }

    private var placeOfTicket: [TicketID: Int] = [:]
    private var placeOfKey: [FaultKey: Int] = [:]
    private var groups: [Group] = []
    /// The ticket that was spoken of last, which is mostly spoken of next.
    private var newest: (ticket: TicketID, place: Int)?
    /// Of all tickets that were spoken of.
    private(set) var highestNumber = 0
    /// Groups with facts that are not told yet; one that has joined another is empty.
    private var touched: [Int] = []

    subscript(place: Int) -> Group {
        _read { yield groups[place] }
        _modify { yield &groups[place] }
    }

    /// The group of a ticket, nil where nothing speaks of it.
    func place(of ticket: TicketID) -> Int? { placeOfTicket[ticket] }

    /// Adds a fact about a ticket to its group, which it may join with others.
    mutating func add(_ fact: Fact, of ticket: TicketID) {
        var place = self.place(for: ticket)
        if fact.roles.contains(.links) { place = joined(place, by: fact) }
        groups[place].facts.append(fact)
        touch(place)
    }

    private mutating func joined(_ place: Int, by fact: Fact) -> Int {
        var place = place
        switch fact.event {
        case .faultOpened(let key, _):
            if let other = placeOfKey[key] {
                place = join(place, other)
            } else {
                placeOfKey[key] = place
                groups[place].keys.append(key)
            }
        case .act(.mergedInto(let survivor), _): place = join(place, self.place(for: survivor))
        case .intake(.userReported(let report)):
            if let named = report.ticket { place = join(place, self.place(for: named)) }
        default: break
        }
        return place
    }

    /// The groups that facts were added to since this was asked last.
    mutating func takeTouched() -> [Int] {
        let places = touched
        touched = []
        for place in places { groups[place].isTouched = false }
        return places.filter { !groups[$0].facts.isEmpty }
    }

    mutating func touch(_ place: Int) {
        guard !groups[place].isTouched else { return }
        groups[place].isTouched = true
        touched.append(place)
    }

    private mutating func place(for ticket: TicketID) -> Int {
        if let newest, newest.ticket == ticket { return newest.place }
        let place = placeOfTicket[ticket] ?? groups.count
        if place == groups.count {
            var group = Group(tickets: [ticket])
            group.facts.reserveCapacity(Ticket.usualFacts)
            groups.append(group)
            placeOfTicket[ticket] = place
            highestNumber = max(highestNumber, ticket.number ?? 0)
        }
        newest = (ticket, place)
        return place
    }

    /// The smaller group moves into the larger one.
    private mutating func join(_ a: Int, _ b: Int) -> Int {
        guard a != b else { return a }
        let (from, into) = groups[a].facts.count < groups[b].facts.count ? (a, b) : (b, a)
        newest = nil
        let moved = groups[from]
        groups[from] = Group()
        for ticket in moved.tickets { placeOfTicket[ticket] = into }
        for key in moved.keys { placeOfKey[key] = into }
        groups[into].tickets += moved.tickets
        groups[into].keys += moved.keys
        groups[into].facts += moved.facts
        // What was told apart is told anew.
        if moved.toldCount > 0 { groups[into].isToBeRetold = true }
        return into
    }
}

extension TicketID {
    /// The tickets that are told together with this one, and itself.
    package func linked(by facts: some Sequence<Fact>) -> Set<TicketID> {
        var links = TicketLinks()
        for fact in facts { if let ticket = fact.ticket { links.add(fact, of: ticket) } }
        return links.place(of: self).map { Set(links[$0].tickets) } ?? [self]
    }
}
