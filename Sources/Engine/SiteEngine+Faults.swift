internal import Detection
internal import Terms
internal import Ticketing

/// From alarms to faults: which of them open a ticket, which follow from another one, and what the root is.
extension SiteEngine {
    /// Raises that escalate a ticket where the rules of its class say nothing of repeats.
    private static let usualRepeats = 3

    // MARK: - What is due

    /// Opens the faults that are due, each at its root, and attaches what follows from them.
    mutating func openDueFaults(_ draft: inout Draft) {
        for due in unattached(draft.book) {
            // An alarm that was due may have joined the ticket of one before it.
            guard let active = draft.book.active[due.occurrence.id], active.ticket == nil,
                let delay = onDelay(of: active, in: draft.book, at: draft.now.wall),
                draft.now.elapsed(since: unconfirmed.delayBegins(of: active)) >= delay
            else { continue }
            let root = root(of: active, in: draft.book)
            if root.ticket == nil { open(root, &draft) }
            attachDerived(&draft)
            if draft.book.active[active.occurrence.id]?.ticket == nil { open(active, &draft) }
        }
        attachDerived(&draft)
    }

    /// From the alarm to its fault; nil for a class that opens none.
    func onDelay(of active: ActiveOccurrence, in book: TicketBook, at now: Instant) -> Milliseconds? {
        let occurrence = active.occurrence
        guard occurrence.canOpenTicket, let device = ruled(occurrence)?.detector.device else { return nil }
        // A mere warning of a grid or site event is usual, however often it comes.
        if !occurrence.routing.opensTicket, occurrence.severity == .warning { return nil }
        let rule = device.rules.classes[occurrence.routing]
        if let rule, let repeats = rule.repeats {
            // What chatters has come back as often as it was counted.
            let count = max(active.chatterEdges ?? 0, book.raiseCount(of: occurrence, since: now - rule.repeatWindow))
            if count >= repeats { return .zero }
        }
        guard occurrence.routing.opensTicket else { return nil }
        guard let rule else { return .zero }
        return device.link == .dongle ? rule.dongleOnDelay ?? rule.onDelay : rule.onDelay
    }

    private mutating func open(_ active: ActiveOccurrence, _ draft: inout Draft) {
        var occurrence = active.occurrence
        let rule = ruled(occurrence)?.detector.device.rules.classes[occurrence.routing]
        if !occurrence.routing.opensTicket {
            // A grid or site event that keeps coming back is no longer one.
            occurrence.routing = .k1
            occurrence.explanation += " It keeps coming back."
        }
        let (now, joined) = (draft.now, ticketOfConsequence(of: active, draft))
        draft.open(
            occurrence, site: site, authorisation: authorisation, joining: joined,
            repeats: (rule?.repeats ?? Self.usualRepeats, rule?.repeatWindow ?? .hours(24))
        ) { ticket in
            evidence(.before, of: occurrence, ticket, raised: active.raised, opened: now, now)
        }
    }

    // MARK: - What follows from what

    /// The alarm at the beginning of the chain that leads to this one; the alarm itself where nothing leads to it.
    private func root(of active: ActiveOccurrence, in book: TicketBook) -> ActiveOccurrence {
        var root = active
        var seen: Set<OccurrenceID> = [active.occurrence.id]
        while let cause = causes(of: root, in: book).first(where: { !seen.contains($0.occurrence.id) }) {
            seen.insert(cause.occurrence.id)
            root = cause
        }
        return root
    }

    /// The active alarms that can have brought this one about, the earliest first. An alarm that opens no ticket hides
    /// no other, nor does one of which nobody knows whether it is still there.
    private func causes(of active: ActiveOccurrence, in book: TicketBook) -> [ActiveOccurrence] {
        book.active.values.filter { other in
            isConsequence(active, of: other)
                && (other.ticket != nil
                    || !unconfirmed.contains(other) && onDelay(of: other, in: book, at: other.raised.wall) != nil)
        }.sorted(by: Self.isEarlier)
    }

    /// Attaches every alarm that follows from one that has an open ticket.
    private func attachDerived(_ draft: inout Draft) {
        var hasAttached = true
        while hasAttached {
            hasAttached = false
            for active in unattached(draft.book) where active.occurrence.canOpenTicket {
                let cause = causes(of: active, in: draft.book).first { other in
                    other.ticket.map { draft.book.tickets[$0]?.isOpen ?? false } ?? false
                }
                guard let cause, let ticket = cause.ticket else { continue }
                let first = draft.book.tickets[ticket]?.firstOut.flatMap { draft.book.active[$0] }
                let event = AlarmEvent.attached(
                    active.occurrence, cause: cause.occurrence.id,
                    isFirstOut: first.map { Self.isEarlier(active, $0) } ?? false)
                draft.write(.ticket(ticket), .gateway, at: draft.now.wall, .alarm(event))
                hasAttached = true
            }
        }
    }

