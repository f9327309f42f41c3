package import DeviceProfiles
package import Polling
package import Terms
package import Telemetry

/// Which profile a device has.
package enum ProfileChoice: Sendable {
    case fixed(Profile)
    /// The first whose identity fits (see `candidates`). Only profiles that can tell are tried.
    case automatic([Profile])

    /// The profiles to try, in order: SunSpec first, since it is proven by three words; then those that have this unit
    /// and this speed by default; the rest as they were given.
    func candidates(unit: UInt8, serial: SerialSettings?) -> [Profile] {
        switch self {
        case .fixed(let profile): return [profile]
        case .automatic(let profiles):
            func distance(_ profile: Profile) -> Int {
                if profile.isSunSpec { return 0 }
                let isOtherUnit = profile.line.unit != Int(unit)
                let isOtherSpeed = serial.map { $0.baud != profile.line.baud } ?? false
                return 1 + (isOtherUnit ? 2 : 0) + (isOtherSpeed ? 1 : 0)
            }
            let able = profiles.enumerated().filter(\.element.isAutomatic)
            return able.sorted { (distance($0.element), $0.offset) < (distance($1.element), $1.offset) }
                .map(\.element)
        }
    }

    var isAutomatic: Bool { if case .automatic = self { true } else { false } }
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
    /// How much of the line's time it may take, 0.01 to 1; in place of what the profile says.
    package let share: Double?
    /// Which registers it refused when it was last read; nil: nothing is known.
    package let quarantine: QuarantineRecord?
    /// What may be written to it.
    package let permission: SitePermission

    package init(
        index: DeviceIndex, unit: UInt8, profile: ProfileChoice, interval: Milliseconds,
        timeout: Milliseconds? = nil, pause: Milliseconds? = nil, share: Double? = nil,
        quarantine: QuarantineRecord? = nil, permission: SitePermission = .none
    ) {
        // Which profile fits is not for the site to say then, so it cannot have meant one.
        self.permission = profile.isAutomatic ? .none : permission
        self.index = index
        self.unit = unit
        self.profile = profile
        self.interval = interval
        self.timeout = timeout
        self.pause = pause
        self.share = share
        self.quarantine = quarantine
    }

    /// How it wants to be talked to if it is what the profile describes.
    func manners(_ profile: Profile) -> UnitManners {
        UnitManners(unit: unit, line: profile.line, quirks: profile.quirks, timeout: timeout, pause: pause)
    }

    /// What a request costs on a line, with a device's pause behind it, before anything was measured.
    package static func cost(of url: DeviceURL, pause: Milliseconds) -> WireCost {
        let cost: WireCost = url.serialLine.map { .rtu($0) } ?? .tcp()
        return cost.pausing(pause)
    }

    /// How it is talked to while it is not known what it is: patiently after the connection is made, as the most
    /// sensitive of these wants it, but not with each one's own pause: most of them it is not.
    func manners(_ profile: Profile, among candidates: [Profile]) -> UnitManners {
        guard candidates.count > 1 else { return manners(profile) }
        var line = profile.line
        line.pause = min(line.pause, Self.longestPauseOfAProbe)
        line.afterConnect = candidates.map(\.line.afterConnect).max() ?? line.afterConnect
        return UnitManners(unit: unit, line: line, quirks: profile.quirks, timeout: timeout, pause: pause)
    }

    private static let longestPauseOfAProbe = Milliseconds(100)
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

/// What a device turned out to be. A class, since it is looked at with every request and its parts are large.
package final class DeviceDescription: Sendable {
    package let map: DeviceMap
    package let profile: Profile
    /// Maker, model, version: what the device tells, without blanks at its ends.
    package let texts: [DeviceText]

    init(map: DeviceMap, profile: Profile, texts: [DeviceText]) {
        self.map = map
        self.profile = profile
        self.texts = texts
    }

    package var profileName: String { profile.id }

    package var serial: String? { texts.first { $0.name == MappedText.serialName }?.text }
}
