internal import DeviceProfiles
internal import Polling
internal import Telemetry
internal import Terms

extension LineOwner {
    /// Finds out what a device is, and plans what to ask it.
    func identify(_ index: Int, _ schedule: inout LineSchedule) async {
        let device = slots[index].device
        do throws(ReadFailure) {
            let description = try await recognise(device)
            endRound(index)
            let known = slots[index].record ?? device.quarantine
            slots[index].adopt(description, known, on: line.cost, at: time.now())
            if let manners = slots.mostPatientManners(of: device.unit, on: line.serial) { line.learnTimeout(manners) }
            await deliver(.described(device.index, description))
            // What another device refused is not to be found again after the next restart.
            if let known, known.owner != description.quarantineOwner, !known.fences.isEmpty {
                await tellRefusals(index)
            }
            schedule.identified(
                device: index, requestIntervals: slots[index].plan?.requests.map(\.interval) ?? [],
                at: time.boottime())
            note(index, wasHeard: true, schedule)
        } catch {
            schedule.notIdentified(device: index, at: time.boottime())
            note(index, wasHeard: false, schedule)
            await report(index, error, lastRequest(device))
        }
    }

    /// A device that was silent may have been exchanged meanwhile. It is asked for its serial number, or for what
    /// proved its profile; as long as it is silent it is told to be so, as in every sweep.
    func verify(_ index: Int, _ schedule: inout LineSchedule) async {
        guard let description = slots[index].description else { return }
        let device = slots[index].device
        do throws(ReadFailure) {
            if try await isSame(device, as: description) {
                schedule.verified(device: index, at: time.boottime())
            } else {
                schedule.replaced(device: index, at: time.boottime())
            }
        } catch {
            if !isHeard(device.unit, beside: index) { line.gaveUp(device.unit) }
            schedule.notIdentified(device: index, at: time.boottime())
            note(index, wasHeard: false, schedule)
            await report(index, error, lastRequest(device))
            await handOutSilence(index)
        }
    }

    private func isSame(
        _ device: LineDevice, as description: DeviceDescription
    ) async throws(ReadFailure) -> Bool {
        let manners = device.manners(description.profile)
        if let serial = description.serial,
            let text = description.map.texts.first(where: { $0.name == MappedText.serialName })
        {
            let words = try await words(ReadRequest(unit: device.unit, range: text.range), manners)
            return words.flatMap { registerText($0, byteOrder: text.byteOrder) } == serial
        }
        guard let probe = description.profile.identity.first else { return true }
        let words = try await words(ReadRequest(unit: device.unit, range: probe.range), manners)
        return words.map { probe.isSatisfied(by: $0.span) } ?? false
    }

    private func handOutSilence(_ index: Int) async {
        slots[index].frame.clear()
        for request in slots[index].plan?.requests ?? [] {
            for point in request.points { slots[index].frame.samples[point] = .bad }
        }
        slots[index].frame.requests = 1
        slots[index].frame.failedRequests = 1
        _ = await handOut(index)
    }

    /// What the identification ended with.
    private func lastRequest(_ device: LineDevice) -> ReadRequest {
        line.lastRequest ?? ReadRequest(unit: device.unit, function: .holdingRegisters, address: 0, count: 1)
    }

    /// The first profile whose identity fits. An exception speaks against a profile; so does silence, but a unit that
    /// is silent again and again is not asked for every profile there is.
    func recognise(_ device: LineDevice) async throws(ReadFailure) -> DeviceDescription {
        let candidates = device.profile.candidates(unit: device.unit, serial: line.serial)
        var probes = IdentityAnswers()
        for profile in candidates {
            let manners = device.manners(profile, among: candidates)
            do throws(ReadFailure) {
                guard let base = try await map(of: profile, manners, &probes) else { continue }
                let map = profile.deviceMap(allowing: device.permission) ?? base
                return DeviceDescription(map: map, profile: profile, texts: try await texts(map, manners))
            } catch {
                guard device.profile.isAutomatic, error.mayBeAnotherKindOfDevice, probes.maySilenceGoOn else {
                    throw error
                }
            }
        }
        switch device.profile {
        case .fixed: throw .wrongDevice
        case .automatic: throw .notRecognised
        }
    }

    /// The map of the unit as this profile describes it; nil where the profile does not fit.
    func map(
        of profile: Profile, _ manners: UnitManners, _ probes: inout IdentityAnswers
    ) async throws(ReadFailure) -> DeviceMap? {
        for probe in profile.identity {
            guard let words = try await answer(to: probe.range, manners, &probes),
                probe.isSatisfied(by: words.span)
            else { return nil }
        }
        switch profile.layout {
        case .registers(let map): return map
        case .sunSpec(let layout):
            return profile.deviceMap(models: try await models(layout, manners))
        }
    }

    /// What was asked for another profile already is not asked again.
    private func answer(
        to range: RegisterRange, _ manners: UnitManners, _ probes: inout IdentityAnswers
    ) async throws(ReadFailure) -> [UInt16]? {
        let question = IdentityAnswers.Question(range: range, answersAsUnit: manners.answersAsUnit)
        if let known = probes.answers[question] { return known }
        do throws(ReadFailure) {
            let words = try await words(ReadRequest(unit: manners.unit, range: range), manners)
            probes.heard(question, words)
            return words
        } catch {
            probes.silent()
            throw error
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

    /// What the device tells about itself.
    func texts(_ map: DeviceMap, _ manners: UnitManners) async throws(ReadFailure) -> [DeviceText] {
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
}
