internal import GRDB
internal import GRDBSQLite
internal import Glibc
package import Ticketing

/// A look at a ledger from outside, whoever writes it meanwhile: it takes no lock that its owner would wait for, makes
/// no file, changes nothing, and ends when its time is over.
///
/// It belongs to one thread; every call blocks until the disk has answered or the time is over.
package final class LedgerView {
    /// How the file's schema stands to this program.
    package enum Schema: Sendable, Equatable {
        case current
        /// The next start brings it up to date.
        case older
        /// This program does not know the named step.
        case newer(String)
    }

    /// What a check came to.
    package enum Answer: Sendable, Equatable {
        /// With what was checked, in words.
        case sound(String)
        /// What is not what was written.
        case damaged(String)
        /// The time was over, and how far it came.
        case unfinished(String)
    }

    private let path: String
    private let database: OpaquePointer
    /// No process had it open at the start: what is in the file is all of it.
    private let isAtRest: Bool

    /// Opens a ledger to read it.
    ///
    /// - Throws: `corrupt` where it is no ledger, `notWritable` where this user may not read it, `failed` where it
    ///   can only be read after its owner has started again.
    package init(path: String) throws(LedgerError) {
        try Ledger.refuseRemnant(path)
        self.path = path
        isAtRest = access("\(path)-wal", F_OK) != 0
        // A clean end leaves the file alone, and to read that takes no lock (sqlite.org/uri.html). Else others may be
        // writing, and what they share is read and not changed.
        let options = isAtRest ? "immutable=1" : "readonly_shm=1"
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
        let result = sqlite3_open_v2("file:\(Self.escaped(path))?\(options)", &opened, flags, nil)
        guard let opened, result == SQLITE_OK else {
            sqlite3_close_v2(opened)
            throw Self.error(result, path)
        }
        database = opened
        guard try integer("PRAGMA application_id") == Int(Ledger.applicationID) else {
            throw LedgerError(.corrupt, "\(path) is a database, and no ledger of aftercare")
        }
    }

    deinit { sqlite3_close_v2(database) }

    /// Whether its owner opened it meanwhile, so that what was read does not count.
    package var isOutdated: Bool { isAtRest && access("\(path)-wal", F_OK) == 0 }

    /// How its schema stands to this program.
    package func schema() throws(LedgerError) -> Schema {
        let known = Ledger.migrator.migrations
        var found: [String] = []
        try rows("SELECT identifier FROM grdb_migrations") { row in
            found.append(row.text(0))
            return true
        }
        if let strange = found.first(where: { !known.contains($0) }) { return .newer(strange) }
        return known.allSatisfy(found.contains) ? .current : .older
    }

    /// How many facts there are.
    package func count() throws(LedgerError) -> Int { try integer("SELECT count(*) FROM fact") }

    /// How many tickets are open.
    package func openTickets() throws(LedgerError) -> Int { try integer("SELECT count(*) FROM openTicket") }

    /// The newest fact; nil where there is none.
    package func newestFact() throws(LedgerError) -> Fact? {
        var newest: Fact?
        var reader = FactReader()
        try rows("SELECT canonical FROM fact ORDER BY rowid DESC LIMIT 1") { row in
            guard let bytes = row.bytes(0, SQLITE_BLOB) else { return false }
            // What cannot be read is named when the chains are followed.
            newest = try? reader.fact(Array(bytes))
            return false
        }
        return newest
    }

    /// Lets SQLite look at its own structure: pages and constraints, not whether the indexes agree.
    ///
    /// - Parameter mayGoOn: asked again and again; the check ends when it says no.
    package func structure(while mayGoOn: () -> Bool) -> Answer {
        var words: [String] = []
        let result = withLimit(mayGoOn) {
            rowsOrCode("PRAGMA quick_check(1)") { row in
                words.append(row.text(0))
                return true
            }
        }
        if result == SQLITE_INTERRUPT { return .unfinished("the file is too large for a quick look") }
        if result != SQLITE_OK { return .damaged(Self.error(result, path).message) }
        return words == ["ok"] ? .sound("every page is in order") : .damaged("\(path): \(words.first ?? "no answer")")
    }

    /// Follows both chains from their beginning.
    ///
    /// - Parameters:
    ///   - mayGoOn: asked again and again; the check ends when it says no.
    ///   - take: gets every fact that is what was written, in the order of writing.
    package func chains(while mayGoOn: () -> Bool, take: (Fact) -> Void) -> Answer {
        var check = ChainCheck(epoch: 1)
        var failure: LedgerError?
        var isCut = false
        let result = rowsOrCode(ChainCheck.sql) { row in
            if check.count % 256 == 0, !mayGoOn() {
                isCut = true
                return false
            }
            do throws(LedgerError) {
                let (_, fact) = try check.verified(row)
                take(fact)
                return true
            } catch {
                failure = error
                return false
            }
        }
        if let failure { return .damaged(failure.message) }
        if result != SQLITE_OK { return .damaged(Self.error(result, path).message) }
        if isCut { return .unfinished("\(check.count) facts follow from each other; there are more") }
        return .sound("\(check.count) facts follow from each other")
    }

    // MARK: - SQLite

    private func integer(_ sql: String) throws(LedgerError) -> Int {
        var value = 0
        try rows(sql) { row in
            value = row.integer(0) ?? 0
            return false
        }
        return value
    }

    private func rows(_ sql: String, _ take: (StoredRow) -> Bool) throws(LedgerError) {
        let result = rowsOrCode(sql, take)
        guard result == SQLITE_OK else { throw Self.error(result, path) }
    }

    /// Gives the rows of a query one after another until `take` says no; SQLITE_OK, or why there were no more.
    private func rowsOrCode(_ sql: String, _ take: (StoredRow) -> Bool) -> Int32 {
        var prepared: OpaquePointer?
        let result = sqlite3_prepare_v2(database, sql, -1, &prepared, nil)
        guard result == SQLITE_OK, let statement = prepared else { return result }
        defer { sqlite3_finalize(statement) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: if !take(StoredRow(statement: statement)) { return SQLITE_OK }
            case SQLITE_DONE: return SQLITE_OK
            case let code: return code & 0xFF
            }
        }
    }

    /// Runs something that SQLite does at a stretch, and interrupts it when the time is over.
    private func withLimit(_ mayGoOn: () -> Bool, _ run: () -> Int32) -> Int32 {
        withoutActuallyEscaping(mayGoOn) { mayGoOn in
            var question = mayGoOn
            return withUnsafeMutablePointer(to: &question) { pointer in
                sqlite3_progress_handler(
                    database, 10_000,
                    { context in
                        let ask = context?.assumingMemoryBound(to: (() -> Bool).self)
                        return ask.map { $0.pointee() ? 0 : 1 } ?? 0
                    }, pointer)
                defer { sqlite3_progress_handler(database, 0, nil, nil) }
                return run()
            }
        }
    }

    private static func error(_ code: Int32, _ path: String) -> LedgerError {
        let words = String(cString: sqlite3_errstr(code))
        return switch code & 0xFF {
        case SQLITE_NOTADB, SQLITE_CORRUPT, SQLITE_ERROR:
            LedgerError(.corrupt, "\(path): the file is damaged or is no database (\(words)). It was left as it is")
        case SQLITE_PERM, SQLITE_AUTH: LedgerError(.notWritable, "\(path): \(words)")
        default:
            LedgerError(.failed, "\(path): its last writer did not end in order (\(words)); look again when the "
                    + "daemon runs")
        }
    }

    /// A path as a URI takes it.
    private static func escaped(_ path: String) -> String {
        path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
    }
}

extension StoredRow {
    /// A text; empty for any other type.
    fileprivate func text(_ column: Int32) -> String {
        bytes(column, SQLITE_TEXT).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
