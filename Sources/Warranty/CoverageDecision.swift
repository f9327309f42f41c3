package import Terms

/// Whether one unit is covered on one day, and the sum behind it. The same terms, unit and day always give the same
/// bytes.
package struct CoverageDecision: Hashable, Sendable {
    package var on: CivilDate
    package var claim: WarrantyClaim
    package var status: CoverageStatus
    /// What the sum gives by itself: differs from `status` where a person disputes it.
    package var computed: CoverageStatus
    /// What ends the coverage first, or has ended it; nil where that is not known.
    package var limit: CoverageLimit?
    /// The last day that is covered, where one is known exactly. Use may end the coverage before.
    package var lastCoveredDay: CivilDate?
    /// Days in which the maker wants to hear of a fault; nil where the terms name no window.
    package var noticeDays: Int?
    /// What a measurement says about the promised capacity; nil where none is promised or it was not asked for.
    package var capacity: CapacityFinding?
    /// The sum: plain sentences with their numbers, in the order of the calculation.
    package var steps: [String]
    /// The last line of the sum: what follows.
    package var conclusion: String

    /// Whether work is free: everything but `expired`. What is not known or is disputed counts as covered until a
    /// person decides.
    package var actsAsCovered: Bool {
        switch status {
        case .inTerm, .atRisk, .unknown, .disputed: true
        case .expired: false
        }
    }

    /// The sum that is shown: every step, and what follows.
    package var sum: [String] { steps + [conclusion] }
}

/// How a unit stands to its maker's terms.
package enum CoverageStatus: Hashable, Sendable {
    case inTerm
    /// In term, but an end is near or a condition is in doubt. Never empty.
    case atRisk([CoverageRisk])
    /// A fact is missing that could change the answer. Never empty.
    case unknown([MissingFact])
    /// A person contests what is computed.
    case disputed
    case expired(CoverageLimit)

    /// `inTerm`, `atRisk`, `unknown`, `disputed` or `expired`.
    package var name: String {
        switch self {
        case .inTerm: "inTerm"
        case .atRisk: "atRisk"
        case .unknown: "unknown"
        case .disputed: "disputed"
        case .expired: "expired"
        }
    }

    /// The name with its reasons: `atRisk(endsSoon)`, `unknown(installed, charged)`, `expired(throughput)`.
    package var code: String {
        switch self {
        case .inTerm, .disputed: name
        case .atRisk(let risks): "\(name)(\(risks.map(\.name).joined(separator: ", ")))"
        case .unknown(let facts): "\(name)(\(facts.map(\.name).joined(separator: ", ")))"
        case .expired(let limit): "\(name)(\(limit.rawValue))"
        }
    }

    /// From the best for the owner, 0, to the worst. A day later or more use never takes it down from `expired`.
    package var rank: Int {
        switch self {
        case .inTerm: 0
        case .atRisk: 1
        case .unknown, .disputed: 2
        case .expired: 3
        }
    }
}

/// What ends coverage.
package enum CoverageLimit: String, CaseIterable, Hashable, Sendable {
    case period, manufactureCap, offlineRule, registrationRule, throughput, cycles, temperature
    /// Another unit stands in its place and has its remaining term.
    case takenOut
    /// The maker gives no warranty for the component.
    case noTerm
}

