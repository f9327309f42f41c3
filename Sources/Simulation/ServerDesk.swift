import Synchronization

/// What the server's thread and everybody else share.
final class ServerDesk: Sendable {
    private struct State: Sendable {
        var registers: PublishedRegisters
        var refusedWriteCount = 0
        var answeredReadCount = 0
    }

    private let state: Mutex<State>

    init(_ registers: PublishedRegisters) { state = Mutex(State(registers: registers)) }

    var registers: PublishedRegisters { state.withLock { $0.registers } }
    var refusedWriteCount: Int { state.withLock { $0.refusedWriteCount } }
    var answeredReadCount: Int { state.withLock { $0.answeredReadCount } }

    func publish(_ registers: PublishedRegisters) { state.withLock { $0.registers = registers } }
    func countRefusedWrite() { state.withLock { $0.refusedWriteCount += 1 } }
    func countAnsweredRead() { state.withLock { $0.answeredReadCount += 1 } }
}
