import Polling
import Terms

@testable import Modbus

/// What real devices and lines do to an answer.
enum Misbehaviour: String, CaseIterable, Sendable {
    case late, doubled, doubledLater, unsolicited, previousAgain, previousFirst, wrongTransaction, wrongUnit,
        wrongProtocol, wrongFunction, truncated, junkBehind, noiseBehind, junkBefore, badCRC, byteCountMismatch,
        fewerRegisters, moreRegisters, resetMidFrame, closedAfterAnswer, junkFlood, hang, halfOpen, dribble,
        oneConnection, minimumGap, maximumRegisters, exceptions, gatewayExceptions

    /// Whether the kind means anything on this transport.
    func exists(on transport: Transport) -> Bool {
        switch self {
        case .wrongTransaction, .wrongProtocol: transport == .tcp
        case .badCRC: transport != .tcp
        case .closedAfterAnswer, .halfOpen, .oneConnection: transport != .rtu
        default: true
        }
    }

    /// Whether an intact frame of the right shape may come while the next answer is waited for: on a line without
    /// transaction ids nothing tells it from the answer (see `AnswerTrust`).
    var canBeUndecidable: Bool {
        switch self {
        case .doubledLater, .unsolicited, .previousAgain, .previousFirst: true
        default: false
        }
    }
}

/// The devices of a simulated line: sound, but for strikes of one kind of misbehaviour at random moments.
final class UnrulyDevices {
    static let timeout = Milliseconds(200)
    static let gap: Int64 = 40_000_000

    let kind: Misbehaviour?
    /// When the last disorder has passed.
    private(set) var disorderEnds: Int64 = 0
    private(set) var strikes = 0
    /// Requests of the present strike still to be spoilt.
    private var spoiling = 0
    private var calm = 10
    private var busyUntil: [UInt8: Int64] = [:]
    private var lastFrames: [UInt8: [UInt8]] = [:]
    private var deafUntil: Int64 = 0
    /// No connection before this one is answered.
    private var deafConnection = 0
    private var lastServed: Int64 = 0
    private var lateEnd: Int64 = 0

    init(_ kind: Misbehaviour?) { self.kind = kind }

    var isStriking: Bool { spoiling > 0 }

    func answer(_ line: VirtualLine, _ request: [UInt8], _ arrived: Int64) {
        let header = line.transport == .tcp ? 6 : 0
        let unit = request[header]
        let asked = max(arrived, busyUntil[unit] ?? 0) + after(1_000...30_000, line)
        let body = LivingRegisters.body(request[header...], at: asked)
        let frame = wrap(body, request, line.transport)
        guard arrived >= deafUntil, line.connections != deafConnection else { return }
        if kind == .minimumGap, arrived < lastServed + Self.gap { return }
        guard let kind, isStruck(line) else {
            send(frame, unit, line, at: asked)
            // What waited behind a late answer is late as well.
            let end = asked + 2 * Transport.character * Int64(frame.count)
            if asked > arrived + 30_000_000 { disorder(until: end) }
            return
        }
        spoil(kind, frame, body, request, line, at: asked)
        if kind != .previousAgain { lastFrames[unit] = frame }
        busyUntil[unit] = max(asked, lateEnd)
        lastServed = asked
    }

    private func send(_ frame: [UInt8], _ unit: UInt8, _ line: VirtualLine, at start: Int64) {
        line.emit(frame, at: start)
        let end = start + (line.transport == .rtu ? Transport.character * Int64(frame.count) : 0)
        busyUntil[unit] = end
        lastServed = end
        lastFrames[unit] = frame
    }

    /// Strikes spoil one to three requests and leave at least six alone.
    private func isStruck(_ line: VirtualLine) -> Bool {
        if spoiling == 0 {
            calm -= 1
            guard calm <= 0, line.clock.nanoseconds > disorderEnds, Int.random(in: 0..<8, using: &line.random) == 0
            else { return false }
            spoiling = Int.random(in: 1...3, using: &line.random)
            calm = 8
            strikes += 1
        }
        spoiling -= 1
        return true
    }

    private func wrap(_ body: [UInt8], _ request: [UInt8], _ transport: Transport) -> [UInt8] {
        guard transport == .tcp else { return SoundAnswer.withCRC(body) }
        return [request[0], request[1], 0, 0, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
    }

    private func junk(_ range: ClosedRange<Int>, _ line: VirtualLine) -> [UInt8] {
        let count = Int.random(in: range, using: &line.random)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &line.random) }
    }

    private func after(_ range: ClosedRange<Int64>, _ line: VirtualLine) -> Int64 {
        Int64.random(in: range, using: &line.random) * 1_000
    }

    /// The present disorder lasts at least until then.
    private func disorder(until instant: Int64) { disorderEnds = max(disorderEnds, instant) }

    private func emit(_ bytes: [UInt8], _ line: VirtualLine, at start: Int64, isStray: Bool = false) {
        line.emit(bytes, at: start, isStrayFrame: isStray)
        disorder(until: start + Transport.character * Int64(bytes.count))
    }
}

// MARK: - The spoiling

