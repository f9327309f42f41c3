internal import CModbus
internal import DeviceProfiles
internal import Glibc
internal import Polling
internal import Terms

/// An open serial port. libmodbus opens and configures it and puts it back as it was: twenty years of odd drivers are
/// in that. Frames are read and written here (see `ModbusConnection`).
final class SerialLink: ByteLink {
    private var context: OpaquePointer?
    private let descriptor: Int32
    private var portLock: SerialPortLock?

    /// Takes the port's lock before its settings are touched.
    init(path: String, _ serial: SerialSettings) throws(ReadFailure) {
        let lock = try SerialPortLock(path: path)
        let parity = CChar(bitPattern: serial.parity.rawValue.utf8.first ?? UInt8(ascii: "N"))
        guard let context = modbus_new_rtu(path, Int32(serial.baud), parity, 8, Int32(serial.stopBits)) else {
            throw .system(errno)
        }
        guard modbus_connect(context) == 0 else {
            let error = errno
            modbus_free(context)
            throw SerialPortLock.failure(error)
        }
        guard aftercare_take_terminal(modbus_get_socket(context)) == 0 else {
            let error = errno
            modbus_close(context)
            modbus_free(context)
            throw SerialPortLock.failure(error)
        }
        self.context = context
        descriptor = modbus_get_socket(context)
        portLock = consume lock
    }

    deinit { close() }

    func close() {
        guard let context else { return }
        _ = aftercare_release_terminal(descriptor)
        modbus_close(context)
        modbus_free(context)
        self.context = nil
        portLock = nil
    }

    func pause(nanoseconds: Int64) { Descriptor.pause(nanoseconds) }

    func send(_ bytes: UnsafeRawBufferPointer, within limit: Milliseconds) throws(ReadFailure) {
        guard context != nil else { throw .connectionLost }
        var rest = UnsafeRawBufferPointer(bytes)
        var patience = limit.count * 1_000_000
        while let start = rest.baseAddress, rest.count > 0 {
            let count = write(descriptor, start, rest.count)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                continue
            }
            let error = count < 0 ? errno : EAGAIN
            switch error {
            case EINTR: continue
            case EAGAIN:
                guard try Descriptor.waits(descriptor, for: POLLOUT, &patience) else { throw .timeout }
            default: throw Descriptor.failure(error)
            }
        }
    }

    func receive(into room: UnsafeMutableRawBufferPointer, patience: inout Int64) throws(ReadFailure) -> Int {
        guard context != nil else { throw .connectionLost }
        while true {
            let isAnnounced = patience > 0
            if isAnnounced {
                guard try Descriptor.waits(descriptor, for: POLLIN, &patience) else { return 0 }
            }
            let count = read(descriptor, room.baseAddress, room.count)
            if count > 0 { return count }
            guard count < 0 else {
                // A terminal in this mode says 0 where nothing is there; announced, it has been unplugged.
                if isAnnounced { throw .connectionLost }
                return 0
            }
            let error = errno
            switch error {
            case EINTR: continue
            case EAGAIN: if patience <= 0 { return 0 }
            default: throw Descriptor.failure(error)
            }
        }
    }
}
