package import DeviceProfiles
package import Modbus
package import Polling
package import Terms

/// What a recording asks its line for: the line itself, or the daemon that owns it.
package enum RecordQuestion: Sendable {
    /// Identify the device, read its texts and all its values once.
    case device
    /// These ranges, each in one request, at the pace of a profile where the device has one.
    case ranges([RegisterRange], profile: String?)
}

/// What one question of a recording has brought.
package struct RecordAnswer: Sendable {
    package var exchanges: [RecordedExchange]
    /// The profile that the device fits; nil where it fits none, or was not asked.
    package var profile: String?
    /// What to ask for its values from now on.
    package var requests: [RegisterRange]
    /// Why the device is not known.
    package var failure: ReadFailureText?

    package init(
        exchanges: [RecordedExchange], profile: String? = nil, requests: [RegisterRange] = [],
        failure: ReadFailureText? = nil
    ) {
        self.exchanges = exchanges
        self.profile = profile
        self.requests = requests
        self.failure = failure
    }
}

/// A failure as it goes over the daemon's control socket.
package struct ReadFailureText: Codable, Hashable, Sendable {
    package let code: String
    package let text: String

    package init(code: String, text: String) {
        self.code = code
        self.text = text
    }

    package init(_ failure: ReadFailure) { self.init(code: failure.code, text: failure.description) }
}

/// What a recording has brought so far.
package struct RecordSummary: Codable, Sendable, Equatable {
    /// The profile that the device fits; null where only registers were recorded.
    package var profile: String?
    package var sweeps = 0
    package var requests = 0
    /// Requests that brought words.
    package var answered = 0
    /// Requests that the device refused.
    package var refused = 0
    /// Requests that got no usable answer.
    package var failed = 0
    /// Of the file.
    package var bytes = 0
    /// Ranges that the device refuses, as `3/35125` or `3/35125-35130`.
    package var refusedRegisters: [String] = []

    package init() {}

    mutating func count(_ exchanges: [RecordedExchange]) {
        requests += exchanges.count
        for exchange in exchanges {
            switch exchange.answer {
            case .words: answered += 1
            case .exception: refused += 1
            case .nothing: failed += 1
            }
        }
    }
}

/// Writes a device's raw registers into a capture, sweep after sweep.
package struct Recorder: Sendable {
    /// Requests that are asked together; each batch is written when its answers are there.
    private static let batch = 16

    /// Whether the device is to be identified and read as its profile says.
    package let followsProfile: Bool
    /// Further ranges.
    package let ranges: [RegisterRange]
    package let interval: Milliseconds
    /// nil: until it is cancelled.
    package let sweeps: Int?
    /// nil: until it is cancelled.
    package let duration: Milliseconds?

    package init(
        followsProfile: Bool, ranges: [RegisterRange], interval: Milliseconds, sweeps: Int?, duration: Milliseconds?
    ) {
        self.followsProfile = followsProfile
        self.ranges = ranges
        self.interval = interval
        self.sweeps = sweeps
        self.duration = duration
    }

    /// Records until the end that was wished for, or until the task is cancelled; what came until then is written.
    ///
    /// - Throws: what `ask` or the file throws, and `RecordingEnded` where the device fits no profile.
    package func run(
        time: any TimeSource, into file: borrowing CaptureFile,
        ask: (RecordQuestion) async throws -> RecordAnswer, progress: (RecordSummary) -> Void
    ) async throws -> RecordSummary {
        var run = RecordRun(ranges: ranges, needsProfile: followsProfile)
        let start = time.now().boottime
        var due = start
        while !Task.isCancelled {
            let now = time.now().boottime
            if let duration, now - start >= duration, run.summary.sweeps > 0 { break }
            try await sweep(&run, at: now - start, into: file, ask)
            run.summary.sweeps += 1
            try file.sync()
            progress(run.summary)
            if let failure = run.hopeless { throw RecordingEnded(failure: failure, summary: run.summary) }
            if let sweeps, run.summary.sweeps >= sweeps { break }
            due = max(due + interval, time.now().boottime)
            do {
                try await time.sleep(until: due)
            } catch is CancellationError {
                break
            }
        }
        return run.summary
    }

    private func sweep(
        _ run: inout RecordRun, at offset: Milliseconds, into file: borrowing CaptureFile,
        _ ask: (RecordQuestion) async throws -> RecordAnswer
    ) async throws {
        run.summary.bytes = try file.begin(at: offset)
        if run.needsProfile {
            let answer = try await ask(.device)
            run.take(answer)
            run.summary.bytes = try file.append(answer.exchanges)
        } else {
            try await sweep(\.plan, of: &run, into: file, ask)
        }
        try await sweep(\.survey, of: &run, into: file, ask)
        run.summary.refusedRegisters = run.survey.refused.map(\.plainText)
    }

    private func sweep(
        _ part: WritableKeyPath<RecordRun, RegisterSurvey>, of run: inout RecordRun, into file: borrowing CaptureFile,
        _ ask: (RecordQuestion) async throws -> RecordAnswer
    ) async throws {
        run[keyPath: part].begin()
        while !Task.isCancelled {
            let ranges = run[keyPath: part].next(upTo: Self.batch)
            if ranges.isEmpty { return }
            let answer = try await ask(.ranges(ranges, profile: run.summary.profile))
            run[keyPath: part].take(answer.exchanges, asked: ranges)
            run.summary.count(answer.exchanges)
            run.summary.bytes = try file.append(answer.exchanges)
            // The line has failed before the first request: the others of this sweep would fail alike.
            if answer.exchanges.isEmpty { return }
        }
    }
}

/// Why a recording makes no sense any more; what was asked stands in the file.
package struct RecordingEnded: Error {
    package let failure: ReadFailureText
    package let summary: RecordSummary
}

/// The state of one recording.
private struct RecordRun {
    var summary = RecordSummary()
    /// What the profile asks for; it is halved too, where the device refuses.
    var plan = RegisterSurvey(planned: [])
    var survey: RegisterSurvey
    var needsProfile: Bool
    /// The device has answered and fits no profile: that does not change.
    var hopeless: ReadFailureText?

    init(ranges: [RegisterRange], needsProfile: Bool) {
        survey = RegisterSurvey(ranges)
        self.needsProfile = needsProfile
    }

    mutating func take(_ answer: RecordAnswer) {
        summary.count(answer.exchanges)
        summary.profile = answer.profile ?? summary.profile
        if answer.profile != nil {
            plan = RegisterSurvey(planned: answer.requests)
            needsProfile = false
        } else if let failure = answer.failure, ["notRecognised", "wrongDevice"].contains(failure.code) {
            hopeless = failure
        }
    }
}

extension RegisterRange {
    /// `3/35000-35124`, `3/35000`: what `RegisterRange(plainText:)` reads back.
    package var plainText: String {
        "\(function.rawValue)/\(address)" + (count == 1 ? "" : "-\(end - step)")
    }

    /// Reads `3/35000-35124` or `4/17`; nil for anything else.
    package init?(plainText text: some StringProtocol) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let function = Int(halves[0]).flatMap(ReadFunction.init) else { return nil }
        let bounds = halves[1].split(separator: "-", omittingEmptySubsequences: false).map { text in
            text.allSatisfy { $0.isASCII && $0.isNumber } ? Int(text) : nil
        }
        guard let first = bounds.first.flatMap({ $0 }), let last = bounds.last.flatMap({ $0 }), bounds.count <= 2,
            first <= last, last <= 65_535
        else { return nil }
        self.init(function: function, address: first, count: last - first + 1)
    }
}
