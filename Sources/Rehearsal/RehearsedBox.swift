package import Detection
internal import Engine
package import ServiceLevel
internal import Telemetry
internal import Terms
internal import Ticketing

/// The documents that a rehearsed home is watched by: normally those that are shipped.
package struct RehearsalDocuments: Sendable {
    package var rules: DetectionRules
    package var policy: SupportPolicy

    package init(rules: DetectionRules, policy: SupportPolicy) {
        self.rules = rules
        self.policy = policy
    }
}

/// The daemon's shell around the real engine, without threads: propose, commit, adopt, as `EngineOwner` does it, and a
/// death at any point of that.
final class RehearsedBox {
    private let promise: Promise
    private let checks: Checks
    private let planted: PlantedBug?
    private(set) var ledger = MemoryLedger()
    private(set) var engine: SiteEngine
    private(set) var isUp = true
    /// What the configuration names.
    private(set) var devices: [RehearsedDevice]
    /// How often something was written, or the configuration changed.
    private(set) var writes = 0
    /// Where it is to die next, at the latest.
    var armed: CrashPoint?
    /// Whether tickets that began without a trusted clock were looked at since it was confirmed.
    private var areStartsTimed = false
    private var checkpoint: UsageCheckpoint?
    private var checkpointAt = Milliseconds.zero

    static let site = SiteID("home-1")
    static let zone = "Europe/Berlin"
    static let channels = [
        OutboxChannel(name: "mail", audience: [.user, .support]), OutboxChannel(name: "hook", audience: [.support]),
    ]
    /// As the daemon keeps the use of the devices.
    private static let checkpointPace = Milliseconds.minutes(5)

    init(
        _ home: RehearsedHome, _ documents: RehearsalDocuments, _ checks: Checks, planted: PlantedBug?, at now: Stamp
    ) {
        promise = Promise(policy: documents.policy)
        self.checks = checks
        self.planted = planted
        devices = home.devices
        engine = Self.engine([], devices, promise, nil, at: now)
        introduce(devices, at: now)
    }

    private static func engine(
        _ history: [Fact], _ devices: [RehearsedDevice], _ promise: Promise, _ checkpoint: UsageCheckpoint?,
        at now: Stamp
    ) -> SiteEngine {
        var engine = SiteEngine(
            site: site, zone: zone, authorisation: nil, documents: PromiseDocuments(current: promise),
            history: history, devices: devices.map(\.expected), at: now)
        engine.channels = channels
        if let zone = LocalZone(name: zone) { engine.countUsage(in: zone, from: checkpoint, at: now) }
        return engine
    }

    private func introduce(_ devices: [RehearsedDevice], at now: Stamp) {
        for device in devices {
            engine.introduce(device.watched, profile: RehearsedDevice.profile, serial: device.serial, at: now)
        }
    }

    // MARK: - Events

    func observe(_ frame: borrowing SampleFrame, of device: RehearsedDevice) {
        guard isUp else { return }
        commit(engine.observe(frame, of: device.name))
    }

    /// The record of boots changes with a start, and where the clock is confirmed.
    func know(_ time: VirtualTime) {
        guard isUp else { return }
        if time.stamp.trust != .synced { areStartsTimed = false }
        guard !areStartsTimed else { return }
        engine.span = { [clock = time.clock] stamp in clock.span(of: stamp) }
    }

    func tick(at now: Stamp, elapsed: Milliseconds) {
        guard isUp else { return }
        commit(engine.tick(at: now))
        if isUp, now.trust == .synced, !areStartsTimed { areStartsTimed = commit(engine.timeStarts(at: now)) }
        guard isUp, elapsed - checkpointAt >= Self.checkpointPace else { return }
        checkpointAt = elapsed
        checkpoint = engine.usageCheckpoint
    }

    /// A person does something, or presses the button; what is refused is told to the person.
    func act(_ proposal: (borrowing SiteEngine) throws -> Proposal) {
        guard isUp else { return }
        do { commit(try proposal(engine)) } catch { return }
    }

    /// The configuration is read again.
    func configure(_ devices: [RehearsedDevice], at now: Stamp) {
        // The documents are written first; where that fails the old configuration stays.
        guard isUp, ledger.isAvailable else { return }
        self.devices = devices
        engine.expect(devices.map(\.expected), promise: promise, at: now)
        engine.channels = Self.channels
        introduce(devices, at: now)
        writes += 1
    }

    func setDisk(isAvailable: Bool) { ledger.isAvailable = isAvailable }

    // MARK: - Writing

    /// Writes and believes; what cannot be written stays proposed. Whether it is written now.
    @discardableResult
    func commit(_ proposal: Proposal?) -> Bool {
        guard let proposal else { return true }
        guard !dies(at: .beforeCommit) else { return false }
        let facts = written(of: proposal)
        do throws(MemoryLedger.Refusal) {
            try ledger.append(facts, of: proposal)
        } catch {
            if case .constraint(let words) = error { checks.fail(.constraint, words) }
            guard planted == .swallowedRefusal else { return false }
            engine.adopt(proposal)
            checks.compare(engine, touched: proposal.facts)
            return true
        }
        if planted != .unsyncedCommit { ledger.sync() }
        checks.commit(facts)
        guard !dies(at: .afterCommit) else { return false }
        engine.adopt(proposal)
        checks.compare(engine, touched: proposal.facts)
        writes += 1
        return true
    }

    /// All facts of a proposal, but for a planted bug.
    private func written(of proposal: Proposal) -> [Fact] {
        switch planted {
        case .lostOutboxRow:
            return proposal.facts.filter { fact in if case .notificationDue = fact.event { false } else { true } }
        case .doubledTicket:
            let again = proposal.facts.compactMap { fact -> Fact? in
                guard case .faultOpened = fact.event, let number = fact.ticket?.number else { return nil }
                return Fact(
                    subject: .ticket(TicketID(site: Self.site, number: number + 1)), writer: fact.writer, at: fact.at,
                    recordedBy: fact.stamp, event: fact.event)
            }
            return proposal.facts + again
        default: return proposal.facts
        }
    }

    /// Half a minute passed: even a disk that is never asked has it now.
    func settle() { ledger.sync() }

    // MARK: - Death and start

    /// Whether it dies here and now.
    func dies(at point: CrashPoint) -> Bool {
        guard armed == point else { return false }
        die()
        return true
    }

    func die() {
        isUp = false
        armed = nil
    }

    /// The power is gone: what the disk was not asked to keep is, too.
    func losePower() { ledger.loseUnsynced() }

    /// Begins anew from what the ledger holds; not while the ledger cannot be written.
    func start(at now: Stamp) {
        guard ledger.isAvailable else { return }
        do {
            let history = try ledger.load()
            // From its bytes, as the file gives it.
            let kept = try checkpoint.map { try UsageCheckpoint(bytes: $0.bytes) }
            engine = Self.engine(history, devices, promise, kept, at: now)
        } catch {
            return checks.fail(.restart, "what was written cannot be read: \(error)")
        }
        introduce(devices, at: now)
        isUp = true
        areStartsTimed = false
        writes += 1
        checks.compareWhole(engine.book, "after a restart")
    }
}
