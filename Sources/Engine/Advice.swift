internal import Terms
internal import Ticketing

extension AlarmOccurrence {
    /// What the home's owner should do now, by the class of the fault.
    var advice: String {
        switch routing {
        case .k0:
            "Leave the room, keep others away, and do not touch the battery. If you see smoke, smell gas or hear "
                + "hissing, leave the house and call the emergency number. This box is no fire alarm."
        case .k1: "The battery has protected itself or reports a fault. Leave it as it is; we call you."
        case .k2: "You need to do nothing. The battery wears in a way that its warranty may cover; we call you."
        case .k3: "Check that the device has power and that its network or data cable is plugged in. The battery "
            + "itself may be fine."
        case .k4: "You need to do nothing."
        case .k5: "You need to do nothing. A setting differs from the one at commissioning; your installer looks."
        case .k6: "You need to do nothing. The box that watches the battery has a fault of its own; we look."
        case .k7: "We call you."
        }
    }
}
