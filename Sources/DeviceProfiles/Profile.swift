internal import Telemetry
package import Terms

/// What a profile's facts were checked against.
package enum ProfileStatus: String, CaseIterable, Hashable, Sendable {
    /// A real dump or a real device.
    case verified
    /// Public documents only; it says so wherever it is used.
    case unverified
    /// It describes a simulated device.
    case simulated
}

/// The cell chemistry that decides the default limits.
package enum Chemistry: String, CaseIterable, Hashable, Sendable {
    case lfp = "LFP"
    case nmc = "NMC"
}

/// The parity of a serial line.
package enum Parity: String, CaseIterable, Hashable, Sendable {
    case none = "N"
    case even = "E"
    case odd = "O"
}

/// How a device wants to be talked to where the configuration says nothing.
package struct LineDefaults: Hashable, Sendable {
    /// 0 to 255
    package var unit = 1
    package var baud = 9_600
    package var parity = Parity.none
    package var stopBits = 1
    /// Between two requests to the device, beside the silence that RTU asks for.
    package var pause = Milliseconds.zero
    /// After a connection was made.
    package var afterConnect = Milliseconds.zero
    /// How long the device may take to begin its answer.
    package var timeout = Milliseconds.seconds(1)

    package init() {}
}

/// A reading that proves that the device is what the profile describes.
package struct IdentityProbe: Hashable, Sendable {
    /// What the reading must be.
    package enum Expectation: Hashable, Sendable {
        case text(String)
        case number(ClosedRange<Double>)
    }

    package let coding: PointCoding
    package let expectation: Expectation

    package init(coding: PointCoding, expectation: Expectation) {
        self.coding = coding
        self.expectation = expectation
    }

    /// What must be read to know.
    package var range: RegisterRange { coding.wireRange }

    /// Whether the answer to `range` satisfies the probe.
    package func isSatisfied(by words: Span<UInt16>) -> Bool {
        switch expectation {
        case .text(let expected):
            var characters: [UInt16] = []
            for index in 0..<min(coding.registers, words.count) { characters.append(words[index]) }
            return registerText(characters) == expected
        case .number(let expected):
            let sample = coding.sample(words, firstAddress: range.address)
            return sample.goodValue.map(expected.contains) ?? false
        }
    }
}

/// A device family as data: how to ask it, how to know it, what its registers mean.
package struct Profile: Sendable {
    /// Where the points come from.
    package enum Layout: Sendable {
        /// At fixed addresses.
        case registers(DeviceMap)
        /// In models that the device lists.
        case sunSpec(SunSpecLayout)
    }

    /// The file's name without its ending.
    package let id: String
    package let title: String
    package let status: ProfileStatus
    package let chemistry: Chemistry?
    package let sources: [String]
    package let line: LineDefaults
    package let limits: ReadLimits
    /// All of them must be satisfied before anything is believed.
    package let identity: [IdentityProbe]
    package let layout: Layout

    /// The map of a device with fixed addresses; nil for SunSpec, whose map needs the models that the device lists.
    package var deviceMap: DeviceMap? {
        switch layout {
        case .registers(let map): map
        case .sunSpec: nil
        }
    }

    package var isSunSpec: Bool { deviceMap == nil }
}

extension Profile {
    /// Points that can be read, those of every known SunSpec model together.
    package var pointCount: Int {
        switch layout {
        case .registers(let map): map.points.count
        case .sunSpec(let layout): layout.models.reduce(0) { $0 + $1.points.count }
        }
    }

    /// Alarm rows, those of every known SunSpec model together.
    package var alarmCount: Int {
        switch layout {
        case .registers(let map): map.alarms.count
        case .sunSpec(let layout): layout.models.reduce(0) { $0 + $1.alarms.count }
        }
    }
}
