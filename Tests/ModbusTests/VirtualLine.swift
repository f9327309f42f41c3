import DeviceProfiles
import Polling
import Terms

@testable import Modbus

/// The time of a simulated line: it passes only while somebody waits. One thread at a time uses it.
final class VirtualClock: TimeSource, @unchecked Sendable {
    /// Nanoseconds. Not from zero, so that what was never set shows.
    var nanoseconds: Int64 = 1_000_000_000

    func now() -> Stamp {
        Stamp(
            boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: nanoseconds),
            wall: Instant(milliseconds: nanoseconds / 1_000_000), trust: .synced)
    }

    func sleep(until deadline: Boottime) async throws {
        try Task.checkCancellation()
        nanoseconds = max(nanoseconds, deadline.nanoseconds)
        // A real sleep lets others have the thread; so must this one.
        await Task.yield()
    }
}

/// How frames travel.
enum Transport: String, CaseIterable, Sendable {
    case tcp, rtu, rtuTCP

    var url: DeviceURL {
        switch self {
        case .tcp: .tcp(host: "virtual", port: 502)
        case .rtu: .rtu(path: "/dev/virtual", SerialSettings(baud: 9_600))
        case .rtuTCP: .rtuTCP(host: "virtual", port: 502)
        }
    }

    /// Nanoseconds of one character at 9600 8N1.
    static let character: Int64 = 1_041_667
    static let silence: Int64 = 3_645_834
}

/// Bytes on their way to the master.
struct Arrival {
    /// When the first byte begins.
    var start: Int64
    var bytes: [UInt8]
    /// Of one byte; 0: all come at once.
    var perByte: Int64
    /// So many bytes are handed over together, as a UART with a small buffer does.
    var grain = 3
    /// The connection ends here.
    var endsConnection = false
    var taken = 0
    /// A whole frame, right for its question when it was asked, that comes when it is not wanted.
    var isStrayFrame = false

    var end: Int64 { start + perByte * Int64(bytes.count) }

    /// When the next byte can be had.
    var next: Int64 { start + perByte * Int64(min(bytes.count, taken + grain)) }

    /// Bytes that can be had at `now` besides those taken.
    func ready(at now: Int64) -> Int {
        guard now >= start else { return 0 }
        guard perByte > 0 else { return bytes.count - taken }
        let passed = min(bytes.count, Int((now - start) / perByte))
        return (passed == bytes.count ? passed : max(taken, passed - passed % grain)) - taken
    }
}

/// A line with simulated time: one serial bus, or one TCP endpoint, and the devices on it.
final class VirtualLine: @unchecked Sendable {
    let transport: Transport
    let clock = VirtualClock()
    /// What the devices do with a request that has reached them at `now`.
    var answer: (_ line: VirtualLine, _ request: [UInt8], _ arrived: Int64) -> Void = { _, _, _ in }
    /// Whether a connection can be made, by the time.
    var refusesUntil: Int64 = 0
    private(set) var arrivals: [Arrival] = []
    var connections = 0
    private(set) var lastRequest: [UInt8] = []
    /// When the last request was sent.
    private(set) var lastSent: Int64 = 0
    /// When the last byte was on the wire, from whichever side.
    private(set) var lastOnWire: Int64 = 0
    /// What no master may do.
    private(set) var violations: [String] = []
    /// Whether a master may write one register.
    var mayWrite = false
    private(set) var requests = 0
    /// Stray frames that have come, the newest last.
    private(set) var strayFrames: [Arrival] = []
    var isLogging = false
    private(set) var log: [String] = []
    var random: SeededRandom

    init(_ transport: Transport, seed: UInt64) {
        self.transport = transport
        random = SeededRandom(seed: seed)
    }

    var opener: LinkOpener {
        { [self] _, timeout throws(ReadFailure) in
            guard clock.nanoseconds >= refusesUntil else { throw transport == .rtu ? .portMissing : .refused }
            connections += 1
            note("connect")
            // A serial port that was closed heard nothing; a converter keeps what came meanwhile.
            if transport == .rtu { arrivals.removeAll { $0.end <= clock.nanoseconds } }
            if transport == .tcp { arrivals = [] }
            return VirtualLink(self)
        }
    }

