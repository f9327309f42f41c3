package import Terms

/// Which messages go out now, and which wait: nobody reads sixty messages, and nothing may be dropped.
///
/// Up to `singles` messages go out one by one within ten minutes. What comes beyond that is collected, and one message
/// lists it all. Danger waits for no nuisance, and for the pause only where the message before told of danger, too. So
/// there are never more than `most` within ten minutes.
package struct NotificationPlan {
    /// Ten minutes.
    package static let window = Milliseconds.minutes(10)
    /// Messages of one ticket each, within the window.
    package static let singles = 7
    /// All messages within the window, but for danger.
    package static let lists = 9
    /// All messages within the window.
    package static let most = 10
    /// Between a message and the next list.
    package static let pause = Milliseconds.minutes(2)
    /// Calls in one message; the rest goes into the next one.
    private static let callLimit = 1_000

    /// What waits: the calls of one ticket, order or home together, in the order in which they came up.
    package struct Waiting: Sendable, Equatable {
        package var subject: Subject
        package var calls: [NotificationCall]
        package var audience: [Audience]
        package var isUrgent: Bool

        package init(_ subject: Subject, calls: [NotificationCall], audience: [Audience], isUrgent: Bool) {
            self.subject = subject
            self.calls = calls
            self.audience = audience
            self.isUrgent = isUrgent
        }
    }

    /// A message that went out.
    package struct Sent: Sendable, Equatable {
        package var at: Instant
        package var isUrgent: Bool

        package init(at: Instant, isUrgent: Bool) {
            self.at = at
            self.isUrgent = isUrgent
        }
    }

    private let waiting: [Waiting]
    /// The oldest first.
    private let recent: [Sent]

    /// - Parameters:
    ///   - waiting: what nobody was told yet.
    ///   - sent: the messages before, in any order; only the last ten minutes count.
    package init(waiting: [Waiting], sent: [Sent]) {
        self.waiting = waiting.sorted { a, b in
            if a.isUrgent != b.isUrgent { return a.isUrgent }
            if a.calls[0].at != b.calls[0].at { return a.calls[0].at < b.calls[0].at }
            let (first, second) = (a.subject.ticket?.number ?? 0, b.subject.ticket?.number ?? 0)
            return first == second ? a.subject.text < b.subject.text : first < second
        }
        recent = sent.sorted { $0.at < $1.at }
    }

    /// The messages that go out at `now`.
    package func messages(at now: Instant) -> [NotificationMessage] {
        let sent = sent(before: now)
        guard !waiting.isEmpty else { return [] }
        if sent.count + waiting.count <= Self.singles { return waiting.map { Self.message([$0]) } }
        guard isListDue(after: sent, at: now) else { return [] }
        var listed: [Waiting] = []
        var calls = 0
        for one in waiting where calls < Self.callLimit {
            listed.append(one)
            calls += one.calls.count
        }
        return [Self.message(listed)]
    }

    /// When messages go out if nothing else happens; nil when nothing waits.
    package func nextDue(after now: Instant) -> Instant? {
        guard !waiting.isEmpty else { return nil }
        let sent = sent(before: now)
        // Each message that leaves the window makes room; the pause ends once.
        let moments = [now, (sent.last?.at ?? now) + Self.pause] + sent.map { $0.at + Self.window }
        return moments.filter { $0 >= now }.sorted().first { !messages(at: $0).isEmpty }
    }

    /// A message from the future was sent before the clock was set back: it limits nobody.
    private func sent(before now: Instant) -> [Sent] {
        recent.filter { $0.at > now - Self.window && $0.at <= now }
    }

    private func isListDue(after sent: [Sent], at now: Instant) -> Bool {
        let isUrgent = waiting.contains(where: \.isUrgent)
        guard sent.count < (isUrgent ? Self.most : Self.lists) else { return false }
        guard let last = sent.last else { return true }
        return now - last.at >= Self.pause || isUrgent && !last.isUrgent
    }

    private static func message(_ listed: [Waiting]) -> NotificationMessage {
        let audience = Set(listed.flatMap(\.audience))
        return NotificationMessage(
            calls: listed.flatMap { $0.calls.map(\.id) }, about: listed.map(\.subject),
            audience: Audience.allCases.filter(audience.contains), isUrgent: listed.contains(where: \.isUrgent),
            isFlood: listed.count > 1)
    }
}
