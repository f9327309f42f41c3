internal import CModbus
internal import Glibc

/// Holds a serial port's lock from before its settings are touched until after it is closed.
struct SerialPortLock: ~Copyable {
    private let descriptor: Int32

    init(path: String) throws(ReadFailure) {
        descriptor = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure(errno) }
        guard aftercare_try_lock(descriptor) == 0 else {
            let error = errno
            close(descriptor)
            throw Self.failure(error)
        }
    }

    deinit { close(descriptor) }

    /// What an error number of a serial port means.
    static func failure(_ error: Int32) -> ReadFailure {
        switch error {
        case EBUSY, EWOULDBLOCK: .portBusy
        case ENOENT, ENODEV, ENXIO, EACCES, EPERM, ENOTDIR, ENOTTY: .portMissing
        case EMFILE, ENFILE: .tooManyFiles
        case EIO: .connectionLost
        default: .system(error)
        }
    }
}
