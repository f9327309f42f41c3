package import DeviceProfiles
package import Detection
package import Polling
internal import Telemetry
package import Terms

/// A capture of registers, decoded sweep by sweep as the daemon would decode them, and run through detection.
package struct ReplayedCapture: ~Copyable {
    private let capture: Capture
    private let unit: UInt8
    private let map: DeviceMap
    private let spacing: Milliseconds
    private let run: ReplayRun
    private let positions: [RegisterRange: [Int]]
    private var thinned = 0

    /// - Parameters:
    ///   - unit: Whose requests are decoded.
    ///   - map: What the device's registers mean.
    ///   - serial: What the device told; nil where it told none.
    ///   - makeDevice: What is watched, at an interval, by a set of rules.
    package init(
        _ capture: Capture, unit: UInt8, map: DeviceMap, serial: String?, settings: ReplaySettings,
        time: any TimeSource, makeDevice: @escaping (Milliseconds, DetectionRules) -> WatchedDevice
    ) {
        self.capture = capture
        self.unit = unit
        self.map = map
        spacing = settings.spacing
        run = ReplayRun(
            pointCount: map.points.count, settings: settings, time: time, serial: serial, makeDevice: makeDevice)
        run.countPlaces(of: map.points.map { .init(name: $0.name, unit: $0.unit, signal: $0.signal) })
        let ranges = Set(capture.sweeps.flatMap(\.exchanges).filter { $0.request.unit == unit }.map(\.request.range))
        // What a page shows depends on a write, which a capture does not tell.
        positions = ranges.reduce(into: [:]) { table, range in
            table[range] = map.points.indices.filter {
                map.points[$0].page == nil && range.contains(map.points[$0].coding.wireRange)
            }
        }
    }

    /// The unit that a capture speaks of first; nil for one without requests.
    package static func firstUnit(of capture: Capture) -> UInt8? {
        capture.sweeps.lazy.flatMap(\.exchanges).first?.request.unit
    }

    /// Runs every sweep.
    package mutating func replay(tell: (Finding) throws -> Void) throws -> ReplaySummary {
        var previous: Milliseconds?
        for sweep in capture.sweeps {
            if let previous, sweep.time - previous < max(spacing, Milliseconds(1)) {
                thinned += 1
                continue
            }
            let exchanges = sweep.exchanges.filter { $0.request.unit == unit }
            guard !exchanges.isEmpty else { continue }
            previous = sweep.time
            decode(exchanges, at: sweep.time)
            if !run.hasRoom { try run.detect(isEnding: false, tell: tell) }
        }
        try run.detect(isEnding: true, tell: tell)
        var summary = run.summary
        summary.thinned = thinned
        return summary
    }

    private func decode(_ exchanges: [RecordedExchange], at time: Milliseconds) {
        run.free.clear()
        run.free.stamp = Stamp(recordedAt: time.count * 1_000_000)
        for exchange in exchanges { run.free.ask(positions[exchange.request.range] ?? []) }
        for (index, exchange) in exchanges.enumerated() {
            guard case .words(let words) = exchange.answer else { continue }
            let range = exchange.request.range
            let points = positions[range] ?? []
            map.decode(
                words.span, firstAddress: range.address, positions: points,
                factors: factors(of: points, around: index, in: exchanges), into: &run.free)
            run.free.failedRequests -= 1
        }
        run.fill()
    }

    /// Scale factors that stand apart from their values: read just before and just after them.
    private func factors(
        of points: [Int], around index: Int, in exchanges: [RecordedExchange]
    ) -> ScaleFactorReadings {
        var factors = ScaleFactorReadings()
        for range in map.scaleFactorRanges(of: points) {
            let before = exchanges[..<index].last { $0.request.range == range }
            let after = exchanges[(index + 1)...].first { $0.request.range == range }
            if case .words(let words) = before?.answer { factors.noteBefore(words, firstAddress: range.address) }
            if case .words(let words) = after?.answer { factors.noteAfter(words, firstAddress: range.address) }
        }
        return factors
    }

    /// What two sets of rules found; nil where there was one.
    package var comparison: ReplayComparison? { run.comparison }

    /// Curves of tickets as canonical bytes, by their SHA-256.
    package var evidence: [String: [UInt8]] { run.evidence }
}
