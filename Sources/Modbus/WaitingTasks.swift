/// Tasks that wait on a thread for a moment: which are due, and which have been cancelled. Reads no clock.
struct WaitingTasks {
    typealias Continuation = UnsafeContinuation<Void, any Error>

    private var waiting: [(number: UInt64, deadline: Int64, continuation: Continuation)] = []
    /// Cancelled before they began to wait.
    private var cancelledEarly: Set<UInt64> = []
    private var lastNumber: UInt64 = 0

    /// The earliest deadline; nil where nobody waits.
    var earliest: Int64? { waiting.lazy.map(\.deadline).min() }

    var isEmpty: Bool { waiting.isEmpty }

    /// A number for one wait.
    mutating func nextNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    /// Begins a wait.
    ///
    /// - Parameter deadline: On the clock of the thread, nanoseconds.
    /// - Returns: Whether it waits; else it has been cancelled already, and the caller is to resume it.
    mutating func add(_ number: UInt64, until deadline: Int64, _ continuation: Continuation) -> Bool {
        guard cancelledEarly.remove(number) == nil else { return false }
        waiting.append((number, deadline, continuation))
        return true
    }

    /// Ends a wait before its time.
    ///
    /// - Returns: What is to be resumed; nil where it has not begun.
    mutating func cancel(_ number: UInt64) -> Continuation? {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else {
            cancelledEarly.insert(number)
            return nil
        }
        return waiting.remove(at: index).continuation
    }

    /// The wait is over, however it ended.
    mutating func ended(_ number: UInt64) { cancelledEarly.remove(number) }

    /// Takes one that is due, the earliest first; nil where none is.
    mutating func takeDue(at now: Int64) -> Continuation? {
        guard let index = waiting.indices.min(by: { waiting[$0].deadline < waiting[$1].deadline }),
            waiting[index].deadline <= now
        else { return nil }
        return waiting.remove(at: index).continuation
    }
}
