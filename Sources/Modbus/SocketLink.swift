internal import CModbus
internal import Glibc
internal import Terms

/// A connected TCP socket.
final class SocketLink: ByteLink {
    private var descriptor: Int32

    /// - Parameter descriptor: Connected and non-blocking; closed with the link.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close() }

    func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    func pause(nanoseconds: Int64) { Descriptor.pause(nanoseconds) }

    func send(_ bytes: UnsafeRawBufferPointer, within limit: Milliseconds) throws(ReadFailure) {
        var rest = UnsafeRawBufferPointer(bytes)
        var patience = limit.count * 1_000_000
        while let start = rest.baseAddress, rest.count > 0 {
            // Without MSG_NOSIGNAL a peer that has gone would end this process.
            let count = Glibc.send(descriptor, start, rest.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                continue
            }
            let error = errno
            switch error {
            case EINTR: continue
            case EAGAIN:
                guard try Descriptor.waits(descriptor, for: POLLOUT, &patience) else { throw .timeout }
            default: throw Descriptor.failure(error)
            }
        }
    }

    func receive(into room: UnsafeMutableRawBufferPointer, patience: inout Int64) throws(ReadFailure) -> Int {
        while true {
            if patience > 0 {
                guard try Descriptor.waits(descriptor, for: POLLIN, &patience) else { return 0 }
            }
            let count = recv(descriptor, room.baseAddress, room.count, Int32(MSG_DONTWAIT))
            if count > 0 { return count }
            guard count < 0 else { throw .connectionLost }
            let error = errno
            switch error {
            case EINTR: continue
            case EAGAIN: if patience <= 0 { return 0 }
            default: throw Descriptor.failure(error)
            }
        }
    }
}

/// What sockets and serial ports have in common.
enum Descriptor {
    /// Whether it became ready before the patience, in nanoseconds, was used up.
    static func waits(
        _ descriptor: Int32, for event: Int32, _ patience: inout Int64
    ) throws(ReadFailure) -> Bool {
        while true {
            let result = aftercare_wait(descriptor, Int16(event), &patience)
            if result > 0 { return true }
            guard result < 0 else {
                patience = 0
                return false
            }
            let error = errno
            guard error == EINTR else { throw failure(error) }
            guard patience > 0 else { return false }
        }
    }

    /// Waits for nothing but the time.
    static func pause(_ nanoseconds: Int64) {
        var left = nanoseconds
        // -1 is no file: nothing can become ready.
        while left > 0, aftercare_wait(-1, 0, &left) < 0, errno == EINTR {}
    }

    /// What an error number of an open line means.
    static func failure(_ error: Int32) -> ReadFailure {
        switch error {
        case EPIPE, ECONNRESET, ECONNABORTED, ENOTCONN, ETIMEDOUT, EIO, ENXIO, ENODEV, EBADF, EHOSTUNREACH,
            ENETUNREACH, ENETDOWN, ECONNREFUSED:
            .connectionLost
        default: .system(error)
        }
    }
}
