/// The promise clocks of a ticket. Letters A and B are the two readings of "diagnose within 48 hours".
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

    /// By its place among the clocks: enumerations with raw values are hashed by their texts, and every fold looks
    /// clocks up.
    package func hash(into hasher: inout Hasher) {
        let place: UInt8 =
            switch self {
            case .response: 0
            case .diagnosisA: 1
            case .diagnosisB: 2
            case .remoteSupport: 3
            case .elimination: 4
            case .statusReport: 5
            }
        hasher.combine(place)
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
        }
    }
}
