internal import Glibc

/// A data directory that this process, and no other, has.
///
/// The lock is the kernel's (`flock`), so it is gone with the process, however that ends.
package struct DataDirectory: ~Copyable {
    package let path: String
    private let lockDescriptor: Int32

    /// Makes the directory if it is missing and takes its lock.
    ///
    /// - Throws: `notWritable` with the reason, `inUse` when another process has it.
    package init(path: String) throws(LedgerError) {
        self.path = path
        if mkdir(path, 0o750) != 0, errno != EEXIST {
            throw LedgerError(.notWritable, "data directory \(path): cannot be made: \(systemError())")
        }
        try Self.refuseForeignOwner(path)
        guard access(path, W_OK | X_OK) == 0 else {
            throw LedgerError(
                .notWritable, "data directory \(path): cannot be written: \(systemError()); give it to the user "
                    + "that runs aftercare, or name another one as dataDirectory")
        }
        let descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw LedgerError(.notWritable, "data directory \(path): the lock file cannot be opened: \(systemError())")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw LedgerError(
                .inUse, "data directory \(path) is in use by another aftercare process; stop that one first, or name "
                    + "another dataDirectory")
        }
        lockDescriptor = descriptor
    }

    /// What root writes into another user's directory, that user's daemon can no longer open.
    private static func refuseForeignOwner(_ path: String) throws(LedgerError) {
        var status = stat()
        guard geteuid() == 0, stat(path, &status) == 0, status.st_uid != 0 else { return }
        let owner = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "\(status.st_uid)"
        throw LedgerError(
            .notWritable, "data directory \(path) belongs to \(owner): run this as that user (sudo -u \(owner) …), or "
                + "the daemon can no longer open what root writes")
    }

    deinit { close(lockDescriptor) }

    package var ledgerPath: String { path + "/ledger.sqlite" }
}

private func systemError() -> String { String(cString: strerror(errno)) }
