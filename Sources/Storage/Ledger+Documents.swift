internal import Foundation
internal import GRDB
internal import Ticketing

extension Ledger {
    /// A kept document; nil when there is none with that hash.
    package func document(sha256: String) throws(LedgerError) -> [UInt8]? {
        try reading("a document") { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT sha256, content, plainBytes FROM document WHERE sha256 = ?", arguments: [sha256])
            return try row.map { try Self.content(of: $0) }
        }
    }

    /// Every kept document of one kind; each is what its hash says.
    package func documents(_ kind: LedgerDocument.Kind) throws(LedgerError) -> [LedgerDocument] {
        try reading("documents") { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT sha256, content, plainBytes FROM document WHERE kind = ?", arguments: [kind.rawValue])
            var documents: [LedgerDocument] = []
            while let row = try rows.next() {
                documents.append(LedgerDocument(kind: kind, content: try Self.content(of: row)))
            }
            return documents
        }
    }

    /// Checks every kept document against its hash; how many there are.
    package func checkDocuments() throws(LedgerError) -> Int {
        try reading("documents") { db in
            let rows = try Row.fetchCursor(db, sql: "SELECT sha256, kind, content, plainBytes FROM document")
            var count = 0
            while let row = try rows.next() {
                let kind = String.fromDatabaseValue(row["kind"]).flatMap(LedgerDocument.Kind.init(rawValue:))
                guard kind != nil else { throw Self.changedDocument(String.fromDatabaseValue(row["sha256"])) }
                _ = try Self.content(of: row)
                count += 1
            }
            return count
        }
    }

    private static func changedDocument(_ sha256: String?) -> LedgerError {
        LedgerError(
            .corrupt, "ledger: document \(sha256 ?? "without a hash") is not what was written: its hash is another. "
                + "The file was left as it is")
    }

    /// The content of a document's row, as it was before it was compressed. A damaged file may hold anything in any
    /// column, so nothing is taken for what it should be.
    private static func content(of row: Row) throws -> [UInt8] {
        let sha256 = String.fromDatabaseValue(row["sha256"])
        guard let stored = Data.fromDatabaseValue(row["content"]).map([UInt8].init) else {
            throw changedDocument(sha256)
        }
        let plainBytes: DatabaseValue = row["plainBytes"]
        let content: [UInt8]?
        if plainBytes.isNull {
            content = stored
        } else {
            content = Int.fromDatabaseValue(plainBytes).flatMap { decompressed(stored, to: $0) }
        }
        guard let content, ChainHash.of(content).description == sha256 else { throw changedDocument(sha256) }
        return content
    }

    /// Reads from the database; whatever goes wrong says what was being read.
    func reading<Value>(_ what: String, _ read: (Database) throws -> Value) throws(LedgerError) -> Value {
        do {
            return try queue.read(read)
        } catch let error as LedgerError {
            throw error
        } catch {
            throw Self.wrapped(error, doing: "reading \(what)")
        }
    }
}
