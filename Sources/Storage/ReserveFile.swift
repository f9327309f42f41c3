internal import Glibc

/// Room on the disk that is kept for the ledger: a file that holds nothing, and is given up when the disk is full.
package struct ReserveFile: Sendable {
    /// How it stands after a look.
    package enum State: Sendable, Equatable {
        /// The room is there.
        case kept
        /// The disk has no room for it.
        case noRoom
        /// It could not be made for another reason than a full disk.
        case impossible(String)
    }

    package let path: String

    /// Room for some hundred transactions of a fault, and for SQLite's log to be brought into its file.
    static let bytes: off_t = 4 * 1_024 * 1_024
    /// The disk must have so many times the reserve before it is made anew: else it would come and go.
    private static let roomFactor: UInt64 = 4

    /// Makes it where it is missing and the disk has room.
    package func keep() -> State {
        var status = stat()
        if stat(path, &status) == 0, status.st_size >= Self.bytes { return .kept }
        var disk = statvfs()
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        guard statvfs(folder, &disk) == 0 else { return .impossible(reason(errno)) }
        guard UInt64(disk.f_bavail) * UInt64(disk.f_frsize) >= Self.roomFactor * UInt64(Self.bytes) else {
            return .noRoom
        }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { return errno == ENOSPC ? .noRoom : .impossible(reason(errno)) }
        defer { close(descriptor) }
        // Real blocks, not a hole: a hole keeps no room.
        let result = posix_fallocate(descriptor, 0, Self.bytes)
        guard result == 0 else {
            giveUp()
            return result == ENOSPC ? .noRoom : .impossible(reason(result))
        }
        return .kept
    }

    /// Gives the room to whoever writes next. Whether there was any.
    @discardableResult
    func giveUp() -> Bool { unlink(path) == 0 }

    private func reason(_ error: Int32) -> String { "\(path): \(String(cString: strerror(error)))" }
}
