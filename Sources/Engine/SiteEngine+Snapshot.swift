internal import Detection
internal import ServiceLevel
internal import Telemetry
package import Terms
internal import Ticketing

extension SiteEngine {
    /// Everything that a person may want to see, as of `now`.
    package func snapshot(at now: Stamp) -> SiteSnapshot {
        let plan = outboxPlan(at: now.wall)
        return SiteSnapshot(
            site: site.text, zone: zone, now: now.wall.milliseconds, clockTrust: now.trust.rawValue,
            devices: deviceNames.compactMap { name in monitored(name)?.snapshot(serial: book.serials[name], at: now) },
            alarms: book.active.values
                .sorted { ($0.raised.wall, $0.occurrence.id.text) < ($1.raised.wall, $1.occurrence.id.text) }
                .map(AlarmSnapshot.init),
            tickets: ticketsForPeople.map { snapshot($0, plan, at: now) }, channels: channelSnapshots(plan),
            unreached: plan.unreached.map { UnreachedSnapshot(message: $0.message, audience: $0.audience.rawValue) })
    }

    /// Open ones first: the gravest class, within it the one that waits longest. Closed ones follow, the newest first.
    private var ticketsForPeople: [Ticket] {
        let open = book.tickets.values.filter(\.isOpen).sorted { a, b in
            let first = (a.occurrence?.routing ?? .k7).rawValue
            let second = (b.occurrence?.routing ?? .k7).rawValue
            return (first, a.openedAt, a.id.number ?? 0) < (second, b.openedAt, b.id.number ?? 0)
        }
        let closed = book.tickets.values.filter { !$0.isOpen }
            .sorted { ($0.openedAt, $0.id.number ?? 0) > ($1.openedAt, $1.id.number ?? 0) }
        return open + closed
    }

    /// One ticket; nil when there is none with this id.
    package func snapshot(of id: TicketID, at now: Stamp) -> TicketSnapshot? {
        book.tickets[id].map { snapshot($0, outboxPlan(at: now.wall), at: now) }
    }

    private func snapshot(_ ticket: Ticket, _ plan: OutboxPlan, at now: Stamp) -> TicketSnapshot {
        let promise = book.promises.promise(of: .ticket(ticket.id))
        var snapshot = TicketSnapshot(ticket, promise: promise, now: now.wall)
        snapshot.notifications = messageSnapshots(of: ticket.id, plan)
        snapshot.began = uncertainStart(of: ticket)
        return snapshot
    }
}

extension SiteEngine {
    /// Between which instants a ticket began that was opened without a trusted clock: as it is known now, or as it was
    /// found to be.
    private func uncertainStart(of ticket: Ticket) -> UncertainInstant? {
        if let stamp = ticket.untimedStart {
            let found = span(stamp)
            return UncertainInstant(
                earliest: (found?.earliest ?? ticket.openedAt).milliseconds, latest: found?.latest?.milliseconds)
        }
        for told in ticket.told.reversed() {
            guard told.ineffective == nil, case .intake(.startTimed(let start, let earliest)) = told.fact.event
            else { continue }
            return UncertainInstant(earliest: earliest.milliseconds, latest: start.milliseconds)
        }
        return nil
    }
}

extension MonitoredDevice {
    fileprivate func snapshot(serial: String?, at now: Stamp) -> DeviceSnapshot {
        DeviceSnapshot(
            name: detector.device.name.text, profile: profile, serial: serial, state: state(at: now),
            heardAt: heardAt?.milliseconds,
            points: detector.device.points.indices.map { index in
                let point = detector.device.points[index]
                let sample = samples[index]
                let isTold = sample.quality == .good || sample.quality == .suspect
                return PointSnapshot(
                    name: point.name, value: isTold ? sample.value : nil, unit: point.unit,
                    quality: sample.quality.name)
            })
    }

    /// Three intervals without an answer are stale; lost is what detection calls lost.
    private func state(at now: Stamp) -> DeviceSnapshot.State {
        if detector.isLost { return .lost }
        guard let heardAt else { return .starting }
        let isLate = now.wall - heardAt > Milliseconds(3 * detector.device.interval.count + 1_000)
        return isWhole && !isLate ? .live : .stale
    }
}

