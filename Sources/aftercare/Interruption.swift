internal import UnixSignals

/// Runs work that a person may end with Ctrl-C: it is cancelled then, and says what it has reached so far.
func untilInterrupted<Outcome: Sendable>(
    _ work: @escaping @Sendable () async throws -> Outcome
) async throws -> Outcome {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    return try await withThrowingTaskGroup(of: Outcome?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            for await _ in signals { break }
            return nil
        }
        defer { group.cancelAll() }
        while let ended = try await group.next() {
            if let outcome = ended { return outcome }
            group.cancelAll()
        }
        throw CancellationError()
    }
}
