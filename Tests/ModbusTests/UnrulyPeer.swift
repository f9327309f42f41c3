import Glibc
import Polling
import Synchronization

@testable import Modbus

/// The unruly devices of the simulated line behind a real socket or a pseudo terminal. What they do is planned in
/// simulated time, ten seconds from one request to the next, and done five times as fast.
final class UnrulyPeer: @unchecked Sendable {
    static let hurry: Int64 = 5
    /// Of the devices that want one, milliseconds.
    static let gap: Int32 = 10
    private static let turn: Int64 = 10_000_000_000

    let url: DeviceURL
    private let server: RawServer
    private let plan: Plan
    private let adapter: PluggedTerminal?

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
            if devices.kind == .oneConnection, line.refusesUntil > line.clock.nanoseconds {
                server.withLock { $0?.refuse(Int.random(in: 0...2, using: &line.random)) }
            }
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
        let gap = kind == .minimumGap ? Self.gap : 0
        switch transport {
        case .tcp, .rtuTCP:
            adapter = nil
            server = try RawServer(
                tcp: { request, _ in plan.reply(request) }, requestBytes: transport == .tcp ? 12 : 8, gap: gap)
            url =
                transport == .tcp
                ? .tcp(host: "127.0.0.1", port: server.port) : .rtuTCP(host: "127.0.0.1", port: server.port)
        case .rtu:
            let adapter = try PluggedTerminal()
            guard let terminal = adapter.plugIn() else { throw RawServerFailure() }
            server = RawServer(terminal: terminal, gap: gap, replug: { adapter.plugIn() }) { request, _ in
                plan.reply(request)
            }
            url = .rtu(path: adapter.path, SerialSettings(baud: 115_200))
            self.adapter = adapter
        }
        plan.server.withLock { $0 = server }
    }

    func stop() {
        plan.server.withLock { $0 = nil }
        server.stop()
    }

    var isIdle: Bool { server.isIdle && !server.isRefusing && isPlugged }
    var isPlugged: Bool { adapter?.isPlugged != false }
    var earlyRequests: Int { server.earlyRequests }
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
