package import Terms

/// What to do next for the devices of one line: a state machine that reads no clock and touches no wire.
///
/// Every device is first identified, then swept at a fixed rate. A sweep asks all its requests in a row, so that a
/// frame is as much of one moment as the line allows. A slot that was missed is skipped, never made up for. A silent
/// unit costs one request per probe and is left alone longer and longer; the others keep their rate.
package struct LineSchedule: ~Copyable {
    /// Devices and requests are named by their positions.
    package enum Action: Equatable, Sendable {
        case wait(until: Boottime)
        case identify(device: Int)
        case ask(device: Int, request: Int)
        /// The sweep has ended: hand its frame out, then report `delivered`.
        case deliver(device: Int)
        /// There is no device at all.
        case idle
    }

    private enum Phase: Equatable {
        case unidentified
        case resting
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
            case .unidentified, .resting: continue
            }
        }
        guard let index = devices.indices.min(by: { devices[$0].due < devices[$1].due }) else { return .idle }
        guard devices[index].due <= now else { return .wait(until: devices[index].due) }
        guard devices[index].phase == .resting else { return .identify(device: index) }
        beginSweep(index)
        return next(at: now)
    }

    /// The device is what its profile says.
    ///
    /// - Parameter intervals: Of each request of its plan; nil: in every sweep.
    package mutating func identified(device index: Int, requestIntervals intervals: [Milliseconds?], at now: Boottime) {
        let own = devices[index].interval.count
        devices[index].everySweeps = intervals.map { wanted in wanted.map { max(1, Int($0.count / own)) } ?? 1 }
        devices[index].backOff.heard()
        devices[index].phase = .resting
        devices[index].sweeps = 0
        devices[index].origin = now
        devices[index].due = now
    }

    /// The device was silent, or is not what its profile says.
    package mutating func notIdentified(device index: Int, at now: Boottime) {
        devices[index].due = now + devices[index].backOff.silent(&random)
    }

    /// The last request was answered, be it with an exception: the device lives.
    package mutating func answered(device index: Int) {
        guard case .sweeping(let asked, let heard) = devices[index].phase else { return }
        devices[index].phase = .sweeping(asked: asked + 1, heard: heard + 1)
        endSweepWhenDone(index)
    }

    /// The last request got no usable answer. A device that has not answered anything in this sweep is given up until
    /// its next probe; the requests that were not asked count as failed.
    package mutating func silent(device index: Int) {
        guard case .sweeping(let asked, let heard) = devices[index].phase else { return }
        devices[index].phase = heard == 0 ? .swept : .sweeping(asked: asked + 1, heard: heard)
        if heard == 0 { devices[index].list = [] } else { endSweepWhenDone(index) }
    }

    /// The sweep's frame was handed out.
    ///
    /// - Parameter wasHeard: Whether any request of the sweep was answered.
    package mutating func delivered(device index: Int, wasHeard: Bool, at now: Boottime) {
        devices[index].phase = .resting
        guard wasHeard else {
            devices[index].due = now + devices[index].backOff.silent(&random)
            return
        }
        devices[index].backOff.heard()
        devices[index].due = nextSlot(devices[index], after: now)
    }

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
        devices[index].phase = devices[index].list.isEmpty ? .swept : .sweeping(asked: 0, heard: 0)
    }

    private func wants(_ device: Device, _ request: Int, sweep: Int) -> Bool {
        device.backOff.silences > 0 || (sweep - 1) % device.everySweeps[request] == 0
    }

    private mutating func endSweepWhenDone(_ index: Int) {
        guard case .sweeping(let asked, _) = devices[index].phase, asked == devices[index].list.count else { return }
        devices[index].phase = .swept
    }

    /// The first slot of the grid at or after `now` that has not been used.
    private func nextSlot(_ device: Device, after now: Boottime) -> Boottime {
        let step = device.interval.count * 1_000_000
        let passed = max(now.nanoseconds, device.due.nanoseconds + 1) - device.origin.nanoseconds
        let slots = (passed + step - 1) / step
        return Boottime(nanoseconds: device.origin.nanoseconds + slots * step)
    }
}
