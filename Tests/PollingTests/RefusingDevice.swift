import DeviceProfiles
import Terms

@testable import Polling

/// A device that refuses some registers, and the sweeps in which its quarantine learns which.
struct RefusingDevice {
    var points: [MappedPoint]
    var bad: Set<Int> = []
    /// The most registers that it tells at once.
    var most = 125
    var exception: UInt8 = 2
    /// It refuses everything.
    var isAsleep = false
    /// Whether it refuses for once what it could answer, by the number of the question.
    var hasHiccup: (Int) -> Bool = { _ in false }
    /// Whether a question is lost, by its number.
    var isLost: (Int) -> Bool = { _ in false }
    var limits = ReadLimits()

    private(set) var quarantine = Quarantine()
    private(set) var plan: ReadPlan
    private(set) var now = Boottime(nanoseconds: 0)
    /// Probes of each sweep.
    private(set) var probes: [[RegisterRange]] = []
    /// Points that gave a value in the last sweep.
    private(set) var read: Set<Int> = []
    private(set) var plans = 1
    private var questions = 0

    init(points: [MappedPoint], bad: Set<Int> = []) {
        self.points = points
        self.bad = bad
        plan = ReadPlan(points: points, limits: limits, cost: .tcp())
    }

    /// Points that hold no bad register.
    var readable: Set<Int> {
        Set(points.indices.filter { bad.isDisjoint(with: points[$0].coding.wireRange.addresses) })
    }

    mutating func restart(_ quarantine: Quarantine) {
        self.quarantine = quarantine
        replan()
    }

    mutating func sweep(_ count: Int = 1, every interval: Milliseconds = .seconds(1), isHeardElsewhere: Bool = false) {
        for _ in 0..<count {
            now = now + interval
            read = []
            if isHeardElsewhere { quarantine.heard() }
            for request in plan.requests { ask(request) }
            var asked: [RegisterRange] = []
            while let range = quarantine.nextProbe(at: now) {
                asked.append(range)
                let outcome = answer(range)
                if outcome == .answered {
                    read.formUnion(points.indices.filter { range.contains(points[$0].coding.wireRange) })
                }
                quarantine.probed(outcome, at: now)
            }
            probes.append(asked)
            if quarantine.sweepEnded(at: now) { replan() }
        }
    }

    private mutating func ask(_ request: ReadPlan.Request) {
        switch answer(request.range) {
        case .answered:
            read.formUnion(request.points)
            quarantine.answered(request)
        case .refused(let exception): quarantine.refused(request, exception: exception, points: points)
        case .unclear: return
        }
    }

    private mutating func answer(_ range: RegisterRange) -> Quarantine.Outcome {
        questions += 1
        if isLost(questions) { return .unclear }
        let isRefused = isAsleep || hasHiccup(questions) || range.count > most || !bad.isDisjoint(with: range.addresses)
        return isRefused ? .refused(exception) : .answered
    }

    private mutating func replan() {
        plan = ReadPlan(points: points, limits: limits, cost: .tcp(), fences: quarantine.fencedRanges)
        quarantine.planned(plan)
        plans += 1
    }
}

extension RegisterRange {
    var addresses: Range<Int> { address..<end }
}
