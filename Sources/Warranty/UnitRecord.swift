package import Terms

/// What is known of one unit. What is nil is not known; it is never taken for 0.
package struct UnitRecord: Hashable, Sendable {
    package var component: WarrantyComponent
    package var serial: String
    package var model: String
    package var nominalCapacity: Energy?
    package var usableCapacity: Energy?
    /// The newest measurement of its capacity.
    package var measuredCapacity: MeasuredCapacity?
    package var history: UnitHistory
    /// The units in whose place this one stands, whose remaining term it has inherited.
    package var earlier: [EarlierUnit]
    /// When it was taken out itself, and what stands in its place.
    package var takenOut: Replacement?
    /// A person contests what is computed.
    package var isDisputed: Bool

    package init(
        component: WarrantyComponent, serial: String, model: String = "", nominalCapacity: Energy? = nil,
        usableCapacity: Energy? = nil, measuredCapacity: MeasuredCapacity? = nil, history: UnitHistory = UnitHistory(),
        earlier: [EarlierUnit] = [], takenOut: Replacement? = nil, isDisputed: Bool = false
    ) {
        self.component = component
        self.serial = serial
        self.model = model
        self.nominalCapacity = nominalCapacity
        self.usableCapacity = usableCapacity
        self.measuredCapacity = measuredCapacity
        self.history = history
        self.earlier = earlier.sorted { ($0.takenOut, $0.serial) < ($1.takenOut, $1.serial) }
        self.takenOut = takenOut
        self.isDisputed = isDisputed
    }

    /// The unit whose dates the term counts from.
    var origin: UnitHistory { earlier.first?.history ?? history }

    /// This unit and the earlier ones, the oldest first.
    var chain: [(serial: String, history: UnitHistory)] {
        earlier.map { ($0.serial, $0.history) } + [(serial, history)]
    }
}

/// What happened to a unit and how it was used.
package struct UnitHistory: Hashable, Sendable {
    package var dates: [UnitEvent: CivilDate]
    package var registration: Registration
    package var discharged: Energy?
    package var charged: Energy?
    /// Full-equivalent cycles.
    package var cycles: CycleCount?
    /// Days without a connection to the maker, in sum.
    package var offlineDays: Int?
    /// Hours outside the temperatures that the terms allow, in sum.
    package var hoursOutside: Int?

    package init(
        dates: [UnitEvent: CivilDate] = [:], registration: Registration = .notKnown, discharged: Energy? = nil,
        charged: Energy? = nil, cycles: CycleCount? = nil, offlineDays: Int? = nil, hoursOutside: Int? = nil
    ) {
        self.dates = dates
        self.registration = registration
        self.discharged = discharged
        self.charged = charged
        self.cycles = cycles
        self.offlineDays = offlineDays
        self.hoursOutside = hoursOutside
    }
}

/// Whether a unit was registered with its maker.
package enum Registration: Hashable, Sendable {
    case notKnown
    /// It is known that it is not.
    case never
    case on(CivilDate)
}

/// A capacity that was measured, and where.
package struct MeasuredCapacity: Hashable, Sendable {
    package var energy: Energy
    package var at: CapacitySide

    package init(_ energy: Energy, at side: CapacitySide) {
        self.energy = energy
        at = side
    }
}

/// A unit that was replaced under warranty.
package struct EarlierUnit: Hashable, Sendable {
    package var serial: String
    package var takenOut: CivilDate
    package var history: UnitHistory

    package init(serial: String, takenOut: CivilDate, history: UnitHistory) {
        self.serial = serial
        self.takenOut = takenOut
        self.history = history
    }
}

/// The swap that ended a unit's service.
package struct Replacement: Hashable, Sendable {
    package var day: CivilDate
    /// The serial that took its place.
    package var by: String

    package init(day: CivilDate, by serial: String) {
        self.day = day
        by = serial
    }
}
