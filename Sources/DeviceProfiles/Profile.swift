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
    /// Between the starts of two sweeps at least, whatever the configuration wishes.
    package var minimumInterval = Milliseconds.zero
    /// The most of the line's time that the device may take, above 0 to 1.
    package var busShare = 1.0

    package init() {}
}

/// Where a device departs from Modbus.
package struct DeviceQuirks: Hashable, Sendable {
    /// The unit that its answers carry where that is not the one that was asked.
    package var answersAsUnit: UInt8?
    /// Whether a TCP gateway returns the transaction id.
    package var echoesTransaction = true

    package init() {}
}

/// A write that a site may allow by name. Only single registers; nothing is sent unless the site lists it, and then
/// only as a `PermittedWrite`.
package struct HarmlessWrite: Hashable, Sendable {
    /// How a single register is written (Modbus application protocol 1.1b3, sections 6.6 and 6.12). Many devices know
    /// one of the two only.
    package enum Function: Int, CaseIterable, Hashable, Sendable {
        case singleRegister = 6
        /// With a count of one, never more.
        case multipleRegisters = 16
    }

    package let name: String
    package let function: Function
    package let address: Int
    package let values: ClosedRange<Int>
    /// Why it does no harm.
    package let reason: String
    /// A key of the profile's sources.
    package let source: String
}

/// What a maker allows for a quantity.
package struct OperatingLimit: Hashable, Sendable {
    /// `cell.voltage`, `cell.temperature`, `pack.current` …
    package let quantity: String
    package let range: ClosedRange<Double>
}

/// Where facts come from.
package struct FactSource: Hashable, Sendable {
    /// The short name that rows use.
    package let key: String
    package let text: String
}

/// A reading that proves that the device is what the profile describes.
package struct IdentityProbe: Hashable, Sendable {
    /// What the reading must be.
    package enum Expectation: Hashable, Sendable {
        case text(String)
        case textBeginning(String)
        /// Any text that can be read.
        case readableText
        case number(ClosedRange<Double>)
        case oneOf([Double])
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
        case .text(let expected): text(words) == expected
        case .textBeginning(let beginning): text(words)?.hasPrefix(beginning) ?? false
        case .readableText: text(words) != nil
        case .number(let expected): number(words).map(expected.contains) ?? false
        case .oneOf(let expected): number(words).map(expected.contains) ?? false
        }
    }

    private func number(_ words: Span<UInt16>) -> Double? {
        coding.sample(words, firstAddress: range.address).goodValue
    }

    private func text(_ words: Span<UInt16>) -> String? {
        var characters: [UInt16] = []
        for index in 0..<min(coding.registers, words.count) { characters.append(words[index]) }
        return registerText(characters, byteOrder: coding.byteOrder)
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
    /// Ids of the maker's documents.
    package let documents: [String]
    package let sources: [FactSource]
    package let line: LineDefaults
    package let quirks: DeviceQuirks
    package let limits: ReadLimits
    /// All of them must be satisfied before anything is believed.
    package let identity: [IdentityProbe]
    /// Whether the identity tells the device from others, so that nobody need name the profile.
    package let isAutomatic: Bool
    package let operatingLimits: [OperatingLimit]
    package let writes: [HarmlessWrite]
    /// What is shown one page at a time, for a device with fixed addresses; the map has it where the site allows it.
    package let pages: [PageGroup]
    package let layout: Layout

    /// The map of a device with fixed addresses, without pages; nil for SunSpec, whose map needs the models that the
    /// device lists.
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
    package var pointCount: Int { layout.pointCount }

    /// Alarm rows, those of every known SunSpec model together.
    package var alarmCount: Int {
        switch layout {
        case .registers(let map): map.alarms.count
        case .sunSpec(let layout): layout.models.reduce(0) { $0 + $1.alarms.count }
        }
    }
}

extension Profile.Layout {
    var pointCount: Int {
        switch self {
        case .registers(let map): map.points.count
        case .sunSpec(let layout): layout.models.reduce(0) { $0 + $1.points.count }
        }
    }
}
