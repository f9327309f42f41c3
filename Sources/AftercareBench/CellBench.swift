internal import CAllocationCount
internal import Detection
internal import Gateway
internal import Glibc
internal import Telemetry
internal import Terms

/// Measures the comparison of cells on synthetic frames of 16 cells, and a program in C beside it where one is named.
///
/// Only the time means anything: a pack at 3.3 V whose current is another one in every frame, so that the median moves
/// by several millivolts a second, which no home does.
final class CellBench {
    private static let cells = 16
    private static let frames = 4_096
    /// So many times a round goes through all frames, and so many rounds make a figure.
    private static let passes = 50
    private static let rounds = 5
    /// How often the other program and this one take turns.
    private static let turns = 3
    private static let capacityAmpereHours = 50.0

    private let millivolts: UnsafeMutablePointer<Int16>
    private let amperes: [Float]
    private let rules: DetectionRules

    init(rules: DetectionRules) {
        self.rules = rules
        millivolts = .allocate(capacity: Self.frames * Self.cells)
        var random = SmallRandom()
        var amperes: [Float] = []
        for frame in 0..<Self.frames {
            let current = Float(Int(random.next(below: 256)) - 128) / 16
            amperes.append(current)
            for cell in 0..<Self.cells {
                let value = 3_300 + Int(current) + Int(random.next(below: 4))
                (millivolts + frame * Self.cells + cell).initialize(to: Int16(value))
            }
        }
        self.amperes = amperes
    }

    deinit { millivolts.deallocate() }

    /// Prints the figures; whether a frame allocates nothing.
    ///
    /// - Parameter floor: a program that prints `N ns a 16-cell frame` first; nil measures this one alone.
    func run(floor: String?) throws -> Bool {
        var floors: [Double] = []
        var everySecond = CellFigures()
        var everyLook = CellFigures()
        for _ in 0..<(floor == nil ? 1 : Self.turns) {
            measure(apart: 1, into: &everySecond)
            measure(apart: 5, into: &everyLook)
            if let floor { floors.append(try nanosecondsPrinted(by: floor)) }
        }
        let bytes = CellComparison(count: Self.cells, rules: rules, capacity: Self.capacityAmpereHours).byteCount
        print("comparison of 16 cells: \(Self.rounds) rounds of \(Self.frames * Self.passes) frames; "
            + "\(bytes) bytes of state")
        let floorMedian = floors.isEmpty ? nil : median(floors)
        if let floor, let floorMedian {
            print("  \(floor): \(Int(floorMedian.rounded())) ns a frame at best, \(floors.count) runs")
        }
        everySecond.show("frames 1 s apart, a look at every fifth", cells: Self.cells, floor: floorMedian)
        everyLook.show("frames 5 s apart, a look at each", cells: Self.cells, floor: floorMedian)
        return everySecond.allocations + everyLook.allocations == 0
    }

    private func measure(apart seconds: Double, into figures: inout CellFigures) {
        var comparison = CellComparison(count: Self.cells, rules: rules, capacity: Self.capacityAmpereHours)
        var findings: [CellFinding] = []
        findings.reserveCapacity(64)
        var now = 0.0
        let frames = Self.frames * Self.passes
        let measured = Figures(of: "cells", Self.rounds) {
            for _ in 0..<Self.passes {
                for frame in 0..<Self.frames {
                    comparison.observe(
                        millivolts + frame * Self.cells, current: amperes[frame], at: now, &findings)
                    now += seconds
                }
            }
        }
        figures.add(measured, frames: frames, findings: findings.count)
    }
}

/// What a frame costs, over all turns.
private struct CellFigures {
    private var medians: [Double] = []
    /// The best round of each turn: what the other program tells of itself.
    private var bests: [Double] = []
    private var findings = 0
    private(set) var allocations: UInt64 = 0

    mutating func add(_ figures: Figures, frames: Int, findings: Int) {
        medians.append(Double(figures.medianNanoseconds) / Double(frames))
        bests.append(Double(figures.bestNanoseconds) / Double(frames))
        allocations += figures.allocations
        self.findings += findings
    }

    func show(_ name: String, cells: Int, floor: Double?) {
        let (usual, best) = (median(medians), median(bests))
        // Best against best: on a shared machine a median tells of the neighbours.
        let ratio = floor.map { ", \((best / $0 * 100).rounded() / 100) × the floor" } ?? ""
        print("  \(name): median \(Int(usual.rounded())) ns a frame, best \(Int(best.rounded())) ns: "
            + "\((best / Double(cells) * 10).rounded() / 10) ns a cell sample, "
            + "\(Int((Double(cells) / best * 1_000).rounded())) million cell samples/s\(ratio); "
            + "\(allocations) allocations, \(findings) findings")
    }
}

private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// The other program could not be run, or printed something else.
private struct UnusableFloor: Error, CustomStringConvertible {
    let description: String
}

/// Runs a program and reads the number that it prints first.
private func nanosecondsPrinted(by program: String) throws -> Double {
    guard let pipe = popen(program, "r") else { throw UnusableFloor(description: "\(program) does not start") }
    var line = [CChar](repeating: 0, count: 256)
    let hasLine = fgets(&line, Int32(line.count), pipe) != nil
    let status = pclose(pipe)
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard hasLine, status == 0, let number = text.split(separator: " ").first.flatMap({ Double($0) }), number > 0 else {
        throw UnusableFloor(description: "\(program) printed \(text), which begins with no number of nanoseconds")
    }
    return number
}

/// The same numbers in every run (Numerical Recipes' quick generator).
private struct SmallRandom {
    private var state: UInt32 = 1

    /// - Parameter limit: a power of 2.
    mutating func next(below limit: UInt32) -> UInt32 {
        state = state &* 1_664_525 &+ 1_013_904_223
        return state >> (32 - limit.trailingZeroBitCount)
    }
}
