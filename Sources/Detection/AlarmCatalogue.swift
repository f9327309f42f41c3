package import Terms

/// What an alarm means to people, in plain words: what happens if nobody acts, what to do, and by when.
package struct CatalogueEntry: Sendable, Equatable {
    /// What is wrong.
    package var title: String
    /// What happens if nobody acts.
    package var consequence: String
    /// What to do.
    package var action: String
    /// By when.
    package var timeToAct: String

    package init(_ title: String, consequence: String, action: String, timeToAct: String) {
        self.title = title
        self.consequence = consequence
        self.action = action
        self.timeToAct = timeToAct
    }
}

extension DetectorAlarm {
    /// What the alarm means. The compiler sees that none is forgotten.
    package var entry: CatalogueEntry {
        switch self {
        case .cellVoltageHigh, .cellVoltageLow, .packVoltageHigh, .packVoltageLow: voltageEntry
        case .cellTemperatureHigh, .cellTemperatureLow, .packTemperatureHigh, .packTemperatureLow,
            .inverterTemperatureHigh, .temperatureRise, .thermal, .probeDead:
            temperatureEntry
        case .hardShort, .resistance, .baselineShift, .softShort, .cellFade, .stuckChannel, .senseWire: cellEntry
        case .balancing:
            CatalogueEntry(
                "A high cell is never balanced",
                consequence: "It ends every charge before the others are full: the battery holds less and less.",
                action: "Let it stay full for some hours a few times. If the cell stays ahead, the balancing of this "
                    + "module is faulty, or its setting is wrong.",
                timeToAct: "Weeks, but within the maker's notice window.")
        case .packFade:
            CatalogueEntry(
                "The battery holds less than its warranty promises",
                consequence: "It is empty sooner, and goes on losing; the warranty ends at a date.",
                action: "Let support compare it with the maker's capacity test. First check that the rated capacity in "
                    + "the site's file is this battery's.",
                timeToAct: "Weeks, but within the maker's notice window.")
        case .socJump:
            CatalogueEntry(
                "The state of charge jumped without any charge",
                consequence: "What is shown as left in the battery is wrong; it may stop sooner than it says.",
                action: "Charge it fully once. If it jumps again, support looks at the counter and the cells.",
                timeToAct: "Days.")
        case .frozenData:
            CatalogueEntry(
                "The device answers, but its values stand still",
                consequence: "Nothing is watched while old values are repeated.",
                action: "Restart the communication module or the dongle; tell the maker its firmware version.",
                timeToAct: "A day. It is a notice about data and opens no ticket.")
        case .dataLost: CatalogueEntry.dataLost("The device no longer answers")
        }
    }

    private var voltageEntry: CatalogueEntry {
        let isHigh = self == .cellVoltageHigh || self == .packVoltageHigh
        let isCell = self == .cellVoltageHigh || self == .cellVoltageLow
        return isHigh
            ? CatalogueEntry(
                isCell ? "A cell's voltage is too high" : "The battery's voltage is too high",
                consequence: "An overcharged cell is damaged for good, and in the end a danger.",
                action: "Do not charge it. Support checks the charge limits, the balancing and the cell.",
                timeToAct: "A quarter of an hour, then a ticket is open; a day to the answer.")
            : CatalogueEntry(
                isCell ? "A cell's voltage is too low" : "The battery's voltage is too low",
                consequence: "A cell that is emptied too far is damaged for good and may not be charged again.",
                action: "Do not discharge it further; let it charge slowly. Support checks the cell and the loads.",
                timeToAct: "A quarter of an hour, then a ticket is open; a day to the answer.")
    }

    private var temperatureEntry: CatalogueEntry {
        switch self {
        case .cellTemperatureLow, .packTemperatureLow:
            CatalogueEntry(
                "The battery is too cold",
                consequence: "Charging below freezing plates the cells with lithium and spoils them for good.",
                action: "Do not charge it until it is warmer. Support checks the heating and the place.",
                timeToAct: "Before the next charge.")
        case .inverterTemperatureHigh:
            CatalogueEntry(
                "The inverter is too hot",
                consequence: "It gives less, switches itself off, and ages quickly.",
                action: "Clear its vents and let air to it. Support checks the fan.",
                timeToAct: "Today.")
        case .thermal:
            CatalogueEntry(
                "One place in the battery is hotter than usual",
                consequence: "A loose joint heats up more with every load, and can burn.",
                action: "Load the battery less. An installer checks the joints and the cooling near this probe.",
                timeToAct: "Today.")
        case .probeDead:
            CatalogueEntry(
                "A temperature probe is dead",
                consequence: "Nobody would see this place get hot. The battery itself is probably fine.",
                action: "An installer checks the probe, its plug and its cable; it needs no new cells.",
                timeToAct: "Days.")
        case .temperatureRise:
            CatalogueEntry(
                "A cell heats up by itself",
                consequence: "It may catch fire, and its neighbours with it.",
                action: "Leave the house, keep others away, and call the emergency number. Do not go back.",
                timeToAct: "At once: minutes.")
        default:
            CatalogueEntry(
                "The battery is too hot",
                consequence: "Cells that get hotter still may catch fire.",
                action: "Leave the room and do not touch it. At smoke, smell or hissing leave the house and call the "
                    + "emergency number.",
                timeToAct: "At once: minutes.")
        }
    }
}

