internal import Logging
internal import Notification
internal import ServiceLifecycle
internal import Settings
internal import Synchronization
internal import Terms
internal import Ticketing

/// Brings messages to people: looks into the outbox, sends what is due, and tells what became of it. First sent, then
/// on record: what dies between the two goes out again, under the same id.
struct NotifierService: Service {
    let engine: EngineOwner
    let time: any TimeSource
    let logger: Logger
    /// How long a try may take, in place of what is usual for its kind.
    let limits: TransferLimits?
    /// Carries a parcel in place of the channel's own thread.
    var courier: (@Sendable (Parcel) async -> DeliveryResult)?

    /// Between two looks into the outbox.
    private static let pace = Milliseconds(250)
    /// Looks after which the outbox is looked into although nothing seems to have changed: a clock may have been set.
    private static let looksUntilAnew = 240

    /// What has gone out and has not come back.
    private final class InFlight: Sendable {
        private let dues = Mutex<[DueDelivery]>([])

        var all: [DueDelivery] { dues.withLock { $0 } }
        func add(_ due: DueDelivery) { dues.withLock { $0.append(due) } }
        func remove(_ due: DueDelivery) { dues.withLock { $0.removeAll { $0.attempt == due.attempt } } }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await deliver() }
    }

    private func deliver() async {
        let inFlight = InFlight()
        await withDiscardingTaskGroup { group in
            var workers: [String: ChannelWorker] = [:]
            var sight: OutboxSight?
            var unreached: Set<Unreached> = []
            var looks = 0
            while !Task.isCancelled {
                looks += 1
                let former = looks % Self.looksUntilAnew == 0 ? nil : sight
                if let seen = await engine.outbox(inFlight: inFlight.all, since: former) {
                    sight = seen
                    tell(Set(seen.unreached), before: &unreached)
                    for parcel in seen.parcels {
                        let name = parcel.channel.name
                        let worker = workers[name] ?? ChannelWorker(channel: name)
                        workers[name] = worker
                        inFlight.add(parcel.due)
                        group.addTask {
                            await carry(parcel, worker)
                            inFlight.remove(parcel.due)
                        }
                    }
                }
                guard await isAwake(after: Self.pace) else { return }
            }
        }
    }

    /// Waits; false when it was cancelled meanwhile.
    private func isAwake(after pause: Milliseconds) async -> Bool {
        do {
            try await time.sleep(until: time.boottime() + pause)
            return true
        } catch {
            return false
        }
    }

    private func carry(_ parcel: Parcel, _ worker: ChannelWorker) async {
        let result =
            if let courier { await courier(parcel) } else {
                await worker.carry(parcel, limits: limits, at: time.now().wall)
            }
        guard let event = parcel.due.event(result) else { return }
        // While it is not on record it must not go out again: it stays in flight.
        while await !engine.record(event) {
            guard await isAwake(after: .seconds(1)) else { return }
        }
    }

    /// That nobody can be told is told here, on the page and in the metrics: somebody must look.
    private func tell(_ unreached: Set<Unreached>, before: inout Set<Unreached>) {
        for one in unreached.subtracting(before).sorted(by: { $0.message < $1.message }) {
            logger.critical(
                "no channel can tell this; it is tried again and again, but tell them yourself",
                metadata: ["message": "\(one.message)", "audience": "\(one.audience.rawValue)"])
        }
        if unreached.isEmpty, !before.isEmpty { logger.notice("nobody waits any more whom no channel can tell") }
        before = unreached
    }
}

extension DueDelivery {
    /// What goes on record; nothing of a try whose end nobody knows.
    fileprivate func event(_ result: DeliveryResult) -> DeliveryEvent? {
        switch result {
        case .delivered(let receipt):
            .delivered(attempt, audience: audience, receipt: DeliveryEvent.words(receipt))
        case .temporary(let reason): .failed(attempt, reason: DeliveryEvent.words(reason), isPermanent: false)
        case .permanent(let reason): .failed(attempt, reason: DeliveryEvent.words(reason), isPermanent: true)
        case .interrupted: nil
        }
    }
}
