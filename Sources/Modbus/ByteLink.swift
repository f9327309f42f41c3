package import Polling
package import Terms

/// The bytes of one open line: a socket or a serial port, or in tests a line whose time is simulated.
///
/// Used by one thread. A failure that it throws leaves it useless: the owner closes it and opens another.
package protocol ByteLink: AnyObject {
    /// Sends all bytes; waits at most `limit` for room.
    func send(_ bytes: UnsafeRawBufferPointer, within limit: Milliseconds) throws(ReadFailure)

    /// Takes what lies in the input, at most what fits into `room`; waits until there is something.
    ///
    /// - Parameter patience: Nanoseconds to wait at most, 0: only look. It is lowered by the time that was waited.
    /// - Returns: How many bytes came; 0 when none came in time.
    func receive(into room: UnsafeMutableRawBufferPointer, patience: inout Int64) throws(ReadFailure) -> Int

    /// Lets time pass without listening; what comes meanwhile is kept.
    func pause(nanoseconds: Int64)

    /// Ends it; a second call does nothing.
    func close()
}

/// Opens a line within a time limit. `openLink` is the real one.
package typealias LinkOpener =
    @Sendable (_ url: DeviceURL, _ timeout: Milliseconds) throws(ReadFailure) -> any ByteLink

/// Connects a socket, or opens and configures a serial port and keeps others away from it.
@Sendable package func openLink(_ url: DeviceURL, _ timeout: Milliseconds) throws(ReadFailure) -> any ByteLink {
    switch url {
    case .tcp(let host, let port), .rtuTCP(let host, let port):
        SocketLink(try TCPSocket.connect(host: host, port: port, timeout: timeout))
    case .rtu(let path, let serial): try SerialLink(path: path, serial)
    case .capture(let path): try CaptureLink(path: path)
    }
}
