internal import Detection
internal import Engine
internal import ServiceLevel
internal import Telemetry
internal import Terms
internal import Ticketing

/// A home with one device that a recording stands in for: the daemon's engine, and a ledger in memory that never fails.
final class RehearsedSite {
    private static let id = SiteID("replay")
    /// What can become due between two frames that lie far apart; more than any detector and class can have.
    private static let mostTicks = 1_000
    /// Frames that lie closer need no ticks between them: whatever falls due is seen with the next one.
    private static let tickedGap = Milliseconds.seconds(2)
    /// Documents that are kept for who wants to see them, at most; each has up to 1 MiB.
    private static let mostEvidence = 100

    private let device: DeviceName
    private var engine: SiteEngine
    private var newest: Stamp?
    private var known: Set<TicketID> = []
    private let keepsEvidence: Bool
    /// What was found since `takeFindings`.
    private var findings: [Finding] = []
    /// The curves of tickets as canonical bytes, by their SHA-256; only where they are wanted.
    private(set) var evidence: [String: [UInt8]] = [:]

    /// - Parameter keepsEvidence: whether somebody will ask for `evidence`.
    init(_ given: WatchedDevice, serial: String? = nil, at start: Stamp, keepsEvidence: Bool) {
        var device = given
        // A gap in a recording says that nobody recorded, not that the device was silent.
        device.rules.alarms[.dataLost] = nil
        self.device = device.name
        self.keepsEvidence = keepsEvidence
        engine = SiteEngine(
            site: Self.id, zone: "UTC", authorisation: nil,
            documents: PromiseDocuments(current: Promise(policy: Self.policy)), history: [], devices: [
                ExpectedDevice(
                    name: device.name, profile: "recording", link: device.link, interval: device.interval,
                    rules: device.rules)
            ], at: start)
        engine.introduce(device, profile: "recording", serial: serial, at: start)
    }

    /// No clock of a promise ends: a replay asks what is found, not who answers.
    private static let policy = SupportPolicy(
        name: "replay", version: 1, documentHash: String(repeating: "0", count: 64),
        rules: Dictionary(uniqueKeysWithValues: Clock.allCases.map { ($0, .init(limit: nil, warnings: [])) }),
        reopenWindow: .zero, lateEntryTolerance: .zero)

    /// Lets the time since the last frame pass, and takes the next one.
    func observe(_ frame: borrowing SampleFrame) {
        if let newest, frame.stamp.boottime - newest.boottime > Self.tickedGap { pass(from: newest, to: frame.stamp) }
        newest = frame.stamp
        adopt(engine.observe(frame, of: device))
    }

    /// What was found since the last call, in its order.
    func takeFindings() -> [Finding] {
        guard !findings.isEmpty else { return [] }
        defer { findings.removeAll() }
        return findings
    }

    /// Readings that the integrity guard has not believed so far.
    var suspectReadings: Int { engine.suspectReadings(of: device) }

    /// Whether transitions were lost because there were too many at once.
    var isOverwhelmed: Bool { engine.transitionsLost > 0 }

    private func pass(from start: Stamp, to end: Stamp) {
        var now = start
        for _ in 0..<Self.mostTicks {
            guard let due = engine.nextTick(after: now), due < end.boottime else { return }
            let instant = max(due.nanoseconds, now.boottime.nanoseconds + 1_000_000)
            guard instant < end.boottime.nanoseconds else { return }
            now = Stamp(recordedAt: instant)
            adopt(engine.tick(at: now))
        }
    }

    private func adopt(_ proposal: Proposal?) {
        guard let proposal else { return }
        engine.adopt(proposal)
        for (index, fact) in proposal.facts.enumerated() {
            switch fact.event {
            case .faultOpened(_, let occurrence):
                guard let ticket = fact.ticket, known.insert(ticket).inserted else { continue }
                tell(occurrence, at: fact.at, with: proposal.facts[index...].evidence(of: ticket))
            case .alarmRaised(let occurrence) where !occurrence.routing.opensTicket || !occurrence.canOpenTicket:
                findings.append(Finding(occurrence, opens: .notice, at: fact.at))
            default: continue
            }
        }
        guard keepsEvidence, evidence.count < Self.mostEvidence else { return }
        for bytes in proposal.evidence { evidence[ChainHash.of(bytes).description] = bytes }
    }

    /// A lost data source has a case of its own in a home; for who looks for faults it is a notice.
    private func tell(_ occurrence: AlarmOccurrence, at instant: Instant, with evidence: String?) {
        let opens: Finding.Opens = occurrence.routing == .k3 ? .notice : .ticket
        findings.append(Finding(occurrence, opens: opens, at: instant, evidence: evidence))
    }
}

extension ArraySlice<Fact> {
    /// The document that was attached to a ticket in the same breath.
    fileprivate func evidence(of ticket: TicketID) -> String? {
        for fact in self where fact.ticket == ticket {
            if case .evidenceAttached(let sha256, _, _) = fact.event { return sha256 }
        }
        return nil
    }
}
