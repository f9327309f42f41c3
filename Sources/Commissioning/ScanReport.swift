package import DeviceProfiles
package import Modbus
package import Polling

/// A device that a scan has found.
package struct FoundDevice: Sendable, Equatable {
    /// A profile that fits it.
    package struct Fit: Sendable, Equatable {
        package let profile: String
        package let title: String
        package let status: ProfileStatus
        /// Whether its proofs tell this device from others.
        package let isCertain: Bool

        package init(profile: String, title: String, status: ProfileStatus, isCertain: Bool) {
            self.profile = profile
            self.title = title
            self.status = status
            self.isCertain = isCertain
        }
    }

    package let unit: UInt8
    /// Other numbers under which the same device answers.
    package var otherUnits: [UInt8] = []
    /// The chosen one first; empty: it speaks Modbus, and no profile fits.
    package let fits: [Fit]
    /// What it tells about itself, as the chosen profile reads it.
    package let texts: [DeviceText]

    package init(unit: UInt8, fits: [Fit], texts: [DeviceText]) {
        self.unit = unit
        self.fits = fits
        self.texts = texts
    }

    package var serial: String? { texts.first { $0.name == MappedText.serialName }?.text }
}

/// What a scan has found at one place.
package struct ScanFinding: Sendable, Equatable {
    /// What was looked at: `192.168.1.20:502`, or the path of a port.
    package let place: String
    package let target: ScanTarget
    /// How the devices are reached; nil where none was found.
    package var url: DeviceURL?
    package var devices: [FoundDevice]
    package var faults: [WiringFault]
    /// Whether anything could be opened there.
    package var wasOpened: Bool

    package init(
        _ target: ScanTarget, url: DeviceURL? = nil, devices: [FoundDevice] = [], faults: [WiringFault] = [],
        wasOpened: Bool = true
    ) {
        place =
            switch target {
            case .endpoint(let host, let port, _): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .serial(let path): path
            }
        self.target = target
        self.url = url
        self.devices = devices
        self.faults = faults
        self.wasOpened = wasOpened
    }

    /// One word for what was found.
    package var state: String {
        if !devices.isEmpty { return "speaks" }
        return faults.first?.code ?? "notFinished"
    }

    /// Whether it says nothing: one of many addresses of a subnet at which nobody is.
    package var isEmptyAddress: Bool {
        guard case .endpoint(_, _, false) = target else { return false }
        return faults == [.refused] || faults == [.unreachable]
    }
}

/// What a scan has found.
package struct ScanReport: Sendable, Equatable {
    /// In the order in which the places were named.
    package var findings: [ScanFinding]
    /// False where it was ended before its time.
    package var isComplete: Bool

    package init(findings: [ScanFinding], isComplete: Bool) {
        self.findings = findings
        self.isComplete = isComplete
    }

    package var devices: [FoundDevice] { findings.flatMap(\.devices) }
}

extension [FoundDevice] {
    /// Joins what is one device under several numbers: on TCP many answer whatever unit they are asked as.
    ///
    /// - Parameter asked: How many units were asked. Devices that tell no serial number are joined only where all of
    ///   several answered alike.
    func joined(asked: Int) -> [FoundDevice] {
        let allAnswered = count > 2 && count == asked
        var result: [FoundDevice] = []
        for device in self {
            let same = result.firstIndex { other in
                guard other.fits == device.fits, other.texts == device.texts else { return false }
                return device.serial != nil || allAnswered
            }
            if let same { result[same].otherUnits.append(device.unit) } else { result.append(device) }
        }
        return result
    }
}
