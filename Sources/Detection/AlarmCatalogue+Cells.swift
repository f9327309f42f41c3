extension DetectorAlarm {
    /// What it means that one cell stands out from its neighbours.
    var cellEntry: CatalogueEntry {
        switch self {
        case .hardShort:
            CatalogueEntry(
                "A cell lost voltage at once",
                consequence: "It may be shorted inside, heat up, and catch fire.",
                action: "Leave the room and do not touch the battery. At smoke, smell or hissing leave the house and "
                    + "call the emergency number.",
                timeToAct: "At once: minutes.")
        case .resistance:
            CatalogueEntry(
                "A cell or its contact resists the current",
                consequence: "It gets warm under load, stops charging and discharging early, and wears faster.",
                action: "Keep the curves. Support compares its resistance with the others'; an installer checks the "
                    + "contact, else the module is a warranty case.",
                timeToAct: "Days, and within the maker's notice window.")
        case .softShort:
            CatalogueEntry(
                "A cell loses charge that its neighbours keep",
                consequence: "It pulls the battery down with it; an inner short can grow.",
                action: "Keep the curves. Support watches the next full charges; the module may be a warranty case.",
                timeToAct: "Days, and within the maker's notice window.")
        case .cellFade:
            CatalogueEntry(
                "A cell holds less than its neighbours",
                consequence: "The weakest cell decides: the battery holds less.",
                action: "Keep the curves. Let support decide whether the module is a warranty case.",
                timeToAct: "Weeks, but within the maker's notice window.")
        case .stuckChannel:
            CatalogueEntry(
                "The measurement of a cell stands still",
                consequence: "Nobody would see this cell overcharged or emptied.",
                action: "Restart the battery management once; if it stays, the module's electronics are faulty.",
                timeToAct: "Days.")
        case .senseWire:
            CatalogueEntry(
                "A sense wire between two cells is loose",
                consequence: "The balancer works on wrong values and can drive both cells apart.",
                action: "An installer tightens or replaces the wire; it needs no new cells.",
                timeToAct: "Days.")
        default:
            CatalogueEntry(
                "A cell has left its usual place among its neighbours",
                consequence: "It wears, loses charge, or is measured wrongly; the weakest cell decides what is left.",
                action: "Keep the curves. Support looks at the next charges to tell which.",
                timeToAct: "Weeks, but within the maker's notice window.")
        }
    }
}
