import Glibc
import Synchronization
import Testing

/// What a misbehaving device does with one request.
enum Reply: Sendable {
    case send([UInt8])
    case silence
    case close
    case sendAndClose([UInt8])
    /// One after the other.
    case script([Step])

    struct Step: Sendable {
        var waitMilliseconds: Int
        var bytes: [UInt8]
        var closes = false
    }
}

/// A device of a test's own making: sees the bytes of every request and says what bytes to answer.
final class RawServer: @unchecked Sendable {
    typealias Answer = @Sendable (_ request: [UInt8], _ number: Int) -> Reply

    let port: Int
    private let descriptor: Int32
    private let requestBytes: Int
    private let answer: Answer
    private var thread = pthread_t()
    private let received = Mutex<[[UInt8]]>([])
    private let connectionCount = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    private let isListening: Bool
    private let busy = Atomic<Bool>(false)
    /// The connection that is heard now; -1: none.
    private let spokenTo = Atomic<Int32>(-1)
    /// Connections that are closed as soon as they are made.
    private let refusals = Atomic<Int>(0)
    /// How long it is deaf behind an answer, milliseconds.
    private let gap: Int32
    private let early = Atomic<Int>(0)
    /// A terminal in the place of one that was pulled.
    private let replug: (@Sendable () -> Int32?)?
    private let isPulling = Atomic<Bool>(false)

    /// A TCP server on a free loopback port; one connection at a time.
    ///
    /// - Parameters:
    ///   - requestBytes: 12 with the header of Modbus TCP, 8 as on a serial line.
    ///   - gap: Requests that come within so many milliseconds behind an answer are not heard.
    init(tcp answer: @escaping Answer, requestBytes: Int = 12, gap: Int32 = 0) throws {
        self.answer = answer
        self.requestBytes = requestBytes
        self.gap = gap
        replug = nil
        isListening = true
        (descriptor, port) = try boundSocket()
        guard listen(descriptor, 5) == 0 else { throw RawServerFailure() }
        start()
    }

    /// A device at the far end of a serial line; requests are 8 bytes.
    init(serial path: String, answer: @escaping Answer) throws {
        self.answer = answer
        requestBytes = 8
        gap = 0
        replug = nil
        isListening = false
        port = 0
        descriptor = open(path, O_RDWR | O_NOCTTY)
        guard descriptor >= 0 else { throw RawServerFailure() }
        start()
    }

    /// A device at the far end of a pseudo terminal; `terminal` is its file, and closed with the server.
    ///
    /// - Parameter replug: Called when the device has closed its file; gives another, nil where there is none.
    init(terminal: Int32, gap: Int32 = 0, replug: (@Sendable () -> Int32?)? = nil, answer: @escaping Answer) {
        self.answer = answer
        self.gap = gap
        self.replug = replug
        requestBytes = 8
        isListening = false
        port = 0
        descriptor = terminal
        start()
    }

    /// Whether it has answered everything that came, and has nothing left to say.
    var isIdle: Bool {
        // What was sent but not taken yet comes first: whoever takes it is busy from before then.
        let sources = [isListening ? descriptor : -1, spokenTo.load(ordering: .sequentiallyConsistent)]
        var unheard = sources.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        return poll(&unheard, 2, 0) == 0 && !isPulling.load(ordering: .sequentiallyConsistent)
            && !busy.load(ordering: .sequentiallyConsistent)
    }

    /// Every request that came, in order.
    var requests: [[UInt8]] { received.withLock { $0 } }

    /// Connections accepted so far.
    var connections: Int { connectionCount.load(ordering: .sequentiallyConsistent) }

    /// Requests that came within the gap behind an answer.
    var earlyRequests: Int { early.load(ordering: .sequentiallyConsistent) }

    /// Closes the next connections as soon as they are made.
    func refuse(_ connections: Int) { refusals.store(connections, ordering: .sequentiallyConsistent) }

    /// Whether connections are refused.
    var isRefusing: Bool { refusals.load(ordering: .sequentiallyConsistent) > 0 }

    func stop() {
        guard !isStopping.exchange(true, ordering: .sequentiallyConsistent) else { return }
        pthread_join(thread, nil)
        if replug == nil { close(descriptor) }
        // Whatever a test is about: only reads may ever be sent.
        let place = requestBytes == 12 ? 7 : 1
        let writes = requests.filter { !(1...4).contains($0[place]) }
        #expect(writes.isEmpty)
    }

    private func start() {
        let context = Unmanaged.passRetained(self).toOpaque()
        pthread_create(&thread, nil, serve, context)
    }

    fileprivate func run() {
        guard isListening else { return runTerminals() }
        while waitForInput(descriptor) != nil {
            busy.store(true, ordering: .sequentiallyConsistent)
            defer { busy.store(false, ordering: .sequentiallyConsistent) }
            let connection = accept(descriptor, nil, nil)
            connectionCount.add(1, ordering: .sequentiallyConsistent)
            if isRefusing {
                refusals.subtract(1, ordering: .sequentiallyConsistent)
            } else {
                converse(connection)
            }
            close(connection)
        }
    }

