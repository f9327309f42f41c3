internal import Engine
internal import Terms
internal import Ticketing

/// The notifier and the other ends of its channels: first sent, then on record, as `NotifierService` does it.
struct PostOffice {
    /// A try that is under way.
    private struct Flight {
        var due: DueDelivery
        var endsAt: Milliseconds
        var result: DeliveryEvent
        /// How often its end is told.
        var times: Int
    }

    private let planted: PlantedBug?
    private var flights: [Flight] = []
    /// The writes at the newest look, when it must be looked again though nothing was written, and when it was.
    private var sight: (writes: Int, next: Instant?, at: Milliseconds)?
    /// Messages that were told, also more than once.
    private(set) var delivered = 0

    init(planted: PlantedBug?) { self.planted = planted }

    /// When the next try ends.
    var nextEnd: Milliseconds? { flights.map(\.endsAt).min() }
    /// When the next try begins, if nothing else happens.
    var nextTry: Instant? { sight?.next }

    /// What was under way is gone with the process.
    mutating func die() {
        flights.removeAll()
        sight = nil
    }

    /// Puts on record what has ended, and sends what is due.
    ///
    /// - Parameter troubles: what befalls the way to people now.
    mutating func look(_ box: RehearsedBox, _ checks: Checks, _ time: VirtualTime, _ troubles: [Happening.Kind]) {
        let ended = flights.indices.filter { flights[$0].endsAt <= time.elapsed }
        for index in ended.reversed() {
            guard box.isUp else { return }
            end(index, box, checks, time)
        }
        guard box.isUp, isStale(box, time) else { return }
        if let handOvers = box.engine.handOvers(at: time.stamp) { box.commit(handOvers) }
        guard box.isUp else { return }
        let inFlight = planted == .forgottenFlight ? [] : flights.map(\.due)
        let plan = box.engine.outboxPlan(inFlight: inFlight, at: time.stamp.wall)
        checks.look(plan)
        for due in plan.due { send(due, checks, at: time.elapsed, troubles) }
        sight = (box.writes, plan.next, time.elapsed)
    }

    private func isStale(_ box: RehearsedBox, _ time: VirtualTime) -> Bool {
        guard let sight, sight.writes == box.writes, time.elapsed - sight.at < Self.lookAnew else { return true }
        return sight.next.map { $0 <= time.stamp.wall } ?? false
    }

    /// From one look to the next although nothing seems to have changed.
    private static let lookAnew = Milliseconds.hours(1)

    private mutating func end(_ index: Int, _ box: RehearsedBox, _ checks: Checks, _ time: VirtualTime) {
        let flight = flights[index]
        if case .delivered = flight.result {
            delivered += 1
            if box.dies(at: .afterSend) { return }
        }
        for _ in 0..<flight.times {
            guard box.commit(box.engine.recorded(flight.result, at: time.stamp)) else {
                // It is not sent again while it is not on record.
                flights[index].endsAt = time.elapsed + .seconds(1)
                return
            }
        }
        flights.remove(at: index)
    }

    private mutating func send(
        _ due: DueDelivery, _ checks: Checks, at now: Milliseconds, _ troubles: [Happening.Kind]
    ) {
        checks.send(due, besides: flights.map(\.due))
        let isMail = due.attempt.channel == "mail"
        var time = troubles.contains(.slowReceipts) ? Milliseconds.minutes(5) : .seconds(1)
        var result = DeliveryEvent.delivered(due.attempt, audience: due.audience, receipt: "250 taken")
        if isMail, troubles.contains(.mailDown) {
            time = .seconds(30)
            result = .failed(due.attempt, reason: "no answer", isPermanent: false)
        } else if isMail, troubles.contains(.mailRefuses) {
            result = .failed(due.attempt, reason: "550 no such user", isPermanent: true)
        } else if !isMail, troubles.contains(.webhookHangs) {
            time = .seconds(20)
            result = .failed(due.attempt, reason: "timed out", isPermanent: false)
        }
        flights.append(
            Flight(
                due: due, endsAt: now + time, result: result, times: troubles.contains(.doubledReceipts) ? 2 : 1))
    }
}
