package import ServiceLevel
package import Terms
package import Ticketing

/// A test of the promise in fake time: which documents it is about, what happened, and what must be true then.
package struct TimelineFile: Hashable, Sendable {
    /// How messages name the file, normally its path.
    package let name: String
    /// `default`, or a file.
    package internal(set) var policy: Directive?
    /// The id of a shipped calendar, or a file.
    package internal(set) var calendar: Directive?
    /// The IANA zone of the named place; it is known to the time-zone data.
    package internal(set) var zone: Directive?
    /// In the order of the file, which says nothing about when they count.
    package internal(set) var facts: [FactLine] = []
    package internal(set) var expectations: [ExpectationLine] = []

    init(name: String) { self.name = name }

    /// A line that holds for the whole file.
    package struct Directive: Hashable, Sendable {
        /// From 1.
        package let line: Int
        package let value: String
    }
}

/// `at INSTANT WRITER SUBJECT FACT [key=value …]`: its name fits its subject, and its values fit their keys.
package struct FactLine: Hashable, Sendable {
    /// From 1.
    package let line: Int
    package let at: Instant
    package let writer: Writer
    package let subject: Subject
    /// `FirstResponse`
    package let name: String
    package let values: [String: TimelineValue]
}

/// `expect INSTANT SUBJECT …`: what must be true as of the instant.
package struct ExpectationLine: Hashable, Sendable {
    /// From 1.
    package let line: Int
    package let at: Instant
    package let subject: Subject
    package let claim: Claim

    /// What is claimed.
    package enum Claim: Hashable, Sendable {
        /// A clock of the subject looks like this.
        case clock(Clock, RunChoice, [ExpectedValue])
        /// The ticket looks like this.
        case ticket([ExpectedValue])
        /// So many facts tell of the step, each written by the instant.
        ///
        /// - Parameter dueAt: when they fell due; nil where that does not matter.
        case emitted(Clock, ClockStep.Kind, RunChoice, count: Int, dueAt: Instant?)
        /// A fact was told and took effect, or did not.
        ///
        /// - Parameters:
        ///   - number: which of its name, from 1, in the order of telling; nil where the line does not say.
        ///   - reason: the word of the reason why it had no effect; nil where that does not matter.
        case fact(String, number: Int?, isEffective: Bool, reason: String?)
    }

    /// Which run of a clock is meant.
    package struct RunChoice: Hashable, Sendable {
        /// From 1; nil for the present one.
        package let cycle: Int?
        /// `month6`; nil for the one that is due next.
        package let visit: String?
    }
}

extension TimelineFile {
    /// The last instant at which a fact is recorded or something is expected; nil where there is neither.
    package var lastInstant: Instant? {
        let recorded = facts.map { line in
            if case .instant(let instant) = line.values["recordedAt"] { max(line.at, instant) } else { line.at }
        }
        return (recorded + expectations.map(\.at)).max()
    }
}
