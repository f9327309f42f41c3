import Glibc
import Synchronization

/// A pseudo terminal. Its far end stays open, so that the near one may be opened and closed at will.
final class PseudoTerminal: Sendable {
    /// The device's end; closed by whoever serves it.
    let device: Int32
    let path: String
    private let held: Int32

    init() throws {
        device = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var unlocked: Int32 = 0
        var number: UInt32 = 0
        // TIOCSPTLCK and TIOCGPTN, which Swift does not import.
        guard device >= 0, ioctl(device, 0x4004_5431, &unlocked) == 0, ioctl(device, 0x8004_5430, &number) == 0
        else { throw RawServerFailure() }
        path = "/dev/pts/\(number)"
        held = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        var settings = termios()
        tcgetattr(device, &settings)
        // Nothing is echoed while nobody has the other end open.
        cfmakeraw(&settings)
        tcsetattr(device, TCSANOW, &settings)
    }

    deinit { close(held) }
}

/// A serial adapter that can be pulled and plugged in again: the same path leads to another terminal then, as below
/// `/dev/serial/by-id`.
final class PluggedTerminal: @unchecked Sendable {
    let path: String
    private let directory: String
    private let present = Mutex<PseudoTerminal?>(nil)
    private let plugged = Atomic<Bool>(false)

    init() throws {
        var template = Array("/tmp/aftercare-adapter-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw RawServerFailure() }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = directory + "/adapter"
    }

    deinit {
        unlink(path)
        rmdir(directory)
    }

    /// Whether the path leads to a terminal.
    var isPlugged: Bool { plugged.load(ordering: .sequentiallyConsistent) }

    /// Pulls what is plugged in, and after a moment plugs another terminal in.
    ///
    /// - Returns: The device's end, which whoever serves it closes; nil where the system has none left.
    func plugIn() -> Int32? {
        plugged.store(false, ordering: .sequentiallyConsistent)
        unlink(path)
        let isAnother = present.withLock { terminal in
            defer { terminal = nil }
            return terminal != nil
        }
        if isAnother { poll(nil, 0, 5) }
        do {
            let terminal = try PseudoTerminal()
            guard symlink(terminal.path, path) == 0 else { return nil }
            present.withLock { $0 = terminal }
            plugged.store(true, ordering: .sequentiallyConsistent)
            return terminal.device
        } catch {
            return nil
        }
    }
}
