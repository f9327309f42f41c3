internal import GRDB
internal import GRDBSQLite
internal import Glibc
package import Terms
package import Ticketing

extension Ledger {
    /// Every stored fact in the order of writing, after both chains were checked.
    package func load() throws(LedgerError) -> [Fact] {
        var facts: [Fact] = []
        try readChains { _, fact in facts.append(fact) }
        return facts
    }

    /// Every stored row in the order of writing, after both chains were checked, with the heads before the first of
    /// each source.
    ///
    /// - Parameter tickets: begin with their first fact of each source; nil for the whole log.
    package func rows(
        from tickets: Set<TicketID>?
    ) throws(LedgerError) -> (anchors: [FactSource: ChainHead], rows: [ChainRow]) {
        var heads: [FactSource: ChainHead] = [:]
        for source in FactSource.allCases { heads[source] = .genesis(of: source, epoch: epoch) }
        var anchors: [FactSource: ChainHead] = tickets == nil ? heads : [:]
        var rows: [ChainRow] = []
        try readChains { row, fact in
            if anchors[row.source] == nil, let ticket = fact.ticket, tickets?.contains(ticket) ?? false {
                anchors[row.source] = heads[row.source]
            }
            heads[row.source] = row.head
            guard anchors[row.source] != nil else { return }
            rows.append(
                ChainRow(
                    source: row.source, epoch: epoch, sequence: row.head.sequence, canonical: Array(row.canonical),
                    hash: row.head.hash))
        }
        // A source that never spoke of the tickets has no rows, and stands where it is.
        return (heads.merging(anchors) { _, anchor in anchor }, rows)
    }

    /// Checks both chains; the place of the fact that has this hash.
    package func checkChains(for hash: ChainHash?) throws(LedgerError) -> (source: FactSource, sequence: Int)? {
        var place: (FactSource, Int)?
        try readChains { row, _ in
            if let hash, row.head.hash == hash { place = (row.source, row.head.sequence) }
        }
        return place
    }

    /// Lets SQLite check its own structure: pages, indexes, constraints.
    package func checkFile() throws(LedgerError) {
        let answers = try reading("the file's structure") { db in
            try Row.fetchAll(db, sql: "PRAGMA integrity_check(1)").map { String.fromDatabaseValue($0[0]) ?? "" }
        }
        guard answers == ["ok"] else {
            throw LedgerError(
                .corrupt, "ledger: the file is damaged: \(answers.first ?? "no answer"). It was left as it is")
        }
    }

    /// Compares the tickets that the index holds as open with those that the facts leave open.
    ///
    /// - Parameter open: ids by fault key.
    package func checkOpenTickets(_ open: [String: String]) throws(LedgerError) {
        let stored = try reading("open tickets") { db in
            try Row.fetchAll(db, sql: "SELECT faultKey, ticket FROM openTicket").map { row in
                (String.fromDatabaseValue(row[0]) ?? "", String.fromDatabaseValue(row[1]) ?? "")
            }
        }
        let pairs = Dictionary(stored) { first, _ in first }
        for key in Set(pairs.keys).union(open.keys).sorted() where pairs[key] != open[key] {
            throw LedgerError(
                .corrupt, "ledger: for the fault \(key) the table of open tickets says \(pairs[key] ?? "none"), the "
                    + "facts say \(open[key] ?? "none")")
        }
    }

    /// Reads and checks the whole log, and moves the heads of both chains.
    func readChains(_ take: (VerifiedRow, Fact) -> Void) throws(LedgerError) {
        for source in FactSource.allCases { heads[source] = .genesis(of: source, epoch: epoch) }
        var check = ChainCheck(epoch: epoch)
        do {
            try queue.read { db in
                let statement = try db.makeStatement(sql: ChainCheck.sql)
                let rows = try Row.fetchCursor(statement)
                while try rows.next() != nil {
                    let (row, fact) = try check.verified(StoredRow(statement: statement.sqliteStatement))
                    take(row, fact)
                }
                try check.compareWithIndex(db)
            }
        } catch let error as LedgerError {
            throw error
        } catch {
            throw Self.wrapped(error, doing: "reading fact \(check.count + 1)")
        }
        heads = check.heads
    }
}

/// A row that is what was written. Its bytes stay until the next one is read.
struct VerifiedRow {
    let source: FactSource
    let head: ChainHead
    let canonical: UnsafeRawBufferPointer
}

extension UnsafeRawBufferPointer {
    fileprivate func isSame(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count, let a = baseAddress, let b = other.baseAddress else {
            return count == 0 && other.count == 0
        }
        return memcmp(a, b, count) == 0
    }
}

/// One row of the fact table as SQLite gives it. The types of a damaged row may be any.
struct StoredRow {
    let statement: OpaquePointer

    func integer(_ column: Int32) -> Int? {
        guard sqlite3_column_type(statement, column) == SQLITE_INTEGER else { return nil }
        return Int(sqlite3_column_int64(statement, column))
    }

