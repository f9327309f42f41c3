internal import FoundationEssentials
internal import Glibc

/// Asks the running daemon one thing over its control socket. Blocks; for commands, not for the daemon.
package struct ControlClient: Sendable {
    package let path: String
    private let patience: Int

    /// A whole answer, in bytes: far above a site with thousands of tickets.
    private static let answerLimit = 64 * 1_024 * 1_024

    /// - Parameter patience: seconds that a part of the answer may take; the daemon may have to wait for a slow device.
    package init(path: String, patience: Int = 60) {
        self.path = path
        self.patience = patience
    }

    /// The daemon's answer; nil when no daemon listens there.
    package func ask(_ request: ControlRequest) throws(UnreadableConfiguration) -> ControlResponse? {
        guard let descriptor = try connect() else { return nil }
        defer { close(descriptor) }
        do {
            try send(try JSONEncoder().encode(request) + [10], to: descriptor)
            return try JSONDecoder().decode(ControlResponse.self, from: Data(try receive(from: descriptor)))
        } catch let error as UnreadableConfiguration {
            throw error
        } catch {
            throw UnreadableConfiguration(message: "\(path): the daemon's answer cannot be understood; use the "
                + "aftercare command of the daemon's version")
        }
    }

    private func connect() throws(UnreadableConfiguration) -> Int32? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw UnreadableConfiguration(message: "control socket \(path): the path is too long for a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("cannot be made") }
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        // A daemon that takes no more connections would hold up whoever comes.
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let reason = errno
            close(descriptor)
            if reason == ENOENT || reason == ECONNREFUSED { return nil }
            throw failure("cannot be reached", reason)
        }
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        return descriptor
    }

    private func send(_ bytes: Data, to descriptor: Int32) throws(UnreadableConfiguration) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw failure("broke while asking") }
            rest = rest.dropFirst(sent)
        }
    }

    private func receive(from descriptor: Int32) throws(UnreadableConfiguration) -> [UInt8] {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1_024)
        while answer.last != 10 {
            let received = recv(descriptor, &buffer, buffer.count, 0)
            guard received > 0 else { throw failure(received == 0 ? "was closed by the daemon" : "gave no answer") }
            answer += buffer.prefix(received)
            guard answer.count <= Self.answerLimit else { throw failure("gave too long an answer", 0) }
        }
        return answer
    }

    private func failure(_ what: String, _ reason: Int32 = errno) -> UnreadableConfiguration {
        let why = reason == 0 ? "" : ": \(String(cString: strerror(reason)))"
        return UnreadableConfiguration(message: "control socket \(path) \(what)\(why)")
    }
}
