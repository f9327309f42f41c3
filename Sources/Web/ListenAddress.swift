/// Where the page listens: a loopback name and a port (0 lets the system choose one).
package struct ListenAddress: Hashable, Sendable {
    /// The address that is bound. `localhost` is bound as 127.0.0.1, so that no hosts file can widen it.
    package let host: String
    package let port: Int

    /// - Parameter host: 127.0.0.1, ::1 (brackets allowed) or localhost.
    /// - Throws: `ListenError` for every other host and for a port outside 0 to 65535.
    package init(host: String, port: Int) throws(ListenError) {
        switch host.lowercased() {
        case "127.0.0.1", "localhost": self.host = "127.0.0.1"
        case "::1", "[::1]": self.host = "::1"
        default: throw .notLoopback(host: host)
        }
        guard (0...65_535).contains(port) else { throw .portOutOfRange(port) }
        self.port = port
    }
}

/// Why the page does not listen where it was told to.
package enum ListenError: Error, Hashable, Sendable, CustomStringConvertible {
    case notLoopback(host: String)
    case portOutOfRange(Int)
    /// The system refuses the address: somebody else listens there, or the port needs rights.
    case taken(address: String, reason: String)

    package var description: String {
        switch self {
        case .notLoopback(let host):
            "the page refuses to listen on '\(host.prefix(100))': it has no log-in yet, so it serves this machine "
                + "only. Set web.listen to 127.0.0.1, ::1 or localhost; to see the page from elsewhere, use a tunnel "
                + "(ssh -L 8080:127.0.0.1:8080 user@box)."
        case .taken(let address, let reason): "web.listen \(address): cannot be listened on: \(reason)"
        case .portOutOfRange(let port):
            "the page cannot listen on port \(port): a port is 0 to 65535, where 0 lets the system choose."
        }
    }
}
