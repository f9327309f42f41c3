internal import Terms
internal import Ticketing

/// Whose use is counted, and the days that wait for the ledger.
struct UsageDesk: Sendable {
    /// The site's days; nil where use is not counted, as in a rehearsal.
    var days: SiteDays?
    /// Days that are over and not in the ledger yet, the oldest first.
    private(set) var closed: [UsageDay] = []
    /// Open days from before a restart that no device has claimed yet.
    var remembered: [DeviceName: UsageRecord] = [:]

    /// Days that wait; the ledger was then not written for years.
    private static let most = 4_096

    mutating func put(_ day: UsageDay?) {
        guard let day else { return }
        closed.append(day)
        if closed.count > Self.most { closed.removeFirst() }
    }

    /// Forgets what is now in the ledger.
    mutating func adopt(_ book: UsageBook) {
        if !closed.isEmpty { closed.removeAll { book.has($0) } }
    }
}
