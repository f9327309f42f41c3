package import DeviceProfiles
package import Terms

/// Finds the registers that one device refuses, so that the rest of their block can be read, and tries them again
/// later.
///
/// A block that is refused in sweep after sweep, while the device answers something else in the same sweeps, is halved
/// until single points are left; a value of several registers is never cut. What is found is asked once more before it
/// is believed. Where nothing answers nothing is probed: then it is the device that refuses, not its registers.
///
/// In each sweep: report each request, then ask the probes that `nextProbe` wants and report them, then `sweepEnded`.
package struct Quarantine: Sendable, Equatable {
    /// What came of a probe.
    package enum Outcome: Hashable, Sendable {
        case answered
        case refused(UInt8)
        /// Silence, or anything else that says nothing about the registers.
        case unclear
    }

    /// A range that no request may hold whole.
    package struct Fence: Hashable, Sendable {
        package let range: RegisterRange
        /// What was refused, and is asked again to see whether it still is. Longer than `range` where the device only
        /// refuses to tell so much at once.
        package let proof: RegisterRange

        package init(range: RegisterRange, proof: RegisterRange) {
            self.range = range
            self.proof = proof
        }
    }

    /// So many are kept for a device. One that has more has the wrong profile.
    package static let mostFences = 64
    /// Beside the requests of the plan.
    package static let probesPerSweep = 2
    /// After that a fence is tried again, and a block in which nothing was found is looked at again.
    package static let rest = Milliseconds.hours(1)

    private struct Kept: Equatable {
        let fence: Fence
        var nextCheck: Boottime
    }

    private struct Trouble: Equatable {
        var sweeps = 0
        var notBefore: Boottime?
    }

    private struct Refusal: Equatable {
        let patience: Int
        /// What may not be cut.
        let units: [RegisterRange]
        /// What must stay readable, whatever is fenced for the sake of a shorter request.
        let spans: [RegisterRange]
    }

    private enum Probe: Equatable {
        case search(RegisterRange)
        case check(RegisterRange)
    }

    private var kept: [Kept] = []
    /// By block: in how many sweeps in a row it was refused.
    private var troubles: [RegisterRange: Trouble] = [:]
    private var search: RefusalSearch?
    /// Of the sweep that is under way.
    private var refusals: [RegisterRange: Refusal] = [:]
    private var hasHeard = false
    private var probes = 0
    private var asked: Probe?
    private var hasChanged = false

    package init() {}

    /// What was learned earlier, such as before a restart.
    ///
    /// - Parameter limits: Of the profile as it is now. What they do not allow is never asked, so it is forgotten.
    package init(fences: [Fence], limits: ReadLimits = ReadLimits(), at now: Boottime) {
        kept = fences.filter { limits.allows($0.proof) }.prefix(Self.mostFences)
            .map { Kept(fence: $0, nextCheck: now + Self.rest) }
    }

    package var fences: [Fence] { kept.map(\.fence) }

    /// For `ReadPlan`.
    package var fencedRanges: [RegisterRange] { kept.map(\.fence.range) }

    /// The device gave a value, be it outside its plan: for its identification.
    package mutating func heard() { hasHeard = true }

    /// A request of the plan gave its values.
    package mutating func answered(_ request: ReadPlan.Request) {
        hasHeard = true
        if !troubles.isEmpty { troubles[request.range] = nil }
    }

    /// A request of the plan was refused.
    ///
    /// - Parameters:
    ///   - exception: 1 to 255.
    ///   - points: All points of the device's map.
    package mutating func refused(_ request: ReadPlan.Request, exception: UInt8, points: [MappedPoint]) {
        guard let patience = Self.patience(exception) else { return }
        // Nearly always it is too early, and nothing more is needed.
        let isEnough = (troubles[request.range]?.sweeps ?? 0) + 1 >= patience
        refusals[request.range] = Refusal(
            patience: patience, units: isEnough ? request.points.map { points[$0].coding.wireRange } : [],
            spans: isEnough ? points.filter { $0.function == request.range.function }.map(\.coding.wireRange) : [])
    }

    /// What to ask in this sweep beside the plan; nil: nothing more. What it answers may be used. Report `probed`.
    package mutating func nextProbe(at now: Boottime) -> RegisterRange? {
        guard hasHeard, probes < Self.probesPerSweep else { return nil }
        if let range = search?.question {
            asked = .search(range)
        } else if let due = kept.filter({ $0.nextCheck <= now }).min(by: { $0.nextCheck < $1.nextCheck }) {
            asked = .check(due.fence.proof)
        } else {
            return nil
        }
        probes += 1
        return switch asked {
        case .search(let range), .check(let range): range
        case nil: nil
        }
    }

    /// What came of the last probe.
    package mutating func probed(_ outcome: Outcome, at now: Boottime) {
        guard let probe = asked else { return }
        asked = nil
        if outcome == .answered { hasHeard = true }
        switch probe {
        case .search: search?.take(Self.isRefusal(outcome))
        case .check(let proof):
            for index in kept.indices where kept[index].fence.proof == proof { kept[index].nextCheck = now + Self.rest }
            guard outcome == .answered else { return }
            kept.removeAll { $0.fence.proof == proof }
            hasChanged = true
        }
    }

    /// The sweep is over. Whether another plan must be made, with `fencedRanges`.
    package mutating func sweepEnded(at now: Boottime) -> Bool {
        defer { beginSweep() }
        // Where nothing was heard, nothing was probed either, and refusals do not count.
        guard hasHeard else { return false }
        for range in refusals.keys { troubles[range, default: Trouble()].sweeps += 1 }
        conclude(at: now)
        endSearchIfHopeless(at: now)
        beginSearch(at: now)
        return hasChanged
    }

    /// The plan has changed: blocks that are no longer asked for are forgotten.
    package mutating func planned(_ plan: ReadPlan) {
        let ranges = Set(plan.requests.map(\.range))
        troubles = troubles.filter { ranges.contains($0.key) }
        if let block = search?.block, !ranges.contains(block) { search = nil }
        refusals = [:]
    }
}

