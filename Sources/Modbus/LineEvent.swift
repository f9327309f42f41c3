package import DeviceProfiles
package import Polling
package import Telemetry

/// What a line has to say.
package enum LineEvent: Sendable {
    /// Before the first frame of the device, and when it is identified anew.
    case described(DeviceIndex, DeviceDescription)
    /// A sweep has ended, with answers or without. Keep no copy of the frame beyond the call: its memory is used again.
    case frame(SampleFrame)
    /// A request fails, or fails in another way than before.
    case failure(DeviceIndex, ReadFailure, ReadRequest)
    /// The device refuses other registers than was known: to be kept over a restart (see `LineDevice.quarantine`).
    case refusals(DeviceIndex, QuarantineRecord)
}

/// One poll of one device, decoded.
package struct Reading: Sendable {
    /// A request that gave no value.
    package struct Failed: Sendable, Equatable {
        package let request: ReadRequest
        package let failure: ReadFailure
    }

    package let device: DeviceDescription
    /// By position in the device's map.
    package let samples: [Sample]
    package let failures: [Failed]

    /// Every alarm bit that is set, unknown ones included.
    package var alarms: [ActiveAlarm] { device.map.activeAlarms(in: samples) }
}
