package import DeviceProfiles
package import Polling
package import Telemetry
package import Terms

/// How a line, its units and its devices do, as of one moment.
package struct LineHealth: Sendable {
    /// One device with one profile.
    package struct Device: Sendable {
        package let index: DeviceIndex
        package let unit: UInt8
        /// Nil until it is identified.
        package let description: DeviceDescription?
        package let sweep: Sweep?
        /// Which registers it refuses.
        package let fences: [RegisterRange]
        /// Nil while it is heard, and before its first turn.
        package let silence: Silence?
    }

    /// What a sweep of a device takes and how often there is one.
    package struct Sweep: Sendable {
        package let requests: Int
        /// Of the line's time, with all requests.
        package let wireNanoseconds: Int
        /// From start to start, as the configuration and the profile allow.
        package let wished: Milliseconds
        /// From start to start; nil before two sweeps in a row.
        package let achieved: Milliseconds?
    }

    /// Nothing that could be used comes from a device.
    package struct Silence: Sendable {
        package let since: Boottime
        package let nextTurn: Boottime?
        package let failure: ReadFailure?
    }

    package let at: Boottime
    /// When it began to count.
    package let start: Boottime
    package let units: [UInt8: UnitStatistics]
    /// In the order of the configuration.
    package let devices: [Device]
}