extension SharedPath {
    /// What it means that nothing on a line answers, or on one unit of it.
    package static func entry(isLine: Bool) -> CatalogueEntry {
        .dataLost(isLine ? "Nothing on the line answers" : "Nothing behind this address answers")
    }

    /// The alarms that paths raise, as they are listed.
    package static let catalogue: [(alarm: String, entry: CatalogueEntry)] = [
        ("lineLost", entry(isLine: true)), ("unitLost", entry(isLine: false)),
    ]
}

extension CatalogueEntry {
    /// From what is cheapest to look at to what is dearest, and from what all devices share to what one has.
    package static let ladder = """
        Look in this order: the cable and its plugs; the line (adapter, switch, Wi-Fi, terminating resistor); the \
        unit number; the port and its speed; whether the firmware was just updated; whether the device has power.
        """

    fileprivate static func dataLost(_ title: String) -> CatalogueEntry {
        CatalogueEntry(
            title, consequence: "It is not watched. The battery itself is usually fine.", action: ladder,
            timeToAct: "Ten minutes until a case is open, an hour behind a Wi-Fi dongle; a day to the answer.")
    }
}

extension Routing {
    /// What a class means. The compiler sees that none is forgotten.
    package var entry: CatalogueEntry {
        switch self {
        case .k0:
            CatalogueEntry(
                "Safety", consequence: "People may be in danger.",
                action: "Leave the room, keep others away, and do not touch the battery. If you see smoke, smell gas "
                    + "or hear hissing, leave the house and call the emergency number. This box is no fire alarm.",
                timeToAct: "At once.")
        case .k1:
            CatalogueEntry(
                "Protection or permanent fault",
                consequence: "The battery has stopped itself, or soon will.",
                action: "The battery has protected itself or reports a fault. Leave it as it is; we call you.",
                timeToAct: "A ticket after 15 minutes or at the third time; an answer within 24 hours.")
        case .k2:
            CatalogueEntry(
                "Degradation", consequence: "The battery wears in a way that its warranty may cover.",
                action: "You need to do nothing. The battery wears in a way that its warranty may cover; we call you.",
                timeToAct: "An answer within 24 hours; within the maker's notice window.")
        case .k3:
            CatalogueEntry(
                "Data source lost", consequence: "Nobody sees what the battery does. It may be fine.",
                action: "Check that the device has power and that its network or data cable is plugged in. The "
                    + "battery itself may be fine. " + CatalogueEntry.ladder,
                timeToAct: "A case after 10 minutes, 60 behind a dongle; an answer within 24 hours.")
        case .k4:
            CatalogueEntry(
                "Grid or site event", consequence: "Usually none: the system comes back by itself.",
                action: "You need to do nothing.",
                timeToAct: "None. It is logged; where it stops the system three times in a day it becomes K1.")
        case .k5:
            CatalogueEntry(
                "Configuration", consequence: "The system runs otherwise than it was handed over.",
                action: "You need to do nothing. A setting differs from the one at commissioning; your installer "
                    + "looks.",
                timeToAct: "The installer of record answers within 24 hours.")
        case .k6:
            CatalogueEntry(
                "The gateway itself", consequence: "The box may miss a fault.",
                action: "You need to do nothing. The box that watches the battery has a fault of its own; we look.",
                timeToAct: "A ticket after 5 minutes; an answer within 24 hours.")
        case .k7:
            CatalogueEntry(
                "The user's report", consequence: "Whatever you tell us of.", action: "We call you.",
                timeToAct: "An answer within 24 hours.")
        }
    }

    /// How urgent alarms of the class are (ISA-18.2), 1 first; 4 is only logged.
    package var priority: Int {
        switch self {
        case .k0: 1
        case .k1, .k7: 2
        case .k2, .k3, .k5, .k6: 3
        case .k4: 4
        }
    }
}
