import DeviceProfiles
import Foundation
import Glibc
import Polling
import Synchronization
import Terms
import Testing

@testable import Modbus

/// Reads per kind and transport.
private let readsPerKind = 300

private let isShown = ProcessInfo.processInfo.environment["AFTERCARE_WIRE_READS"] != nil

/// One real line, read on a thread of its own.
private actor RealWire {
    private let executor = ThreadExecutor(name: "test line")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let kind: Misbehaviour
    private let peer: UnrulyPeer
    private let transport: Transport
    private let time = LeapingTime()
    private var random: SeededRandom
    private var tally = WireTally()

    private let keepsGap: Bool
    private var lastFailure = ""

    /// - Parameter keepsGap: Whether devices that want to be left alone between two requests are.
    init(_ kind: Misbehaviour, _ transport: Transport, seed: UInt64, keepsGap: Bool = true) throws {
        self.kind = kind
        self.transport = transport
        self.keepsGap = keepsGap
        random = SeededRandom(seed: seed ^ 0x55)
        peer = try UnrulyPeer(kind, transport, seed: seed)
    }

    func run(reads: Int) async -> WireTally {
        var wire = LineSession(url: peer.url)
        var strikesSeen = 0
        for _ in 0..<reads {
            let isFirstAfter = peer.isIdle && !peer.isStriking && peer.strikes > strikesSeen
            let strikes = isFirstAfter ? peer.strikes : 0
            // The clock leaps, so nobody waits for a device that takes seconds for one answer.
            while kind == .dribble, !peer.isIdle { poll(nil, 0, 1) }
            // Nor for an adapter: one attempt in a millisecond.
            if !peer.isPlugged { poll(nil, 0, 1) }
            let undecidable = tally.undecidable
            let isGood = read(&wire)
            // After a value that nobody could tell the right answer is still under way.
            if tally.undecidable > undecidable { strikesSeen = peer.strikes }
            if isFirstAfter, peer.strikes == strikes, tally.undecidable == undecidable {
                strikesSeen = strikes
                tally.firstAfter += 1
                if isGood { tally.recovered += 1 } else { tally.notRecovered.append(lastFailure) }
            }
        }
        wire.disconnect()
        peer.stop()
        tally.strikes = peer.strikes
        if peer.earlyRequests > 0 { tally.violations = ["\(peer.earlyRequests) requests too early"] }
        return tally
    }

    /// The clock leaps over every longer wait, so what comes late does meet the next question.
    private func read(_ wire: inout LineSession) -> Bool {
        let shapes: [(ReadFunction, Int, Int)] = [
            (.holdingRegisters, 100, 4), (.holdingRegisters, 200, 4), (.inputRegisters, 300, 10),
            (.inputRegisters, 400, 10), (.coils, 0, 40),
        ]
        let (function, address, count) = shapes[Int.random(in: 0..<shapes.count, using: &random)]
        let unit = Bool.random(using: &random) ? 1 : 2 as UInt8
        let request = ReadRequest(unit: unit, function: function, address: address, count: count)
        // Well above the gap: on a busy machine the device begins to count late.
        let pause = kind == .minimumGap && keepsGap ? Milliseconds(Int64(UnrulyPeer.gap) * 5 / 2) : .zero
        let manners = UnitManners(unit: unit, line: LineDefaults(), timeout: Milliseconds(40), pause: pause)
        var exchange = Exchange(request, manners, mayBeLonger: true)
        tally.reads += 1
        do throws(ReadFailure) {
            while case .waitUntil(let instant) = try wire.advance(&exchange, time) {
                // The gap between two requests is the one wait that a device can see.
                if pause > .zero { poll(nil, 0, Int32((instant - time.now().boottime).count + 1)) }
                time.leap(to: instant)
            }
        } catch {
            tally.failures[error.code, default: 0] += 1
            lastFailure = "\(error.code) of \(request)"
            return false
        }
        if peer.isLastAnswer(wire.words, request) {
            tally.good += 1
            return true
        }
        let code = UInt8(function.rawValue)
        let isKnown = [count, count + (function.isBits ? 8 : 1)].contains { count in
            peer.hasStrayed([unit, code, UInt8(function.isBits ? (count + 7) / 8 : count * 2)])
        }
        if transport != .tcp, kind.canBeUndecidable, isKnown { tally.undecidable += 1 } else { tally.wrong += 1 }
        return false
    }
}

@Suite("Reads from devices that misbehave, over real sockets and terminals")
struct RealWireTests {
    @Test(arguments: Array(stride(from: 0, to: Misbehaviour.allCases.count, by: 6)))
    func noValueIsWrong(first: Int) async throws {
        let kinds = Misbehaviour.allCases[first..<min(first + 6, Misbehaviour.allCases.count)]
        try await withThrowingTaskGroup(of: (String, WireTally, UInt64).self) { group in
            for kind in kinds {
                for transport in Transport.allCases where kind.exists(on: transport) {
                    let seed = UInt64.random(in: 1...999_999)
                    let wire = try RealWire(kind, transport, seed: seed)
                    group.addTask {
                        ("\(kind.rawValue) \(transport.rawValue)", await wire.run(reads: readsPerKind), seed)
                    }
                }
            }
            var (firstAfter, recovered) = (0, 0)
            for try await (name, tally, seed) in group {
                let told: Comment = "\(name), seed \(seed): \(tally)"
                if isShown { print("REAL \(name) seed \(seed) \(tally)") }
                #expect(tally.wrong == 0, told)
                #expect(tally.violations.isEmpty, told)
                let unplugged = tally.failures["portMissing", default: 0]
                #expect(tally.good > (tally.reads - unplugged) / 3, told)
                #expect(tally.undecidable * 100 < tally.reads * 5, told)
                firstAfter += tally.firstAfter
                recovered += tally.recovered
            }
            // On a busy machine a sound answer can take longer than its time limit; in simulated time all recover.
            #expect(recovered * 10 >= firstAfter * 9, "\(recovered) of \(firstAfter), first kind \(first)")
        }
    }

    @Test func aDeviceThatWantsAGapIsDeafWithoutIt() async throws {
        let tally = await (try RealWire(.minimumGap, .tcp, seed: 1, keepsGap: false)).run(reads: 12)
        #expect(!tally.violations.isEmpty, "\(tally)")
        #expect(tally.failures["timeout", default: 0] > 0 && tally.wrong == 0, "\(tally)")
    }
}
