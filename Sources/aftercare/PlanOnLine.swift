internal import DeviceProfiles
internal import Modbus
internal import Polling
internal import Terms

/// What a profile's plan costs on a line, beside what a fixed gap would cost.
struct PlanOnLine: Codable {
    /// One way to ask.
    struct Way: Codable {
        /// Registers that are read over to join two requests; null for the plan that costs least.
        var gap: Int?
        var requests: Int
        /// Of the line's time, on the average over all sweeps.
        var milliseconds: Double
    }

    var profile: String
    var line: String
    var best: Way
    var fixedGaps: [Way]
    /// The shortest interval at which the line can hold this device alone.
    var shortestIntervalMilliseconds: Int64

    /// Nil for SunSpec, whose registers the device lists, and for a profile without points.
    init?(_ profile: Profile, on url: DeviceURL) {
        guard let map = profile.deviceMap, !map.points.isEmpty else { return nil }
        let cost = LineDevice.cost(of: url, pause: profile.line.pause)
        let interval = max(profile.line.minimumInterval, .seconds(1))
        let comparison = PlanComparison(points: map.points, interval: interval, limits: map.limits, cost: cost)
        let device = LineLoad.Device(
            name: profile.id, interval: interval, plan: ReadPlan(map: map, interval: interval, cost: cost), cost: cost)
        self.profile = profile.id
        line = url.description
        best = Way(comparison.best)
        fixedGaps = comparison.others.map(Way.init)
        shortestIntervalMilliseconds = LineLoad(devices: [device]).shortestInterval.count
    }

    /// For a person.
    var lines: [String] {
        let gaps = fixedGaps.map { "gap \($0.gap ?? 0): \($0.requests) requests, \(Int($0.milliseconds.rounded())) ms" }
        let interval = Double((shortestIntervalMilliseconds + 99) / 100) / 10
        return [
            "  on \(line): \(best.requests) requests a sweep, \(Int(best.milliseconds.rounded())) ms of the line; "
                + "it can be read every \(interval) s",
            "  with a fixed gap it would be: " + gaps.joined(separator: "; "),
        ]
    }
}

extension PlanOnLine.Way {
    fileprivate init(_ row: PlanComparison.Row) {
        self.init(
            gap: row.rule?.gap, requests: row.requests, milliseconds: (row.nanosecondsPerSweep / 1e4).rounded() / 100)
    }
}
