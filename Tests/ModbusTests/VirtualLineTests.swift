import DeviceProfiles
import Foundation
import Polling
import Terms
import Testing

@testable import Modbus

/// How many reads each kind of misbehaviour gets on each transport. 10 000 in `make wire`.
private let readsPerKind = ProcessInfo.processInfo.environment["AFTERCARE_WIRE_READS"].flatMap { Int($0) } ?? 2_000
private let isShown = ProcessInfo.processInfo.environment["AFTERCARE_WIRE_READS"] != nil
private let seedOfRun = ProcessInfo.processInfo.environment["AFTERCARE_WIRE_SEED"].flatMap { UInt64($0) } ?? 1

/// Whether a failure shows what was on the line.
private let isLogging = ProcessInfo.processInfo.environment["AFTERCARE_WIRE_LOG"] != nil

/// What came of many reads on one simulated line.
struct WireTally: CustomStringConvertible {
    var reads = 0
    var good = 0
    /// Values that the register did not hold at any instant since the question went out.
    var wrong = 0
    /// As above, where nothing on the wire tells (see `AnswerTrust`).
    var undecidable = 0
    var strikes = 0
    /// Reads that began when all disorder had passed, as first after a strike.
    var firstAfter = 0
    var recovered = 0
    var failures: [String: Int] = [:]
    var violations: [String] = []
    var notRecovered: [String] = []

    var description: String {
        "reads \(reads) good \(good) wrong \(wrong) undecidable \(undecidable) strikes \(strikes) "
            + "recovered \(recovered)/\(firstAfter) failures \(failures.sorted { $0.key < $1.key }) \(notRecovered)"
    }
}

/// Requests of mixed and of equal shapes; two registers or 32 bits at least, so that a value tells its instant.
private let shapes: [(ReadFunction, Int, Int)] = [
    (.holdingRegisters, 100, 4), (.holdingRegisters, 200, 4), (.holdingRegisters, 300, 10),
    (.holdingRegisters, 400, 10), (.inputRegisters, 100, 4), (.inputRegisters, 500, 2), (.coils, 0, 40),
    (.discreteInputs, 8, 40),
]

/// Reads from unruly devices, through the very code that the product uses.
struct WireRun {
    let line: VirtualLine
    let devices: UnrulyDevices
    let kind: Misbehaviour?
    let allowsLonger: Bool
    var tally = WireTally()
    private var lastFailure = ""
    /// The last frame that nobody could tell: its shape, and in which read it was taken for the answer.
    private var displaced: (shape: [UInt8], read: Int)?
    /// What happened on the line before each wrong value and each read that failed against expectation.
    private(set) var logs: [String] = []

    /// - Parameter allowsLonger: Whether the devices have registers behind each block.
    init(_ kind: Misbehaviour?, _ transport: Transport, seed: UInt64, allowsLonger: Bool = true) {
        self.allowsLonger = allowsLonger
        line = VirtualLine(transport, seed: seed)
        line.isLogging = isLogging
        devices = UnrulyDevices(kind)
        self.kind = kind
        line.answer = { [devices] in devices.answer($0, $1, $2) }
    }

    mutating func run(reads: Int) -> WireTally {
        var wire = LineSession(url: line.transport.url, open: line.opener)
        var strikesSeen = 0
        for _ in 0..<reads {
            let strikes = devices.strikes
            let isFirstAfter = strikes > strikesSeen && !devices.isStriking
                && line.clock.nanoseconds > devices.disorderEnds
            let undecidable = tally.undecidable
            let isGood = read(&wire)
            // A strike that began in this very read leaves it to a later one to show recovery.
            // After a value that nobody could tell the right answer is still under way.
            if tally.undecidable > undecidable { strikesSeen = devices.strikes }
            if isFirstAfter, devices.strikes == strikes, tally.undecidable == undecidable {
                strikesSeen = strikes
                tally.firstAfter += 1
                if isGood { tally.recovered += 1 } else {
                    tally.notRecovered.append(lastFailure)
                    logs.append(contentsOf: ["not recovered: \(lastFailure)"] + line.log)
                }
            }
            let rests = !isGood || Int.random(in: 0..<3, using: &line.random) == 0
            line.clock.nanoseconds += rests ? Int64.random(in: 0...60_000_000, using: &line.random) : 0
        }
        tally.strikes = devices.strikes
        tally.violations = line.violations
        return tally
    }

