package import Detection
package import ServiceLevel
package import Telemetry
package import Terms
package import Ticketing

/// A device as the configuration describes it, before anything was heard from it.
package struct ExpectedDevice: Sendable {
    package var name: DeviceName
    package var profile: String
    package var link: WatchedDevice.Link
    package var interval: Milliseconds
    package var rules: DetectionRules
    /// The line that it is on, and its unit there: devices that share them are lost together.
    package var line: String
    package var unit: Int

    package init(
        name: DeviceName, profile: String, link: WatchedDevice.Link, interval: Milliseconds, rules: DetectionRules,
        line: String = "", unit: Int = 0
    ) {
        self.name = name
        self.profile = profile
        self.link = link
        self.interval = interval
        self.rules = rules
        self.line = line
        self.unit = unit
    }

    /// Watched for silence alone: nobody knows its points yet.
    fileprivate var unheard: WatchedDevice {
        WatchedDevice(name: name, link: link, interval: interval, points: [], reports: [], rules: rules)
    }
}

/// Joins detection and tickets: takes events and the time, proposes what to write, and believes it once it is
/// written. It reads no clock and touches no disk, so a test or a simulation runs it as the daemon does.
package struct SiteEngine: ~Copyable {
    package let site: SiteID
    /// The site's IANA zone, for display only.
    package let zone: String
    /// The day since which the box may notify in the user's name; nil without it.
    let authorisation: String?
    package private(set) var book: TicketBook
    private var devices = MonitoredDevices()
    /// What several devices share on the way to them.
    private(set) var paths: [SharedPath] = []
    /// How the box itself does; nil before it has looked.
    var boxTroubles: Set<BoxTrouble>?
    /// Alarms that changed and are not in the ledger yet, oldest first. Bounded; `transitionsLost` counts the rest.
    private var transitions: [AlarmTransition] = []
    private var identities: [FactEvent] = []
    private var waiting: [WaitingFault] = []
    /// Active alarms of before the start that have no ticket, and that no reading has shown since.
    var unconfirmed = UnconfirmedAlarms()
    var evidenceDesk = EvidenceDesk()
    /// Days of use that are over and not in the ledger yet.
    var usage = UsageDesk()
    /// How a device does on its line, for the evidence; asked only when some is kept.
    package var lineStatistics: @Sendable (DeviceName) -> LineStatistics? = { _ in nil }
    /// Between which instants something happened, by the stamp that it got then; nil where nothing better is known.
    package var span: @Sendable (Stamp) -> TimeSpan? = { _ in nil }
    /// Through which people are told, in the order of hand-over.
    package var channels: [OutboxChannel] = []
    /// When something follows though nothing happens: a root that is gone for long, a message that waited.
    private var followUpDue: Instant?
    /// Transitions that found the queue full: the ledger could not be written for very long.
    package private(set) var transitionsLost = 0

    /// Far more than all alarms of a large site at once.
    private static let transitionLimit = 4_096

    /// An active alarm whose class has an on-delay that still runs.
    private struct WaitingFault {
        var id: OccurrenceID
        /// From when the delay counts.
        var since: Stamp
        var delay: Milliseconds

        func isDue(_ now: Stamp) -> Bool { now.elapsed(since: since) >= delay }
    }

    /// - Parameter history: every fact of the ledger, in its order.
    package init(
        site: SiteID, zone: String, authorisation: String?, documents: PromiseDocuments,
        history: [Fact], devices expected: [ExpectedDevice], at now: Stamp
    ) {
        self.site = site
        self.zone = zone
        self.authorisation = authorisation
        book = TicketBook(site: site, documents: documents)
        book.adopt(history)
        for ticket in book.tickets.values { evidenceDesk.note(ticket) }
        unconfirmed = UnconfirmedAlarms(of: book, startedAt: now)
        expect(expected, promise: documents.current, at: now)
    }

    // MARK: - Events

    /// Replaces the devices that are watched, and what is promised from now on, as the configuration now says.
    package mutating func expect(_ expected: [ExpectedDevice], promise: Promise, at now: Stamp) {
        book.use(promise)
        let before = devices.inOrder
        devices = MonitoredDevices(
            expected.map { device in
                let place = AlarmPlace(alarm: DetectorAlarm.dataLost.rawValue, place: nil)
                let active = activePlaces(of: device.name).filter { $0 == place }
                return MonitoredDevice(
                    device.unheard, profile: device.profile, active: active, before: devices[device.name], at: now)
            })
        meterUsage(in: devices.inOrder, before: before, at: now)
        paths = SharedPath.all(of: expected.filter { !$0.line.isEmpty }.map { ($0.name, $0.line, $0.unit) })
        for gone in book.active.values where devices[gone.occurrence.device] == nil {
            let isDevice = gone.occurrence.device != BoxTrouble.device
                && !paths.contains { $0.name == gone.occurrence.device }
            if isDevice { drop(gone, at: now) }
        }
        refreshWaiting(at: now)
    }

    /// Takes what a device turned out to be, before its first frame.
    package mutating func introduce(_ device: WatchedDevice, profile: String, serial: String?, at now: Stamp) {
        let active = activePlaces(of: device.name)
        let monitored = MonitoredDevice(
            device, profile: profile, active: active, before: devices[device.name], at: now)
        let watched = monitored.detector.watchedPlaces
        for occurrence in book.active.values where occurrence.occurrence.device == device.name {
            if !watched.contains(occurrence.occurrence.alarmPlace) { drop(occurrence, at: now) }
        }
        devices.replace(monitored)
        identifyUsage(of: monitored, serial: serial, at: now)
        if serial != nil, book.serials[device.name] != serial {
            identities.append(.deviceIdentified(device: device.name, serial: serial, profile: profile))
        }
    }

    /// Takes one frame. Nil when nothing is to be written, which is nearly always.
    package mutating func observe(_ frame: borrowing SampleFrame, of device: DeviceName) -> Proposal? {
        guard let monitored = devices[device, at: frame.device.position] else { return nil }
        monitored.observe(frame, &transitions)
        monitored.countUsage(frame, &usage)
        boundTransitions()
        confirmAlarms(at: frame.stamp)
        return propose(at: frame.stamp)
    }

    /// Lets time pass: silence is an event too. Nil when nothing is to be written.
    package mutating func tick(at now: Stamp) -> Proposal? {
        for monitored in devices.inOrder { monitored.detector.tick(now, &transitions) }
        for monitored in devices.inOrder { monitored.passUsage(now, &usage) }
        boundTransitions()
        confirmAlarms(at: now)
        return propose(at: now)
    }

    /// What a person's command would write. The fact is recorded even where the ticket's rules do not let it count.
    package func act(_ command: TicketCommand, at now: Stamp) throws(CommandRefused) -> Proposal {
        guard let ticket = book.tickets[command.ticket] else {
            throw .noSuchTicket(command.ticket, known: book.tickets.keys.sorted { $0.text < $1.text })
        }
        let at = try command.at.map { (at) throws(CommandRefused) in try now.instant(named: at) }
            ?? ticket.instant(following: now.wall)
        let event = command.event(at: at)
        if case .shelf(let shelf) = event, let objection = ticket.objection(to: shelf, at: now.wall) {
            throw .notShelved(command.ticket, objection)
        }
        var draft = Draft(book: book, now: now)
        draft.write(.ticket(command.ticket), .desk, at: at, event)
        return draft.proposal(replacing: book, answered: 0)
    }

    /// What is told before a device is written to.
    package func announce(_ write: DeviceWrite, at now: Stamp) -> Proposal {
        var draft = Draft(book: book, now: now)
        draft.write(.site(site), .gateway, at: now.wall, .deviceWriteAnnounced(write))
        return draft.proposal(replacing: book, answered: 0)
    }

    /// Believes what is now in the ledger.
    package mutating func adopt(_ proposal: Proposal) {
        book = proposal.next
        evidenceDesk.adopt(proposal.facts, book)
        usage.adopt(book.usage)
        transitions.removeFirst(proposal.answered)
        if proposal.answersIdentities { identities.removeAll() }
        refreshWaiting(at: proposal.proposedAt)
    }

    /// When `tick` must be called at the latest, unless a frame comes first.
    package func nextTick(after now: Stamp) -> Boottime? {
        var due = devices.inOrder.compactMap { $0.detector.nextTick }.min()
        func consider(_ remaining: Milliseconds) {
            let candidate = now.boottime + max(.zero, remaining)
            due = due.map { min($0, candidate) } ?? candidate
        }
        for fault in waiting { consider(fault.delay - now.elapsed(since: fault.since)) }
        if let step = book.promises.nextDue { consider(step - now.wall) }
        for hour in evidenceDesk.hours where device(of: hour.occurrence) != nil {
            if let remaining = hour.remaining(now) { consider(remaining) }
        }
        if let followUpDue { consider(followUpDue - now.wall) }
        return due
    }

    // MARK: - What follows from it

    mutating func propose(at now: Stamp) -> Proposal? {
        let isStepDue = book.promises.nextDue.map { $0 <= now.wall } ?? false
        let doesFollow = followUpDue.map { $0 <= now.wall } ?? false
        guard !transitions.isEmpty || !identities.isEmpty || isStepDue || doesFollow || !usage.closed.isEmpty
            || waiting.contains(where: { $0.isDue(now) }) || evidenceDesk.hours.contains(where: { isDue($0, now) })
        else { return nil }
        return draft(at: now)
    }

    private func isDue(_ hour: HourAfter, _ now: Stamp) -> Bool {
        hour.isDue(now) && device(of: hour.occurrence) != nil
    }

    mutating func draft(at now: Stamp) -> Proposal {
        var draft = Draft(book: book, now: now)
        for identity in identities { draft.write(.site(site), .gateway, at: now.wall, identity) }
        for transition in transitions { draft.write(transition, site: site) }
        writeUsage(&draft)
        writeLostPaths(&draft)
        writeBoxTroubles(&draft)
        openDueFaults(&draft)
        for hour in evidenceDesk.hours where isDue(hour, now) { keep(hour, &draft) }
        moveRoots(&draft)
        writeTimedStarts(&draft)
        draft.writeDueSteps()
        draft.writeMessages(site: site)
        return draft.proposal(replacing: book, answered: transitions.count, answersIdentities: !identities.isEmpty)
    }

    mutating func refreshWaiting(at now: Stamp) {
        waiting = book.active.values.compactMap { active in
            guard active.ticket == nil, let delay = onDelay(of: active, in: book, at: active.raised.wall) else {
                return nil
            }
            return WaitingFault(id: active.occurrence.id, since: unconfirmed.delayBegins(of: active), delay: delay)
        }
        followUpDue = [nextRootMove, book.nextNotificationDue(after: now.wall)].compactMap { $0 }.min()
    }

    private mutating func drop(_ active: ActiveOccurrence, at now: Stamp) {
        let occurrence = active.occurrence
        transitions.append(
            AlarmTransition(
                kind: .cleared(edges: 0), device: occurrence.device, alarm: occurrence.alarm, fault: occurrence.fault,
                place: occurrence.place, faultClass: occurrence.faultClass, severity: occurrence.severity,
                routing: occurrence.routing, explanation: occurrence.explanation, stamp: now,
                isNoLongerWatched: true))
        boundTransitions()
    }

    private mutating func boundTransitions() {
        guard transitions.count > Self.transitionLimit else { return }
        transitionsLost += transitions.count - Self.transitionLimit
        transitions.removeLast(transitions.count - Self.transitionLimit)
    }

    private func activePlaces(of device: DeviceName) -> Set<AlarmPlace> {
        Set(book.active.values.filter { $0.occurrence.device == device }.map(\.occurrence.alarmPlace))
    }

    // MARK: - For display

    /// Readings of a device that were good and not believed, since it was introduced.
    package func suspectReadings(of device: DeviceName) -> Int { devices[device]?.suspectReadings ?? 0 }

    func monitored(_ name: DeviceName) -> MonitoredDevice? { devices[name] }
    var monitoredInOrder: [MonitoredDevice] { devices.inOrder }
    var deviceNames: [DeviceName] { devices.names }

    /// A device's live curves; nil when the device is unknown or has no such points.
    package func trace(of device: DeviceName, _ kind: TraceKind) -> EvidenceTrace? {
        devices[device]?.trace(
            title: "\(kind.title) of \(device)", wanted: kind.includes, subject: { _ in false })
    }
}

extension Ticket {
    /// Facts of one instant are told in an order of their own, whichever came first. What is done now comes after
    /// what was done a moment ago, so it is moved behind it by a millisecond; only a moment, since a clock that was
    /// set back must not move a fact by hours.
    func instant(following now: Instant) -> Instant {
        guard let newest = told.last?.countsAt, newest >= now, newest - now < .seconds(1) else { return now }
        return newest + Milliseconds(1)
    }
}
