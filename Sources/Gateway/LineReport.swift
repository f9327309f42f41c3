/// How a line and what is on it do: what `aftercare lines --json` prints. The keys carry their units; what is not known
/// is left out, never 0.
package struct LineReport: Codable, Sendable, Equatable {
    /// What the requests to one unit cost and gave, whichever of its devices they were for.
    package struct Unit: Codable, Sendable, Equatable {
        package var unit: Int
        package var requests: Int
        /// With values.
        package var answers: Int
        /// By the device itself: it lives, and the line is sound.
        package var refusals: Int
        /// Answers and refusals together.
        package var answeredPercent: Double?
        /// The most frequent kind first.
        package var failures: [Failure]
        package var latency: Latency?
        /// How long the line was kept busy, failures and their time-outs included.
        package var busSeconds: Double
        package var busPercent: Double
        package var payloadBytes: Int
        /// Bytes that nobody had asked for.
        package var strayBytes: Int
    }

    /// One kind of failure.
    package struct Failure: Codable, Sendable, Equatable {
        /// A stable name.
        package var code: String
        /// What happened and what to look at.
        package var meaning: String
        package var count: Int
    }

    /// From a question to the end of its answer; within 7 %.
    package struct Latency: Codable, Sendable, Equatable {
        package var medianMilliseconds: Double
        package var p90Milliseconds: Double
        package var p99Milliseconds: Double
        package var longestMilliseconds: Double
        /// Of all answers together.
        package var totalSeconds: Double
    }

    /// One device with its profile.
    package struct Device: Codable, Sendable, Equatable {
        /// How it stands with a device.
        package enum State: String, Codable, Sendable {
            /// Nothing is known of it yet.
            case starting
            case polled
            /// It was never identified, and what was tried last failed.
            case unidentified
            /// It was identified, and gives nothing that could be used.
            case silent
        }

        package var device: String
        package var unit: Int
        /// The profile it fits; before that the configured one, or `auto`.
        package var profile: String
        package var state: State
        /// What it tells about itself: maker, model, firmware, serial number.
        package var identification: [String: String]
        package var silentSeconds: Double?
        /// Until it has its next turn, while it is silent.
        package var nextProbeSeconds: Double?
        /// Why it is silent.
        package var trouble: String?
        /// What it refuses; each is tried again once an hour.
        package var fences: [AskedRange]
        package var sweep: Sweep?
        /// What was left out, and which numbers mean what.
        package var remarks: [String]
    }

    /// What a sweep of a device takes, and how often there is one.
    package struct Sweep: Codable, Sendable, Equatable {
        package var requests: Int
        package var wireMilliseconds: Double
        package var wishedIntervalMilliseconds: Int
        package var achievedIntervalMilliseconds: Int?
    }

    package var line: String
    package var url: String
    /// How old these figures are: a line that waits for an answer tells nothing meanwhile. Nil before the first ones.
    package var ageSeconds: Double?
    /// Since when there is a count: the start of the daemon, or its last reload.
    package var countedSeconds: Double
    package var busPercent: Double
    package var units: [Unit]
    package var devices: [Device]

    /// So old the figures are only where the line is held up: they are taken once a second.
    package var isHeldUp: Bool { ageSeconds.map { $0 > 3 } ?? false }

    /// The unit with this number; nil where it was never asked.
    package func unit(_ number: Int) -> Unit? { units.first { $0.unit == number } }
}
