internal import Glibc
internal import Terms

/// Connects a socket within a time limit. Not with libmodbus: it watches the socket with `select`, which is lost above
/// file number 1023, and cannot tell a silent host from a slow one.
enum TCPSocket {
    /// - Returns: A connected, non-blocking socket that the caller owns.
    static func connect(host: String, port: Int, timeout: Milliseconds) throws(ReadFailure) -> Int32 {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &first) == 0 else { throw .unreachable }
        defer { freeaddrinfo(first) }
        var failure = ReadFailure.unreachable
        var next = first
        while let address = next {
            do throws(ReadFailure) {
                return try connect(address.pointee, timeout)
            } catch {
                failure = error
            }
            next = address.pointee.ai_next
        }
        throw failure
    }

    private static func connect(_ address: addrinfo, _ timeout: Milliseconds) throws(ReadFailure) -> Int32 {
        let kind = address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.ai_family, kind, address.ai_protocol)
        guard descriptor >= 0 else { throw connectFailure(errno) }
        do throws(ReadFailure) {
            try finish(descriptor, address, timeout)
            var on: Int32 = 1
            // Without effect on failure: the request would only leave a little later.
            _ = setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func finish(
        _ descriptor: Int32, _ address: addrinfo, _ timeout: Milliseconds
    ) throws(ReadFailure) {
        if Glibc.connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return }
        let error = errno
        guard error == EINPROGRESS else { throw connectFailure(error) }
        var patience = timeout.count * 1_000_000
        guard try Descriptor.waits(descriptor, for: POLLOUT, &patience) else { throw .timeout }
        var result: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &result, &size) == 0 else { throw .system(errno) }
        guard result == 0 else { throw connectFailure(result) }
    }

    private static func connectFailure(_ error: Int32) -> ReadFailure {
        switch error {
        case ECONNREFUSED: .refused
        case ETIMEDOUT: .timeout
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL: .unreachable
        case ECONNRESET: .connectionLost
        case EMFILE, ENFILE: .tooManyFiles
        default: .system(error)
        }
    }
}
