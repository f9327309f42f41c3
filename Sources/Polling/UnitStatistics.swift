/// What one unit cost and gave since the start.
package struct UnitStatistics: Sendable, Equatable {
    /// Kinds of failure that are told apart; further ones are counted as `other`.
    package static let mostKinds = 32

    package private(set) var requests = 0
    package private(set) var answers = 0
    /// Failures by their code.
    package private(set) var failures: [String: Int] = [:]
    /// Of answered requests: from the question to the end of the answer.
    package private(set) var latency = LatencyHistogram()
    /// Payload of the answers.
    package private(set) var bytes = 0
    /// How long the line was kept busy, failures and their time-outs included.
    package private(set) var busNanoseconds = 0
    /// Bytes that nobody asked for or that came too late: heard before a question to the unit or behind its answer.
    package private(set) var strayBytes = 0

    package init() {}

    /// A request was answered.
    ///
    /// - Parameters:
    ///   - nanoseconds: From the question to the end of the answer.
    ///   - bytes: Of the answer's payload.
    package mutating func answered(after nanoseconds: Int, bytes: Int) {
        requests += 1
        answers += 1
        latency.add(nanoseconds: nanoseconds)
        self.bytes += bytes
        busNanoseconds += nanoseconds
    }

    /// A request gave no value.
    ///
    /// - Parameters:
    ///   - code: The failure's stable name.
    ///   - nanoseconds: How long the line was kept busy by it.
    package mutating func failed(_ code: String, after nanoseconds: Int) {
        requests += 1
        let isKnown = failures[code] != nil || failures.count < Self.mostKinds
        failures[isKnown ? code : "other", default: 0] += 1
        busNanoseconds += nanoseconds
    }

    /// Bytes came that nobody had asked for.
    package mutating func strayed(bytes: Int) { strayBytes += bytes }

    /// The share of the line's time that the unit used, 0 to 1.
    ///
    /// - Parameter elapsed: Nanoseconds since the statistics began.
    package func busShare(elapsed: Int) -> Double {
        elapsed > 0 ? min(1, Double(busNanoseconds) / Double(elapsed)) : 0
    }
}