    /// The bytes of a text or of a blob, as the column should hold; nil for any other type.
    func bytes(_ column: Int32, _ type: Int32) -> UnsafeRawBufferPointer? {
        guard sqlite3_column_type(statement, column) == type else { return nil }
        let first = sqlite3_column_blob(statement, column)
        return UnsafeRawBufferPointer(start: first, count: Int(sqlite3_column_bytes(statement, column)))
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    func isText(_ column: Int32, _ text: String) -> Bool {
        guard let bytes = bytes(column, SQLITE_TEXT) else { return false }
        var text = text
        return text.withUTF8 { bytes.isSame(as: UnsafeRawBufferPointer($0)) }
    }

    /// Whether the column is two texts, one behind the other.
    func isText(_ column: Int32, _ first: String, _ second: String) -> Bool {
        guard let bytes = bytes(column, SQLITE_TEXT) else { return false }
        var (first, second) = (first, second)
        return first.withUTF8 { first in
            second.withUTF8 { second in
                first.count + second.count == bytes.count
                    && UnsafeRawBufferPointer(rebasing: bytes.prefix(first.count)).isSame(as: .init(first))
                    && UnsafeRawBufferPointer(rebasing: bytes.dropFirst(first.count)).isSame(as: .init(second))
            }
        }
    }
}

/// Follows both chains through the rows of the log and names the first one that is not what was written.
struct ChainCheck {
    static let sql = """
        SELECT source, epoch, sequence, canonical, hash, subject, name, stepID FROM fact ORDER BY rowid
        """

    let epoch: Int
    private(set) var count = 0
    private var gateway: ChainHead
    private var desk: ChainHead
    private var reader = FactReader()
    /// Messages without an id: of before they were told once for certain they may be there twice, the second one so.
    private var repeats: [(id: String, name: String)] = []

    init(epoch: Int) {
        self.epoch = epoch
        gateway = .genesis(of: .gateway, epoch: epoch)
        desk = .genesis(of: .desk, epoch: epoch)
    }

    var heads: [FactSource: ChainHead] { [.gateway: gateway, .desk: desk] }

    /// The row, checked against the chain and against what is kept beside the hashed text.
    mutating func verified(_ row: StoredRow) throws(LedgerError) -> (VerifiedRow, Fact) {
        count += 1
        let source: FactSource
        if row.isText(0, "gateway") {
            source = .gateway
        } else if row.isText(0, "desk") {
            source = .desk
        } else {
            throw changed("row \(count)", "its source is none that the log has")
        }
        let head = source == .gateway ? gateway : desk
        guard row.integer(1) == epoch else { throw changed(name(source), "its epoch is another") }
        guard row.integer(2) == head.sequence + 1 else {
            let stored = row.integer(2).map { "\($0)" } ?? "no number"
            throw changed(name(source), "its sequence is \(stored); a fact is missing, or the sequence was changed")
        }
        guard let canonical = row.bytes(3, SQLITE_BLOB), let stored = row.bytes(4, SQLITE_BLOB) else {
            throw changed(name(source), "it holds no bytes")
        }
        let next = ChainHead(sequence: head.sequence + 1, hash: head.hash.followed(by: canonical))
        guard next.hash.withUnsafeBytes({ $0.isSame(as: stored) }) else {
            throw changed(name(source), "its hash does not follow from the facts before it")
        }
        let fact: Fact
        do {
            fact = try reader.fact(canonical)
        } catch {
            throw LedgerError(
                .fromTheFuture, "ledger: \(name(source)): \(error); a newer version of aftercare wrote it. Install "
                    + "that version or newer. Nothing was changed")
        }
        try compareColumns(row, fact, source)
        if source == .gateway { gateway = next } else { desk = next }
        return (VerifiedRow(source: source, head: next, canonical: canonical), fact)
    }

    /// Subject, name and step id stand beside the hashed text for the indexes: they must say the same.
    private mutating func compareColumns(
        _ row: StoredRow, _ fact: Fact, _ source: FactSource
    ) throws(LedgerError) {
        let isSubject = switch fact.subject {
        case .site(let id): row.isText(5, Subject.sitePrefix, id.text)
        case .ticket(let id): row.isText(5, Subject.ticketPrefix, id.text)
        case .order(let id): row.isText(5, Subject.orderPrefix, id.text)
        }
        guard isSubject else {
            throw changed(name(source), "its column subject says another thing")
        }
        let event = fact.event
        guard row.isText(6, event.name) else { throw changed(name(source), "its column name says another thing") }
        let stepID = fact.stepID
        if row.isNull(7) {
            if case .notificationDue = event, let stepID { return repeats.append((stepID, name(source))) }
            guard stepID == nil else { throw changed(name(source), Self.otherStepID) }
        } else {
            guard let stepID, row.isText(7, stepID) else { throw changed(name(source), Self.otherStepID) }
        }
    }

    private static let otherStepID = "its column stepID says another thing"

    /// Rows that are gone from the end break no chain: the index beside the table still knows them.
    func compareWithIndex(_ db: Database) throws {
        for (id, name) in repeats {
            let first = try Row.fetchOne(db, sql: "SELECT 1 FROM fact WHERE stepID = ?", arguments: [id])
            if first == nil { throw changed(name, Self.otherStepID) }
        }
        for source in FactSource.allCases {
            let indexed = try Int.fetchOne(
                db, sql: "SELECT max(sequence) FROM fact WHERE source = ? AND epoch = ?",
                arguments: [source.rawValue, epoch])
            let head = source == .gateway ? gateway : desk
            guard indexed ?? 0 == head.sequence else {
                throw changed(
                    name(source), "it is gone from the table, and the index "
                        + "knows \(indexed ?? 0) facts")
            }
        }
    }

    /// The next fact of a source, as a person finds it. Made only where it is needed: it costs as much as the hash.
    private func name(_ source: FactSource) -> String {
        "\(source) fact \((source == .gateway ? gateway : desk).sequence + 1) of epoch \(epoch)"
    }

    private func changed(_ name: String, _ why: String) -> LedgerError {
        LedgerError(.corrupt, "ledger: \(name) is not what was written: \(why). The file was left as it is")
    }
}
