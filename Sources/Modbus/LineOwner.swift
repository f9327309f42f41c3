internal import DeviceProfiles
package import Polling
package import Telemetry
package import Terms

/// The only one who speaks on a line: asks its devices in turn, on a thread of its own, and hands out what they say.
package actor LineOwner {
    private let executor: any SerialExecutor
    let time: any TimeSource
    let deliver: @Sendable (LineEvent) async -> Void
    let announce: @Sendable (WriteRound) async -> Bool
    private let seed: UInt64
    /// When it began to count.
    let start: Boottime
    let slots: [DeviceSlot]
    var line: LineSession
    /// The device whose pages are being shown: one at a time.
    var pagedDevice: Int?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - seed: For the jitter of back-off.
    ///   - deliver: Called one event at a time; the line waits for it.
    ///   - announce: Called before the first write of a round; whether it is on record now. Where it is not, or nobody
    ///     is asked, nothing is written.
    ///   - open: How the line is opened, each time that it is.
    ///   - executor: Where it runs: normally a thread of its own, since it waits for the line.
    package init(
        url: DeviceURL, devices: [LineDevice], time: any TimeSource, seed: UInt64 = 0,
        deliver: @escaping @Sendable (LineEvent) async -> Void = { _ in },
        announce: @escaping @Sendable (WriteRound) async -> Bool = { _ in false },
        open: @escaping LinkOpener = openLink, executor: any SerialExecutor = ThreadExecutor(name: "line")
    ) {
        self.executor = executor
        self.time = time
        self.deliver = deliver
        self.announce = announce
        self.seed = seed
        let now = time.now()
        var line = LineSession(url: url, open: open)
        slots = devices.map { DeviceSlot($0, cost: line.cost, at: now) }
        for slot in slots {
            if let manners = slots.mostPatientManners(of: slot.device.unit, on: url.serialLine) {
                line.learnTimeout(manners)
            }
        }
        self.line = line
        start = now.boottime
    }

    /// Polls until it is cancelled, and closes the line then. A port or host that does not answer never ends it.
    package func run() async throws {
        defer { line.disconnect() }
        var schedule = LineSchedule(intervals: slots.map(\.device.interval), start: time.boottime(), seed: seed)
        while !Task.isCancelled {
            switch schedule.next(at: time.boottime()) {
            case .idle:
                try await wait(until: time.boottime() + .hours(1))
                continue
            case .wait(let instant):
                try await wait(until: instant)
                continue
            case .identify(let device): await identify(device, &schedule)
            case .verify(let device): await verify(device, &schedule)
            case .ask(let device, let request):
                if slots[device].hasPages, !slots[device].sweepIsOpen { await showNextPage(device) }
                // Where the line need not be waited for, a sweep is one job of its thread.
                if let rest = askAtOnce(device, request, &schedule) { await ask(device, request, rest, &schedule) }
                continue
            case .deliver(let device): await finishSweep(device, &schedule)
            }
            // A line that is always late never sleeps; whoever wants one reading must still get a turn.
            try await giveWay()
        }
    }

    /// One poll of one unit, between the requests of the sweeps.
    package func readOnce(unit: UInt8, profile: ProfileChoice) async throws(ReadFailure) -> Reading {
        let device = LineDevice(index: DeviceIndex(-1), unit: unit, profile: profile, interval: .seconds(1))
        let description = try await recognise(device)
        let manners = device.manners(description.profile)
        let plan = ReadPlan(map: description.map, cost: line.cost.pausing(manners.pause))
        var frame = SampleFrame(device: device.index, pointCount: description.map.points.count, stamp: time.now())
        var failures: [Reading.Failed] = []
        for planned in plan.requests {
            let request = ReadRequest(unit: unit, range: planned.range)
            do throws(ReadFailure) {
                let (words, factors) = try await answer(request, planned.points, description.map, manners)
                description.map.decode(
                    words.span, firstAddress: request.address, positions: planned.points, factors: factors,
                    into: &frame)
            } catch .cancelled {
                throw .cancelled
            } catch {
                for point in planned.points { frame.samples[point] = .bad }
                failures.append(Reading.Failed(request: request, failure: error))
            }
        }
        return Reading(device: description, samples: frame.samples, failures: failures)
    }

    /// What every unit has cost and given so far.
    package func statistics() -> [UInt8: UnitStatistics] { line.statistics }

    /// Closes the line; the next request opens it again.
    package func close() { line.disconnect() }

    /// Which registers the devices refuse, to be kept over a restart (see `LineDevice.quarantine`).
    package func quarantines() -> [DeviceIndex: QuarantineRecord] {
        Dictionary(
            slots.compactMap { slot in slot.record.map { (slot.device.index, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// A cancelled sleep is the ordinary end of `run`; anything else that a time source throws is its failure.
    private func wait(until instant: Boottime) async throws {
        do {
            try await time.sleep(until: instant)
        } catch is CancellationError {
            return
        }
    }

    /// Lets others have the line's thread for their jobs. `Task.yield` would go around by another thread.
    private func giveWay() async throws {
        guard let thread = executor as? ThreadExecutor else { return await Task.yield() }
        do {
            try await thread.wait(nanoseconds: 0)
        } catch is CancellationError {
            return
        }
    }

    func report(_ index: Int, _ failure: ReadFailure, _ request: ReadRequest) async {
        guard failure != .cancelled else { return }
        slots[index].standing.lastFailure = failure
        guard slots[index].reported[request] != failure else { return }
        slots[index].reported[request] = failure
        await deliver(.failure(slots[index].device.index, failure, request))
    }

    /// What a planned request is answered, and the scale factors that stand apart from its points: read right before
    /// and right after it.
    ///
    /// - Parameter isExact: Whether nothing but the request may be asked, because its refusal says something.
    func answer(
        _ request: ReadRequest, _ points: [Int], _ map: DeviceMap, _ manners: UnitManners, isExact: Bool = false
    ) async throws(ReadFailure) -> (words: [UInt16], factors: ScaleFactorReadings) {
        let apart = map.scaleFactorRanges(of: points).map { ReadRequest(unit: request.unit, range: $0) }
        var factors = ScaleFactorReadings()
        for request in apart {
            try await exchange(request, manners, map.limits)
            factors.noteBefore(line.words, firstAddress: request.address)
        }
        try await exchange(request, manners, isExact ? nil : map.limits)
        let words = line.words
        for request in apart {
            try await exchange(request, manners, map.limits)
            factors.noteAfter(line.words, firstAddress: request.address)
        }
        return (words, factors)
    }

    /// One question and its answer, when the line allows: `line.words` until the next exchange. Between the last look
    /// at the line and the answer nothing is awaited, so that callers can take turns. Whoever records sees what came.
    ///
    /// - Parameter limits: What the device may be asked for, where that is known.
    func exchange(
        _ request: ReadRequest, _ manners: UnitManners, _ limits: ReadLimits? = nil
    ) async throws(ReadFailure) {
        do throws(ReadFailure) {
            if let wait = try begin(request, manners, limits) { try await finish(wait) }
            ExchangeLog.current?.add(request, words: line.words)
        } catch {
            ExchangeLog.current?.add(request, failure: error)
            throw error
        }
    }

    /// An exchange that the line does not allow yet, and when it will.
    struct WaitingExchange {
        var exchange: Exchange
        var instant: Boottime
    }

    /// Asks at once where the line allows it: mostly it does, and then nothing is awaited, which would cost more than
    /// the rest of a request.
    ///
    /// - Returns: What is left to do (see `finish`); nil: `line.words` holds the answer.
    func begin(
        _ request: ReadRequest, _ manners: UnitManners, _ limits: ReadLimits?
    ) throws(ReadFailure) -> WaitingExchange? {
        var exchange = Exchange(request, manners, mayBeLonger: line.mayAskLonger(request, manners, limits))
        guard case .waitUntil(let instant) = try line.advance(&exchange, time) else { return nil }
        return WaitingExchange(exchange: exchange, instant: instant)
    }

    /// Waits until the line allows the exchange, and ends it.
    func finish(_ waiting: WaitingExchange) async throws(ReadFailure) {
        var waiting = waiting
        while true {
            do {
                try await time.sleep(until: waiting.instant)
            } catch {
                throw .cancelled
            }
            guard case .waitUntil(let instant) = try line.advance(&waiting.exchange, time) else { return }
            waiting.instant = instant
        }
    }
}
