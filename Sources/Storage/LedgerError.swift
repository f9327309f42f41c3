/// Why the ledger cannot be used.
package struct LedgerError: Error, CustomStringConvertible {
    /// What kind of failure it is, for a caller that acts on it.
    package enum Code: Sendable, Equatable {
        /// The data directory, or another file, is not there, or cannot be made or written.
        case notWritable
        /// Another process has the data directory.
        case inUse
        /// A newer version of the program wrote the database.
        case fromTheFuture
        /// A stored fact, or the file itself, is not what was written.
        case corrupt
        /// The disk has no room for a write.
        case diskFull
        /// The database refused a read or a write: input/output error, constraint.
        case failed
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
