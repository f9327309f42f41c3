package import Terms

/// What is promised, as data: one document (`policy.yaml`), bound to each ticket by name and hash.
package struct SupportPolicy: Sendable, Hashable {
    /// How long a clock may run.
    package enum Limit: Hashable, Sendable {
        /// As soon as possible.
        case stopwatch
        case elapsed(Milliseconds)
        /// Of the calendar of the named place; the day of the start does not count.
        case workingDays(Int)
        /// Until what both sides agreed on, or what follows from a plan or from warranty terms.
        case agreed
    }

    /// When somebody is warned before a deadline, or while nothing happens.
    package enum Warning: Hashable, Sendable {
        /// Percent of an elapsed limit, 1 to 99.
        case percent(Int)
        /// When the last working day begins.
        case lastDay
        /// When the local day begins that is so many days before the last one in time.
        case daysBefore(Int)
        /// When no person has done anything for so long; counts anew with everything that somebody does.
        case noProgress(Milliseconds)
    }

    /// One clock's limit, and when somebody is warned.
    package struct Rule: Sendable, Hashable {
        package var limit: Limit
        package var warnings: [Warning]

        package init(limit: Limit, warnings: [Warning]) {
            self.limit = limit
            self.warnings = warnings
        }

        /// - Parameters:
        ///   - limit: nil for a stopwatch.
        ///   - warnings: percent of the limit, 1 to 99, ascending.
        package init(limit: Milliseconds?, warnings: [Int]) {
            self.init(limit: limit.map { .elapsed($0) } ?? .stopwatch, warnings: warnings.map { .percent($0) })
        }
    }

    package var name: String
    package var version: Int
    /// SHA-256 of the document, 64 hexadecimal digits.
    package var documentHash: String
    /// A clock without a rule is not promised.
    package var rules: [Clock: Rule]
    /// Closed less than this ago, the same fault is the same ticket in a new cycle.
    package var reopenWindow: Milliseconds
    /// A fact about the past that is recorded later than this counts from its recording, unless it has evidence.
    package var lateEntryTolerance: Milliseconds
    /// While nobody has acknowledged a ticket, staff are told again so long after it was opened; ascending.
    package var reminders: [Milliseconds]
    package var followUps: FollowUpPlan

    package init(
        name: String, version: Int, documentHash: String, rules: [Clock: Rule], reopenWindow: Milliseconds,
        lateEntryTolerance: Milliseconds, reminders: [Milliseconds] = [], followUps: FollowUpPlan = FollowUpPlan()
    ) {
        self.name = name
        self.version = version
        self.documentHash = documentHash
        self.rules = rules
        self.reopenWindow = reopenWindow
        self.lateEntryTolerance = lateEntryTolerance
        self.reminders = reminders
        self.followUps = followUps
    }
}
