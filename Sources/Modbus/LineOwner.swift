internal import DeviceProfiles
package import Polling
internal import Telemetry
package import Terms

/// The only one who speaks on a line: asks its devices in turn, on a thread of its own, and hands out what they say.
package actor LineOwner {
    private struct Slot {
        let device: LineDevice
        var description: DeviceDescription?
        var plan: ReadPlan?
        /// Filled in place sweep after sweep; empty while it is lent out.
        var frame: SampleFrame
        var sweepIsOpen = false
        /// What was last reported per request, so that a lasting failure is told once.
        var reported: [ReadRequest: ReadFailure] = [:]
    }

    private let executor: ThreadExecutor
    private let time: any TimeSource
    private let deliver: @Sendable (LineEvent) async -> Void
    private let seed: UInt64
    private var slots: [Slot]
    private var line: LineSession

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - seed: For the jitter of back-off.
    ///   - deliver: Called one event at a time; the line waits for it.
    ///   - open: How the line is opened, each time that it is.
    package init(
        url: DeviceURL, devices: [LineDevice], time: any TimeSource, seed: UInt64 = 0,
        deliver: @escaping @Sendable (LineEvent) async -> Void = { _ in }, open: @escaping LinkOpener = openLink
    ) {
        executor = ThreadExecutor(name: "line")
        self.time = time
        self.deliver = deliver
        self.seed = seed
        let now = time.now()
        slots = devices.map { Slot(device: $0, frame: SampleFrame(device: $0.index, pointCount: 0, stamp: now)) }
        line = LineSession(url: url, open: open)
    }

    /// Polls until it is cancelled, and closes the line then. A port or host that does not answer never ends it.
    package func run() async throws {
        defer { line.disconnect() }
        var schedule = LineSchedule(intervals: slots.map(\.device.interval), start: time.boottime(), seed: seed)
        while !Task.isCancelled {
            switch schedule.next(at: time.boottime()) {
            case .idle: try await wait(until: time.boottime() + .hours(1))
            case .wait(let instant): try await wait(until: instant)
            case .identify(let device): await identify(device, &schedule)
            case .ask(let device, let request):
                // Awaits nothing where the line need not be waited for: a sweep is one job of its thread.
                await ask(device, request, &schedule)
                continue
            case .deliver(let device):
                let wasHeard = await handOut(device)
                schedule.delivered(device: device, wasHeard: wasHeard, at: time.boottime())
            }
            // A line that is always late never sleeps; whoever wants one reading must still get a turn.
            await Task.yield()
        }
    }

    /// One poll of one unit, between the requests of the sweeps.
    package func readOnce(unit: UInt8, profile: ProfileChoice) async throws(ReadFailure) -> Reading {
        let device = LineDevice(index: DeviceIndex(-1), unit: unit, profile: profile, interval: .seconds(1))
        let description = try await recognise(device)
        let plan = ReadPlan(map: description.map, cost: line.cost)
        var frame = SampleFrame(device: device.index, pointCount: description.map.points.count, stamp: time.now())
        var failures: [Reading.Failed] = []
        for planned in plan.requests {
            let request = ReadRequest(unit: unit, range: planned.range)
            do throws(ReadFailure) {
                let (words, factors) = try await answer(
                    request, planned.points, description.map, manners(of: device, description.profile))
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

    /// A cancelled sleep is the ordinary end of `run`; anything else that a time source throws is its failure.
    private func wait(until instant: Boottime) async throws {
        do {
            try await time.sleep(until: instant)
        } catch is CancellationError {
            return
        }
    }
}

// MARK: - Sweeps

extension LineOwner {
    private func ask(_ index: Int, _ number: Int, _ schedule: inout LineSchedule) async {
        guard let description = slots[index].description, let plan = slots[index].plan else { return }
        if !slots[index].sweepIsOpen { openSweep(index, plan, schedule) }
        let planned = plan.requests[number]
        let request = ReadRequest(unit: slots[index].device.unit, range: planned.range)
        do throws(ReadFailure) {
            let (words, factors) = try await answer(
                request, planned.points, description.map, manners(of: slots[index].device, description.profile))
            description.map.decode(
                words.span, firstAddress: request.address, positions: planned.points, factors: factors,
                into: &slots[index].frame)
            slots[index].frame.failedRequests -= 1
            if !slots[index].reported.isEmpty { slots[index].reported[request] = nil }
            schedule.answered(device: index)
        } catch {
            if error.provesLife { schedule.answered(device: index) } else { schedule.silent(device: index) }
            await report(index, error, request)
        }
    }

    /// Everything that the sweep wants counts as failed until its answer is there.
    private func openSweep(_ index: Int, _ plan: ReadPlan, _ schedule: borrowing LineSchedule) {
        slots[index].frame.clear()
        for number in plan.requests.indices where schedule.isWanted(device: index, request: number) {
            for point in plan.requests[number].points { slots[index].frame.samples[point] = .bad }
            slots[index].frame.requests += 1
            slots[index].frame.failedRequests += 1
        }
        slots[index].sweepIsOpen = true
    }

    /// Lends the frame out. While it is away its slot holds an empty one, so that the sole reference comes back.
    private func handOut(_ index: Int) async -> Bool {
        let now = time.now()
        var frame = SampleFrame(device: slots[index].device.index, pointCount: 0, stamp: now)
        swap(&frame, &slots[index].frame)
        frame.stamp = now
        let wasHeard = frame.failedRequests < frame.requests
        await deliver(.frame(frame))
        swap(&frame, &slots[index].frame)
        slots[index].sweepIsOpen = false
        return wasHeard
    }

    private func report(_ index: Int, _ failure: ReadFailure, _ request: ReadRequest) async {
        guard failure != .cancelled, slots[index].reported[request] != failure else { return }
        slots[index].reported[request] = failure
        await deliver(.failure(slots[index].device.index, failure, request))
    }
}

// MARK: - Identification

extension LineOwner {
    private func identify(_ index: Int, _ schedule: inout LineSchedule) async {
        let device = slots[index].device
        do throws(ReadFailure) {
            let description = try await recognise(device)
            let plan = ReadPlan(map: description.map, cost: line.cost)
            slots[index].description = description
            slots[index].plan = plan
            slots[index].frame = SampleFrame(
                device: device.index, pointCount: description.map.points.count, stamp: time.now())
            slots[index].reported = [:]
            slots[index].sweepIsOpen = false
            await deliver(.described(device.index, description))
            schedule.identified(
                device: index, requestIntervals: plan.requests.map(\.interval), at: time.boottime())
        } catch {
            schedule.notIdentified(device: index, at: time.boottime())
            await report(index, error, lastRequest(device))
        }
    }

    /// What the identification ended with.
    private func lastRequest(_ device: LineDevice) -> ReadRequest {
        line.lastRequest ?? ReadRequest(unit: device.unit, function: .holdingRegisters, address: 0, count: 1)
    }

    /// The first profile whose identity fits. An exception speaks against a profile; silence says nothing at all.
    private func recognise(_ device: LineDevice) async throws(ReadFailure) -> DeviceDescription {
        for profile in device.profile.candidates {
            let manners = manners(of: device, profile)
            guard let map = try await map(of: profile, manners) else { continue }
            return DeviceDescription(map: map, profile: profile, texts: try await texts(map, manners))
        }
        switch device.profile {
        case .fixed: throw .wrongDevice
        case .automatic: throw .notRecognised
        }
    }

    private func map(of profile: Profile, _ manners: UnitManners) async throws(ReadFailure) -> DeviceMap? {
        for probe in profile.identity {
            guard let words = try await words(ReadRequest(unit: manners.unit, range: probe.range), manners),
                probe.isSatisfied(by: words.span)
            else { return nil }
        }
        switch profile.layout {
        case .registers(let map): return map
        case .sunSpec(let layout):
            return profile.deviceMap(models: try await models(layout, manners))
        }
    }

    private func models(
        _ layout: SunSpecLayout, _ manners: UnitManners
    ) async throws(ReadFailure) -> [SunSpecModelPlace] {
        var walk = SunSpecWalk(layout)
        var step = walk.begin()
        while true {
            switch step {
            case .found(let models): return models
            case .absent: return []
            case .read(let range):
                let words = try await words(ReadRequest(unit: manners.unit, range: range), manners)
                step = words.map { walk.answered($0) } ?? walk.refused()
            }
        }
    }

    private func texts(_ map: DeviceMap, _ manners: UnitManners) async throws(ReadFailure) -> [DeviceText] {
        var texts: [DeviceText] = []
        for text in map.texts {
            let words = try await words(ReadRequest(unit: manners.unit, range: text.range), manners)
            if let content = words.flatMap({ registerText($0, byteOrder: text.byteOrder) }) {
                texts.append(DeviceText(name: text.name, text: content))
            }
        }
        return texts
    }

    /// The answer's words; nil where the device lives and refuses.
    private func words(_ request: ReadRequest, _ manners: UnitManners) async throws(ReadFailure) -> [UInt16]? {
        do throws(ReadFailure) {
            try await exchange(request, manners)
            return line.words
        } catch {
            guard error.provesLife else { throw error }
            return nil
        }
    }

    private func manners(of device: LineDevice, _ profile: Profile) -> UnitManners {
        UnitManners(
            unit: device.unit, line: profile.line, quirks: profile.quirks, timeout: device.timeout,
            pause: device.pause)
    }
}

// MARK: - The wire

extension LineOwner {
    /// What a planned request is answered, and the scale factors that stand apart from its points: read right before
    /// and right after it.
    private func answer(
        _ request: ReadRequest, _ points: [Int], _ map: DeviceMap, _ manners: UnitManners
    ) async throws(ReadFailure) -> (words: [UInt16], factors: ScaleFactorReadings) {
        let apart = map.scaleFactorRanges(of: points).map { ReadRequest(unit: request.unit, range: $0) }
        var factors = ScaleFactorReadings()
        for request in apart {
            try await exchange(request, manners, map.limits)
            factors.noteBefore(line.words, firstAddress: request.address)
        }
        try await exchange(request, manners, map.limits)
        let words = line.words
        for request in apart {
            try await exchange(request, manners, map.limits)
            factors.noteAfter(line.words, firstAddress: request.address)
        }
        return (words, factors)
    }

    /// One question and its answer, when the line allows: `line.words` until the next exchange. Between the last look
    /// at the line and the answer nothing is awaited, so that callers can take turns.
    ///
    /// - Parameter limits: What the device may be asked for, where that is known.
    private func exchange(
        _ request: ReadRequest, _ manners: UnitManners, _ limits: ReadLimits? = nil
    ) async throws(ReadFailure) {
        let mayBeLonger = limits.map { limits in request.longer.map { limits.allows($0.range) } ?? false } ?? false
        var exchange = Exchange(request, manners, mayBeLonger: mayBeLonger)
        while case .waitUntil(let instant) = try line.advance(&exchange, time) {
            do {
                try await time.sleep(until: instant)
            } catch {
                throw .cancelled
            }
        }
    }
}