    private mutating func read(_ wire: inout LineSession) -> Bool {
        let (function, address, count) = shapes[Int.random(in: 0..<shapes.count, using: &line.random)]
        let unit = [1, 2, 3, 17][Int.random(in: 0..<4, using: &line.random)] as UInt8
        let request = ReadRequest(unit: unit, function: function, address: address, count: count)
        let pause = kind == .minimumGap ? Milliseconds(UnrulyDevices.gap / 1_000_000) : .zero
        let manners = UnitManners(unit: unit, line: LineDefaults(), timeout: UnrulyDevices.timeout, pause: pause)
        var exchange = Exchange(request, manners, mayBeLonger: allowsLonger)
        tally.reads += 1
        do throws(ReadFailure) {
            while case .waitUntil(let instant) = try wire.advance(&exchange, line.clock) {
                line.clock.nanoseconds = max(line.clock.nanoseconds, instant.nanoseconds)
            }
        } catch {
            tally.failures[error.code, default: 0] += 1
            lastFailure = "\(error.code) of \(request) at \(line.clock.nanoseconds)"
            return false
        }
        if LivingRegisters.held(wire.words, request, from: line.lastSent, to: line.clock.nanoseconds) {
            tally.good += 1
            return true
        }
        if isUndecidable() {
            tally.undecidable += 1
        } else {
            tally.wrong += 1
            logs.append(contentsOf: ["wrong \(request) at \(line.clock.nanoseconds)"] + line.log)
        }
        return false
    }

    /// Whether an intact frame of the right shape came unasked, and began after the question was sent.
    private mutating func isUndecidable() -> Bool {
        guard kind?.canBeUndecidable == true, line.transport != .tcp else { return false }
        let asked = line.lastRequest
        let count = Int(asked[4]) << 8 | Int(asked[5])
        let shape = [asked[0], asked[1], UInt8(asked[1] > 2 ? count * 2 : (count + 7) / 8)]
        let isStray = line.strayFrames.contains { $0.start > line.lastSent && $0.bytes.starts(with: shape) }
        // The right answer, which such a frame has displaced, may come at the same bad moment once more.
        let isDisplaced = displaced.map { $0.shape == shape && tally.reads - $0.read <= 4 } ?? false
        if isStray { displaced = (shape, tally.reads) }
        return isStray || isDisplaced
    }
}

@Suite("Reads from devices that misbehave, on a line with simulated time")
struct VirtualLineTests {
    @Test(arguments: Misbehaviour.allCases, Transport.allCases)
    func noValueIsWrongAndTheNextIsGood(kind: Misbehaviour, transport: Transport) {
        guard kind.exists(on: transport) else { return }
        let seed = seedOfRun &* 1_000 &+ UInt64(Misbehaviour.allCases.firstIndex(of: kind) ?? 0)
        var run = WireRun(kind, transport, seed: seed)
        let tally = run.run(reads: readsPerKind)
        let told: Comment = "seed \(seed): \(tally)"
        if isShown { print("WIRE \(kind.rawValue) \(transport.rawValue) \(tally)") }
        for line in run.logs { print(line) }
        #expect(tally.wrong == 0, told)
        #expect(tally.violations.isEmpty, told)
        #expect(tally.recovered == tally.firstAfter, told)
        #expect(tally.good > tally.reads / 3, told)
        if kind != .minimumGap { #expect(tally.strikes > readsPerKind / 60, told) }
    }

    @Test(arguments: Transport.allCases, [0, 5, 25] as [Int64])
    func aPauseIsKeptHoweverShort(transport: Transport, milliseconds: Int64) throws {
        let line = VirtualLine(transport, seed: 4)
        let devices = UnrulyDevices(nil)
        var lastHeard: Int64 = 0
        var shortest = Int64.max
        line.answer = { line, request, arrived in
            shortest = min(shortest, line.clock.nanoseconds - lastHeard)
            devices.answer(line, request, arrived)
        }
        var wire = LineSession(url: transport.url, open: line.opener)
        for address in 0..<20 {
            let request = ReadRequest(unit: 1, function: .holdingRegisters, address: address, count: 2 + address % 2)
            let manners = UnitManners(unit: 1, line: LineDefaults(), pause: Milliseconds(milliseconds))
            var exchange = Exchange(request, manners)
            while case .waitUntil(let instant) = try wire.advance(&exchange, line.clock) {
                line.clock.nanoseconds = max(line.clock.nanoseconds, instant.nanoseconds)
            }
            #expect(LivingRegisters.held(wire.words, request, from: line.lastSent, to: line.clock.nanoseconds))
            lastHeard = line.clock.nanoseconds - (transport == .tcp ? 0 : Transport.silence)
        }
        #expect(shortest >= milliseconds * 1_000_000)
        #expect(line.violations.isEmpty)
    }

    /// Devices without a register behind any block can be asked in one shape only. Then more cannot be told.
    @Test(arguments: Misbehaviour.allCases.filter(\.canBeUndecidable), [Transport.rtu, .rtuTCP])
    func fewValuesCannotBeToldWhereNoOtherShapeIsAllowed(kind: Misbehaviour, transport: Transport) {
        let seed = seedOfRun &* 1_000 &+ 500
        var run = WireRun(kind, transport, seed: seed, allowsLonger: false)
        let tally = run.run(reads: readsPerKind)
        if isShown { print("WIRE \(kind.rawValue) \(transport.rawValue) \(tally)") }
        for line in run.logs { print(line) }
        #expect(tally.wrong == 0, "seed \(seed): \(tally)")
        #expect(tally.undecidable * 100 <= tally.reads, "seed \(seed): \(tally)")
    }
}
