internal import Foundation
internal import GRDB
internal import Glibc
package import Terms
package import Ticketing

/// Something kept beside the facts and named in one of them by its SHA-256.
package struct LedgerDocument: Sendable, Equatable {
    /// What the document is.
    package enum Kind: String, Sendable { case policy, calendar, evidence }

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
    let queue: DatabaseQueue
    var heads: [FactSource: ChainHead] = [:]
    /// Room that is kept for appends; a copy has none.
    package let reserve: ReserveFile?
    /// How often an append needed the room that was kept for it.
    package private(set) var reserveUses = 0
    /// The present epoch of both chains.
    package let epoch = 1

    /// Opens or makes the ledger of a data directory that the caller has locked. `load` must follow before the first
    /// append: it finds the chains' heads.
    package init(directory: borrowing DataDirectory) throws(LedgerError) {
        reserve = ReserveFile(path: directory.path + "/reserve")
        try Self.finishRestore(in: directory)
        queue = try Self.open(directory.ledgerPath, journal: "WAL")
    }

    /// Opens a copy that lies anywhere and that nobody else knows of yet. It becomes a ledger of today's schema in one
    /// file: without a log of changes beside it, it can be read from a medium that cannot be written.
    package init(copy path: String) throws(LedgerError) {
        reserve = nil
        queue = try Self.open(path, journal: "DELETE")
    }

    /// Ends with everything in the file itself.
    package func close() throws(LedgerError) {
        do {
            try queue.close()
        } catch {
            throw Self.wrapped(error, doing: "closing \(queue.path)")
        }
    }

    /// SQLite takes a file that is cut shorter than a page for a new database; what is left of a ledger is none.
    static func refuseRemnant(_ path: String) throws(LedgerError) {
        guard let file = fopen(path, "r") else { return }
        defer { fclose(file) }
        var first = [UInt8](repeating: 0, count: 512)
        let count = fread(&first, 1, first.count, file)
        guard count == 0 || count == first.count && first.starts(with: "SQLite format 3\0".utf8) else {
            throw LedgerError(.corrupt, "\(path): the file is damaged or is no database. It was left as it is")
        }
    }

    private static func open(_ path: String, journal: String) throws(LedgerError) -> DatabaseQueue {
        try refuseRemnant(path)
        var configuration = GRDB.Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = \(journal); PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
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

    /// Appends in one transaction; when it returns, the disk has it. When it throws, nothing was appended. Where the
    /// disk is full, the room that was kept is given up first.
    package func append(_ entry: LedgerEntry) throws(LedgerError) {
        do throws(LedgerError) {
            try write(entry)
        } catch {
            guard error.code == .diskFull, reserve?.giveUp() ?? false else { throw error }
            reserveUses += 1
            try write(entry)
        }
    }

    private func write(_ entry: LedgerEntry) throws(LedgerError) {
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
        _ fact: Fact, after head: ChainHead?, _ db: Database
    ) throws -> ChainHead {
        let canonical = fact.canonicalBytes
        let next = (head ?? .genesis(of: fact.source, epoch: epoch)).followed(by: canonical)
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO fact (source, epoch, sequence, subject, name, canonical, hash, stepID)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(
            arguments: [
                fact.source.rawValue, epoch, next.sequence, fact.subject.text, fact.event.name, Data(canonical),
                Data(next.hash.bytes), fact.stepID,
            ])
        return next
    }

    /// The newest hash of a chain, and how many facts it covers: what a receipt or a report prints.
    package func head(of source: FactSource) -> ChainHead { heads[source] ?? .genesis(of: source, epoch: epoch) }

    static func wrapped(_ error: any Error, doing what: String) -> LedgerError {
        guard let error = error as? DatabaseError else { return LedgerError(.corrupt, "ledger, \(what): \(error)") }
        switch error.resultCode {
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return LedgerError(.corrupt, "ledger, \(what): the file is damaged or is no database (\(error)). "
                + "It was left as it is")
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            return LedgerError(.notWritable, "ledger, \(what): no permission (\(error))")
        case .SQLITE_FULL:
            return LedgerError(.diskFull, "ledger, \(what): the disk is full (\(error))")
        case _ where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE:
            return LedgerError(.diskFull, "ledger, \(what): the disk is full (\(error))")
        default:
            return LedgerError(.failed, "ledger, \(what): \(error)")
        }
    }
}
