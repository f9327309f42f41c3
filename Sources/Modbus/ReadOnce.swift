internal import DeviceProfiles
package import Polling
package import Terms

/// One poll of one unit on a line that nobody owns; the line is closed afterwards.
package func readOnce(
    url: DeviceURL, unit: UInt8, profile: ProfileChoice, time: any TimeSource, open: @escaping LinkOpener = openLink
) async throws(ReadFailure) -> Reading {
    let owner = LineOwner(url: url, devices: [], time: time, open: open)
    return try await owner.readOnce(unit: unit, profile: profile)
}

/// What a recorded device is, found out from its capture as from the device itself.
package func readOnce(
    _ capture: Capture, unit: UInt8, profile: ProfileChoice, time: any TimeSource
) async throws(ReadFailure) -> Reading {
    try await readOnce(url: .capture(path: "/"), unit: unit, profile: profile, time: time) { _, _ in
        CaptureLink(capture)
    }
}
