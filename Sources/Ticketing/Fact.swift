package import Terms

/// Who says it. The order is the order in which facts of the same instant are told.
package enum Writer: Int, Hashable, Comparable, Sendable, CaseIterable {
    case gateway, user, desk

    package var text: String {
        switch self {
        case .gateway: "gateway"
        case .user: "user"
        case .desk: "desk"
        }
    }

    package init?(text: String) {
        guard let writer = Self.allCases.first(where: { $0.text == text }) else { return nil }
        self = writer
    }

    package static func < (a: Writer, b: Writer) -> Bool { a.rawValue < b.rawValue }
}

/// What a fact is about.
package enum Subject: Hashable, Sendable {
    case site(SiteID)
    case ticket(TicketID)

    /// The ticket, where it is one.
    package var ticket: TicketID? { if case .ticket(let id) = self { id } else { nil } }
}

/// Something that happened. Appended once, never changed; everything else is computed from facts.
package struct Fact: Hashable, Sendable {
    package let subject: Subject
    package let writer: Writer
    /// When it took effect.
    package let at: Instant
    /// When it was written down; never before `at`, unless the clock was wrong.
    package let recordedAt: Instant
    /// The box's clocks at the recording.
    package let stamp: Stamp
    package let event: FactEvent

    package init(subject: Subject, writer: Writer, at: Instant, recordedBy stamp: Stamp, event: FactEvent) {
        self.subject = subject
        self.writer = writer
        self.at = at
        self.recordedAt = stamp.wall
        self.stamp = stamp
        self.event = event
    }

    /// The ticket that the fact is about, if it is about one.
    package var ticket: TicketID? { subject.ticket }
}

extension Fact {
    /// The order in which facts are told: effective instant, writer, name, canonical bytes. Arrival does not matter.
    package static func isTold(_ a: Fact, before b: Fact) -> Bool {
        if a.at != b.at { return a.at < b.at }
        if a.writer != b.writer { return a.writer < b.writer }
        if a.event.name != b.event.name { return a.event.name < b.event.name }
        return a.canonicalBytes.lexicographicallyPrecedes(b.canonicalBytes)
    }
}
