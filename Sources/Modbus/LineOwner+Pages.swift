internal import DeviceProfiles
internal import Polling
internal import Telemetry
internal import Terms

extension LineOwner {
    /// Shows the next page of the device's round and reads it, where one is due. Before the first page the round is
    /// announced; what is not on record is not written.
    func showNextPage(_ index: Int) async {
        guard pagedDevice == nil || pagedDevice == index, let description = slots[index].description else { return }
        let now = time.boottime()
        if case .begin(let group) = slots[index].rounds.next(at: now) {
            let writes = writes(of: group, for: slots[index].device, description)
            let round = writes.map {
                WriteRound(device: slots[index].device.index, profile: description.profile.id, writes: $0)
            }
            var isOnRecord = false
            if let round { isOnRecord = await announce(round) }
            slots[index].rounds.announced(isOnRecord, group: group, at: now)
        }
        guard case .show(let group, let page) = slots[index].rounds.next(at: now),
            let writes = writes(of: group, for: slots[index].device, description)
        else { return }
        pagedDevice = index
        await show(Page(device: index, group: group, number: page, write: writes[page]), description)
        slots[index].budget.used(nanoseconds: line.takeBusy(), until: time.boottime())
        if !slots[index].rounds.isRunning { pagedDevice = nil }
    }

    /// One page of a round.
    private struct Page {
        let device: Int
        let group: Int
        /// From 0.
        let number: Int
        let write: PermittedWrite
    }

    /// What showing all pages takes; nil where not every one of them is permitted.
    private func writes(
        of group: Int, for device: LineDevice, _ description: DeviceDescription
    ) -> [PermittedWrite]? {
        let pages = description.map.pages[group]
        let writes = pages.values.compactMap {
            PermittedWrite(
                pages.write, value: $0, unit: device.unit, profile: description.profile, permission: device.permission)
        }
        return writes.isEmpty || writes.count < pages.values.count ? nil : writes
    }

    private func show(_ page: Page, _ description: DeviceDescription) async {
        let (index, pages) = (page.device, description.map.pages[page.group])
        let manners = slots[index].device.manners(description.profile)
        do throws(ReadFailure) {
            try await carryOut(page.write, manners)
            try await settle(pages.settle)
        } catch {
            guard error != .cancelled else { return }
            for later in page.number..<pages.points.count { keep(index, pages.points[later].map { ($0, .bad) }) }
            slots[index].rounds.failed()
            await deliver(.writeFailed(slots[index].device.index, error, page.write))
            return
        }
        let read = await readShown(page, description, manners)
        keep(index, read.samples)
        if read.isSilent { slots[index].rounds.failed() } else { slots[index].rounds.shown() }
    }

    /// Sends the write once. An answer that does not come is not asked for again: nobody knows then what was done.
    private func carryOut(_ write: PermittedWrite, _ manners: UnitManners) async throws(ReadFailure) {
        while let instant = try line.advance(write, manners, time) { try await sleep(until: instant) }
    }

    private func settle(_ length: Milliseconds) async throws(ReadFailure) {
        if length > .zero { try await sleep(until: time.boottime() + length) }
    }

    private func sleep(until instant: Boottime) async throws(ReadFailure) {
        do {
            try await time.sleep(until: instant)
        } catch {
            throw .cancelled
        }
    }

    /// The samples of a page that was chosen: bad, unless the page proves before and after that it is this one.
    private func readShown(
        _ page: Page, _ description: DeviceDescription, _ manners: UnitManners
    ) async -> (samples: [(point: Int, sample: Sample)], isSilent: Bool) {
        let (index, map) = (page.device, description.map)
        let (pages, positions) = (map.pages[page.group], map.pages[page.group].points[page.number])
        let bad = positions.map { (point: $0, sample: Sample.bad) }
        guard await isShown(page, pages.proof, manners, map.limits) else { return (bad, false) }
        let plan = ReadPlan(
            map: map, group: page.group, page: page.number, cost: line.cost.pausing(manners.pause),
            fences: slots[index].quarantine.fencedRanges)
        for point in positions { slots[index].frame.samples[point] = .bad }
        var isSilent = false
        for planned in plan.requests where !isSilent {
            let request = ReadRequest(unit: manners.unit, range: planned.range)
            do throws(ReadFailure) {
                let (words, factors) = try await answer(request, planned.points, map, manners)
                map.decode(
                    words.span, firstAddress: request.address, positions: planned.points, factors: factors,
                    into: &slots[index].frame)
            } catch {
                isSilent = !error.provesLife
                await report(index, error, request)
            }
        }
        let samples = positions.map { (point: $0, sample: slots[index].frame.samples[$0]) }
        guard !isSilent, await isShown(page, pages.proof, manners, map.limits) else { return (bad, isSilent) }
        return (samples, false)
    }

    /// Whether the device says that it shows this page; it is believed where it has no way to say so.
    private func isShown(
        _ page: Page, _ proof: RegisterRange?, _ manners: UnitManners, _ limits: ReadLimits
    ) async -> Bool {
        guard let proof else { return true }
        let index = page.device
        let request = ReadRequest(unit: manners.unit, range: proof)
        var shows: Int?
        do throws(ReadFailure) {
            try await exchange(request, manners, limits)
            shows = line.words.first.map { Int($0) }
            if shows == Int(page.write.value) { return true }
        } catch {
            await report(index, error, request)
            if error == .cancelled { return false }
        }
        await deliver(.pageNotShown(slots[index].device.index, page.write, shows: shows))
        return false
    }

    /// For the next frame that goes out.
    private func keep(_ index: Int, _ samples: [(point: Int, sample: Sample)]) {
        slots[index].pageSamples += samples
    }

    /// Puts what was read of pages into a frame that goes out. Of a silent device every page is bad, and its round is
    /// over.
    func placePageSamples(_ index: Int, wasHeard: Bool, in frame: inout SampleFrame) {
        for (point, sample) in slots[index].pageSamples { frame.samples[point] = sample }
        slots[index].pageSamples.removeAll()
        guard !wasHeard else { return }
        for pages in slots[index].description?.map.pages ?? [] {
            for point in pages.points.joined() { frame.samples[point] = .bad }
        }
        endRound(index)
    }

    /// Forgets the round that is under way, so that other devices may have theirs.
    func endRound(_ index: Int) {
        slots[index].rounds.failed()
        if pagedDevice == index { pagedDevice = nil }
    }
}
