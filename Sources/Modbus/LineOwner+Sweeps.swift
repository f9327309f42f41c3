internal import DeviceProfiles
internal import Polling
internal import Telemetry
internal import Terms

extension LineOwner {
    /// What is left to do for a request of a sweep.
    enum Rest {
        /// The line does not allow it yet.
        case wait(WaitingExchange)
        /// Scale factors must be read before and behind it.
        case wholeAnswer
        case failed(ReadFailure)
    }

    /// Asks one request of a sweep, mostly without awaiting anything: that would cost more than all the rest of it.
    ///
    /// - Returns: What is left (see `ask`); nil: nothing.
    func askAtOnce(_ index: Int, _ number: Int, _ schedule: inout LineSchedule) -> Rest? {
        let slot = slots[index]
        if !slot.sweepIsOpen { openSweep(slot, index, schedule) }
        guard let description = slot.description, let planned = slot.plan?.requests[number] else { return nil }
        guard !description.map.hasScaleFactorsApart else { return .wholeAnswer }
        do throws(ReadFailure) {
            let request = ReadRequest(unit: slot.device.unit, range: planned.range)
            if let wait = try begin(request, slot.manners, description.map.limits) { return .wait(wait) }
            answered(slot, planned, description)
            schedule.answered(device: index)
            slot.budget.used(nanoseconds: line.takeBusy(), until: line.lastEnd ?? time.boottime())
            return nil
        } catch {
            return .failed(error)
        }
    }

    /// `line.words` holds the answer.
    private func answered(_ slot: DeviceSlot, _ planned: ReadPlan.Request, _ description: DeviceDescription) {
        description.map.decode(
            line.words.span, firstAddress: planned.range.address, positions: planned.points, into: &slot.frame)
        noteAnswer(slot, planned)
    }

    private func noteAnswer(_ slot: DeviceSlot, _ planned: ReadPlan.Request) {
        slot.frame.failedRequests -= 1
        if !slot.reported.isEmpty {
            slot.reported[ReadRequest(unit: slot.device.unit, range: planned.range)] = nil
        }
        slot.quarantine.answered(planned)
        // On TCP a hole costs next to nothing, whatever the round trip: one plan serves always.
        guard line.serial != nil else { return }
        if slot.turnAround.answered(after: line.turnAround, cost: line.cost) != nil { slot.wantsNewPlan = true }
    }

    /// Ends what `askAtOnce` began.
    func ask(_ index: Int, _ number: Int, _ rest: Rest, _ schedule: inout LineSchedule) async {
        let slot = slots[index]
        guard let description = slot.description, let planned = slot.plan?.requests[number] else { return }
        let request = ReadRequest(unit: slot.device.unit, range: planned.range)
        do throws(ReadFailure) {
            switch rest {
            case .failed(let failure): throw failure
            case .wait(let wait):
                try await finish(wait)
                answered(slot, planned, description)
            case .wholeAnswer:
                let (words, factors) = try await answer(request, planned.points, description.map, slot.manners)
                description.map.decode(
                    words.span, firstAddress: request.address, positions: planned.points, factors: factors,
                    into: &slot.frame)
                noteAnswer(slot, planned)
            }
            schedule.answered(device: index)
        } catch {
            if case .exception(let code) = error {
                slot.quarantine.refused(planned, exception: code, points: description.map.points)
            }
            if error.provesLife {
                schedule.answered(device: index, mayRetry: error.mayPass)
            } else {
                schedule.silent(device: index, mayRetry: error.mayPass)
            }
            await report(index, error, request)
        }
        slot.budget.used(nanoseconds: line.takeBusy(), until: line.lastEnd ?? time.boottime())
    }

    /// Everything that the sweep wants counts as failed until its answer is there, and what is fenced has failed.
    private func openSweep(_ slot: DeviceSlot, _ index: Int, _ schedule: borrowing LineSchedule) {
        guard let plan = slot.plan else { return }
        slot.frame.clear()
        for number in plan.requests.indices where schedule.isWanted(device: index, request: number) {
            slot.frame.ask(plan.requests[number].points)
        }
        if !slot.quarantine.fences.isEmpty {
            for point in plan.unreadable { slot.frame.samples[point] = .bad }
        }
        slot.sweepIsOpen = true
        let now = time.boottime()
        slot.budget.began(at: now)
        slot.standing.pace.began(at: now)
    }

    /// Looks for registers that are refused, hands the frame out, and plans anew where that was learned to be better.
    func finishSweep(_ index: Int, _ schedule: inout LineSchedule) async {
        await probeRefusals(index)
        let wasHeard = await handOut(index)
        let unit = slots[index].device.unit
        if !wasHeard, !isHeard(unit, beside: index) { line.gaveUp(unit) }
        let now = time.boottime()
        schedule.delivered(
            device: index, wasHeard: wasHeard, notBefore: slots[index].budget.earliest, at: now)
        note(index, wasHeard: wasHeard, schedule)
        let hasLearned = slots[index].quarantine.sweepEnded(at: now)
        if hasLearned { await tellRefusals(index) }
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
                    request, points, description.map, slots[index].manners, isExact: true)
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
