import Glibc
import Polling
import Synchronization

@testable import Modbus

/// The unruly devices of the simulated line behind a real socket or a pseudo terminal. What they do is planned in
/// simulated time, ten seconds from one request to the next, and done five times as fast.
final class UnrulyPeer: @unchecked Sendable {
    static let hurry: Int64 = 5
    private static let turn: Int64 = 10_000_000_000

    let url: DeviceURL
    private let server: RawServer
    private let plan: Plan
    private var terminal: PseudoTerminal?

    /// Used by the server's thread, and read by the test when the server is idle.
    private final class Plan: @unchecked Sendable {
        let line: VirtualLine
        let devices: UnrulyDevices
        let server = Mutex<RawServer?>(nil)
        let served = Atomic<Int>(0)
        let strays = Mutex<[[UInt8]]>([])

        init(_ kind: Misbehaviour, _ transport: Transport, _ seed: UInt64) {
            line = VirtualLine(transport, seed: seed)
            devices = UnrulyDevices(kind)
        }

        func reply(_ request: [UInt8]) -> Reply {
            served.add(1, ordering: .sequentiallyConsistent)
            line.connections = 1 + (server.withLock { $0 }?.connections ?? 0)
            line.clock.nanoseconds += UnrulyPeer.turn
            devices.answer(line, request, line.clock.nanoseconds)
            var now = line.clock.nanoseconds
            var steps: [Reply.Step] = []
            for arrival in line.takeArrivals() {
                let wait = max(0, arrival.start - now)
                now = max(now, arrival.start)
                if arrival.isStrayFrame { strays.withLock { $0.append(arrival.bytes) } }
                steps += UnrulyPeer.steps(arrival, after: wait)
            }
            return .script(steps)
        }
    }

    init(_ kind: Misbehaviour, _ transport: Transport, seed: UInt64) throws {
        let plan = Plan(kind, transport, seed)
        self.plan = plan
        switch transport {
        case .tcp, .rtuTCP:
            server = try RawServer(
                tcp: { request, _ in plan.reply(request) }, requestBytes: transport == .tcp ? 12 : 8)
            url =
                transport == .tcp
                ? .tcp(host: "127.0.0.1", port: server.port) : .rtuTCP(host: "127.0.0.1", port: server.port)
        case .rtu:
            let terminal = try PseudoTerminal()
            server = RawServer(terminal: terminal.device) { request, _ in plan.reply(request) }
            url = .rtu(path: terminal.path, SerialSettings(baud: 115_200))
            self.terminal = terminal
        }
        plan.server.withLock { $0 = server }
    }

    func stop() {
        plan.server.withLock { $0 = nil }
        server.stop()
    }

    var isIdle: Bool { server.isIdle }
    var strikes: Int { plan.devices.strikes }
    var isStriking: Bool { plan.devices.isStriking }

    /// Whether `words` are the answer to the last request that the device has heard, and to no other.
    func isLastAnswer(_ words: [UInt16], _ request: ReadRequest) -> Bool {
        let start = 1_000_000_000 + UnrulyPeer.turn * Int64(plan.served.load(ordering: .sequentiallyConsistent))
        return LivingRegisters.held(words, request, from: start, to: start + UnrulyPeer.turn - 1)
    }

    /// Whether the device has sent a frame of this shape that was no answer.
    func hasStrayed(_ shape: [UInt8]) -> Bool { plan.strays.withLock { $0.contains { $0.starts(with: shape) } } }

    private static func steps(_ arrival: Arrival, after wait: Int64) -> [Reply.Step] {
        let milliseconds = Int(wait / hurry / 1_000_000)
        guard arrival.perByte > Transport.character else {
            return [Reply.Step(waitMilliseconds: milliseconds, bytes: arrival.bytes, closes: arrival.endsConnection)]
        }
        return arrival.bytes.enumerated().map { index, byte in
            Reply.Step(
                waitMilliseconds: index == 0 ? milliseconds : Int(arrival.perByte / hurry / 1_000_000), bytes: [byte])
        }
    }
}

/// A pseudo terminal. Its far end stays open, so that the near one may be opened and closed at will.
final class PseudoTerminal {
    /// The device's end; closed by whoever serves it.
    let device: Int32
    let path: String
    private let held: Int32

    init() throws {
        device = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var unlocked: Int32 = 0
        var number: UInt32 = 0
        // TIOCSPTLCK and TIOCGPTN, which Swift does not import.
        guard device >= 0, ioctl(device, 0x4004_5431, &unlocked) == 0, ioctl(device, 0x8004_5430, &number) == 0
        else { throw RawServerFailure() }
        path = "/dev/pts/\(number)"
        held = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        var settings = termios()
        tcgetattr(device, &settings)
        // Nothing is echoed while nobody has the other end open.
        cfmakeraw(&settings)
        tcsetattr(device, TCSANOW, &settings)
    }

    deinit { close(held) }
}
