internal import DeviceProfiles
internal import Logging
package import Modbus
package import Polling
internal import Settings
internal import Synchronization
internal import Terms

/// Which lines the daemon owns now. Commands that want to read a device look here first: a second client on a line
/// that accepts one would break both.
package final class LineRegistry: Sendable {
    private let owners = Mutex<[DeviceURL: LineOwner]>([:])

    package init() {}

    func replace(with new: [DeviceURL: LineOwner]) { owners.withLock { $0 = new } }

    /// The owner of a line; nil where the daemon does not own it.
    package func owner(of url: DeviceURL) -> LineOwner? { owners.withLock { $0[url] } }

    /// Every line with the units that are polled on it, by its URL.
    func owned() async -> [OwnedLine] {
        var lines: [OwnedLine] = []
        for (url, owner) in owners.withLock({ $0 }) {
            lines.append(OwnedLine(url: url.description, units: await owner.units().map(Int.init)))
        }
        return lines.sorted { $0.url < $1.url }
    }
}