    /// Puts bytes on their way.
    func emit(
        _ bytes: [UInt8], at start: Int64, isStrayFrame: Bool = false, perByte: Int64? = nil,
        endsConnection: Bool = false
    ) {
        let pace = perByte ?? (transport == .rtu ? Transport.character : 0)
        // A converter packs a frame and sends it on when it is whole.
        let delay = transport == .rtuTCP ? Transport.character * Int64(bytes.count) : 0
        note("comes at \(start + delay): \(bytes.count) bytes \(bytes.prefix(9))\(isStrayFrame ? ", stray" : "")")
        arrivals.append(
            Arrival(
                start: start + delay, bytes: bytes, perByte: pace, endsConnection: endsConnection,
                isStrayFrame: isStrayFrame))
    }

    /// Everything that is on its way, which does not come any more.
    func takeArrivals() -> [Arrival] {
        defer { arrivals = [] }
        return arrivals.sorted { $0.start < $1.start }
    }

    /// Remembers what happens, so that a failure can be understood.
    func note(_ event: @autoclosure () -> String) {
        guard isLogging else { return }
        log.append("\(clock.nanoseconds) \(event())")
        if log.count > 60 { log.removeFirst() }
    }

    fileprivate func send(_ bytes: [UInt8]) {
        requests += 1
        note("send \(bytes)")
        let body = transport == .tcp ? 6 : 0
        let isKnown = bytes.count > body + 1 && ((1...4).contains(bytes[body + 1]) || mayWrite && bytes[body + 1] == 6)
        guard bytes.count == (transport == .tcp ? 12 : 8), isKnown else {
            violations.append("sent \(bytes)")
            return
        }
        if transport == .rtu, clock.nanoseconds < lastOnWire + Transport.silence {
            violations.append("silence of \(clock.nanoseconds - lastOnWire) ns before a request")
        }
        lastRequest = bytes
        lastSent = clock.nanoseconds
        guard transport != .tcp else { return answer(self, bytes, clock.nanoseconds + 300_000) }
        let end = clock.nanoseconds + Transport.character * 8
        if transport == .rtu { lastOnWire = end }
        if transport == .rtu, collide(until: end) { return }
        answer(self, bytes, end)
    }

    /// Both sides speak at once: bytes are spoilt. Whether the request is lost.
    private func collide(until end: Int64) -> Bool {
        var isLost = false
        for index in arrivals.indices
        where arrivals[index].start < end && arrivals[index].end > clock.nanoseconds && !arrivals[index].bytes.isEmpty {
            isLost = isLost || Bool.random(using: &random)
            let place = Int.random(in: 0..<arrivals[index].bytes.count, using: &random)
            arrivals[index].bytes[place] ^= UInt8.random(in: 1...255, using: &random)
            arrivals[index].isStrayFrame = false
        }
        return isLost
    }

    fileprivate func receive(
        into room: UnsafeMutableRawBufferPointer, _ patience: inout Int64
    ) throws(ReadFailure) -> Int {
        guard let next = arrivals.map(\.next).min(), next <= clock.nanoseconds + max(0, patience) else {
            clock.nanoseconds += max(0, patience)
            patience = 0
            return 0
        }
        if next > clock.nanoseconds {
            patience -= next - clock.nanoseconds
            clock.nanoseconds = next
        }
        var count = 0
        var isEnded = false
        for index in arrivals.indices where arrivals[index].next <= clock.nanoseconds && !isEnded {
            let ready = min(arrivals[index].ready(at: clock.nanoseconds), room.count - count)
            for _ in 0..<ready {
                room[count] = arrivals[index].bytes[arrivals[index].taken]
                arrivals[index].taken += 1
                count += 1
            }
            isEnded = arrivals[index].endsConnection && arrivals[index].taken == arrivals[index].bytes.count
        }
        lastOnWire = max(lastOnWire, clock.nanoseconds)
        noteStrays()
        arrivals.removeAll { $0.taken == $0.bytes.count && !$0.endsConnection }
        if count > 0 {
            note("heard \(count)")
            return count
        }
        guard isEnded else { return 0 }
        arrivals.removeAll { $0.endsConnection && $0.taken == $0.bytes.count }
        throw .connectionLost
    }

    private func noteStrays() {
        for arrival in arrivals where arrival.isStrayFrame && arrival.taken == arrival.bytes.count {
            strayFrames.append(arrival)
            if strayFrames.count > 8 { strayFrames.removeFirst() }
        }
    }

    fileprivate func closed() {
        if transport == .tcp { arrivals = [] }
        arrivals.removeAll { $0.endsConnection }
    }
}

/// The master's end of a simulated line.
private final class VirtualLink: ByteLink {
    private let line: VirtualLine
    private var isOpen = true

    init(_ line: VirtualLine) { self.line = line }

