package import Terms

/// What is promised, as data: one document (`policy.yaml`), bound to each ticket by name and hash.
package struct SupportPolicy: Sendable, Equatable {
    /// One clock's limit and the shares of it at which somebody is warned.
    package struct Rule: Sendable, Equatable {
        /// Nil for a stopwatch.
        package var limit: Milliseconds?
        /// Percent of the limit, 1 to 99, ascending.
        package var warnings: [Int]

        package init(limit: Milliseconds?, warnings: [Int]) {
            self.limit = limit
            self.warnings = warnings
        }
    }

    package var name: String
    package var version: Int
    /// SHA-256 of the document, 64 hexadecimal digits.
    package var documentHash: String
    package var rules: [Clock: Rule]
    /// Closed less than this ago, the same fault is the same ticket in a new cycle.
    package var reopenWindow: Milliseconds
    /// A fact about the past that is recorded later than this counts from its recording, unless it has evidence.
    package var lateEntryTolerance: Milliseconds

    package init(
        name: String, version: Int, documentHash: String, rules: [Clock: Rule], reopenWindow: Milliseconds,
        lateEntryTolerance: Milliseconds
    ) {
        self.name = name
        self.version = version
        self.documentHash = documentHash
        self.rules = rules
        self.reopenWindow = reopenWindow
        self.lateEntryTolerance = lateEntryTolerance
    }
}
