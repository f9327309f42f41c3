internal import DeviceProfiles
internal import Logging
package import Modbus
package import Polling
internal import Settings
internal import Synchronization
internal import Terms

/// Which lines the daemon owns now, and how they do. Commands that want to read a device look here first: a second
/// client on a line that accepts one would break both.
package final class LineRegistry: Sendable {
    private struct Line {
        let owner: LineOwner
        var report: LineReport
        /// When the report was made; nil before the first.
        var at: Boottime?
    }

    /// In the order of the configuration.
    private let lines = Mutex<[(url: DeviceURL, line: Line)]>([])

    package init() {}

    func replace(with new: [(settings: LineSettings, owner: LineOwner)]) {
        let lines = new.map { ($0.settings.url, Line(owner: $0.owner, report: LineReport($0.settings, nil))) }
        self.lines.withLock { $0 = lines }
    }

    /// The owner of a line; nil where the daemon does not own it.
    package func owner(of url: DeviceURL) -> LineOwner? {
        lines.withLock { lines in lines.first { $0.url == url }?.line.owner }
    }

    /// Every line with the units that are polled on it, by its URL.
    func owned() -> [OwnedLine] {
        lines.withLock { $0 }.map { url, line in
            let units = line.report.devices.reduce(into: [Int]()) { units, device in
                if !units.contains(device.unit) { units.append(device.unit) }
            }
            return OwnedLine(url: url.description, units: units)
        }.sorted { $0.url < $1.url }
    }

    /// Takes how a line does. From an owner that has been replaced meanwhile it takes nothing.
    func note(_ report: LineReport, of owner: LineOwner, at now: Boottime) {
        lines.withLock { lines in
            guard let index = lines.firstIndex(where: { $0.line.owner === owner }) else { return }
            lines[index].line.report = report
            lines[index].line.at = now
        }
    }

    /// How all lines did when they were looked at last. It waits for no line.
    func reports(at now: Boottime) -> [LineReport] {
        lines.withLock { $0 }.map { _, line in
            var report = line.report
            // To a tenth.
            report.ageSeconds = line.at.map { Double(max(0, now.nanoseconds - $0.nanoseconds) / 100_000_000) / 10 }
            return report
        }
    }
}