    func send(_ bytes: UnsafeRawBufferPointer, within limit: Milliseconds) throws(ReadFailure) {
        guard isOpen else { throw .connectionLost }
        line.send(Array(bytes))
    }

    func receive(into room: UnsafeMutableRawBufferPointer, patience: inout Int64) throws(ReadFailure) -> Int {
        guard isOpen else { throw .connectionLost }
        return try line.receive(into: room, &patience)
    }

    func pause(nanoseconds: Int64) { line.clock.nanoseconds += nanoseconds }

    func close() {
        guard isOpen else { return }
        isOpen = false
        line.closed()
    }
}

/// Registers that change with every instant, so that a value tells when and for which register it was read.
///
/// Two neighbouring registers, or 32 neighbouring bits, hold the instant in steps of 65.5 µs, each masked with its own
/// place.
enum LivingRegisters {
    private static func tick(_ nanoseconds: Int64) -> UInt32 { UInt32(truncatingIfNeeded: nanoseconds >> 16) }

    private static func mask(_ unit: UInt8, _ function: UInt8, _ address: Int) -> UInt32 {
        var mixed = UInt64(unit) << 40 | UInt64(function) << 32 | UInt64(address)
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return UInt32(truncatingIfNeeded: mixed >> 31)
    }

    static func register(_ unit: UInt8, _ function: UInt8, _ address: Int, at now: Int64) -> UInt16 {
        let tick = tick(now)
        let half = address % 2 == 0 ? UInt16(truncatingIfNeeded: tick) : UInt16(tick >> 16)
        return half ^ UInt16(truncatingIfNeeded: mask(unit, function, address))
    }

    static func bit(_ unit: UInt8, _ function: UInt8, _ address: Int, at now: Int64) -> Bool {
        let bit = UInt32(address % 32)
        return (tick(now) >> bit ^ mask(unit, function, address)) & 1 == 1
    }

    /// Unit, function, byte count and payload: the sound answer to the body of a request.
    static func body(_ request: ArraySlice<UInt8>, at now: Int64, count wanted: Int? = nil) -> [UInt8] {
        let start = request.startIndex
        let (unit, function) = (request[start], request[start + 1])
        let address = Int(request[start + 2]) << 8 | Int(request[start + 3])
        let count = wanted ?? (Int(request[start + 4]) << 8 | Int(request[start + 5]))
        guard function > 2 else {
            var bytes = [UInt8](repeating: 0, count: (count + 7) / 8)
            for index in 0..<count where bit(unit, function, address + index, at: now) {
                bytes[index / 8] |= 1 << UInt8(index % 8)
            }
            return [unit, function, UInt8(bytes.count)] + bytes
        }
        var answer = [unit, function, UInt8(count * 2)]
        for index in 0..<count {
            let word = register(unit, function, address + index, at: now)
            answer.append(UInt8(word >> 8))
            answer.append(UInt8(word & 0xFF))
        }
        return answer
    }

    /// Whether `words` were in the registers at one instant between the two.
    static func held(_ words: [UInt16], _ request: ReadRequest, from start: Int64, to end: Int64) -> Bool {
        let function = UInt8(request.function.rawValue)
        guard words.count == request.count, let found = instant(words, request, function) else { return false }
        let ticks = UInt32(truncatingIfNeeded: end >> 16) &- UInt32(truncatingIfNeeded: start >> 16)
        guard found &- tick(start) <= ticks else { return false }
        let now = Int64(found) << 16
        return words.indices.allSatisfy { index in
            let address = request.address + index
            return request.function.isBits
                ? words[index] == (bit(request.unit, function, address, at: now) ? 1 : 0)
                : words[index] == register(request.unit, function, address, at: now)
        }
    }

    /// The instant that the first words tell. Requests have at least 2 registers or 32 bits.
    private static func instant(
        _ words: [UInt16], _ request: ReadRequest, _ function: UInt8
    ) -> UInt32? {
        var tick: UInt32 = 0
        if request.function.isBits {
            guard words.count >= 32 else { return nil }
            for index in 0..<32 {
                let address = request.address + index
                let bit = (UInt32(words[index]) ^ mask(request.unit, function, address)) & 1
                tick |= bit << UInt32(address % 32)
            }
        } else {
            guard words.count >= 2 else { return nil }
            for index in 0..<2 {
                let address = request.address + index
                let half = words[index] ^ UInt16(truncatingIfNeeded: mask(request.unit, function, address))
                tick |= UInt32(half) << (address % 2 == 0 ? 0 : 16)
            }
        }
        return tick
    }
}
