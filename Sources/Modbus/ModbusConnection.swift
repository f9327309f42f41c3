internal import CModbus
internal import DeviceProfiles
internal import Glibc
package import Polling
package import Terms

/// One connection to a line: owns libmodbus's context, and closes it when it goes.
///
/// It can only read. Every call blocks its thread for at most the time limit and what the bytes need on the wire.
package struct ModbusConnection: ~Copyable {
    /// Modbus messaging on TCP/IP 1.0b, section 4.1: 7 bytes of header and 253 of content.
    private static let maximumFrameBytes = 260

    package let url: DeviceURL
    private var context: OpaquePointer?
    private var portLock: SerialPortLock?
    private var transaction: UInt16 = 0
    private let frame = UnsafeMutablePointer<UInt8>.allocate(capacity: maximumFrameBytes)

    package init(url: DeviceURL) { self.url = url }

    deinit {
        Self.close(context, isSerial: isSerial)
        frame.deallocate()
    }

    package var isConnected: Bool { context != nil }

    package var isSerial: Bool {
        switch url {
        case .tcp: false
        case .rtu: true
        }
    }

    /// Opens the line; does nothing where it is open.
    package mutating func connect(timeout: Milliseconds) throws(ReadFailure) {
        guard context == nil else { return }
        switch url {
        case .tcp(let host, let port): context = try Self.openTCP(host: host, port: port, timeout)
        case .rtu(let path, let serial):
            let lock = try SerialPortLock(path: path)
            context = try Self.openRTU(path: path, serial)
            portLock = consume lock
        }
    }

    /// Closes the line; does nothing where it is closed.
    package mutating func disconnect() {
        Self.close(context, isSerial: isSerial)
        context = nil
        portLock = nil
    }

    private static func close(_ context: OpaquePointer?, isSerial: Bool) {
        guard let context else { return }
        if isSerial { _ = aftercare_release_terminal(modbus_get_socket(context)) }
        modbus_close(context)
        modbus_free(context)
    }

    private static func openTCP(host: String, port: Int, _ timeout: Milliseconds) throws(ReadFailure) -> OpaquePointer {
        guard let context = modbus_new_tcp_pi(host, String(port)) else { throw .system(errno) }
        do {
            modbus_set_socket(context, try TCPSocket.connect(host: host, port: port, timeout: timeout))
            return context
        } catch {
            modbus_free(context)
            throw error
        }
    }

    private static func openRTU(path: String, _ serial: SerialSettings) throws(ReadFailure) -> OpaquePointer {
        let parity = CChar(bitPattern: serial.parity.rawValue.utf8.first ?? 0x4E)
        guard let context = modbus_new_rtu(path, Int32(serial.baud), parity, 8, Int32(serial.stopBits)) else {
            throw .system(errno)
        }
        guard modbus_connect(context) == 0 else {
            let error = errno
            modbus_free(context)
            throw SerialPortLock.failure(error)
        }
        guard modbus_get_socket(context) < TCPSocket.descriptorLimit else {
            modbus_close(context)
            modbus_free(context)
            throw .tooManyFiles
        }
        guard aftercare_take_terminal(modbus_get_socket(context)) == 0 else {
            let error = errno
            modbus_close(context)
            modbus_free(context)
            throw SerialPortLock.failure(error)
        }
        return context
    }

    /// Asks once and takes the answer. The line must be open.
    ///
    /// After any failure that is not an exception the caller disconnects (TCP) or leaves the line silent for the time
    /// limit (RTU): what comes late must not be taken for the next answer.
    ///
    /// - Parameters:
    ///   - timeout: Until the device begins to answer; the time of the bytes on the wire is added.
    ///   - words: Holds the answer afterwards; for coils and discrete inputs one bit per word.
    package mutating func read(
        _ request: ReadRequest, timeout: Milliseconds, into words: inout [UInt16]
    ) throws(ReadFailure) {
        guard let context else { throw .connectionLost }
        // What lies in the input belongs to nobody any more.
        modbus_flush(context)
        try setTimeouts(context, timeout, request)
        switch url {
        case .tcp: try askTCP(context, request, timeout)
        case .rtu: try askRTU(context, request)
        }
        let received = modbus_receive_confirmation(context, frame)
        let error = errno
        guard received >= 0 else { throw Self.receiveFailure(error) }
        guard received > 0 else { throw .wrongUnit }
        let answer = AnswerFrame(UnsafeBufferPointer(start: frame, count: Int(received)))
        switch url {
        case .tcp: try answer.tcpWords(of: request, transaction: transaction, into: &words)
        case .rtu: try answer.rtuWords(of: request, into: &words)
        }
    }

    /// Without a byte time-out libmodbus lets the response time-out govern the whole answer: a device that dribbles
    /// cannot hold the line.
    private func setTimeouts(
        _ context: OpaquePointer, _ timeout: Milliseconds, _ request: ReadRequest
    ) throws(ReadFailure) {
        var microseconds = timeout.count * 1_000
        if case .rtu(_, let serial) = url {
            let characters = 13 + request.answerBytes
            microseconds += Int64(characters * WireCost.characterNanoseconds(serial) / 1_000)
        }
        guard modbus_set_byte_timeout(context, 0, 0) == 0,
            modbus_set_response_timeout(
                context, UInt32(clamping: microseconds / 1_000_000), UInt32(microseconds % 1_000_000)) == 0
        else { throw .system(errno) }
    }

    /// libmodbus 3.1.6 sends transaction 0 for raw requests: the header is written here instead.
    private mutating func askTCP(
        _ context: OpaquePointer, _ request: ReadRequest, _ timeout: Milliseconds
    ) throws(ReadFailure) {
        transaction &+= 1
        let bytes = RequestFrame.tcp(request, transaction: transaction)
        try TCPSocket.send(bytes, to: modbus_get_socket(context), timeout: timeout)
    }

    private func askRTU(_ context: OpaquePointer, _ request: ReadRequest) throws(ReadFailure) {
        guard modbus_set_slave(context, Int32(request.unit)) == 0 else { throw .noSuchUnit }
        var bytes = RequestFrame.body(request)
        guard modbus_send_raw_request(context, &bytes, Int32(bytes.count)) > 0 else {
            let error = errno
            throw SerialPortLock.failure(error)
        }
    }

    private static func receiveFailure(_ error: Int32) -> ReadFailure {
        switch error {
        case ETIMEDOUT: .timeout
        case ECONNRESET, EPIPE, EBADF, ENOTCONN, EIO, ENXIO, ENODEV, ECONNREFUSED, EHOSTUNREACH: .connectionLost
        case aftercare_bad_crc: .badCRC
        case aftercare_bad_data: .malformed
        default: .system(error)
        }
    }
}
