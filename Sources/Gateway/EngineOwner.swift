package import Engine
internal import Detection
package import Logging
package import Modbus
internal import DeviceProfiles
internal import Polling
internal import ServiceLevel
internal import Settings
internal import Storage
package import Telemetry
package import Terms
package import Ticketing

/// The one who decides: owns the engine and the ledger, on a thread of its own, since the ledger waits for the disk.
///
/// Nothing is believed before it is in the ledger, and no `await` stands between the two.
package actor EngineOwner {
    private let executor: any SerialExecutor
    let time: any TimeSource
    let logger: Logger
    private let announce: @Sendable (Fact) -> Void
    private let directory: DataDirectory
    let ledger: Ledger
    var engine: SiteEngine
    /// The channels through which people are told.
    private(set) var notifications: [NotificationSettings]
    /// How often something was written, or the configuration changed.
    private(set) var writes = 0
    private var devices: [DeviceIndex: ConfiguredDevice]
    /// The newest reason why the ledger could not be written; told once.
    private var ledgerTrouble: String?
    private var lostTransitionsTold = 0
    /// Whether the starts of all tickets were looked at since the wall clock was confirmed last.
    private var areStartsTimed = false
    var usageFile: UsageFile
    /// What the newest look at the room that is kept for the ledger found.
    var reserveLook: ReserveLook?
    /// Who is on call; nil where no roster is installed.
    var roster: OnCallRoster?
    /// What the newest look at every open promise found.
    var lastAudit: (at: Stamp, found: PromiseAudit)?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the data directory and folds what happened before.
    ///
    /// - Parameters:
    ///   - announce: called for every fact after it is in the ledger.
    ///   - lines: tells how the devices do on their lines, for the evidence of tickets.
    ///   - executor: where it runs: normally a thread of its own.
    package init(
        configuration: SiteConfiguration, time: any TimeSource, logger: Logger,
        announce: @escaping @Sendable (Fact) -> Void = { _ in }, lines: LineRegistry? = nil,
        executor: any SerialExecutor = ThreadExecutor(name: "engine")
    ) throws {
        self.executor = executor
        let settings = configuration.settings
        self.time = time
        self.logger = logger
        self.announce = announce
        directory = try DataDirectory(path: settings.dataDirectory)
        ledger = try Ledger(directory: directory)
        let history = try ledger.load()
        if let newest = history.last { time.saw(newest.stamp) }
        try ledger.append(LedgerEntry(facts: [], documents: configuration.promiseDocuments))
        devices = configuration.devices
        engine = SiteEngine(
            site: settings.site.id, zone: settings.site.zone, authorisation: settings.site.standingAuthorisation,
            documents: try configuration.promiseDocuments(in: ledger), history: history,
            devices: configuration.expectedDevices, at: time.now())
        notifications = settings.notifications
        roster = configuration.roster
        engine.channels = settings.channels
        engine.span = { time.span(of: $0) }
        if let lines {
            engine.lineStatistics = { device in
                LineStatistics(of: device.text, in: lines.reports(at: time.boottime()))
            }
        }
        usageFile = UsageFile(dataDirectory: settings.dataDirectory, logger: logger)
        if let zone = LocalZone(name: settings.site.zone) {
            engine.countUsage(in: zone, from: usageFile.read(), at: time.now())
        }
        logger.info("ledger read", metadata: ["facts": "\(history.count)", "path": "\(directory.path)"])
    }

    // MARK: - Events

    /// Takes what a line has to say.
    package func take(_ event: LineEvent) {
        switch event {
        case .described(let index, let description): introduce(index, description)
        case .frame(let frame):
            guard let device = devices[frame.device] else { return }
            commit(engine.observe(frame, of: device.expected.name))
        // Kept where the lines are run: it changes nothing that is decided here.
        case .refusals: return
        case .failure(let index, let failure, let request):
            logger.warning(
                "\(failure)",
                metadata: [
                    "device": "\(devices[index]?.expected.name.text ?? "?")", "unit": "\(request.unit)",
                    "function": "\(request.function.rawValue)", "address": "\(request.address)",
                    "count": "\(request.count)",
                ])
        case .writeFailed(let index, let failure, let write):
            logger.warning("the page was not chosen: \(failure)", metadata: metadata(of: write, to: index))
        case .pageNotShown(let index, let write, let shows):
            var metadata = metadata(of: write, to: index)
            metadata["shows"] = "\(shows.map(String.init) ?? "nothing")"
            logger.warning("the device shows another page than was chosen; it is not believed", metadata: metadata)
        }
    }

    private func metadata(of write: PermittedWrite, to index: DeviceIndex) -> Logger.Metadata {
        [
            "device": "\(devices[index]?.expected.name.text ?? "?")", "unit": "\(write.unit)", "write": "\(write.name)",
            "register": "\(write.address)", "value": "\(write.value)",
        ]
    }

    /// Puts a round of writes on record before the first of them is sent. Whether it is: nothing is written to a device
    /// of which nobody would know.
    package func announce(_ round: WriteRound) -> Bool {
        guard let device = devices[round.device], let first = round.writes.first else { return false }
        let write = DeviceWrite(
            device: device.expected.name, profile: round.profile, write: first.name, unit: Int(first.unit),
            register: Int(first.address), values: round.writes.map { Int($0.value) })
        do throws(LedgerError) {
            try self.write(engine.announce(write, at: time.now()))
            return true
        } catch {
            logger.critical(
                "nothing is written to the device, since it cannot be put on record: \(error)",
                metadata: metadata(of: first, to: round.device))
            return false
        }
    }

    private func introduce(_ index: DeviceIndex, _ description: DeviceDescription) {
        guard let device = devices[index] else { return }
        let name = device.expected.name
        let serial = device.serial ?? description.serial
        logger.info(
            "device identified",
            metadata: [
                "device": "\(name)", "profile": "\(description.profileName)",
                "serial": "\(serial ?? "none")",
                "points": "\(description.map.points.count)",
            ])
        logRemarks(description.map.remarks, of: name)
        if description.profile.status == .unverified {
            logger.warning(
                "this profile was never checked against a real device; compare its values with the device's display",
                metadata: ["device": "\(name)", "profile": "\(description.profileName)"])
        }
        tellPages(description, of: device)
        engine.introduce(
            device.watched(as: description), profile: description.profileName, serial: serial, at: time.now())
    }

    /// Of one device.
    private static let mostRemarks = 20

    private func logRemarks(_ remarks: [String], of device: DeviceName) {
        for remark in remarks.prefix(Self.mostRemarks) { logger.info("\(remark)", metadata: ["device": "\(device)"]) }
        guard remarks.count > Self.mostRemarks else { return }
        logger.info(
            "and \(remarks.count - Self.mostRemarks) more remarks: `aftercare lines --json` shows them all",
            metadata: ["device": "\(device)"])
    }

    /// A device that is written to, and points that nobody sees, are worth a line each.
    private func tellPages(_ description: DeviceDescription, of device: ConfiguredDevice) {
        let name = device.expected.name
        for pages in description.map.pages {
            logger.notice(
                "the pages of this device are shown in turn by writing to it, as the configuration allows",
                metadata: ["device": "\(name)", "write": "\(pages.write)", "every": "\(pages.interval.text)"])
        }
        if let withheld = description.profile.withheld(from: device.permission) {
            logger.info("\(withheld.sentence)", metadata: ["device": "\(name)"])
        }
    }

    /// Lets time pass; says when it wants to be called again at the latest, nil when nothing presses.
    package func tick() -> Boottime? {
        let now = time.now()
        commit(engine.tick(at: now))
        timeStarts(at: now)
        // While the ledger refuses, what is due stays due; to ask for an instant that has passed would be a busy loop.
        return ledgerTrouble == nil ? engine.nextTick(after: now) : nil
    }

    /// Once the wall clock is confirmed, what began before gets its true time.
    private func timeStarts(at now: Stamp) {
        guard now.trust == .synced else { return areStartsTimed = false }
        guard !areStartsTimed else { return }
        areStartsTimed = commit(engine.timeStarts(at: now))
    }

    /// Puts a checked configuration in the place of the present one.
    package func use(_ configuration: SiteConfiguration) throws {
        try ledger.append(LedgerEntry(facts: [], documents: configuration.promiseDocuments))
        devices = configuration.devices
        engine.expect(configuration.expectedDevices, promise: configuration.promise, at: time.now())
        notifications = configuration.settings.notifications
        roster = configuration.roster
        engine.channels = configuration.settings.channels
        writes += 1
    }

    /// Records what a person did: the ticket as it is then, and why the fact does not count, where it does not.
    package func act(_ command: TicketCommand) throws -> (TicketSnapshot, objection: Ineffective?) {
        let proposal = try engine.act(command, at: time.now())
        try write(proposal)
        guard let ticket = engine.snapshot(of: command.ticket, at: time.now()) else {
            throw CommandRefused.noSuchTicket(command.ticket, known: [])
        }
        let told = engine.book.tickets[command.ticket]?.told.last { $0.fact == proposal.facts.first }
        return (ticket, told?.ineffective)
    }

    /// Answers once everything that was asked before is done: the sign of life that the watchdog waits for.
    package func answerSignOfLife() {}

    // MARK: - What is shown

    /// Everything, as of now.
    package func snapshot() -> SiteSnapshot { engine.snapshot(at: time.now()) }

    /// What was kept with a ticket's present cycle; nil when there is none, or the ledger cannot give it.
    package func evidence(of id: TicketID, _ part: EvidencePart) -> KeptEvidence? {
        guard let kept = engine.book.tickets[id]?.evidenceOfCycle.first(where: { $0.part == part }) else { return nil }
        do throws(LedgerError) {
            return try ledger.document(sha256: kept.sha256).flatMap(KeptEvidence.init(bytes:))
        } catch {
            logger.error("\(error)", metadata: ["ticket": "\(id)", "evidence": "\(kept.sha256)"])
            return nil
        }
    }

    /// Everything that was kept with a ticket, byte for byte.
    package func evidenceFiles(of id: TicketID) throws -> [EvidenceFile] {
        guard let ticket = engine.snapshot(of: id, at: time.now()) else {
            throw CommandRefused.noSuchTicket(id, known: engine.book.tickets.keys.sorted { $0.text < $1.text })
        }
        return try ticket.evidence.map { kept in
            let bytes = try ledger.document(sha256: kept.sha256)
            return EvidenceFile(kept: kept, content: bytes.map { String(decoding: $0, as: UTF8.self) })
        }
    }

    /// A device's live curves; nil when the device is unknown or has no such points.
    package func trace(of device: String, _ kind: TraceKind) -> EvidenceTrace? {
        engine.trace(of: DeviceName(device), kind)
    }

    // MARK: - Writing

    /// Writes and believes; what cannot be written stays proposed and is tried again with the next event. Whether it is
    /// written now.
    @discardableResult
    func commit(_ proposal: Proposal?) -> Bool {
        guard let proposal else { return true }
        do throws(LedgerError) {
            try write(proposal)
            return true
        } catch {
            tellLostTransitions()
            return false
        }
    }

    private func tell(_ trouble: LedgerError, facts: Int) {
        if ledgerTrouble != trouble.message { logger.critical("\(trouble)", metadata: ["facts": "\(facts)"]) }
        ledgerTrouble = trouble.message
    }

    private func tellLostTransitions() {
        guard engine.transitionsLost > lostTransitionsTold else { return }
        lostTransitionsTold = engine.transitionsLost
        logger.critical(
            "the ledger could not be written for so long that changes of alarms were lost",
            metadata: ["lost": "\(lostTransitionsTold)"])
    }

    /// Writes and believes. What the ledger refuses is told once, whoever asked for it.
    func write(_ proposal: Proposal) throws(LedgerError) {
        do throws(LedgerError) {
            try ledger.append(
                LedgerEntry(
                    facts: proposal.facts,
                    documents: proposal.evidence.map { LedgerDocument(kind: .evidence, content: $0) },
                    opened: proposal.opened, closed: proposal.closed))
        } catch {
            tell(error, facts: proposal.facts.count)
            throw error
        }
        if ledgerTrouble != nil { logger.notice("the ledger can be written again") }
        ledgerTrouble = nil
        engine.adopt(proposal)
        writes += 1
        for fact in proposal.facts {
            log(fact)
            announce(fact)
        }
    }

    private func log(_ fact: Fact) {
        var metadata: Logger.Metadata = ["fact": "\(fact.event.name)", "subject": "\(fact.subject.text)"]
        if case .faultOpened(let key, let occurrence) = fact.event {
            metadata["key"] = "\(key)"
            metadata["routing"] = "\(occurrence.routing.rawValue)"
        }
        logger.log(level: fact.event.logLevel, "\(fact.sentence)", metadata: metadata)
    }
}

extension FactEvent {
    fileprivate var logLevel: Logger.Level {
        switch self {
        case .faultOpened, .breached, .alarm(.escalated), .intake(.userReported): .error
        case .alarmRaised, .warned, .remoteTimedOut, .alarm(.chattering), .alarm(.attached),
            .delivery(.failed), .delivery(.handedOver), .intake(.tenderAttempted):
            .warning
        case .alarmCleared, .deviceIdentified, .deviceWriteAnnounced, .firstResponse, .remoteOutcome,
            .diagnosisRecorded, .eliminated, .statusReportDelivered, .closed, .deskAccepted,
            .shelf, .notificationDue, .alarm(.quiet), .alarm(.rootChanged), .alarm(.repeatsCounted), .act,
            .warrantyDecided, .order, .site, .breachRescinded, .intake(.startTimed):
            .notice
        case .policyBound, .evidenceAttached, .delivery(.delivered), .usage, .intake(.autoReceiptSent): .info
        }
    }
}
