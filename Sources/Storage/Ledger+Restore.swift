internal import Glibc

extension Ledger {
    /// Puts a backup in the place of a data directory's ledger, which is set aside and never deleted.
    ///
    /// A power cut leaves the former ledger or the restored one: once the checked copy has its name, whoever opens the
    /// ledger next ends what was begun.
    ///
    /// - Returns: what `check` found, and where the former ledger is now; nil where there was none.
    /// - Throws: what `check` throws, or why the backup cannot be read; then nothing was changed.
    package static func restore<Found>(
        _ backup: String, to directory: borrowing DataDirectory, check: (Ledger) throws -> Found
    ) throws -> (Found, setAside: String?) {
        try finishRestore(in: directory)
        let arriving = directory.ledgerPath + ".restoring"
        let found = try checkedCopy(of: backup, at: arriving, check)
        guard rename(arriving, arrived(in: directory)) == 0 else { throw fileError(arriving, "cannot be named") }
        try syncFolder(of: arriving)
        return (found, try finishRestore(in: directory))
    }

    /// Ends a restore that had its copy ready, if there is one. Each step can be the last one before a power cut.
    @discardableResult
    static func finishRestore(in directory: borrowing DataDirectory) throws(LedgerError) -> String? {
        let ledger = directory.ledgerPath
        guard access(arrived(in: directory), F_OK) == 0 else { return nil }
        let aside = freeName(for: ledger)
        // What was committed last stands in the log beside the file and goes along, first: without its file it is
        // never read, and beside another one it would be taken for that one's.
        try move(ledger + "-wal", to: aside + "-wal")
        unlink(ledger + "-shm")
        let hadLedger = try move(ledger, to: aside)
        try move(arrived(in: directory), to: ledger)
        try syncFolder(of: ledger)
        return hadLedger ? aside : nil
    }

    private static func arrived(in directory: borrowing DataDirectory) -> String { directory.ledgerPath + ".restored" }

    /// `ledger.sqlite.replaced-1`, or the first number that no former ledger has.
    private static func freeName(for ledger: String) -> String {
        var number = 1
        while access("\(ledger).replaced-\(number)", F_OK) == 0 { number += 1 }
        return "\(ledger).replaced-\(number)"
    }

    /// Whether there was something to move.
    @discardableResult
    private static func move(_ path: String, to name: String) throws(LedgerError) -> Bool {
        if rename(path, name) == 0 { return true }
        guard errno == ENOENT else { throw fileError(path, "cannot be set aside as \(name)") }
        return false
    }
}
