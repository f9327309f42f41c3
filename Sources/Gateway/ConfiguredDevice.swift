package import DeviceProfiles
package import Detection
internal import Engine
internal import Modbus
internal import Polling
internal import Settings
internal import Telemetry
package import Terms

/// A device as it is configured, with what is needed once it has told what it is.
struct ConfiguredDevice: Sendable {
    var expected: ExpectedDevice
    /// Configured in place of what its profile says.
    var chemistry: Chemistry?
    /// Ah, where it is configured.
    var capacity: Double?
    /// Configured in place of what the device tells.
    var serial: String?
    var library: ProfileLibrary
    /// What may be written to it.
    var permission = SitePermission.none

    /// What detection watches of the device, now that its map is known.
    func watched(as description: DeviceDescription) -> WatchedDevice {
        watched(description.map, profile: description.profile)
    }

    func watched(_ map: DeviceMap, profile: Profile) -> WatchedDevice {
        map.watched(
            name: expected.name, link: expected.link, interval: expected.interval,
            rules: library.rules(for: profile, chemistry: chemistry) ?? expected.rules, capacity: capacity)
    }
}

extension DeviceMap {
    /// What detection watches of a device with this map.
    ///
    /// - Parameter capacity: of the pack, Ah.
    package func watched(
        name: DeviceName, link: WatchedDevice.Link, interval: Milliseconds, rules: DetectionRules,
        capacity: Double? = nil
    ) -> WatchedDevice {
        WatchedDevice(
            name: name, link: link, interval: interval,
            points: points.map { WatchedDevice.Point(name: $0.name, unit: $0.unit, signal: $0.signal) },
            reports: reports, rules: rules, capacityAmpereHours: capacity)
    }

    /// Everything that can become active: what has no row is watched too, and named as unknown.
    fileprivate var reports: [WatchedDevice.Report] {
        possibleAlarms.map { alarm in
            // Where sources disagree nobody is called: it is logged.
            WatchedDevice.Report(
                point: alarm.point, condition: alarm.condition, code: alarm.code, fault: FaultCode(alarm.fault),
                title: alarm.name, consequence: alarm.consequence, severity: alarm.severity,
                routing: alarm.isDisputed ? .k4 : alarm.routing, masks: alarm.masks,
                isDoubtful: alarm.isDisputed || !alarm.isKnown)
        }
    }
}

extension SiteConfiguration {
    /// Every device, by its place in the configuration.
    var devices: [DeviceIndex: ConfiguredDevice] {
        var result: [DeviceIndex: ConfiguredDevice] = [:]
        for (line, device, index) in places {
            let profile = device.profile.flatMap { library.profiles[$0] }
            let chosen = library.rules(for: profile, chemistry: device.chemistry)
            guard let rules = chosen ?? library.rules[.lfp] else { continue }
            let expected = ExpectedDevice(
                name: device.name, profile: device.profile ?? "auto", link: line.link, interval: device.interval,
                rules: rules, line: line.name, unit: Int(device.unit))
            result[index] = ConfiguredDevice(
                expected: expected, chemistry: device.chemistry, capacity: device.capacityAmpereHours,
                serial: device.serial.text, library: library, permission: device.permission)
        }
        return result
    }

    /// What is expected, in the order of the text.
    var expectedDevices: [ExpectedDevice] {
        let devices = devices
        return places.compactMap { devices[$0.index]?.expected }
    }

    /// The devices of one line, as its owner wants them.
    ///
    /// - Parameter refusals: What is known of the registers that a device refuses.
    func lineDevices(
        of wanted: LineSettings, refusals: (DeviceName) -> QuarantineRecord? = { _ in nil }
    ) -> [LineDevice] {
        places.filter { $0.line == wanted }.map { _, device, index in
            let choice = device.profile.flatMap { library.profiles[$0] }.map(ProfileChoice.fixed)
            return LineDevice(
                index: index, unit: device.unit, profile: choice ?? .automatic(library.sortedProfiles),
                interval: device.interval, timeout: device.timeout, pause: device.pause,
                share: device.busShare, quarantine: refusals(device.name),
                permission: device.permission)
        }
    }

    /// What the line is asked to carry, as far as the profiles tell it beforehand.
    func load(of line: LineSettings) -> LineLoad {
        LineLoad(
            devices: line.devices.compactMap { device in
                let profile = device.profile.flatMap { library.profiles[$0] }
                guard let profile, let map = profile.deviceMap else { return nil }
                let cost = LineDevice.cost(of: line.url, pause: device.pause ?? profile.line.pause)
                let interval = max(device.interval, profile.line.minimumInterval)
                let plan = ReadPlan(map: map, interval: interval, cost: cost)
                return LineLoad.Device(name: "\(device.name)", interval: interval, plan: plan, cost: cost)
            })
    }

    private var places: [(line: LineSettings, device: DeviceSettings, index: DeviceIndex)] {
        let all = settings.lines.flatMap { line in line.devices.map { (line, $0) } }
        return all.enumerated().map { ($1.0, $1.1, DeviceIndex($0)) }
    }
}

extension ProfileLibrary {
    /// By name.
    package var sortedProfiles: [Profile] { profiles.values.sorted { $0.id < $1.id } }
}

extension DeviceSettings.Serial {
    fileprivate var text: String? { if case .fixed(let text) = self { text } else { nil } }
}
