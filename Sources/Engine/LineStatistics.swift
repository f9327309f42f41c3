/// How the unit of a device did on its line: whether what was read can be laid on the wire or on the battery. It comes
/// from whoever owns the line.
package struct LineStatistics: Sendable, Equatable {
    package var line: String
    /// 0 to 255
    package var unit: Int
    /// What the counts cover, in seconds.
    package var countedSeconds: Double
    package var requests: Int
    /// With values.
    package var answers: Int
    /// By the device itself.
    package var refusals: Int
    /// By the failure's stable name.
    package var failures: [String: Int]
    /// From a question to the end of its answer, in ms; nil before the first.
    package var medianMilliseconds: Double?
    package var p99Milliseconds: Double?
    package var longestMilliseconds: Double?
    /// Since when the device is silent, in seconds; nil while it is heard.
    package var silentSeconds: Double?

    package init(
        line: String, unit: Int, countedSeconds: Double, requests: Int = 0, answers: Int = 0, refusals: Int = 0,
        failures: [String: Int] = [:], medianMilliseconds: Double? = nil, p99Milliseconds: Double? = nil,
        longestMilliseconds: Double? = nil, silentSeconds: Double? = nil
    ) {
        self.line = line
        self.unit = unit
        self.countedSeconds = countedSeconds
        self.requests = requests
        self.answers = answers
        self.refusals = refusals
        self.failures = failures
        self.medianMilliseconds = medianMilliseconds
        self.p99Milliseconds = p99Milliseconds
        self.longestMilliseconds = longestMilliseconds
        self.silentSeconds = silentSeconds
    }
}
