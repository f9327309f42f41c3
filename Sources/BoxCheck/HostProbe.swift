internal import Glibc
internal import Terms

/// Tries whether a host takes a TCP connection. Nothing is sent.
enum HostProbe {
    private static let nameSeconds: Int64 = 3
    private static let connectSeconds: Int64 = 2
    /// A name with more addresses is a whole server farm; the first few say enough.
    private static let mostAddresses = 4

    /// Resolves within 3 s and connects within 2 s.
    static func reach(_ host: String, _ port: Int, _ time: any TimeSource) -> HostSigns {
        let addresses: [String]
        switch resolve(host, Patience(time, .seconds(nameSeconds))) {
        case .success(let found): addresses = found
        case .failure(let failure): return .unresolved(failure.words)
        }
        let patience = Patience(time, .seconds(connectSeconds))
        var last = HostSigns.silent(seconds: Int(connectSeconds))
        for address in addresses.prefix(mostAddresses) where !patience.isOver {
            last = connect(address, port, patience)
            if case .connects = last { return last }
        }
        return last
    }

    // MARK: - Names

    private struct Unresolved: Error { let words: String }

    /// What a thread of its own is to find out. The resolver knows no time limit, so it is left alone when the time is
    /// over, and ends by itself.
    private final class Question: Sendable {
        let host: String
        let end: Int32

        init(host: String, end: Int32) {
            self.host = host
            self.end = end
        }

        /// Writes numeric addresses a line each, or `!` and the reason, and closes the pipe.
        func answer() {
            var text = ""
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var first: UnsafeMutablePointer<addrinfo>?
            let result = getaddrinfo(host, nil, &hints, &first)
            if result == 0 {
                var next = first
                while let address = next {
                    text += HostProbe.number(address.pointee).map { "\($0)\n" } ?? ""
                    next = address.pointee.ai_next
                }
                freeaddrinfo(first)
            } else {
                text = "!" + String(cString: gai_strerror(result))
            }
            let bytes = Array(text.utf8.prefix(4_096))
            // Nobody listens any more where the time was over.
            _ = write(end, bytes, bytes.count)
            close(end)
        }
    }

    private static func resolve(_ host: String, _ patience: Patience) -> Result<[String], Unresolved> {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return .failure(Unresolved(words: "no pipe is left")) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let question = Unmanaged.passRetained(Question(host: host, end: ends[1]))
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Question>.fromOpaque(context).takeRetainedValue().answer() }
                return nil
            }, question.toOpaque())
        guard started == 0 else {
            question.release()
            close(ends[1])
            return .failure(Unresolved(words: "no thread is left"))
        }
        pthread_detach(thread)
        guard isReadable(ends[0], patience) else {
            return .failure(Unresolved(words: "the name server does not answer within \(nameSeconds) s"))
        }
        var part = [UInt8](repeating: 0, count: 4_096)
        let count = read(ends[0], &part, part.count)
        let text = String(decoding: part.prefix(max(0, count)), as: UTF8.self)
        if text.hasPrefix("!") { return .failure(Unresolved(words: String(text.dropFirst()))) }
        let addresses = text.split(separator: "\n").map(String.init)
        return addresses.isEmpty ? .failure(Unresolved(words: "it has none")) : .success(addresses)
    }

    private static func number(_ address: addrinfo) -> String? {
        var buffer = [CChar](repeating: 0, count: 128)
        guard getnameinfo(address.ai_addr, address.ai_addrlen, &buffer, 128, nil, 0, NI_NUMERICHOST) == 0 else {
            return nil
        }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: - Connections

    private static func connect(_ address: String, _ port: Int, _ patience: Patience) -> HostSigns {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address, "\(port)", &hints, &first) == 0, let found = first?.pointee else {
            return .failed("\(address) is no address")
        }
        defer { freeaddrinfo(first) }
        let kind = found.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(found.ai_family, kind, found.ai_protocol)
        guard descriptor >= 0 else { return signs(of: errno) }
        defer { close(descriptor) }
        if Glibc.connect(descriptor, found.ai_addr, found.ai_addrlen) == 0 { return .connects(address: address) }
        guard errno == EINPROGRESS else { return signs(of: errno) }
        guard isReady(descriptor, Int16(POLLOUT), patience) else { return .silent(seconds: Int(connectSeconds)) }
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 else { return signs(of: errno) }
        return error == 0 ? .connects(address: address) : signs(of: error)
    }

    private static func signs(of error: Int32) -> HostSigns {
        switch error {
        case ECONNREFUSED: .refused
        case ETIMEDOUT: .silent(seconds: Int(connectSeconds))
        default: .failed(String(cString: strerror(error)))
        }
    }
}
