internal import Synchronization

/// How many event streams may be open at once.
final class StreamSlots: Sendable {
    /// Streams of one box; a browser holds one per window.
    static let capacity = 16

    /// A place that is given back when the last reference to it ends, however the stream ended.
    final class Slot: Sendable {
        private let owner: StreamSlots
        fileprivate init(_ owner: StreamSlots) { self.owner = owner }
        deinit { owner.taken.withLock { $0 -= 1 } }
    }

    private let limit: Int
    private let taken = Mutex(0)

    init(capacity: Int) { limit = capacity }

    /// Nil when all are taken.
    func take() -> Slot? {
        let isFree = taken.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        return isFree ? Slot(self) : nil
    }
}
