internal import DeviceProfiles
internal import Polling
internal import Telemetry
internal import Terms

extension LineOwner {
    /// Asks one request of a sweep.
    func ask(_ index: Int, _ number: Int, _ schedule: inout LineSchedule) async {
        guard let description = slots[index].description, let planned = slots[index].plan?.requests[number] else {
            return
        }
        if !slots[index].sweepIsOpen {
            if !description.map.pages.isEmpty { await showNextPage(index, description) }
            openSweep(index, schedule)
        }
        let request = ReadRequest(unit: slots[index].device.unit, range: planned.range)
        do throws(ReadFailure) {
            let (words, factors) = try await answer(
                request, planned.points, description.map, slots[index].device.manners(description.profile))
            description.map.decode(
                words.span, firstAddress: request.address, positions: planned.points, factors: factors,
                into: &slots[index].frame)
            slots[index].frame.failedRequests -= 1
            if !slots[index].reported.isEmpty { slots[index].reported[request] = nil }
            slots[index].quarantine.answered(planned)
            noteTurnAround(index)
            schedule.answered(device: index)
        } catch {
            if case .exception(let code) = error {
                slots[index].quarantine.refused(planned, exception: code, points: description.map.points)
            }
            if error.provesLife {
                schedule.answered(device: index, mayRetry: error.mayPass)
            } else {
                schedule.silent(device: index, mayRetry: error.mayPass)
            }
            await report(index, error, request)
        }
        slots[index].budget.used(nanoseconds: line.takeBusy(), until: time.boottime())
    }

    /// On TCP a hole costs next to nothing, whatever the round trip: one plan serves always.
    private func noteTurnAround(_ index: Int) {
        guard line.serial != nil else { return }
        if slots[index].turnAround.answered(after: line.turnAround, cost: line.cost) != nil {
            slots[index].wantsNewPlan = true
        }
    }

    /// Everything that the sweep wants counts as failed until its answer is there, and what is fenced has failed.
    private func openSweep(_ index: Int, _ schedule: borrowing LineSchedule) {
        guard let plan = slots[index].plan else { return }
        slots[index].frame.clear()
        for number in plan.requests.indices where schedule.isWanted(device: index, request: number) {
            for point in plan.requests[number].points { slots[index].frame.samples[point] = .bad }
            slots[index].frame.requests += 1
            slots[index].frame.failedRequests += 1
        }
        if !slots[index].quarantine.fences.isEmpty {
            for point in plan.unreadable { slots[index].frame.samples[point] = .bad }
        }
        slots[index].sweepIsOpen = true
        slots[index].budget.began(at: time.boottime())
    }

    /// Looks for registers that are refused, hands the frame out, and plans anew where that was learned to be better.
    func finishSweep(_ index: Int, _ schedule: inout LineSchedule) async {
        await probeRefusals(index)
        let wasHeard = await handOut(index)
        if !wasHeard { line.gaveUp(slots[index].device.unit) }
        let now = time.boottime()
        schedule.delivered(
            device: index, wasHeard: wasHeard, notBefore: slots[index].budget.earliest, at: now)
        let hasLearned = slots[index].quarantine.sweepEnded(at: now)
        guard hasLearned || slots[index].wantsNewPlan, let description = slots[index].description else { return }
        slots[index].wantsNewPlan = false
        let plan = slots[index].newPlan(description, on: line.cost)
        guard plan != slots[index].plan else { return }
        slots[index].plan = plan
        slots[index].quarantine.planned(plan)
        schedule.planned(device: index, requestIntervals: plan.requests.map(\.interval))
    }

    /// What a probe answers is used as well.
    private func probeRefusals(_ index: Int) async {
        guard let description = slots[index].description else { return }
        while let range = slots[index].quarantine.nextProbe(at: time.boottime()) {
            let request = ReadRequest(unit: slots[index].device.unit, range: range)
            do throws(ReadFailure) {
                let points = description.map.points.indices.filter {
                    let point = description.map.points[$0]
                    return point.page == nil && range.contains(point.coding.wireRange)
                }
                let (words, factors) = try await answer(
                    request, points, description.map, slots[index].device.manners(description.profile),
                    isExact: true)
                description.map.decode(
                    words.span, firstAddress: range.address, positions: points, factors: factors,
                    into: &slots[index].frame)
                slots[index].quarantine.probed(.answered, at: time.boottime())
            } catch .exception(let code) where ReadFailure.exception(code).provesLife {
                slots[index].quarantine.probed(.refused(code), at: time.boottime())
            } catch {
                slots[index].quarantine.probed(.unclear, at: time.boottime())
            }
            slots[index].budget.used(nanoseconds: line.takeBusy(), until: time.boottime())
        }
    }

    /// Lends the frame out. While it is away its slot holds an empty one, so that the sole reference comes back.
    func handOut(_ index: Int) async -> Bool {
        let now = time.now()
        var frame = SampleFrame(device: slots[index].device.index, pointCount: 0, stamp: now)
        swap(&frame, &slots[index].frame)
        frame.stamp = now
        let wasHeard = frame.failedRequests < frame.requests
        if slots[index].hasPages { placePageSamples(index, wasHeard: wasHeard, in: &frame) }
        await deliver(.frame(frame))
        swap(&frame, &slots[index].frame)
        slots[index].sweepIsOpen = false
        return wasHeard
    }
}