extension UnrulyDevices {
    private func spoil(
        _ kind: Misbehaviour, _ frame: [UInt8], _ body: [UInt8], _ request: [UInt8], _ line: VirtualLine,
        at start: Int64
    ) {
        switch kind {
        case .late, .doubled, .doubledLater, .unsolicited, .previousAgain, .previousFirst:
            repeatFrames(kind, frame, line, at: start)
        case .resetMidFrame, .closedAfterAnswer, .junkFlood, .hang, .halfOpen, .dribble, .oneConnection, .minimumGap:
            disturbLine(kind, frame, line, at: start)
        case .exceptions, .gatewayExceptions, .maximumRegisters:
            refuse(kind, body, request, line, at: start)
        default: emit(changed(kind, frame, body, request, line), line, at: start)
        }
    }

    private func repeatFrames(_ kind: Misbehaviour, _ frame: [UInt8], _ line: VirtualLine, at start: Int64) {
        let unit = frame[line.transport == .tcp ? 6 : 0]
        let end = start + Transport.character * Int64(frame.count)
        switch kind {
        case .late:
            let start = start + after(180_000...900_000, line)
            emit(frame, line, at: start)
            // One thing after the other: what is asked meanwhile is answered later still.
            lateEnd = start + Transport.character * Int64(frame.count)
        case .doubled: emit(frame + frame, line, at: start)
        case .doubledLater:
            line.emit(frame, at: start)
            emit(frame, line, at: end + after(0...60_000, line), isStray: true)
        case .unsolicited:
            line.emit(frame, at: start)
            let other = lastFrames.keys.sorted().randomElement(using: &line.random) ?? unit
            emit(lastFrames[other] ?? frame, line, at: end + after(0...80_000, line), isStray: true)
        case .previousAgain: emit(lastFrames[unit] ?? frame, line, at: start, isStray: true)
        default:
            emit(lastFrames[unit] ?? frame, line, at: start, isStray: true)
            emit(frame, line, at: end + after(0...20_000, line))
        }
    }

    private func disturbLine(_ kind: Misbehaviour, _ frame: [UInt8], _ line: VirtualLine, at start: Int64) {
        switch kind {
        case .resetMidFrame:
            let part = frame.prefix(Int.random(in: 0..<frame.count, using: &line.random))
            line.emit(Array(part), at: start, endsConnection: true)
            line.refusesUntil = start + (line.transport == .rtu ? 500_000_000 : 0)
            disorder(until: line.refusesUntil)
        case .closedAfterAnswer: line.emit(frame, at: start, endsConnection: true)
        case .oneConnection:
            line.emit([], at: start, endsConnection: true)
            line.refusesUntil = start + after(50_000...400_000, line)
            disorder(until: line.refusesUntil)
        case .junkFlood:
            // A network is faster than a serial line.
            let most = line.transport == .tcp ? 30_000 : 2_000
            line.emit(junk(20...most, line), at: start)
            disorder(until: start + (line.transport == .tcp ? 0 : Transport.character * Int64(most)))
        case .hang:
            deafUntil = start + after(0...3_000_000, line)
            disorder(until: deafUntil)
        case .halfOpen: deafConnection = line.connections
        case .dribble:
            let pace = after(2_000...60_000, line)
            line.emit(frame, at: start, perByte: pace)
            disorder(until: start + (pace + Transport.character) * Int64(frame.count))
        default: send(frame, frame[line.transport == .tcp ? 6 : 0], line, at: start)
        }
    }

    private func refuse(
        _ kind: Misbehaviour, _ body: [UInt8], _ request: [UInt8], _ line: VirtualLine, at start: Int64
    ) {
        let codes: [UInt8] =
            switch kind {
            case .maximumRegisters: [2, 3]
            case .gatewayExceptions: [10, 11]
            default: [1, 2, 3, 4, 5, 6]
            }
        let code = codes.randomElement(using: &line.random) ?? 2
        emit(wrap([body[0], body[1] | 0x80, code], request, line.transport), line, at: start)
    }

    private func changed(
        _ kind: Misbehaviour, _ frame: [UInt8], _ body: [UInt8], _ request: [UInt8], _ line: VirtualLine
    ) -> [UInt8] {
        let header = line.transport == .tcp ? 6 : 0
        var frame = frame
        var body = body
        let flip = UInt8.random(in: 1...255, using: &line.random)
        switch kind {
        case .wrongTransaction: frame[Int.random(in: 0...1, using: &line.random)] ^= flip
        case .wrongProtocol: frame[Int.random(in: 2...3, using: &line.random)] ^= flip
        case .wrongUnit: body[0] ^= flip
        case .wrongFunction: body[1] ^= flip & 0x7F == 0 ? 1 : flip & 0x7F
        case .byteCountMismatch: body[2] ^= flip
        case .truncated: return Array(frame.prefix(Int.random(in: 1..<frame.count, using: &line.random)))
        case .junkBehind: return frame + junk(5...40, line)
        case .noiseBehind: return frame + junk(1...4, line)
        case .junkBefore: return junk(1...40, line) + frame
        case .badCRC: frame[Int.random(in: 0..<frame.count, using: &line.random)] ^= flip
        case .fewerRegisters, .moreRegisters:
            let count = Int(request[header + 4]) << 8 | Int(request[header + 5])
            let wrong = kind == .fewerRegisters ? Int.random(in: 0..<count, using: &line.random) : count + 8
            body = LivingRegisters.body(request[header...], at: line.clock.nanoseconds, count: wrong)
            // Eight bits more or less may be as many bytes.
            if body[2] == frame[header + 2] { body[2] ^= 1 }
        default: break
        }
        let isOfBody = [.wrongUnit, .wrongFunction, .byteCountMismatch, .fewerRegisters, .moreRegisters].contains(kind)
        return isOfBody ? wrap(body, request, line.transport) : frame
    }
}
