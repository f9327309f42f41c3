internal import Foundation
internal import GRDB
internal import Ticketing

extension Ledger {
    /// Marks the file as ours (PRAGMA application_id): "AFTC".
    static let applicationID: Int32 = 0x4146_5443

    /// The schema, version by version. A migration that has shipped is never edited.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(
                sql: """
                    CREATE TABLE fact (
                        source TEXT NOT NULL CHECK (source IN ('gateway', 'desk')),
                        epoch INTEGER NOT NULL CHECK (epoch >= 1),
                        sequence INTEGER NOT NULL CHECK (sequence >= 1),
                        subject TEXT NOT NULL,
                        name TEXT NOT NULL,
                        canonical BLOB NOT NULL,
                        hash BLOB NOT NULL CHECK (length(hash) = 32),
                        -- ticket/cycle/clock/step: a step is written once
                        stepID TEXT UNIQUE,
                        PRIMARY KEY (source, epoch, sequence)
                    ) STRICT;

                    CREATE TRIGGER factIsNeverChanged BEFORE UPDATE ON fact
                    BEGIN SELECT RAISE(ABORT, 'a fact is never changed'); END;

                    CREATE TRIGGER factIsNeverDeleted BEFORE DELETE ON fact
                    BEGIN SELECT RAISE(ABORT, 'a fact is never deleted'); END;

                    -- At most one open ticket for a fault key, whatever the program believes.
                    CREATE TABLE openTicket (
                        faultKey TEXT NOT NULL PRIMARY KEY,
                        ticket TEXT NOT NULL UNIQUE
                    ) STRICT;

                    -- Evidence and policies, by their SHA-256.
                    CREATE TABLE document (
                        sha256 TEXT NOT NULL PRIMARY KEY CHECK (length(sha256) = 64),
                        kind TEXT NOT NULL,
                        content BLOB NOT NULL
                    ) STRICT;
                    """)
        }
        migrator.registerMigration("compressedDocuments") { db in
            try db.execute(
                sql: """
                    -- Bytes before compression (zlib, RFC 1950); null where the content stands as it is. The hash is
                    -- that of the bytes before compression.
                    ALTER TABLE document ADD COLUMN plainBytes INTEGER CHECK (plainBytes > 0)
                    """)
        }
        migrator.registerMigration("messagesOnce", migrate: giveMessagesTheirIDs)
        return migrator
    }

    /// A message has a unique id from now on, like a step of a clock. Of two with one id the first has it.
    private static func giveMessagesTheirIDs(_ db: Database) throws {
        var ids: [Int64: String] = [:]
        var reader = FactReader()
        let rows = try Row.fetchCursor(
            db, sql: "SELECT rowid, canonical FROM fact WHERE name = 'NotificationDue' ORDER BY rowid")
        var seen: Set<String> = []
        while let row = try rows.next() {
            guard let rowid = Int64.fromDatabaseValue(row[0]), let bytes = Data.fromDatabaseValue(row[1])
            else { continue }
            // What cannot be read is named when the chains are checked, which comes next.
            let fact = try? reader.fact([UInt8](bytes))
            guard let id = fact?.stepID, seen.insert(id).inserted else { continue }
            ids[rowid] = id
        }
        guard !ids.isEmpty else { return }
        let guardian = try String.fetchOne(
            db, sql: "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'factIsNeverChanged'")
        try db.execute(sql: "DROP TRIGGER factIsNeverChanged")
        for (rowid, id) in ids {
            try db.execute(sql: "UPDATE fact SET stepID = ? WHERE rowid = ?", arguments: [id, rowid])
        }
        if let guardian { try db.execute(sql: guardian) }
    }
}