    private func runTerminals() {
        guard let replug else { return converse(descriptor) }
        var terminal: Int32? = descriptor
        while let present = terminal {
            converse(present)
            close(present)
            terminal = isStopping.load(ordering: .sequentiallyConsistent) ? nil : replug()
            isPulling.store(false, ordering: .sequentiallyConsistent)
        }
    }

    private func converse(_ connection: Int32) {
        spokenTo.store(connection, ordering: .sequentiallyConsistent)
        busy.store(false, ordering: .sequentiallyConsistent)
        defer {
            busy.store(true, ordering: .sequentiallyConsistent)
            spokenTo.store(-1, ordering: .sequentiallyConsistent)
        }
        while let request = receive(connection) {
            let number = received.withLock { all in
                all.append(request)
                return all.count
            }
            defer { busy.store(false, ordering: .sequentiallyConsistent) }
            switch answer(request, number) {
            case .silence: continue
            case .close: return
            case .send(let bytes): write(bytes, connection)
            case .sendAndClose(let bytes): return write(bytes, connection)
            case .script(let steps): if !play(steps, connection) { return }
            }
            guard rest(connection) else { return }
        }
    }

    /// Hears nothing for a while. Whether the connection stays.
    private func rest(_ connection: Int32) -> Bool {
        var watched = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
        while gap > 0, poll(&watched, 1, gap) > 0 {
            var dropped = [UInt8](repeating: 0, count: 256)
            guard read(connection, &dropped, dropped.count) > 0 else { return false }
            early.add(1, ordering: .sequentiallyConsistent)
        }
        return true
    }

    /// Whether the connection stays.
    private func play(_ steps: [Reply.Step], _ connection: Int32) -> Bool {
        for step in steps {
            if step.waitMilliseconds > 0 { poll(nil, 0, Int32(step.waitMilliseconds)) }
            if isStopping.load(ordering: .sequentiallyConsistent) { return false }
            if !step.bytes.isEmpty { write(step.bytes, connection) }
            if step.closes {
                isPulling.store(replug != nil, ordering: .sequentiallyConsistent)
                return false
            }
        }
        return true
    }

    private func receive(_ connection: Int32) -> [UInt8]? {
        var request: [UInt8] = []
        while request.count < requestBytes {
            guard waitForInput(connection) != nil else { return nil }
            busy.store(true, ordering: .sequentiallyConsistent)
            var buffer = [UInt8](repeating: 0, count: requestBytes - request.count)
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return nil }
            request += buffer[..<count]
        }
        return request
    }

    private func write(_ bytes: [UInt8], _ connection: Int32) {
        if isListening {
            _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        } else {
            _ = Glibc.write(connection, bytes, bytes.count)
        }
    }

    /// Looks up every 20 ms whether the test has ended.
    private func waitForInput(_ descriptor: Int32) -> Void? {
        while !isStopping.load(ordering: .sequentiallyConsistent) {
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&watched, 1, 20) > 0 { return () }
        }
        return nil
    }
}

struct RawServerFailure: Error {}

/// A loopback port that is taken and refuses connections.
final class DeadPort {
    let port: Int
    private let descriptor: Int32

    init() throws { (descriptor, port) = try boundSocket() }

    deinit { close(descriptor) }
}

/// A TCP socket on a free loopback port.
private func boundSocket() throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
            bind(descriptor, plain, size) == 0 && getsockname(descriptor, plain, &size) == 0
        }
    }
    guard result else { throw RawServerFailure() }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}

private func serve(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<RawServer>.fromOpaque(context).takeRetainedValue().run()
    return nil
}

/// Answers as a sound device would; the value of a register is `unit × 1000 + its address`.
enum SoundAnswer {
    static func value(unit: UInt8, address: Int) -> UInt16 { UInt16(truncatingIfNeeded: Int(unit) * 1_000 + address) }

    /// To a whole TCP request.
    static func tcp(_ request: [UInt8]) -> [UInt8] {
        let content = body(Array(request[6...]))
        let length = UInt16(content.count)
        return [request[0], request[1], 0, 0, UInt8(length >> 8), UInt8(length & 0xFF)] + content
    }

    /// To a whole RTU request.
    static func rtu(_ request: [UInt8]) -> [UInt8] { withCRC(body(request)) }

    static func body(_ request: [UInt8]) -> [UInt8] {
        let address = Int(request[2]) << 8 | Int(request[3])
        let count = Int(request[4]) << 8 | Int(request[5])
        let words = (0..<count).map { value(unit: request[0], address: address + $0) }
        return [request[0], request[1], UInt8(count * 2)] + words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }

    /// Modbus over serial line 1.02, section 6.2.2.
    static func withCRC(_ bytes: [UInt8]) -> [UInt8] {
        var crc: UInt16 = 0xFFFF
        for byte in bytes {
            crc ^= UInt16(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xA001 : crc >> 1 }
        }
        return bytes + [UInt8(crc & 0xFF), UInt8(crc >> 8)]
    }
}