/// Why coverage may end soon, or be contested.
package enum CoverageRisk: Hashable, Sendable {
    /// The last covered day is so many days ahead; where it is not known exactly, the earliest that it can be.
    case endsSoon(days: Int, isExact: Bool)
    /// Percent of the limit that are used.
    case throughputNear(percent: Int)
    case cyclesNear(percent: Int)
    /// Not registered, and this is the last day to do so.
    case unregistered(until: CivilDate)
    case offlineNear(days: Int, limit: Int)
    /// Hours outside the temperatures that the terms allow.
    case temperature(hours: Int, limit: Int)

    /// `endsSoon`.
    package var name: String {
        switch self {
        case .endsSoon: "endsSoon"
        case .throughputNear: "throughputNear"
        case .cyclesNear: "cyclesNear"
        case .unregistered: "unregistered"
        case .offlineNear: "offlineNear"
        case .temperature: "temperature"
        }
    }

    /// One plain sentence without its full stop.
    package var sentence: String {
        switch self {
        case .endsSoon(let days, let isExact):
            "it \(isExact ? "ends" : "may end") \(days == 0 ? "with this day" : "in \(counted(days, "day"))")"
        case .throughputNear(let percent): "\(percent) % of the throughput are used"
        case .cyclesNear(let percent): "\(percent) % of the cycles are used"
        case .unregistered(let day): "it is not registered; that is possible until \(day.text)"
        case .offlineNear(let days, let limit): "it was offline for \(days) of \(counted(limit, "day"))"
        case .temperature(let hours, let limit):
            "it was outside the temperatures of the terms for \(counted(hours, "hour")); \(limit) are tolerated"
        }
    }
}

/// A fact that could change the answer.
package enum MissingFact: Hashable, Sendable {
    case date(UnitEvent)
    case registration, offlineDays, discharged, charged, cycles, hoursOutside
    case capacity(CapacityBasis)
    /// Nobody has entered the terms, and why.
    case terms(reason: String)
    /// The document says nothing about the component.
    case component(WarrantyComponent)
    /// The document says nothing about such a claim.
    case claim(WarrantyClaim)
    /// It was sold before these terms took effect: those of that time are missing.
    case edition(sold: CivilDate, effective: CivilDate)
    /// Two facts exclude each other.
    case contradiction(String)

    /// `installed`, `discharged`: as the key of the unit's text is called, or what else is missing.
    package var name: String {
        switch self {
        case .date(let event): event.participle
        case .registration: "registered"
        case .offlineDays: "offlineDays"
        case .discharged: "discharged"
        case .charged: "charged"
        case .cycles: "cycles"
        case .hoursOutside: "hoursOutside"
        case .capacity(.nominal): "nominalCapacity"
        case .capacity(.usable): "usableCapacity"
        case .terms: "terms"
        case .component: "componentTerms"
        case .claim: "claimTerms"
        case .edition: "edition"
        case .contradiction: "contradiction"
        }
    }

    /// What is not known, in words: `when it was installed`.
    package var sentence: String {
        switch self {
        case .date(let event): "when it was \(event.participle)"
        case .registration: "whether it was registered in time"
        case .offlineDays: "for how many days it was offline"
        case .discharged: "the energy that it discharged"
        case .charged: "the energy that it was charged with"
        case .cycles: "its full-equivalent cycles"
        case .hoursOutside: "for how long it was outside the temperatures of the terms"
        case .capacity(let basis): "its \(basis.rawValue) capacity"
        case .terms(let reason): "the terms themselves (\(reason))"
        case .component(let component): "the terms for the \(component.rawValue), of which the document says nothing"
        case .claim(let claim): "the terms for \(claim.rawValue), of which the document says nothing"
        case .edition(let sold, let effective):
            "the terms of \(sold.text), when it was sold: these took effect on \(effective.text)"
        case .contradiction(let text): "which fact is right: \(text)"
        }
    }

    /// A fixed order for lists.
    var order: Int {
        switch self {
        case .date(let event): event.order
        case .registration: 10
        case .offlineDays: 11
        case .discharged: 12
        case .charged: 13
        case .cycles: 14
        case .hoursOutside: 15
        case .capacity(.nominal): 16
        case .capacity(.usable): 17
        case .terms: 20
        case .component: 21
        case .claim: 22
        case .edition: 23
        case .contradiction: 24
        }
    }
}

/// What a measurement says about the capacity that is promised.
package enum CapacityFinding: String, Hashable, Sendable {
    case notMeasured, notComparable, below, kept
}
