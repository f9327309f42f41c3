internal import Terms

/// The devices of a site, by name and in the order of the configuration.
struct MonitoredDevices {
    let names: [DeviceName]
    private var byName: [DeviceName: MonitoredDevice]
    private(set) var inOrder: [MonitoredDevice]

    /// - Parameter devices: in the order of the configuration; of two with one name the first counts.
    init(_ devices: [MonitoredDevice] = []) {
        names = devices.map(\.name)
        byName = Dictionary(devices.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        inOrder = names.compactMap { [byName] in byName[$0] }
    }

    subscript(name: DeviceName) -> MonitoredDevice? { byName[name] }

    /// - Parameter position: where it stands in the order, nearly always: hashing a name takes longer than its frame's
    ///   limits.
    subscript(name: DeviceName, at position: Int) -> MonitoredDevice? {
        guard inOrder.indices.contains(position), inOrder[position].name == name else { return byName[name] }
        return inOrder[position]
    }

    /// Takes a device in place of the one with its name.
    mutating func replace(_ device: MonitoredDevice) {
        byName[device.name] = device
        inOrder = names.compactMap { byName[$0] }
    }
}
