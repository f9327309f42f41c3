package import Terms

/// Who is on call at which instant, as data: one document (`roster.yaml`).
///
/// The weeks say who is on call as a rule, the changes what is different for a while. All of it is meant by the clocks
/// of one place; the answers are instants.
package struct OnCallRoster: Hashable, Sendable {
    /// The place whose days and times these are.
    package let zone: LocalZone
    /// Everybody who may be on call, in the order of the document.
    package let people: [Person]
    /// The rule, in the order of time. No two of them are valid on the same day.
    package let weeks: [Week]
    /// What is different for a while. The reader sees to it that no two contradict each other.
    package let changes: [Change]

    package init(zone: LocalZone, people: [Person], weeks: [Week], changes: [Change]) {
        self.zone = zone
        self.people = people
        self.weeks = weeks.sorted { $0.first < $1.first }
        self.changes = changes
    }

    /// Somebody who can be called.
    package struct Person: Hashable, Sendable {
        /// Unique within the roster.
        package let id: String
        package let name: String
        /// As a person would dial it.
        package let phone: String
        package let mail: String?

        package init(id: String, name: String, phone: String, mail: String? = nil) {
            self.id = id
            self.name = name
            self.phone = phone
            self.mail = mail
        }
    }

    /// A week that repeats while it is valid.
    package struct Week: Hashable, Sendable {
        /// The first day on which shifts of this week begin.
        package let first: CivilDate
        /// The last day on which shifts of this week begin; nil where it is valid until further notice.
        package let last: CivilDate?
        /// In the order of the document: who stands first is called first.
        package let shifts: [Shift]

        package init(first: CivilDate, last: CivilDate?, shifts: [Shift]) {
            self.first = first
            self.last = last
            self.shifts = shifts
        }

        /// Whether shifts of this week begin on the day.
        package func isValid(on date: CivilDate) -> Bool { date >= first && date <= (last ?? .last) }
    }

    /// A time of some days of the week, and who is on call then.
    package struct Shift: Hashable, Sendable {
        /// The days on which it begins.
        package let days: Set<Weekday>
        /// Minutes after midnight at which it begins, 0 to 1439.
        package let start: Int
        /// Minutes after the same midnight at which it ends: above `start`, at most a day later. Above 1440 it ends on
        /// the day after.
        package let end: Int
        /// Who has it: the first one in the week in which the roster's week becomes valid, the next one in the week
        /// after, and so on from the beginning again. Never empty.
        package let turns: [Person]

        /// Nil for times or turns that no shift can have.
        package init?(days: Set<Weekday>, start: Int, end: Int, turns: [Person]) {
            guard (0..<1_440).contains(start), end > start, end - start <= 1_440, !turns.isEmpty else { return nil }
            self.days = days
            self.start = start
            self.end = end
            self.turns = turns
        }
    }

    /// What is different for a while, from `start` up to and without `end`.
    package struct Change: Hashable, Sendable {
        package let start: Instant
        package let end: Instant
        package let kind: Kind

        /// What is different.
        package enum Kind: Hashable, Sendable {
            /// This one is on call in the place of all others; nil: nobody is.
            case onlyCalled(Person?)
            /// The first one is away, and the other one stands in wherever they would be on call; nil: nobody does.
            case away(Person, standIn: Person?)
        }

        package init(start: Instant, end: Instant, kind: Kind) {
            self.start = start
            self.end = end
            self.kind = kind
        }
    }
}
