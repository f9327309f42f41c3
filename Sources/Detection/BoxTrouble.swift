package import Terms

/// What the box notices of itself: its faults are of class K6, and support's.
package enum BoxTrouble: String, CaseIterable, Hashable, Sendable {
    /// No room can be kept for the ledger: soon nothing more can be put on record.
    case diskFull

    /// The box as its alarms name it. No device can be called so: names have no spaces.
    package static let device = DeviceName("the box")

    /// The alarm that it raises, and the fault that it is.
    package var alarm: String {
        switch self {
        case .diskFull: "boxDiskFull"
        }
    }

    /// Why the alarm came up, for support.
    package var explanation: String {
        switch self {
        case .diskFull:
            "The disk of the box is nearly full. Records go into the last room that was kept for them; without more, "
                + "faults can no longer be put on record."
        }
    }

    /// What the alarm means. The compiler sees that none is forgotten.
    package var entry: CatalogueEntry {
        switch self {
        case .diskFull:
            CatalogueEntry(
                "The disk of the box is nearly full",
                consequence: "Faults are still noticed and no longer put on record: no ticket, no clock, no message.",
                action: "Delete what does not belong to the box, old recordings first; `aftercare doctor` says how "
                    + "much room is left. It goes on by itself once there is room.",
                timeToAct: "A ticket after 5 minutes. The last room takes some hundred records more.")
        }
    }
}
