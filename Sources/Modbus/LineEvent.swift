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
    /// A page could not be chosen; it is not tried again in this round.
    case writeFailed(DeviceIndex, ReadFailure, PermittedWrite)
    /// The device took the write, and its proof says that another page is shown; nil: nothing.
    case pageNotShown(DeviceIndex, PermittedWrite, shows: Int?)
}

/// The writes that are about to be sent to show every page of a device once, in order.
package struct WriteRound: Sendable, Equatable {
    package let device: DeviceIndex
    /// The id of the profile that offers the write.
    package let profile: String
    /// At least one, all of one name and to one register of one unit.
    package let writes: [PermittedWrite]
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
