package import Terms

/// What a replay went through, and how fast.
package struct ReplaySummary: Encodable, Sendable, Equatable {
    /// What one part of the work cost.
    package struct Rate: Encodable, Sendable, Equatable {
        package var seconds: Double
        /// Readings of cells, absent ones included; for two sets of rules each reading counts twice.
        package var cellSamplesPerSecond: Double
        /// Of the text, 10^6 bytes a second, unpacking included; nil where that says nothing.
        package var megabytesPerSecond: Double?
    }

    package var frames = 0
    package var cells = 0
    package var probes = 0
    /// By the clock of the recording; nil without a frame.
    package var first: Instant?
    package var last: Instant?
    /// Between frames, as detection takes it.
    package var interval: Milliseconds?
    /// Frames that `--sample-seconds` left out, and such as repeat the time of the one before.
    package var thinned = 0
    package var repeated = 0
    package var tickets = 0
    package var notices = 0
    package var suspectReadings = 0
    /// Bytes of the text, unpacked.
    package var bytes = 0
    /// Columns whose names mean nothing to detection.
    package var ignoredColumns: [String] = []
    /// Whether the last line broke off and was left out.
    package var isCutOff = false
    package var parse = Rate(seconds: 0, cellSamplesPerSecond: 0)
    package var detection = Rate(seconds: 0, cellSamplesPerSecond: 0)

    package init() {}

    /// s, of the work alone: waiting for input is no part of it.
    package var seconds: Double { parse.seconds + detection.seconds }
    /// From bytes to tickets.
    package var cellSamplesPerSecond: Double { Self.rate(frames * cells, seconds) }

    static func rate(_ count: Int, _ seconds: Double) -> Double {
        seconds > 0 ? (Double(count) / seconds).rounded() : 0
    }

    private enum CodingKeys: String, CodingKey {
        case first = "first_s"
        case last = "last_s"
        case interval = "interval_s"
        case frames, cells, probes, thinned, repeated, tickets, notices, suspectReadings, bytes, ignoredColumns
        case isCutOff, parse, detection, seconds, cellSamplesPerSecond
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(frames, forKey: .frames)
        try container.encode(cells, forKey: .cells)
        try container.encode(probes, forKey: .probes)
        try container.encode(first.map { Double($0.milliseconds) / 1_000 }, forKey: .first)
        try container.encode(last.map { Double($0.milliseconds) / 1_000 }, forKey: .last)
        try container.encode(interval?.inSeconds, forKey: .interval)
        try container.encode(thinned, forKey: .thinned)
        try container.encode(repeated, forKey: .repeated)
        try container.encode(tickets, forKey: .tickets)
        try container.encode(notices, forKey: .notices)
        try container.encode(suspectReadings, forKey: .suspectReadings)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(ignoredColumns, forKey: .ignoredColumns)
        try container.encode(isCutOff, forKey: .isCutOff)
        try container.encode(parse, forKey: .parse)
        try container.encode(detection, forKey: .detection)
        try container.encode(seconds, forKey: .seconds)
        try container.encode(cellSamplesPerSecond, forKey: .cellSamplesPerSecond)
    }
}
