internal import Detection
internal import Engine
internal import Telemetry
internal import Terms
internal import Ticketing

/// What a scenario came to.
package struct RehearsalOutcome: Sendable {
    package var violation: Violation?
    package var facts = 0
    package var tickets = 0
    /// Messages that reached their other end.
    package var delivered = 0
    package var starts = 0
    package var frames = 0
    package var steps = 0
    /// SHA-256 of the ledger: the same scenario has the same one, on every machine.
    package var digest = ""
}

extension Scenario {
    /// Lets a box live through the scenario, step by step, and checks it after each; it ends with the first violation.
    package func rehearse(_ documents: RehearsalDocuments, planted: PlantedBug? = nil) -> RehearsalOutcome {
        let run = RehearsalRun(self, documents, planted)
        return run.toTheEnd()
    }
}

/// One box, its home and its people in one loop under virtual time. It steps a second at a time where something
/// happens, and minutes where nothing does; whatever has an instant of its own is met at it.
final class RehearsalRun {
    let scenario: Scenario
    let home: RehearsedHome
    let checks: Checks
    let box: RehearsedBox
    var post: PostOffice
    var time: VirtualTime
    private var frames: [SampleFrame]
    private var readAt: [Milliseconds]
    /// Until when each device is read every second.
    var alertUntil: [Milliseconds]
    var waiting: ArraySlice<Happening>
    /// What lasts.
    var lasting: [Happening] = []
    var exposures: [Exposure] = []
    /// When the dead box starts, and whether its power was gone.
    var restart: (at: Milliseconds, isBoot: Bool)?
    /// Of the death that is armed.
    var armedDeath: (downtime: Milliseconds, isBoot: Bool)?
    var outcome = RehearsalOutcome()
    private var settledAt = Milliseconds.zero
    /// When the next message is due, as of so many writes: to ask for it at every step is dear.
    private var messageDue: (writes: Int, at: Instant?) = (-1, nil)

    /// Where something happens, every second counts for so long.
    static let alert = Milliseconds.seconds(40)
    /// From one step to the next where nothing happens, but something is wrong; the scenario's pace may be faster.
    static let troubledPace = Milliseconds.minutes(2)
    /// A device that nothing befalls is read at this pace while others are read every second.
    private static let slowRead = Milliseconds.seconds(20)

    init(_ scenario: Scenario, _ documents: RehearsalDocuments, _ planted: PlantedBug?) {
        self.scenario = scenario
        time = VirtualTime(start: scenario.start, countsByWall: planted == .wallClockInElapsed)
        home = RehearsedHome(rules: documents.rules, seed: scenario.seed)
        checks = Checks(documents, time: time)
        checks.happenings = scenario.happenings
        box = RehearsedBox(home, documents, checks, planted: planted, at: time.stamp)
        post = PostOffice(planted: planted)
        let now = time.stamp
        frames = home.devices.enumerated().map { index, device in
            SampleFrame(device: DeviceIndex(index), pointCount: device.watched.points.count, stamp: now)
        }
        readAt = home.devices.map { _ in .zero - Self.slowRead }
        alertUntil = home.devices.map { _ in Self.alert }
        waiting = scenario.happenings[...]
    }

    func toTheEnd() -> RehearsalOutcome {
        let end = Milliseconds.days(Int64(scenario.days))
        while time.elapsed < end, checks.violation == nil {
            step()
            time.pass(to: min(end, next()), isRunning: box.isUp)
        }
        if checks.violation == nil, let facts = try? box.ledger.load() {  // Each start has named what cannot be read.
            var again = TicketBook(
                site: RehearsedBox.site, documents: box.engine.book.promises.documents)
            again.adopt(facts)
            checks.compareWhole(again, "at the end")
        }
        outcome.violation = checks.violation
        outcome.facts = checks.facts
        outcome.tickets = checks.book.tickets.count
        outcome.delivered = post.delivered
        outcome.digest = box.ledger.digest.description
        return outcome
    }

    // MARK: - One step

