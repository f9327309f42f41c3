import DeviceProfiles
import Terms

@testable import Polling

/// A point of a test: `registers` 1, 2 or 4 (coils always 1), with a scale factor somewhere if wanted.
func point(
    _ address: Int, _ registers: Int = 1, scaleFactor: Int? = nil, interval: Milliseconds? = nil,
    function: ReadFunction = .holdingRegisters
) -> MappedPoint {
    let type: ValueType = function.isBits ? .bit : registers == 1 ? .u16 : registers == 2 ? .u32 : .u64
    return MappedPoint(
        name: "p\(address)", unit: "",
        coding: PointCoding(
            function: function, address: address, registers: registers, type: type, scaleFactorAddress: scaleFactor),
        interval: interval)
}

/// What a plan is to be made for, drawn by chance.
struct PlanningCase {
    var points: [MappedPoint]
    var interval: Milliseconds
    var limits: ReadLimits
    var fences: [RegisterRange]
    var cost: WireCost

    /// - Parameter count: Points, at most so many.
    init(seed: UInt64, atMost count: Int = 7) {
        var random = SeededRandom(seed: seed)
        let function = ReadFunction.allCases.randomElement(using: &random) ?? .holdingRegisters
        let spread = function.isBits ? [60, 300].randomElement(using: &random) ?? 60 : 50
        let wishes = Self.wishes(&random)
        points = (0..<Int.random(in: 1...count, using: &random)).map { _ in
            Self.point(function, spread, wishes, &random)
        }
        interval = [.milliseconds500, .seconds(1), .seconds(2)].randomElement(using: &random) ?? .seconds(1)
        limits = ReadLimits(registers: Int.random(in: 12...45, using: &random))
        if Bool.random(using: &random) {
            let cut = Int.random(in: spread / 4...spread, using: &random)
            limits.readable = [
                RegisterRange(function: function, address: 0, count: cut),
                RegisterRange(function: function, address: cut, count: 4 * spread),
            ]
        }
        fences = Int.random(in: 0...3, using: &random) > 0 ? [] : (0..<2).map { _ in
            let start = Int.random(in: 0..<spread, using: &random)
            return RegisterRange(function: function, address: start, count: Int.random(in: 1...4, using: &random))
        }
        let turnAround = Int.random(in: 0...4, using: &random) * 10_000_000
        let serial = SerialSettings(baud: [1_200, 9_600, 115_200].randomElement(using: &random) ?? 9_600)
        cost = Int.random(in: 0...4, using: &random) == 0
            ? .tcp(roundTrip: turnAround / 10) : .rtu(serial, turnAround: turnAround)
    }

    private static func wishes(_ random: inout SeededRandom) -> [Milliseconds?] {
        let all: [Milliseconds?] = [nil, .seconds(2), .seconds(3), .seconds(5), .seconds(10), .minutes(1)]
        return (0...Int.random(in: 0...4, using: &random)).map { _ in all.randomElement(using: &random) ?? nil }
    }

    private static func point(
        _ function: ReadFunction, _ spread: Int, _ wishes: [Milliseconds?], _ random: inout SeededRandom
    ) -> MappedPoint {
        let address = Int.random(in: 0...spread, using: &random)
        let wish = wishes.randomElement(using: &random) ?? nil
        guard !function.isBits else { return PollingTests.point(address, interval: wish, function: function) }
        let hasFactor = Int.random(in: 0...2, using: &random) == 0
        let factor = hasFactor ? max(0, address + Int.random(in: -12...12, using: &random)) : nil
        let registers = [1, 1, 2, 4].randomElement(using: &random) ?? 1
        return PollingTests.point(address, registers, scaleFactor: factor, interval: wish, function: function)
    }

    /// The plan under test.
    var plan: ReadPlan {
        ReadPlan(points: points, interval: interval, limits: limits, cost: cost, fences: fences)
    }

    func allows(_ range: RegisterRange) -> Bool {
        limits.allows(range) && fences.allSatisfy { !range.contains($0) }
    }

    /// Of a request that is asked once in so many sweeps, on a scale on which all of the drawn intervals are whole.
    func price(_ range: RegisterRange, sweeps: Int) -> Int {
        let scale = 2 * 2 * 2 * 3 * 5
        precondition(scale % sweeps == 0, "\(sweeps) sweeps do not divide \(scale)")
        return cost.nanoseconds(function: range.function, count: range.count) * (scale / sweeps)
    }

    func sweeps(_ wish: Milliseconds?) -> Int { max(1, Int((wish ?? interval).count / interval.count)) }
}

extension Milliseconds {
    static let milliseconds500 = Milliseconds(500)
}

/// Looks through every way to put the points into requests, neighbours or not, for one that is better than a plan.
struct BruteForce {
    private struct Group {
        var start: Int
        var end: Int
        var sweeps: Int
        var price: Int
    }

    private let problem: PlanningCase
    private let wanted: [(range: RegisterRange, sweeps: Int)]
    private var groups: [Group] = []
    private var bound: (cost: Int, requests: Int)
    private(set) var isBeaten = false

    /// - Parameter bound: Only what costs less, or as much with fewer requests, is looked for.
    init(_ problem: PlanningCase, bound: (cost: Int, requests: Int)) {
        self.problem = problem
        self.bound = bound
        wanted = problem.points.filter { problem.allows($0.coding.wireRange) }
            .map { ($0.coding.wireRange, problem.sweeps($0.interval)) }
        search(0, 0)
    }

    private mutating func search(_ index: Int, _ cost: Int) {
        guard (cost, groups.count) < bound else { return }
        guard index < wanted.count else {
            isBeaten = true
            bound = (cost, groups.count)
            return
        }
        let (range, sweeps) = wanted[index]
        for number in groups.indices {
            let old = groups[number]
            guard let grown = group(min(old.start, range.address), max(old.end, range.end), min(old.sweeps, sweeps))
            else { continue }
            groups[number] = grown
            search(index + 1, cost - old.price + grown.price)
            groups[number] = old
        }
        guard let own = group(range.address, range.end, sweeps) else { return }
        groups.append(own)
        search(index + 1, cost + own.price)
        groups.removeLast()
    }

    private func group(_ start: Int, _ end: Int, _ sweeps: Int) -> Group? {
        let range = RegisterRange(function: wanted[0].range.function, address: start, count: end - start)
        guard problem.allows(range) else { return nil }
        return Group(start: start, end: end, sweeps: sweeps, price: problem.price(range, sweeps: sweeps))
    }
}
