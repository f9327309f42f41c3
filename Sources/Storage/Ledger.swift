internal import Foundation
internal import GRDB
internal import ServiceLevel
package import Terms
package import Ticketing

/// Something kept beside the facts and named in one of them by its SHA-256.
package struct LedgerDocument: Sendable, Equatable {
    /// What the document is.
    package enum Kind: String, Sendable { case policy, evidence }

    package var sha256: String
    package var kind: Kind
    package var content: [UInt8]

    package init(kind: Kind, content: [UInt8]) {
        sha256 = ChainHash.of(content).description
        self.kind = kind
        self.content = content
    }
}

/// What one transaction brings.
package struct LedgerEntry: Sendable {
    package var facts: [Fact]
    package var documents: [LedgerDocument]
    /// Tickets that are open from now on, with their key, and tickets that no longer are.
    package var opened: [FaultKey: TicketID]
    package var closed: [TicketID]

    package init(
        facts: [Fact], documents: [LedgerDocument] = [], opened: [FaultKey: TicketID] = [:], closed: [TicketID] = []
    ) {
        self.facts = facts
        self.documents = documents
        self.opened = opened
        self.closed = closed
    }
}

/// The log of everything that happened: append-only, hash-chained, synced to the disk before it is believed.
///
/// It belongs to one owner and is called from one thread at a time; every call blocks until the disk has answered.
package final class Ledger {
    private let queue: DatabaseQueue
    private var heads: [FactSource: (sequence: Int, hash: ChainHash)] = [:]
    /// The present epoch of both chains.
    package let epoch = 1

    /// Opens or makes the ledger of a data directory that the caller has locked. `load` must follow before the first
    /// append: it finds the chains' heads.
    package init(directory: borrowing DataDirectory) throws(LedgerError) {
        queue = try Self.open(directory.ledgerPath)
    }

    private static func open(_ path: String) throws(LedgerError) -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
        }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            guard try queue.read(migrator.hasBeenSuperseded) == false else {
                throw LedgerError(
                    .fromTheFuture, "\(path) was written by a newer version of aftercare; install that version or "
                        + "newer. Nothing was changed")
            }
            try migrator.migrate(queue)
            return queue
        } catch let error as LedgerError {
            throw error
        } catch {
            throw wrapped(error, doing: "opening \(path)")
        }
    }

    /// Every stored fact in the order of writing, after both chains were checked.
    package func load() throws(LedgerError) -> [Fact] {
        var facts: [Fact] = []
        for source in FactSource.allCases { heads[source] = (0, ChainHash.genesis(source: source, epoch: epoch)) }
        do {
            try queue.read { db in
                let rows = try Row.fetchCursor(
                    db, sql: "SELECT source, sequence, canonical, hash FROM fact WHERE epoch = ? ORDER BY rowid",
                    arguments: [epoch])
                while let row = try rows.next() { facts.append(try verified(row)) }
            }
        } catch let error as LedgerError {
            throw error
        } catch {
            throw Self.wrapped(error, doing: "reading fact \(facts.count + 1)")
        }
        return facts
    }

    /// Reads one row and moves its chain's head; throws when it is not what was written.
    private func verified(_ row: Row) throws -> Fact {
        guard let source = FactSource(rawValue: row["source"]), let head = heads[source] else {
            throw LedgerError(.corrupt, "ledger: a fact of an unknown source")
        }
        let canonical = [UInt8](row["canonical"] as Data)
        let sequence: Int = row["sequence"]
        let hash = head.hash.followed(by: canonical)
        guard sequence == head.sequence + 1, hash.bytes == [UInt8](row["hash"] as Data) else {
            throw LedgerError(
                .corrupt, "ledger: \(source.rawValue) fact \(sequence) of epoch \(epoch) is not what was written: "
                    + "its hash does not follow from the facts before it. The file was left as it is")
        }
        heads[source] = (sequence, hash)
        do {
            return try Fact(canonicalBytes: canonical)
        } catch {
            throw LedgerError(
                .fromTheFuture, "ledger: \(source.rawValue) fact \(sequence): \(error); a newer version of aftercare "
                    + "wrote it. Install that version or newer. Nothing was changed")
        }
    }

    /// Appends in one transaction; when it returns, the disk has it. When it throws, nothing was appended.
    package func append(_ entry: LedgerEntry) throws(LedgerError) {
        var newHeads = heads
        do {
            try queue.inTransaction(.immediate) { db in
                for document in entry.documents {
                    let packed = document.kind == .evidence ? compressed(document.content) : nil
                    try db.execute(
                        sql: "INSERT OR IGNORE INTO document (sha256, kind, content, plainBytes) VALUES (?, ?, ?, ?)",
                        arguments: [
                            document.sha256, document.kind.rawValue, Data(packed ?? document.content),
                            packed.map { _ in document.content.count },
                        ])
                }
                for ticket in entry.closed {
                    try db.execute(sql: "DELETE FROM openTicket WHERE ticket = ?", arguments: [ticket.text])
                }
                for (key, ticket) in entry.opened {
                    try db.execute(
                        sql: "INSERT INTO openTicket (faultKey, ticket) VALUES (?, ?)",
                        arguments: [key.description, ticket.text])
                }
                for fact in entry.facts { newHeads[fact.source] = try insert(fact, after: newHeads[fact.source], db) }
                return .commit
            }
        } catch {
            throw Self.wrapped(error, doing: "writing \(entry.facts.count) facts")
        }
        heads = newHeads
    }

    private func insert(
        _ fact: Fact, after head: (sequence: Int, hash: ChainHash)?, _ db: Database
    ) throws -> (sequence: Int, hash: ChainHash) {
        let head = head ?? (0, ChainHash.genesis(source: fact.source, epoch: epoch))
        let canonical = fact.canonicalBytes
        let next = (sequence: head.sequence + 1, hash: head.hash.followed(by: canonical))
        try db.execute(
            sql: """
                INSERT INTO fact (source, epoch, sequence, subject, name, canonical, hash, stepID)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                fact.source.rawValue, epoch, next.sequence, fact.subject.text, fact.event.name, Data(canonical),
                Data(next.hash.bytes), fact.stepID,
            ])
        return next
    }

    /// The newest hash of a chain, and how many facts it covers: what a receipt or a report prints.
    package func head(of source: FactSource) -> (sequence: Int, hash: ChainHash) {
        heads[source] ?? (0, ChainHash.genesis(source: source, epoch: epoch))
    }

    /// A kept document; nil when there is none with that hash.
    package func document(sha256: String) throws(LedgerError) -> [UInt8]? {
        do {
            return try queue.read { db in
                let row = try Row.fetchOne(
                    db, sql: "SELECT content, plainBytes FROM document WHERE sha256 = ?", arguments: [sha256])
                guard let row else { return nil }
                let content = try Self.content(of: row)
                guard ChainHash.of(content).description == sha256 else { throw Self.changedDocument }
                return content
            }
        } catch let error as LedgerError {
            throw error
        } catch {
            throw Self.wrapped(error, doing: "reading a document")
        }
    }

    /// Every kept document of one kind.
    package func documents(_ kind: LedgerDocument.Kind) throws(LedgerError) -> [LedgerDocument] {
        do {
            return try queue.read { db in
                try Row.fetchAll(
                    db, sql: "SELECT content, plainBytes FROM document WHERE kind = ?", arguments: [kind.rawValue])
            }.map { LedgerDocument(kind: kind, content: try Self.content(of: $0)) }
        } catch let error as LedgerError {
            throw error
        } catch {
            throw Self.wrapped(error, doing: "reading documents")
        }
    }

    private static let changedDocument = LedgerError(
        .corrupt, "ledger: a document is not what was written: its hash is another. The file was left as it is")

    /// The content of a document's row, as it was before it was compressed.
    private static func content(of row: Row) throws -> [UInt8] {
        let stored = [UInt8](row["content"] as Data)
        guard let count = row["plainBytes"] as Int? else { return stored }
        guard let content = decompressed(stored, to: count) else { throw changedDocument }
        return content
    }

    private static func wrapped(_ error: any Error, doing what: String) -> LedgerError {
        guard let error = error as? DatabaseError else { return LedgerError(.corrupt, "ledger, \(what): \(error)") }
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return LedgerError(.corrupt, "ledger, \(what): the file is damaged or is no database (\(error)). "
                + "It was left as it is")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            return LedgerError(.notWritable, "ledger, \(what): no permission (\(error))")
        default:
            return LedgerError(.failed, "ledger, \(what): \(error)")
        }
    }
}

extension Fact {
    /// `home-1.3/1/response/warn50` for a clock's step, nil for everything else.
    fileprivate var stepID: String? {
        guard let ticket else { return nil }
        switch event {
        case .warned(let clock, let percent, let cycle): return "\(ticket)/\(cycle)/\(clock.rawValue)/warn\(percent)"
        case .breached(let clock, let cycle): return "\(ticket)/\(cycle)/\(clock.rawValue)/breach"
        default: return nil
        }
    }
}
