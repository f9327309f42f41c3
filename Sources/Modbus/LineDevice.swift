package import DeviceProfiles
package import Terms
package import Telemetry

/// Which profile a device has.
package enum ProfileChoice: Sendable {
    case fixed(Profile)
    /// The first whose identity fits; SunSpec is tried first. Only profiles that can tell are tried.
    case automatic([Profile])

    /// The profiles to try, in order.
    var candidates: [Profile] {
        switch self {
        case .fixed(let profile): [profile]
        case .automatic(let profiles):
            profiles.filter { $0.isAutomatic && $0.isSunSpec }
                + profiles.filter { $0.isAutomatic && !$0.isSunSpec }
        }
    }
}

/// A device on a line, as the configuration wants it.
package struct LineDevice: Sendable {
    package let index: DeviceIndex
    package let unit: UInt8
    package let profile: ProfileChoice
    /// Between the starts of two sweeps.
    package let interval: Milliseconds
    /// In place of what the profile says.
    package let timeout: Milliseconds?
    /// In place of what the profile says.
    package let pause: Milliseconds?

    package init(
        index: DeviceIndex, unit: UInt8, profile: ProfileChoice, interval: Milliseconds,
        timeout: Milliseconds? = nil, pause: Milliseconds? = nil
    ) {
        self.index = index
        self.unit = unit
        self.profile = profile
        self.interval = interval
        self.timeout = timeout
        self.pause = pause
    }
}

/// How one unit wants to be talked to.
struct UnitManners: Sendable {
    let unit: UInt8
    let timeout: Milliseconds
    let pause: Milliseconds
    let afterConnect: Milliseconds
    /// The unit that answers in its place (asked as 255, some answer as 1); nil: the unit itself.
    let answersAsUnit: UInt8?
    /// Whether it repeats the transaction number on TCP. Where it does not, its answers are judged as on a serial line.
    let echoesTransaction: Bool

    init(
        unit: UInt8, line: LineDefaults, quirks: DeviceQuirks = DeviceQuirks(), timeout: Milliseconds? = nil,
        pause: Milliseconds? = nil
    ) {
        self.unit = unit
        self.timeout = timeout ?? line.timeout
        self.pause = pause ?? line.pause
        afterConnect = line.afterConnect
        answersAsUnit = quirks.answersAsUnit
        echoesTransaction = quirks.echoesTransaction
    }
}

/// Text that a device tells about itself.
package struct DeviceText: Sendable, Equatable {
    package let name: String
    package let text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

/// What a device turned out to be.
package struct DeviceDescription: Sendable {
    package let map: DeviceMap
    package let profile: Profile
    /// Maker, model, version: what the device tells, without blanks at its ends.
    package let texts: [DeviceText]

    package var profileName: String { profile.id }

    package var serial: String? { texts.first { $0.name == MappedText.serialName }?.text }
}
