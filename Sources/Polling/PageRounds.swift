package import DeviceProfiles
package import Terms

/// When the pages of one device are shown: a state machine that reads no clock and touches no wire.
///
/// A round shows every page of a group once, in order, one page before each sweep, so that the device and its
/// neighbours are read as usual meanwhile. It begins when it was announced, and ends early when a write fails. A round
/// that is over is never made up for.
package struct PageRounds: Sendable, Equatable {
    /// What to do before the next sweep.
    package enum Step: Equatable, Sendable {
        case nothing
        /// Announce the round; report `announced`.
        case begin(group: Int)
        /// Show this page, counted from 0, and read it; report `shown` or `failed`.
        case show(group: Int, page: Int)
    }

    private struct Group: Equatable {
        let pages: Int
        let interval: Milliseconds
        var due: Boottime
    }

    /// A device that was only just identified is read a while before its page is changed, and one that is identified
    /// again and again is never written to.
    package static let firstRoundAfter = Milliseconds.minutes(1)
    /// Until a round that could not be announced is tried again.
    package static let retryAfter = Milliseconds.minutes(10)

    private struct Place: Equatable {
        var group: Int
        var page: Int
    }

    private var groups: [Group]
    private var running: Place?

    /// - Parameter now: When the device was identified.
    package init(_ pages: [MappedPages] = [], at now: Boottime = Boottime(nanoseconds: 0)) {
        groups = pages.map {
            Group(pages: $0.values.count, interval: $0.interval, due: now + Self.firstRoundAfter)
        }
    }

    /// Whether a round has begun and is not over.
    package var isRunning: Bool { running != nil }

    /// What to do before the sweep that begins at `now`.
    package func next(at now: Boottime) -> Step {
        if let running { return .show(group: running.group, page: running.page) }
        let due = groups.indices.filter { groups[$0].due <= now }.min { groups[$0].due < groups[$1].due }
        return due.map { .begin(group: $0) } ?? .nothing
    }

    /// Whether the round of this group, which `next` wanted, may begin.
    package mutating func announced(_ isPermitted: Bool, group: Int, at now: Boottime) {
        guard isPermitted else {
            groups[group].due = now + Self.retryAfter
            return
        }
        groups[group].due = now + groups[group].interval
        running = Place(group: group, page: 0)
    }

    /// The page was shown and read, or turned out not to be shown.
    package mutating func shown() {
        guard let place = running else { return }
        running = place.page + 1 < groups[place.group].pages ? Place(group: place.group, page: place.page + 1) : nil
    }

    /// The round is over before its end: a write failed, or the device is silent.
    package mutating func failed() { running = nil }
}
