internal import Detection
internal import Telemetry
internal import Terms

/// Frames on their way into detection: read a batch at a time, so that reading and detection can be timed apart, in
/// memory that is used again.
final class ReplayRun {
    private let settings: ReplaySettings
    private let time: any TimeSource
    private let makeDevice: (Milliseconds, DetectionRules) -> WatchedDevice
    private let serial: String?
    private var batch: [SampleFrame]
    private var filled = 0
    private var sites: [RehearsedSite] = []
    /// By set of rules; collected only where two are compared.
    private var found: [[Finding]] = []
    private var totals = ReplaySummary()
    private var detectSeconds = 0.0

    private static let largestBatch = 256
    /// Samples of one batch, so that a wide table takes no more memory than a narrow one.
    private static let batchSamples = 32 * 1_024
    /// Frames from which the interval is taken.
    private static let intervalFrames = 16
    /// Where a single frame tells no interval.
    private static let usualInterval = Milliseconds.seconds(1)

    /// For a table, whose columns are the device's points.
    convenience init(points: [WatchedDevice.Point], settings: ReplaySettings, time: any TimeSource) {
        self.init(pointCount: points.count, settings: settings, time: time) { interval, rules in
            WatchedDevice(
                name: settings.device, link: .lan, interval: interval, points: points, reports: [], rules: rules,
                capacityAmpereHours: settings.capacityAmpereHours)
        }
        totals.cells = points.count { if case .cellVoltage = $0.signal { true } else { false } }
        totals.probes = points.count { if case .cellTemperature = $0.signal { true } else { false } }
    }

    /// - Parameter makeDevice: What is watched, at an interval, by a set of rules.
    init(
        pointCount: Int, settings: ReplaySettings, time: any TimeSource, serial: String? = nil,
        makeDevice: @escaping (Milliseconds, DetectionRules) -> WatchedDevice
    ) {
        self.settings = settings
        self.time = time
        self.serial = serial
        self.makeDevice = makeDevice
        let size = min(Self.largestBatch, max(Self.intervalFrames, Self.batchSamples / max(1, pointCount)))
        batch = (0..<size).map { _ in
            SampleFrame(device: DeviceIndex(0), pointCount: pointCount, stamp: Stamp(recordedAt: 0))
        }
    }

    // MARK: - Filling

    var hasRoom: Bool { filled < batch.count }

    /// The next frame to be filled in place.
    var free: SampleFrame {
        get { batch[filled] }
        _modify { yield &batch[filled] }
    }

    /// The free frame holds a reading now.
    func fill() { filled += 1 }

    // MARK: - Detection

    /// Runs what was filled.
    func detect(isEnding: Bool, tell: (Finding) throws -> Void) throws {
        guard filled > 0 else { return }
        if sites.isEmpty {
            guard filled >= Self.intervalFrames || isEnding else { return }
            begin()
        }
        totals.frames += filled
        totals.last = batch[filled - 1].stamp.wall
        let began = time.boottime()
        for index in 0..<filled {
            for site in sites { site.observe(batch[index]) }
            if let findings = sites.first?.takeFindings(), !findings.isEmpty {
                count(findings)
                for finding in findings { try tell(finding) }
                if sites.count > 1 { found[0] += findings }
            }
            if sites.count > 1 { found[1] += sites[1].takeFindings() }
        }
        detectSeconds += Double(time.boottime().nanoseconds - began.nanoseconds) / 1e9
        filled = 0
    }

    private func begin() {
        let interval = settings.interval ?? max(settings.spacing, medianStep ?? Self.usualInterval)
        let start = batch[0].stamp
        totals.first = start.wall
        totals.interval = interval
        sites = settings.rules.map {
            RehearsedSite(
                makeDevice(interval, $0), serial: serial, at: start, keepsEvidence: settings.keepsEvidence)
        }
        found = sites.map { _ in [] }
    }

    private var medianStep: Milliseconds? {
        let times = batch[..<filled].map(\.stamp.boottime)
        let steps = zip(times, times.dropFirst()).map { $1 - $0 }.sorted()
        return steps.isEmpty ? nil : max(Milliseconds(1), steps[steps.count / 2])
    }

    private func count(_ findings: [Finding]) {
        for finding in findings {
            if finding.opens == .ticket { totals.tickets += 1 } else { totals.notices += 1 }
        }
    }

    // MARK: - What came of it

    /// Everything but what the reader of the recording knows.
    var summary: ReplaySummary {
        var summary = totals
        summary.suspectReadings = sites.first?.suspectReadings ?? 0
        summary.detection = .init(
            seconds: detectSeconds,
            cellSamplesPerSecond: ReplaySummary.rate(totals.frames * totals.cells * sites.count, detectSeconds))
        return summary
    }

    /// Counts cells and probes of a device whose points a profile tells.
    func countPlaces(of points: [WatchedDevice.Point]) {
        totals.cells = points.count { if case .cellVoltage = $0.signal { true } else { false } }
        totals.probes = points.count { if case .cellTemperature = $0.signal { true } else { false } }
    }

    var comparison: ReplayComparison? { found.count > 1 ? ReplayComparison(found[0], found[1]) : nil }
    var evidence: [String: [UInt8]] {
        sites.reduce(into: [:]) { all, site in all.merge(site.evidence) { first, _ in first } }
    }
}