    /// The open ticket of an alarm that was told first and follows from this one: the root joins it, unless its fault
    /// has an open ticket already.
    private func ticketOfConsequence(of root: ActiveOccurrence, _ draft: Draft) -> TicketID? {
        let derived = draft.book.active.values.filter { $0.ticket != nil && isConsequence($0, of: root) }
            .sorted(by: Self.isEarlier)
        return derived.compactMap(\.ticket).first { id in
            guard let ticket = draft.book.tickets[id], let opening = ticket.occurrence else { return false }
            // Clocks that a ticket began without cannot begin later.
            return ticket.isOpen && opening.routing.startsDiagnosis == root.occurrence.routing.startsDiagnosis
        }
    }

    private func isConsequence(_ active: ActiveOccurrence, of other: ActiveOccurrence) -> Bool {
        guard active.occurrence.id != other.occurrence.id else { return false }
        if let path = paths.first(where: { $0.name == other.occurrence.device }) {
            return isLost(active, with: path)
        }
        let (derived, root) = (member(active), member(other))
        if derived.device == root.device, derived.fault == root.fault {
            // Of two alarms of one fault the earlier one stands for it.
            return Self.isEarlier(other, active) && active.occurrence.routing.rawValue >= root.routing.rawValue
                && active.raised.elapsed(since: other.raised) <= FaultGrouping.window
        }
        return FaultGrouping.isConsequence(derived, of: root)
    }

    /// A device is lost with its line or unit, and a unit with its line, however long ago each fell silent.
    private func isLost(_ active: ActiveOccurrence, with path: SharedPath) -> Bool {
        let occurrence = active.occurrence
        if let part = paths.first(where: { $0.name == occurrence.device }) {
            return path.isLine && !part.isLine && Set(part.devices).isSubset(of: path.devices)
        }
        return occurrence.alarm == DetectorAlarm.dataLost.rawValue && path.devices.contains(occurrence.device)
    }

    private func member(_ active: ActiveOccurrence) -> FaultGrouping.Member {
        let occurrence = active.occurrence
        let device = monitored(occurrence.device)?.detector.device
        return FaultGrouping.Member(
            device: occurrence.device, alarm: occurrence.alarm, fault: occurrence.fault, place: occurrence.place,
            routing: occurrence.routing, raised: active.raised, hasOwnCells: device?.hasOwnCells ?? false,
            masks: device?.reports.first { $0.code == occurrence.alarm }?.masks ?? [])
    }

    // MARK: - Roots that are gone

    /// An alarm that outlives its root for long is the root of the same fault.
    func moveRoots(_ draft: inout Draft) {
        for (ticket, due) in rootMoves(draft.book) where due <= draft.now.wall {
            let heirs = draft.book.active.values.filter { $0.ticket == ticket }.sorted(by: Self.isEarlier)
            guard let heir = heirs.first else { continue }
            draft.write(
                .ticket(ticket), .gateway, at: draft.now.wall, .alarm(.rootChanged(occurrence: heir.occurrence.id)))
        }
    }

    /// When the next alarm has outlived its root for long enough.
    var nextRootMove: Instant? { rootMoves(book).map(\.due).min() }

    private func rootMoves(_ book: TicketBook) -> [(ticket: TicketID, due: Instant)] {
        Set(book.active.values.compactMap(\.ticket)).compactMap { id in
            guard let ticket = book.tickets[id], ticket.isOpen, let clearedAt = ticket.rootClearedAt else { return nil }
            return (id, clearedAt + FaultGrouping.outlives)
        }.sorted { $0.ticket.text < $1.ticket.text }
    }

    // MARK: - Lines and units

    /// Raises the alarm of a line or unit on which nothing answers any more, and ends it with the first answer.
    func writeLostPaths(_ draft: inout Draft) {
        for path in paths {
            let lost = Set(
                draft.book.active.values.filter { $0.occurrence.alarm == DetectorAlarm.dataLost.rawValue }
                    .map(\.occurrence.device))
            let isLost = path.devices.allSatisfy(lost.contains)
            let active = draft.book.active.values.first { $0.occurrence.device == path.name }
            guard isLost != (active != nil) else { continue }
            draft.write(
                AlarmTransition(
                    kind: isLost ? .raised : .cleared(edges: 0), device: path.name, alarm: path.alarm,
                    fault: FaultCode(path.alarm), place: nil, faultClass: .dataLost, severity: .warning, routing: .k3,
                    explanation: path.explanation, stamp: draft.now),
                site: site)
        }
    }

    /// The device that an alarm is about; for a line or unit one that is on it.
    func device(of occurrence: AlarmOccurrence) -> MonitoredDevice? {
        let path = paths.first { $0.name == occurrence.device }
        return monitored(path?.devices[0] ?? occurrence.device)
    }

    /// The device whose rules an alarm follows: the box has none of its own, and its class is ruled alike for all.
    private func ruled(_ occurrence: AlarmOccurrence) -> MonitoredDevice? {
        occurrence.device == BoxTrouble.device ? monitoredInOrder.first : device(of: occurrence)
    }

    private func unattached(_ book: TicketBook) -> [ActiveOccurrence] {
        book.active.values.filter { $0.ticket == nil }.sorted(by: Self.isEarlier)
    }

    private static func isEarlier(_ a: ActiveOccurrence, _ b: ActiveOccurrence) -> Bool {
        (a.raised.wall, a.occurrence.id.text) < (b.raised.wall, b.occurrence.id.text)
    }
}
