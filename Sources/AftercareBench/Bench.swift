internal import CAllocationCount
internal import DeviceProfiles
internal import Engine
internal import Gateway
internal import Glibc
internal import Polling
internal import Simulation
internal import Telemetry
internal import Terms

/// Measures the way of a sample from the registers to the verdict: nanoseconds, and allocations, which must be none.
///
/// Run it as `make benchmark`; `make benchmark ARGS=cells` measures the comparison of cells and the replay alone,
/// `ARGS=ledger` the ledger alone.
/// Figures are medians of several rounds; the ratio to the floor is what travels between machines.
@main
struct Bench {
    /// Frames of one round, as many different ones as the simulated pack gave, over and over.
    private static let framesPerRound = 200_000
    private static let rounds = 7

    static func main() throws {
        let arguments = try BenchArguments(Array(CommandLine.arguments.dropFirst()))
        let configuration = ConfigurationDirectory(path: arguments.directory)
        if arguments.isLedgerAlone {
            guard try measureLedger(configuration) else { exit(1) }
            return
        }
        let pack = try RecordedPack(configuration: configuration)
        checkCounter()
        let isFrugal = try CellBench(rules: pack.rules).run(floor: arguments.floor)
        let chain = try ReplayChain(rules: pack.rules).run()
        guard arguments.isCellsAlone else {
            try measureSamples(of: pack, isFrugal: isFrugal && chain)
            guard try measureLedger(configuration) else { exit(1) }
            return
        }
        conclude(isFrugal && chain)
    }

    private static func measureLedger(_ configuration: ConfigurationDirectory) throws -> Bool {
        let isKept = try LedgerBench(configuration: configuration).run()
        print(isKept ? "the ledger keeps its limits" : "FAILED: the ledger is slower than its limits")
        return isKept
    }

    private static func measureSamples(of pack: RecordedPack, isFrugal: Bool) throws {
        let points = pack.map.points.count
        print("one pack: \(points) points in \(pack.plan.requests.count) requests, 16 cells; \(rounds) rounds of "
            + "\(framesPerRound) frames\n")
        let floor = Figures(of: "floor: scale and compare in C", rounds) { pack.runFloor(framesPerRound) }
        let decoding = Figures(of: "registers → samples", rounds) { pack.decode(framesPerRound) }
        let engine = try pack.makeEngine()
        let whole = Figures(of: "registers → samples → verdict", rounds) { engine.run(framesPerRound) }
        for figures in [floor, decoding, whole] { figures.show(points: points, frames: framesPerRound, floor: floor) }
        print("\nfacts proposed by the healthy pack: \(engine.proposals)")
        conclude(isFrugal && decoding.allocations == 0 && whole.allocations == 0)
    }

    private static func conclude(_ allocatesNothing: Bool) {
        guard allocatesNothing else {
            print("FAILED: the sample path allocates")
            exit(1)
        }
        print("the sample path allocates nothing")
    }
}

/// `[cells | ledger] [--floor PROGRAM] [configuration directory]`
private struct BenchArguments {
    private(set) var isCellsAlone = false
    private(set) var isLedgerAlone = false
    private(set) var floor: String?
    private(set) var directory = "config"

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "cells": isCellsAlone = true
            case "ledger": isLedgerAlone = true
            case "--floor":
                guard let program = rest.popFirst() else { throw BadArgument(description: "--floor needs a program") }
                floor = program
            case let option where option.hasPrefix("-"):
                throw BadArgument(
                    description: "\(option) is unknown; there are cells, ledger, --floor PROGRAM, a directory")
            default: directory = argument
            }
        }
    }

    private struct BadArgument: Error, CustomStringConvertible { let description: String }
}

/// A counter that does not count would find nothing to blame.
private func checkCounter() {
    let before = aftercare_allocation_count()
    let probe = [Int](unsafeUninitializedCapacity: 1_000) { _, count in count = 0 }
    guard aftercare_allocation_count() > before, probe.capacity >= 1_000 else {
        print("FAILED: allocations are not counted on this system")
        exit(1)
    }
}

/// The time that this thread has run: what others do on the machine does not count.
private func ownNanoseconds() -> Int64 {
    var time = timespec()
    precondition(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0, "a thread's own time can always be read")
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// The time that has passed, for work that waits for the disk.
func passedNanoseconds() -> Int64 {
    var time = timespec()
    precondition(clock_gettime(CLOCK_MONOTONIC, &time) == 0, "the monotonic clock can always be read")
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}

/// What one piece of work costs.
struct Figures {
    let name: String
    let medianNanoseconds: Int64
    let bestNanoseconds: Int64
    let allocations: UInt64

    /// Runs `work` once to warm up, then `rounds` times.
    init(of name: String, _ rounds: Int, _ work: () -> Void) {
        work()
        var durations: [Int64] = []
        durations.reserveCapacity(rounds)
        let before = aftercare_allocation_count()
        var ownAllocations: UInt64 = 0
        for _ in 0..<rounds {
            let start = ownNanoseconds()
            work()
            let end = ownNanoseconds()
            let counted = aftercare_allocation_count()
            durations.append(end - start)
            ownAllocations += aftercare_allocation_count() - counted
        }
        allocations = aftercare_allocation_count() - before - ownAllocations
        durations.sort()
        (medianNanoseconds, bestNanoseconds) = (durations[rounds / 2], durations[0])
        self.name = name
    }

    func show(points: Int, frames: Int, floor: Figures) {
        let perFrame = Double(medianNanoseconds) / Double(frames)
        let ratio = Double(medianNanoseconds) / Double(floor.medianNanoseconds)
        print("\(name): \(Int(perFrame.rounded())) ns a frame, \((perFrame / Double(points) * 10).rounded() / 10) ns a "
            + "sample, \((ratio * 10).rounded() / 10) × the floor, \(allocations) allocations")
    }
}
