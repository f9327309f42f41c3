package import Terms

/// When a promise is broken unless it is kept before.
package struct Deadline: Hashable, Sendable {
    package var at: Instant
    /// The last local day in time; nil for a promise in hours.
    package var lastDay: CivilDate?
    /// The calendar does not reach that far: it may warn, never break, and moves with the next version.
    package var isProvisional: Bool
    /// What a later version of the calendar can at most bring forward; a stop before it is in time for sure.
    package var earliest: Instant

    package init(at: Instant, lastDay: CivilDate? = nil, isProvisional: Bool = false, earliest: Instant? = nil) {
        self.at = at
        self.lastDay = lastDay
        self.isProvisional = isProvisional
        self.earliest = earliest ?? at
    }
}

/// What two sides agreed on, or what follows from dates: a promise that is no length of time.
package enum AgreedTime: Hashable, Sendable {
    /// In time through this local day.
    case day(CivilDate)
    /// In time before this instant: the end of a slot.
    case instant(Instant)
    /// In time through the local day so many days after the start.
    case daysAfterStart(Int)
}

/// Why a deadline cannot be told. Never a silent default: it is shown, and somebody is told.
package enum UnknownDeadline: String, Hashable, Sendable {
    case noCalendar, noZone, noWorkday

    package var sentence: String {
        switch self {
        case .noCalendar: "no calendar of working days is bound to it; name one that is installed"
        case .noZone: "no time zone is known for its place"
        case .noWorkday: "its calendar has no working day within ten years"
        }
    }
}
