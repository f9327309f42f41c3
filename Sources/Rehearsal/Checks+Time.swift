internal import Detection
internal import Engine
internal import ServiceLevel
internal import Terms
internal import Ticketing

/// One run of one clock of a ticket, from one start.
struct RunningClock: Hashable {
    var ticket: TicketID
    var cycle: Int
    var clock: Clock
    var start: Instant
}

/// What the box's clocks make of the promise.
extension Checks {
    /// No clock runs backwards while time goes on.
    func lookAtClocks() {
        let now = time.stamp.wall
        for (id, ticket) in book.tickets where ticket.isOpen {
            let promise = book.promises.promise(of: .ticket(id))
            for clock in Clock.ofTicket {
                guard let span = ticket.spans[clock], span.isApplicable, let start = span.start else { continue }
                let run = RunningClock(ticket: id, cycle: ticket.cycle, clock: clock, start: start)
                // What was stopped shows the time up to the stop, which may lie a moment ago.
                let view = ticket.view(clock, promise: promise, now: now)
                // A boot without the time may begin a minute before what was shown last.
                let tolerated = time.stamp.trust == .synced ? Milliseconds.zero : .minutes(1)
                if span.stop == nil, let before = elapsedOfClocks[run], view.elapsed + tolerated < before {
                    fail(
                        .backwardsClock,
                        "\(clock.rawValue) of \(id) shows \(view.elapsed.text) after \(before.text)")
                }
                elapsedOfClocks[run] = view.elapsed
            }
        }
    }

    /// An alarm's fault is opened after the delay of its class, and because of something.
    func checkAlarm(_ fact: Fact) {
        switch fact.event {
        case .alarmRaised(let occurrence):
            let isPrompt = time.stamp.wall - fact.at < .seconds(1) && disturbedAt < time.elapsed
            raised[occurrence.id] = (time.elapsed, time.stamp.boot, isPrompt)
            raises[occurrence.place.map { "\(occurrence.alarm)/\($0)" } ?? occurrence.alarm, default: 0] += 1
            checkCause(of: occurrence, at: time.when(fact.at))
        case .alarmCleared(let id, _): raised[id] = nil
        case .faultOpened(_, let occurrence):
            checkEarliness(of: occurrence)
        default: return
        }
    }

    private func checkEarliness(of occurrence: AlarmOccurrence) {
        let repeats = raises[occurrence.place.map { "\(occurrence.alarm)/\($0)" } ?? occurrence.alarm] ?? 0
        guard let raise = raised[occurrence.id], raise.isPrompt, raise.boot == time.stamp.boot, repeats < 3,
            // Another alarm whose time has come may bring its root along.
            book.active.count == 1, book.active.values.allSatisfy({ $0.chatterEdges == nil }),
            let delay = documents.rules.classes[occurrence.routing]?.onDelay
        else { return }
        let waited = time.elapsed - raise.at
        if waited + .seconds(1) < delay {
            fail(.earlyFault, "\(occurrence.id) has its ticket after \(waited.text) in place of \(delay.text)")
        }
    }

    /// An alarm that can open a ticket comes from what happened to its device, its line or a device on its path.
    ///
    /// - Parameter raised: when it came up, however late it was written.
    private func checkCause(of occurrence: AlarmOccurrence, at raised: Milliseconds) {
        guard occurrence.canOpenTicket else { return }
        let isPath = occurrence.device.text.contains(" ")
        let isPack = RehearsedHome.packs.contains(occurrence.device.text)
        let line = isPack ? RehearsedHome.lines[0] : RehearsedHome.lines[1]
        let isCaused = happenings.contains { happening in
            guard let target = happening.target, happening.kind != .jump, happening.at <= time.elapsed else {
                return false
            }
            // What cells have learned from a fault they compare with for days.
            let isRecent = happening.end + .minutes(2) >= raised || occurrence.fault.text.hasPrefix("cell-")
            let isThere = target == occurrence.device.text || target == line
            return isRecent && (isThere || isPath && (RehearsedHome.packs + RehearsedHome.lines).contains(target))
        }
        if !isCaused { fail(.inventedFault, "\(occurrence.id) came up, and nothing had happened to it") }
    }
}