extension AlarmSnapshot {
    fileprivate init(_ active: ActiveOccurrence) {
        let occurrence = active.occurrence
        self.init(
            device: occurrence.device.text, code: occurrence.alarm, place: occurrence.place,
            routing: occurrence.routing.rawValue, severity: occurrence.severity.rawValue,
            raisedAt: active.raised.wall.milliseconds, explanation: occurrence.explanation,
            isChattering: active.chatterEdges != nil)
    }
}

extension TicketSnapshot {
    fileprivate init(_ ticket: Ticket, promise: Promise, now: Instant) {
        let occurrence = ticket.occurrence
        self.init(
            id: ticket.id.text, key: ticket.key?.description ?? "", device: occurrence?.device.text ?? "",
            code: occurrence?.fault.text ?? "", routing: (occurrence?.routing ?? .k7).rawValue,
            severity: occurrence?.severity.rawValue ?? "", state: ticket.state.rawValue, isOpen: ticket.isOpen,
            cycle: ticket.cycle, openedAt: ticket.openedAt.milliseconds,
            explanation: occurrence?.explanation ?? ticket.userWords,
            advice: occurrence?.advice ?? Routing.k7.entry.action, selfCleared: ticket.selfCleared,
            coverage: ticket.coverage.rawValue,
            occurrences: ticket.occurrences.count, isChattering: !ticket.chattering.isEmpty,
            chatterCount: ticket.chatterCount, isEscalated: ticket.isEscalated,
            shelvedUntil: ticket.isShelved(at: now) ? ticket.shelvedUntil?.milliseconds : nil,
            firstOut: ticket.firstOut?.text,
            derived: ticket.derived.sorted { $0.key.text < $1.key.text }.map(\.value.explanation),
            clocks: Clock.ofTicket.map { ClockSnapshot(ticket.view($0, promise: promise, now: now)) },
            facts: ticket.toldForPeople.map(FactSnapshot.init), evidence: ticket.evidenceForPeople)
    }
}

extension Ticket {
    /// What the user told, for a ticket without an alarm: the first words, else by which way it came.
    fileprivate var userWords: String {
        let reports = told.compactMap { told -> UserReport? in
            if case .intake(.userReported(let report)) = told.fact.event { report } else { nil }
        }
        if let words = reports.lazy.compactMap(\.words).first(where: { !$0.isEmpty }) { return words }
        guard let first = reports.first else { return "" }
        if first.isFromButton { return "Somebody at home pressed “Something is wrong”." }
        return "The user reported something by \(first.channel.rawValue)."
    }

    fileprivate var evidenceForPeople: [EvidenceSnapshot] {
        let ofCycle = Set(evidenceOfCycle.map(\.sha256))
        return told.compactMap { told in
            guard case .evidenceAttached(let sha256, let title, let part) = told.fact.event else { return nil }
            return EvidenceSnapshot(
                sha256: sha256, title: title, part: part, at: told.countsAt.milliseconds,
                isOfCycle: ofCycle.contains(sha256))
        }
    }

    /// What opened the ticket comes before what followed in the same instant.
    fileprivate var toldForPeople: [ToldFact] {
        told.enumerated().sorted { a, b in
            if a.element.countsAt != b.element.countsAt { return a.element.countsAt < b.element.countsAt }
            if a.element.isFault != b.element.isFault { return a.element.isFault }
            return a.offset < b.offset
        }.map(\.element)
    }
}

extension ToldFact {
    fileprivate var isFault: Bool { if case .faultOpened = fact.event { true } else { false } }
}

extension ClockSnapshot {
    init(_ view: ClockView) {
        self.init(
            clock: view.clock.rawValue, status: view.status.rawValue, start: view.start?.milliseconds,
            deadline: view.deadline?.milliseconds, stop: view.stop?.milliseconds, elapsed: view.elapsed.count,
            remaining: view.remaining.count, overrun: view.overrun.count, limit: view.limit?.count)
        startBasis = view.start == nil ? nil : view.startBasis?.rawValue
        trouble = view.trouble?.sentence
        if view.excused > .zero { (excused, adjustedStatus) = (view.excused.count, view.adjustedStatus.rawValue) }
        isRescinded = view.isRescinded ? true : nil
    }
}

extension FactSnapshot {
    init(_ told: ToldFact) {
        self.init(
            name: told.fact.event.name, at: told.countsAt.milliseconds, writer: told.fact.writer.text,
            sentence: told.fact.sentence, isEffective: told.ineffective == nil, reason: told.ineffective?.sentence)
    }
}
