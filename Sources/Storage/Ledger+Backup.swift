internal import GRDB
internal import Glibc

extension Ledger {
    /// Makes a copy of a ledger, also of one that a daemon is writing: all of it as of one instant.
    ///
    /// The copy appears when `check` has approved of it. Where a file has its name already, that one stays.
    ///
    /// - Throws: `notWritable` where the copy cannot be made, what `check` throws, or why the ledger cannot be read.
    package static func backUp<Found>(
        _ path: String, to copy: String, check: (Ledger) throws -> Found
    ) throws -> Found {
        // The name is taken first: two that run at once cannot both have it.
        try make(copy, ifTaken: "a backup overwrites nothing; name another file")
        do {
            let found = try checkedCopy(of: path, at: copy + ".new", check)
            guard rename(copy + ".new", copy) == 0 else { throw fileError(copy, "cannot be named") }
            try syncFolder(of: copy)
            return found
        } catch {
            unlink(copy)
            throw error
        }
    }

    /// A copy that holds, and is on the disk; none where it does not hold.
    static func checkedCopy<Found>(
        of path: String, at copy: String, _ check: (Ledger) throws -> Found
    ) throws -> Found {
        // What a run that was killed has left.
        for suffix in ["", "-journal"] { unlink(copy + suffix) }
        try make(copy, ifTaken: "")
        do {
            try self.copy(path, to: copy)
            let ledger = try Ledger(copy: copy)
            let found = try check(ledger)
            try ledger.close()
            return found
        } catch {
            for suffix in ["", "-journal"] { unlink(copy + suffix) }
            throw error
        }
    }

    /// SQLite's online backup: what was committed when it begins, while writers go on.
    private static func copy(_ path: String, to copy: String) throws(LedgerError) {
        try refuseRemnant(path)
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        // A daemon that starts or stops holds the file for a moment.
        configuration.busyMode = .timeout(10)
        do {
            let source = try DatabaseQueue(path: path, configuration: configuration)
            guard try source.read({ try Int32.fetchOne($0, sql: "PRAGMA application_id") }) == applicationID else {
                throw LedgerError(.corrupt, "\(path) is no ledger of aftercare")
            }
            let destination = try DatabaseQueue(path: copy)
            try source.backup(to: destination)
            try destination.close()
        } catch let error as LedgerError {
            throw error
        } catch {
            throw wrapped(error, doing: "copying \(path) to \(copy)")
        }
    }

    /// An empty file that nobody else may read: what people reported stands in a ledger.
    private static func make(_ path: String, ifTaken advice: String) throws(LedgerError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST
                ? LedgerError(.notWritable, "\(path) is there already: \(advice)") : fileError(path, "cannot be made")
        }
        Glibc.close(descriptor)
    }

    static func fileError(_ path: String, _ what: String) -> LedgerError {
        LedgerError(.notWritable, "\(path): \(what): \(String(cString: strerror(errno)))")
    }

    static func syncFolder(of path: String) throws(LedgerError) {
        do {
            try WholeFile.syncFolder(of: path)
        } catch {
            throw LedgerError(.failed, error.description)
        }
    }
}
