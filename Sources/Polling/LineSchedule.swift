package import Terms

/// What to do next for the devices of one line: a state machine that reads no clock and touches no wire.
///
/// Every device is first identified, then swept at a fixed rate. A sweep asks all its requests in a row, so that a
/// frame is as much of one moment as the line allows; what failed and may succeed when asked again has one more turn at
/// its end. A slot that was missed is skipped, never made up for. A silent unit costs one request per probe and is left
/// alone longer and longer; the others keep their rate. When it answers again, it must prove that it is still the same.
package struct LineSchedule: ~Copyable {
    /// Devices and requests are named by their positions.
    package enum Action: Equatable, Sendable {
        case wait(until: Boottime)
        case identify(device: Int)
        /// The device was silent and may have been exchanged: ask one cheap question that tells it from others, and
        /// report `verified`, `replaced` or `notIdentified`. Where there is no such question it counts as verified.
        case verify(device: Int)
        case ask(device: Int, request: Int)
        /// The sweep has ended: hand its frame out, then report `delivered`.
        case deliver(device: Int)
        /// There is no device at all.
        case idle
    }

    private enum Phase: Equatable {
        case unidentified
        case resting
        /// It was known, and was silent.
        case doubted
        /// `asked` requests of the sweep's list have been asked; `heard` of them were answered.
        case sweeping(asked: Int, heard: Int)
        case swept
    }

    private struct Device {
        let interval: Milliseconds
        var phase = Phase.unidentified
        /// When it is next looked at.
        var due: Boottime
        /// The grid of its sweeps: due times are `origin` plus multiples of the interval.
        var origin: Boottime
        var backOff = BackOff()
        /// In how many sweeps each request is asked once; 1: in every sweep.
        var everySweeps: [Int] = []
        var sweeps = 0
        /// The requests of the sweep that is under way.
        var list: [Int] = []
        /// Those of them that are asked once more when the list is done.
        var again: [Int] = []
        /// Whether the list is done, and what failed has its second turn.
        var isRepeating = false
        /// By request: whether asking once more did not help. It is not tried again before the request is answered.
        var isHopeless: [Bool] = []
        /// In which of its sweeps a request that is not in every one has its turn, so that not all come together.
        var offsets: [Int] = []
    }

    private var devices: [Device]
    private var random: SeededRandom

    /// - Parameters:
    ///   - intervals: One per device, each above zero.
    ///   - start: When the first device may be asked.
    ///   - seed: For the jitter of back-off.
    package init(intervals: [Milliseconds], start: Boottime, seed: UInt64) {
        devices = intervals.map { Device(interval: $0, due: start, origin: start) }
        random = SeededRandom(seed: seed)
    }

    /// What to do at `now`. A sweep that has begun goes on; else the device that is due longest has its turn.
    package mutating func next(at now: Boottime) -> Action {
        for index in devices.indices {
            switch devices[index].phase {
            case .swept: return .deliver(device: index)
            case .sweeping(let asked, _): return .ask(device: index, request: devices[index].list[asked])
            case .unidentified, .resting, .doubted: continue
            }
        }
        guard let index = devices.indices.min(by: { devices[$0].due < devices[$1].due }) else { return .idle }
        guard devices[index].due <= now else { return .wait(until: devices[index].due) }
        switch devices[index].phase {
        case .unidentified: return .identify(device: index)
        case .doubted: return .verify(device: index)
        case .resting, .sweeping, .swept:
            beginSweep(index)
            return next(at: now)
        }
    }

    /// The device is what its profile says.
    ///
    /// - Parameter intervals: Of each request of its plan; nil: in every sweep.
    package mutating func identified(device index: Int, requestIntervals intervals: [Milliseconds?], at now: Boottime) {
        planned(device: index, requestIntervals: intervals)
        devices[index].backOff.heard()
        devices[index].phase = .resting
        devices[index].origin = now
        devices[index].due = now
    }

    /// The device has another plan from its next sweep on, which asks for everything. Only while it is not being swept.
    ///
    /// - Parameter intervals: Of each request of its plan; nil: in every sweep.
    package mutating func planned(device index: Int, requestIntervals intervals: [Milliseconds?]) {
        if case .sweeping = devices[index].phase { preconditionFailure("a plan cannot change within a sweep") }
        let own = devices[index].interval
        devices[index].everySweeps = intervals.map { ReadPlan.sweeps(wanted: $0, interval: own) }
        devices[index].isHopeless = intervals.map { _ in false }
        var seldom = 0
        devices[index].offsets = devices[index].everySweeps.map { sweeps in
            guard sweeps > 1 else { return 0 }
            defer { seldom += 1 }
            return seldom % sweeps
        }
        devices[index].sweeps = 0
    }

    /// The device that was silent has answered and is the one it was: its sweep is due at once.
    package mutating func verified(device index: Int, at now: Boottime) {
        guard devices[index].phase == .doubted else { return }
        devices[index].phase = .resting
        devices[index].due = now
    }

    /// Another device answers in the place of the one that was silent: it is identified at once.
    package mutating func replaced(device index: Int, at now: Boottime) {
        devices[index].phase = .unidentified
        devices[index].due = now
    }

    /// The device was silent, or is not what its profile says.
    package mutating func notIdentified(device index: Int, at now: Boottime) {
        devices[index].due = now + devices[index].backOff.silent(&random)
    }

    /// The last request was answered, be it with an exception: the device lives.
    ///
    /// - Parameter mayRetry: It gave no value, but may when it is asked again: the device was busy.
    package mutating func answered(device index: Int, mayRetry: Bool = false) {
        guard case .sweeping(let asked, let heard) = devices[index].phase else { return }
        settle(index, devices[index].list[asked], hasFailed: mayRetry, mayRetry: mayRetry)
        devices[index].phase = .sweeping(asked: asked + 1, heard: heard + 1)
        endSweepWhenDone(index)
    }

    /// The last request got no usable answer. A device that has not answered anything in this sweep is given up until
    /// its next probe; the requests that were not asked count as failed. One that answered in its last sweep is asked
    /// one more question before that: a single frame may get lost.
    ///
    /// - Parameter mayRetry: Asking again may help.
    package mutating func silent(device index: Int, mayRetry: Bool = false) {
        guard case .sweeping(let asked, let heard) = devices[index].phase else { return }
        settle(index, devices[index].list[asked], hasFailed: true, mayRetry: mayRetry)
        let chances = mayRetry && devices[index].backOff.silences == 0 && devices[index].list.count > 1 ? 2 : 1
        guard heard > 0 || asked + 1 < chances else {
            devices[index].phase = .swept
            return
        }
        devices[index].phase = .sweeping(asked: asked + 1, heard: heard)
        endSweepWhenDone(index)
    }

    /// The sweep's frame was handed out.
    ///
    /// - Parameters:
    ///   - wasHeard: Whether any request of the sweep was answered.
    ///   - notBefore: When the device may be swept again at the earliest; nil: as soon as its interval wants.
    package mutating func delivered(
        device index: Int, wasHeard: Bool, notBefore: Boottime? = nil, at now: Boottime
    ) {
        guard wasHeard else {
            devices[index].phase = .doubted
            devices[index].due = max(now + devices[index].backOff.silent(&random), notBefore ?? now)
            return
        }
        devices[index].phase = .resting
        devices[index].backOff.heard()
        devices[index].due = nextSlot(devices[index], after: max(now, notBefore ?? now))
    }

    /// When the device has its next turn; while it is swept, when it had this one.
    package func nextTurn(device index: Int) -> Boottime { devices[index].due }

    /// Whether the request belongs to the sweep that is under way or has just ended.
    package func isWanted(device index: Int, request: Int) -> Bool {
        wants(devices[index], request, sweep: devices[index].sweeps)
    }

    private mutating func beginSweep(_ index: Int) {
        devices[index].sweeps += 1
        let count = devices[index].everySweeps.count
        // After silence the probe begins with another request: one block that never answers must not hide the others.
        let first = count == 0 ? 0 : devices[index].backOff.silences % count
        devices[index].list = (0..<count).map { ($0 + first) % count }
            .filter { wants(devices[index], $0, sweep: devices[index].sweeps) }
        devices[index].again = []
        devices[index].isRepeating = false
        devices[index].phase = devices[index].list.isEmpty ? .swept : .sweeping(asked: 0, heard: 0)
    }

    private func wants(_ device: Device, _ request: Int, sweep: Int) -> Bool {
        device.backOff.silences > 0 || sweep == 1
            || (sweep - 1 + device.offsets[request]) % device.everySweeps[request] == 0
    }

    private mutating func settle(_ index: Int, _ request: Int, hasFailed: Bool, mayRetry: Bool) {
        guard hasFailed else {
            devices[index].isHopeless[request] = false
            return
        }
        if devices[index].isRepeating {
            devices[index].isHopeless[request] = true
        } else if mayRetry && !devices[index].isHopeless[request] {
            devices[index].again.append(request)
        }
    }

    private mutating func endSweepWhenDone(_ index: Int) {
        guard case .sweeping(let asked, let heard) = devices[index].phase, asked == devices[index].list.count
        else { return }
        guard heard > 0, !devices[index].isRepeating, !devices[index].again.isEmpty else {
            devices[index].phase = .swept
            return
        }
        devices[index].isRepeating = true
        devices[index].list += devices[index].again
    }

    /// The first slot of the grid at or after `now` that has not been used.
    private func nextSlot(_ device: Device, after now: Boottime) -> Boottime {
        let step = device.interval.count * 1_000_000
        let passed = max(now.nanoseconds, device.due.nanoseconds + 1) - device.origin.nanoseconds
        let slots = (passed + step - 1) / step
        return Boottime(nanoseconds: device.origin.nanoseconds + slots * step)
    }
}
