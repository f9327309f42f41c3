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
        switch text {
        case "gateway": self = .gateway
        case "user": self = .user
        case "desk": self = .desk
        default: return nil
        }
    }

    package static func < (a: Writer, b: Writer) -> Bool { a.rawValue < b.rawValue }
}

/// What a fact is about.
package enum Subject: Hashable, Sendable {
    case site(SiteID)
    case ticket(TicketID)
    case order(OrderID)

    /// The ticket, where it is one.
    package var ticket: TicketID? { if case .ticket(let id) = self { id } else { nil } }
}

/// Something that happened. Appended once, never changed; everything else is computed from facts.
package struct Fact: Hashable, Sendable {
    /// The log, the book and the ticket hold the same fact: one memory serves them all.
    private let content: Content

    package var subject: Subject { content.subject }
    package var writer: Writer { content.writer }
    /// When it took effect.
    package var at: Instant { content.at }
    /// When it was written down; never before `at`, unless the clock was wrong.
    package var recordedAt: Instant { content.recordedAt }
    /// The box's clocks at the recording.
    package var stamp: Stamp { content.stamp }
    package var event: FactEvent { content.event }

    package init(subject: Subject, writer: Writer, at: Instant, recordedBy stamp: Stamp, event: FactEvent) {
        self.init(
            subject: subject, writer: writer, at: at, recordedAt: stamp.wall, stamp: stamp, event: event)
    }

    /// As it was read: `recordedAt` may be another instant than the one that the stamp tells.
    init(subject: Subject, writer: Writer, at: Instant, recordedAt: Instant, stamp: Stamp, event: FactEvent) {
        content = Content(
            subject: subject, writer: writer, at: at, recordedAt: recordedAt, stamp: stamp, event: event)
    }

    package static func == (a: Fact, b: Fact) -> Bool {
        a.content === b.content
            || a.at == b.at && a.recordedAt == b.recordedAt && a.writer == b.writer && a.subject == b.subject
                && a.stamp == b.stamp && a.event == b.event
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(subject)
        hasher.combine(at)
        hasher.combine(event)
    }

    private final class Content: Sendable {
        let subject: Subject
        let writer: Writer
        let at: Instant
        let recordedAt: Instant
        let stamp: Stamp
        let event: FactEvent

        init(
            subject: Subject, writer: Writer, at: Instant, recordedAt: Instant, stamp: Stamp, event: FactEvent
        ) {
            self.subject = subject
            self.writer = writer
            self.at = at
            self.recordedAt = recordedAt
            self.stamp = stamp
            self.event = event
        }
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

/// Who has to look at a fact: most concern few of those that tell a ledger, and to take an event out is to hold it.
struct FactRoles: OptionSet, Sendable {
    let rawValue: UInt8

    /// Alarms, serials, messages and usage: the site's own book.
    static let site = FactRoles(rawValue: 1)
    /// It links tickets, or says where it lands.
    static let links = FactRoles(rawValue: 2)
    /// A step of a clock, or a binding.
    static let clock = FactRoles(rawValue: 4)
    /// A person says that they did something.
    static let person = FactRoles(rawValue: 8)
}

extension Fact {
    /// Who has to look at it.
    var roles: FactRoles {
        switch content.event {
        case .faultOpened: [.site, .links]
        case .deskAccepted: .links
        case .intake(.userReported): [.links, .person]
        case .act(.mergedInto, _): [.links, .person]
        case .policyBound, .remoteTimedOut, .warned, .breached, .breachRescinded: .clock
        case .deviceIdentified, .alarmRaised, .alarmCleared, .alarm, .notificationDue, .delivery, .usage: .site
        case .evidenceAttached, .deviceWriteAnnounced, .intake: []
        case .firstResponse, .remoteOutcome, .diagnosisRecorded, .eliminated, .statusReportDelivered, .closed, .shelf,
            .act, .warrantyDecided, .order, .site:
            .person
        }
    }
}
