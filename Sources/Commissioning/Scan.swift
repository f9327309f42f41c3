package import DeviceProfiles
package import Modbus
internal import Polling
internal import Synchronization
package import Terms

/// How far a scan is.
package struct ScanProgress: Sendable, Equatable {
    /// Questions that were asked, and those that will be asked at most.
    package let done: Int
    package let total: Int
    /// What is tried now.
    package let now: String
}

/// Looks for devices at many places, a bounded number of them at a time, and says what they are. It only reads.
package struct Scan: Sendable {
    /// Places that are looked at together.
    private static let mostTogether = 32

    private let plan: SearchPlan
    private let profiles: [Profile]
    private let patience: ScanPatience
    private let time: any TimeSource
    private let open: LinkOpener

    /// - Parameter open: How lines are opened.
    package init(
        plan: SearchPlan, profiles: [Profile], patience: ScanPatience = ScanPatience(), time: any TimeSource,
        open: @escaping LinkOpener = openLink
    ) {
        self.plan = plan
        self.profiles = profiles
        var patience = patience
        // Some data loggers say nothing for a while after a connection.
        let slowest = profiles.map(\.line.afterConnect).max() ?? .zero
        patience.afterConnect = max(patience.afterConnect, min(slowest, .seconds(2)))
        self.patience = patience
        self.time = time
        self.open = open
    }

    /// Looks everywhere; a cancelled one tells what it has found until then.
    package func run(
        _ targets: [ScanTarget], progress: @escaping @Sendable (ScanProgress) -> Void = { _ in }
    ) async -> ScanReport {
        let questions = targets.map { target in
            // Most addresses of a subnet are empty: one question, and the others when somebody is there.
            if case .serial = target { plan.serialQuestionCount } else { 1 }
        }
        let tally = ProgressTally(questions: questions, tell: progress)
        var findings: [Int: ScanFinding] = [:]
        await withTaskGroup(of: (Int, ScanFinding).self) { group in
            var waiting = Array(targets.enumerated())[...]
            func startNext() {
                guard !Task.isCancelled, let (number, target) = waiting.popFirst() else { return }
                group.addTask { (number, await look(at: target, number, tally)) }
            }
            for _ in 0..<Self.mostTogether { startNext() }
            for await (number, finding) in group {
                findings[number] = finding
                startNext()
            }
        }
        return ScanReport(
            findings: findings.sorted { $0.key < $1.key }.map(\.value),
            isComplete: findings.count == targets.count && !Task.isCancelled)
    }

    private func look(at target: ScanTarget, _ number: Int, _ tally: ProgressTally) async -> ScanFinding {
        let scout = LineScout(patience: patience, open: open) { done, total, now in
            tally.update(number, done, total, now)
        }
        defer { tally.finish(number) }
        switch target {
        case .endpoint(let host, let port, _):
            let outcome = await scout.search(host: host, port: port, plan)
            var finding = ScanFinding(
                target, url: outcome.url, faults: outcome.faults, wasOpened: outcome.wasOpened)
            await identify(outcome.units, in: &finding, asked: plan.tcpUnits.count) { tally.say($0) }
            return finding
        case .serial(let path):
            if let obstacle = SerialPorts.obstacle(path) {
                return ScanFinding(target, faults: [obstacle], wasOpened: false)
            }
            do throws(ReadFailure) {
                let outcome = try await scout.search(port: path, plan)
                var finding = ScanFinding(
                    target, url: outcome.speed.map { .rtu(path: path, $0) }, faults: outcome.faults)
                await identify(outcome.units, in: &finding, asked: .max) { tally.say($0) }
                return finding
            } catch {
                return ScanFinding(target, faults: [WiringFault(port: error)], wasOpened: error == .connectionLost)
            }
        }
    }

    private func identify(
        _ units: [FoundUnit], in finding: inout ScanFinding, asked: Int, _ tell: (String) -> Void
    ) async {
        guard let url = finding.url, !units.isEmpty else { return }
        let owner = LineOwner(url: url, devices: [], time: time, open: open)
        var devices: [FoundDevice] = []
        for unit in units {
            tell("\(finding.place)  which device is unit \(unit.unit)?")
            // Four times as long as it took once, since a register may take longer than a refusal.
            let patience = Milliseconds(min(3_000, max(500, unit.latency.count * 4)))
            do throws(ReadFailure) {
                let fits = try await owner.fitting(unit: unit.unit, profiles: profiles, timeout: patience)
                devices.append(FoundDevice(unit: unit.unit, fits))
            } catch {
                devices.append(FoundDevice(unit: unit.unit, fits: [], texts: []))
            }
        }
        await owner.close()
        finding.devices = devices.joined(asked: asked)
    }
}

extension FoundDevice {
    /// A unit with everything that fits it.
    fileprivate init(unit: UInt8, _ descriptions: [DeviceDescription]) {
        let fits = descriptions.map { description in
            Fit(
                profile: description.profile.id, title: description.profile.title, status: description.profile.status,
                isCertain: description.profile.isAutomatic)
        }
        self.init(unit: unit, fits: fits, texts: descriptions.first?.texts ?? [])
    }
}

extension WiringFault {
    /// What a failure of a serial port means.
    init(port failure: ReadFailure) {
        switch failure {
        case .portBusy: self = .portBusy
        case .portMissing: self = .portMissing
        case .connectionLost: self = .adapterLost
        default: self = .cannotOpen(failure.description)
        }
    }
}

/// Adds up the progress of all places.
private final class ProgressTally: Sendable {
    private struct State {
        var done: [Int]
        var total: [Int]

        func progress(_ now: String) -> ScanProgress {
            ScanProgress(done: done.reduce(0, +), total: total.reduce(0, +), now: now)
        }
    }

    private let state: Mutex<State>
    private let tell: @Sendable (ScanProgress) -> Void

    /// - Parameter questions: Of each place, as far as that is known before it is looked at.
    init(questions: [Int], tell: @escaping @Sendable (ScanProgress) -> Void) {
        state = Mutex(State(done: questions.map { _ in 0 }, total: questions))
        self.tell = tell
    }

    func update(_ place: Int, _ done: Int, _ total: Int, _ now: String) {
        tell(
            state.withLock { state in
                state.done[place] = done
                state.total[place] = max(done, total)
                return state.progress(now)
            })
    }

    func say(_ now: String) { tell(state.withLock { $0.progress(now) }) }

    /// A place that could not be opened counts as one question.
    func finish(_ place: Int) {
        state.withLock { state in
            state.done[place] = max(1, state.done[place])
            state.total[place] = state.done[place]
        }
    }
}
