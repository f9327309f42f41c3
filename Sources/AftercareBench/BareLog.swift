internal import Crypto
internal import GRDBSQLite
internal import Ticketing

/// The log as nobody can read it with less work: SQLite's own calls, one hash a row, and nothing else.
final class BareLog {
    private var database: OpaquePointer?
    private let path: String

    init(path: String) throws {
        self.path = path
        guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, nil) == SQLITE_OK else { throw failure() }
    }

    deinit { sqlite3_close_v2(database) }

    /// Reads every row in the order of writing and computes both chains anew.
    func checkChain() throws {
        var statement: OpaquePointer?
        let sql = "SELECT source, canonical, hash FROM fact WHERE epoch = 1 ORDER BY rowid"
        guard sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK else { throw failure() }
        defer { sqlite3_finalize(statement) }
        var gateway = [UInt8](ChainHash.genesis(source: .gateway, epoch: 1).bytes)
        var desk = [UInt8](ChainHash.genesis(source: .desk, epoch: 1).bytes)
        var result = sqlite3_step(statement)
        while result == SQLITE_ROW {
            // The first letter tells them apart.
            let isGateway = sqlite3_column_text(statement, 0)?.pointee == UInt8(ascii: "g")
            guard isGateway ? advance(&gateway, statement) : advance(&desk, statement) else {
                throw BenchFailure(description: "the chain of the made ledger is broken")
            }
            result = sqlite3_step(statement)
        }
        guard result == SQLITE_DONE else { throw failure() }
    }

    /// Puts the next hash in the place of the one before; whether the row says the same.
    private func advance(_ head: inout [UInt8], _ statement: OpaquePointer?) -> Bool {
        let canonical = UnsafeRawBufferPointer(
            start: sqlite3_column_blob(statement, 1), count: Int(sqlite3_column_bytes(statement, 1)))
        let stored = UnsafeRawBufferPointer(
            start: sqlite3_column_blob(statement, 2), count: Int(sqlite3_column_bytes(statement, 2)))
        var hasher = SHA256()
        head.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        hasher.update(bufferPointer: canonical)
        return hasher.finalize().withUnsafeBytes { digest in
            head.withUnsafeMutableBytes { $0.copyMemory(from: digest) }
            return stored.elementsEqual(digest)
        }
    }

    private func failure() -> BenchFailure {
        BenchFailure(description: "\(path): \(String(cString: sqlite3_errmsg(database)))")
    }
}