// MARK: - Searching

extension Quarantine {
    /// In how many sweeps in a row a block must be refused; nil: this says nothing about its registers. Exception 4 is
    /// what some devices say to an unknown address, and others while something in them is out of order for a while.
    private static func patience(_ exception: UInt8) -> Int? {
        switch exception {
        case 2, 3: 3
        case 4: 6
        default: nil
        }
    }

    private static func isRefusal(_ outcome: Outcome) -> Bool? {
        switch outcome {
        case .answered: false
        case .refused(let exception): patience(exception) == nil ? nil : true
        case .unclear: nil
        }
    }

    private mutating func beginSweep() {
        refusals = [:]
        hasHeard = false
        probes = 0
        asked = nil
        hasChanged = false
    }

    private mutating func beginSearch(at now: Boottime) {
        guard search == nil, kept.count < Self.mostFences else { return }
        let due = refusals.filter { block, refusal in
            let trouble = troubles[block] ?? Trouble()
            return !refusal.units.isEmpty && trouble.sweeps >= refusal.patience
                && trouble.notBefore.map { $0 <= now } ?? true
        }
        guard let block = due.min(by: { ($0.key.function, $0.key.address) < ($1.key.function, $1.key.address) })
        else { return }
        search = RefusalSearch(block: block.key, units: block.value.units, spans: block.value.spans)
    }

    /// Takes over what a search has found.
    private mutating func conclude(at now: Boottime) {
        guard let done = search, done.isDone else { return }
        let found = done.found.prefix(Self.mostFences - kept.count)
        kept += found.map { Kept(fence: $0, nextCheck: now + Self.rest) }
        if !found.isEmpty { hasChanged = true }
        leave(done.block, until: now + Self.rest)
    }

    private mutating func endSearchIfHopeless(at now: Boottime) {
        if let block = search?.block, search?.isHopeless == true { leave(block, until: now + Self.rest) }
    }

    private mutating func leave(_ block: RegisterRange, until instant: Boottime) {
        search = nil
        troubles[block] = Trouble(sweeps: 0, notBefore: instant)
    }
}