    private func step() {
        outcome.steps += 1
        checks.begin(at: time)
        if time.elapsed - settledAt >= .seconds(30) {
            settledAt = time.elapsed
            box.settle()
        }
        end()
        begin()
        start()
        box.know(time)
        let read = box.isUp ? sweep() : []
        box.tick(at: time.stamp, elapsed: time.elapsed)
        let writes = box.writes
        post.look(box, checks, time, lasting.map(\.kind))
        // What was told may let more follow at once.
        if box.writes != writes { box.tick(at: time.stamp, elapsed: time.elapsed) }
        if !box.isUp { die() }
        noteTroubles()
        expose(read)
        if box.isUp { checks.look(box.engine, isFree: box.ledger.isAvailable) }
    }

    private func noteTroubles() {
        if !box.isUp || !box.ledger.isAvailable || time.setAt == time.elapsed { checks.disturbedAt = time.elapsed }
        let hinder: Set<Happening.Kind> = [.mailDown, .mailRefuses, .webhookHangs, .slowReceipts]
        if lasting.contains(where: { hinder.contains($0.kind) }) { checks.untoldAt = time.elapsed }
    }

    /// Reads the devices that are due; their positions in the home.
    private func sweep() -> Set<Int> {
        var read: Set<Int> = []
        for device in box.devices {
            guard let index = home.devices.firstIndex(where: { $0.name == device.name }),
                alertUntil[index] > time.elapsed || time.elapsed - readAt[index] >= Self.slowRead
            else { continue }
            readAt[index] = time.elapsed
            read.insert(index)
            outcome.frames += 1
            frames[index].stamp = time.stamp
            home.read(device, at: time.elapsed, troubles(of: device), into: &frames[index])
            box.observe(frames[index], of: device)
        }
        return read
    }

    private func troubles(of device: RehearsedDevice) -> [Happening] {
        lasting.filter { $0.target == device.name.text || $0.target == device.line }
    }

    /// Faults that the box is shown come to their tickets.
    private func expose(_ read: Set<Int>) {
        let isKept = !box.isUp || checks.disturbedAt == time.elapsed
        for index in exposures.indices {
            let device = exposures[index].device
            let lies = troubles(of: device).contains { $0.kind.isLie && $0.kind != exposures[index].happening.kind }
            let isWatched = box.devices.contains { $0.name == device.name }
            let isRead = home.devices.firstIndex { $0.name == device.name }.map(read.contains) ?? false
            exposures[index].pass(at: time.elapsed, isRead: isRead, isDisturbed: isKept || lies || !isWatched)
            checks.checkMissed(exposures[index])
        }
    }

    // MARK: - The next step

    private func next() -> Milliseconds {
        let now = time.elapsed
        var instants = [waiting.first?.at, lasting.map(\.end).min()].compactMap { $0 }
        if let confirmed = time.confirmedFrom, confirmed > now { instants.append(confirmed) }
        if box.isUp {
            let isTroubled = !exposures.isEmpty || !checks.book.active.isEmpty
            instants.append(now + (isTroubled ? min(scenario.pace, Self.troubledPace) : scenario.pace))
            if alertUntil.contains(where: { $0 > now }) { instants.append(now + .seconds(1)) }
            if box.ledger.isAvailable { instants += due() }
            if let end = post.nextEnd { instants.append(max(end, now + .seconds(1))) }
        } else if let restart {
            instants.append(restart.at)
        }
        return max(now + Milliseconds(1), instants.min() ?? now + scenario.pace)
    }

    /// What the engine and the outbox wait for. The engine's own word is of no use: it names the silence of devices,
    /// which are read slower here than they are watched for.
    private func due() -> [Milliseconds] {
        let book = box.engine.book
        if messageDue.writes != box.writes || messageDue.at.map({ $0 <= time.stamp.wall }) ?? false {
            messageDue = (box.writes, book.nextNotificationDue(after: time.stamp.wall))
        }
        let walls = [book.promises.nextDue, post.nextTry, messageDue.at].compactMap { $0 }
        let rules = checks.documents.rules
        let faults = book.active.values.filter { $0.ticket == nil }.compactMap { active -> Milliseconds? in
            guard let delay = rules.classes[active.occurrence.routing]?.onDelay else { return nil }
            let left = delay - time.stamp.elapsed(since: active.raised)
            return left > .zero ? time.elapsed + left : nil
        }
        return walls.map(time.when) + faults
    }
}

extension Happening.Kind {
    /// What makes the readings of a device unbelievable, or keeps them back.
    fileprivate var isLie: Bool {
        switch self {
        case .timeouts, .jump, .stuck, .swappedWords, .sentinel, .zeros, .lineDown: true
        default: false
        }
    }
}
