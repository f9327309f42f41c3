/// The promise clocks. Letters A and B are the two readings of "diagnose within 48 hours".
package enum Clock: String, CaseIterable, Hashable, Sendable {
    /// From the notification to the first answer by a named person.
    case response
    /// Strict reading: 48 h from the notification.
    case diagnosisA
    /// Literal reading: 48 h from "remote support cannot solve it".
    case diagnosisB
    /// Internal: remote help that leads nowhere ends after its limit, so that clock B cannot be dodged.
    case remoteSupport
    /// A stopwatch: as soon as possible has no limit.
    case elimination
    /// Internal: from the elimination to the delivered report.
    case statusReport
    /// From a fault to the maker's being told, where the warranty terms name a time for it.
    case makerNotice
    /// Working days from a purchase request to the signed contract.
    case contractSigning
    /// Working days from contract and payment to the begin of production.
    case productionStart
    /// Until the day on which production is agreed to be finished.
    case contractCompletion
    /// Until the agreed slot, of an order or of a replacement.
    case delivery
    /// Regular visits after commissioning.
    case followUpVisit
}

extension Clock {
    /// The clocks of a ticket, in the order in which they are shown.
    package static let ofTicket: [Clock] = [
        .response, .diagnosisA, .diagnosisB, .remoteSupport, .elimination, .statusReport, .makerNotice, .delivery,
    ]
    /// The clocks of an order.
    package static let ofOrder: [Clock] = [.contractSigning, .productionStart, .contractCompletion, .delivery]

    /// By its place among the clocks: enumerations with raw values are hashed by their texts, and every fold looks
    /// clocks up.
    package func hash(into hasher: inout Hasher) { hasher.combine(place) }

    /// Its place among the clocks, from 0: those of a ticket first, in their order.
    package var place: UInt8 {
        switch self {
        case .response: 0
        case .diagnosisA: 1
        case .diagnosisB: 2
        case .remoteSupport: 3
        case .elimination: 4
        case .statusReport: 5
        case .makerNotice: 6
        case .delivery: 7
        case .contractSigning: 8
        case .productionStart: 9
        case .contractCompletion: 10
        case .followUpVisit: 11
        }
    }

    /// What a person calls it.
    package var title: String {
        switch self {
        case .response: "Response"
        case .diagnosisA: "Diagnosis (from the notification)"
        case .diagnosisB: "Diagnosis (from the end of remote support)"
        case .remoteSupport: "Remote support"
        case .elimination: "Elimination"
        case .statusReport: "Status report"
        case .makerNotice: "Notice to the maker"
        case .contractSigning: "Contract signing"
        case .productionStart: "Production start"
        case .contractCompletion: "Contract completion"
        case .delivery: "Delivery"
        case .followUpVisit: "Follow-up visit"
        }
    }
}
