internal import Terms

/// One promise: how long, how much use, and under which conditions. It lasts until the first of its limits.
package struct CoverageTerm: Hashable, Sendable {
    /// `product`, `performance`.
    package var name: String
    /// What it covers, never empty, in the order of the cases.
    package var claims: [WarrantyClaim]
    /// Nil where only use ends it.
    package var period: Period?
    package var throughput: ThroughputLimit?
    /// Full-equivalent cycles.
    package var cycles: CycleCount?
    package var temperature: TemperatureWindow?
    package var endCapacity: EndCapacity?

    package init(
        name: String, claims: [WarrantyClaim], period: Period? = nil, throughput: ThroughputLimit? = nil,
        cycles: CycleCount? = nil, temperature: TemperatureWindow? = nil, endCapacity: EndCapacity? = nil
    ) {
        self.name = name
        self.claims = WarrantyClaim.allCases.filter(claims.contains)
        self.period = period
        self.throughput = throughput
        self.cycles = cycles
        self.temperature = temperature
        self.endCapacity = endCapacity
    }
}

/// How long a term lasts.
package struct Period: Hashable, Sendable {
    /// 1 to 1 200.
    package var months: Int
    /// It begins with the earliest of these; never empty, in the order of events. The order in which they are written
    /// does not matter.
    package var starts: [StartRule]
    /// It ends at the latest this long after manufacture.
    package var capMonths: Int?
    package var offline: OfflineRule?
    package var registration: RegistrationRule?

    package init(
        months: Int, starts: [StartRule], capMonths: Int? = nil, offline: OfflineRule? = nil,
        registration: RegistrationRule? = nil
    ) {
        self.months = months
        self.starts = starts.sorted { ($0.event.order, $0.after.sortKey) < ($1.event.order, $1.after.sortKey) }
        self.capMonths = capMonths
        self.offline = offline
        self.registration = registration
    }
}

/// A day that may begin a term: an event, or some time after it.
package struct StartRule: Hashable, Sendable {
    package var event: UnitEvent
    package var after: TermLength

    package init(_ event: UnitEvent, after: TermLength = .months(0)) {
        self.event = event
        self.after = after
    }
}

/// What happens once to a unit.
package enum UnitEvent: String, CaseIterable, Hashable, Sendable {
    case manufacture, shipment, invoice, installation, commissioning

    /// `manufactured 2026-05-04`
    package var participle: String {
        switch self {
        case .manufacture: "manufactured"
        case .shipment: "shipped"
        case .invoice: "invoiced"
        case .installation: "installed"
        case .commissioning: "commissioned"
        }
    }

    var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// The events that a unit goes through in this order. An invoice may be written at any time.
    static let succession: [UnitEvent] = [.manufacture, .shipment, .installation, .commissioning]
}

/// A unit that was offline for more days has a shorter term.
package struct OfflineRule: Hashable, Sendable {
    package var moreThanDays: Int
    /// Shorter than the period.
    package var months: Int

    package init(moreThanDays: Int, months: Int) {
        self.moreThanDays = moreThanDays
        self.months = months
    }
}

/// A unit that was not registered in time has a shorter term, or none.
package struct RegistrationRule: Hashable, Sendable {
    package var withinDays: Int
    package var of: UnitEvent
    /// Shorter than the period; 0: no term once the window has closed.
    package var elseMonths: Int

    package init(withinDays: Int, of event: UnitEvent, elseMonths: Int) {
        self.withinDays = withinDays
        of = event
        self.elseMonths = elseMonths
    }
}

/// How much energy a unit may turn over.
package struct ThroughputLimit: Hashable, Sendable {
    package var amount: Amount
    package var counts: Counted

    package init(_ amount: Amount, counts: Counted) {
        self.amount = amount
        self.counts = counts
    }

    /// The limit itself.
    package enum Amount: Hashable, Sendable {
        case absolute(Energy)
        /// For each kWh of the capacity.
        case perKilowattHour(Energy, of: CapacityBasis)
    }

    /// Which energy is counted.
    package enum Counted: String, CaseIterable, Hashable, Sendable {
        case discharged, both
    }
}

/// Which capacity is meant: what the plate says, or the part that may be used.
package enum CapacityBasis: String, CaseIterable, Hashable, Sendable {
    case nominal, usable
}

/// On which side of the inverter is measured.
package enum CapacitySide: String, CaseIterable, Hashable, Sendable {
    case dc, ac
}

/// The temperatures in which a unit may be used, whole °C, both included.
package struct TemperatureWindow: Hashable, Sendable {
    package var lowest: Int
    package var highest: Int
    /// Hours outside that are tolerated, from 0.
    package var hours: Int
    package var then: Consequence

    package init(lowest: Int, highest: Int, hours: Int, then: Consequence) {
        self.lowest = lowest
        self.highest = highest
        self.hours = hours
        self.then = then
    }

    /// What more hours outside do.
    package enum Consequence: String, CaseIterable, Hashable, Sendable {
        /// The maker may object; a person looks.
        case risk
        /// The term has ended.
        case ends
    }
}

/// The capacity that is promised at the term's end.
package struct EndCapacity: Hashable, Sendable {
    /// 1 to 100.
    package var percent: Int
    package var of: CapacityBasis
    /// Nil where the terms name no side.
    package var at: CapacitySide?

    package init(percent: Int, of basis: CapacityBasis, at side: CapacitySide?) {
        self.percent = percent
        of = basis
        at = side
    }
}

extension TermLength {
    fileprivate var sortKey: Int {
        switch self {
        case .months(let count): product(count, 31)
        case .days(let count): count
        }
    }

    /// The day this long after a day.
    func after(_ day: CivilDate) -> CivilDate {
        switch self {
        case .months(let count): day.adding(months: count)
        case .days(let count): day.adding(days: count)
        }
    }
}
