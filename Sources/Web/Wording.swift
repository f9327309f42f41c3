/// The program's words as people read them. A word that is not known is shown as it is.
enum Wording {
    /// A sentence in which names such as pack-2 stay on one line: their hyphens do not break.
    static func unbroken(_ sentence: String) -> String { sentence.replacing("-", with: "\u{2011}") }

    /// What a routing class means.
    static func routing(_ code: String) -> String {
        switch code {
        case "K0": "Safety"
        case "K1": "Protection"
        case "K2": "Wear · warranty evidence"
        case "K3": "Data lost"
        case "K4": "Grid or site event"
        case "K5": "Configuration"
        case "K6": "The box itself"
        case "K7": "Your report"
        default: code
        }
    }

    /// What a promise clock promises, and to whom.
    static func clock(_ name: String) -> (title: String, meaning: String) {
        switch name {
        case "response": ("Response", "a named person answers you")
        case "diagnosisA": ("Diagnosis", "counted from your notification")
        case "diagnosisB": ("Diagnosis on site", "counted from the end of remote support")
        case "remoteSupport": ("Remote support", "internal; then somebody comes")
        case "elimination": ("Elimination", "as soon as possible, without a limit")
        case "statusReport": ("Status report", "internal; you are told what was done")
        case "makerNotice": ("Notice to the maker", "internal; as the warranty's terms ask")
        case "delivery": ("Delivery", "of what was agreed with you")
        default: (name, "")
        }
    }

    static func coverage(_ name: String) -> String {
        switch name {
        case "inTerm": "covered by the warranty"
        case "atRisk": "warranty at risk"
        case "unknown": "warranty: not decided yet, treated as covered"
        case "disputed": "warranty: disputed"
        case "expired": "outside the warranty term; support stays free"
        default: "warranty: \(name)"
        }
    }

    static func writer(_ name: String) -> String {
        switch name {
        case "gateway": "the box"
        case "user": "you"
        case "desk": "support"
        default: name
        }
    }

    static func quality(_ name: String) -> String {
        switch name {
        case "absent": "not read yet"
        case "notImplemented": "not offered by the device"
        default: name
        }
    }

    /// `2 d 3 h`, `3 h 04 min`, `12 min`, `45 s`: two units at most, rounded down.
    static func duration(_ milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds) / 1_000
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600, seconds / 60)
        if days >= 3 { return "\(days) d \(hours % 24) h" }
        if hours > 0 { return "\(hours) h \(twoDigits(Int(minutes % 60))) min" }
        if minutes > 0 { return "\(minutes) min \(twoDigits(Int(seconds % 60))) s" }
        return "\(seconds) s"
    }
}

/// One step of a ticket's way as the page draws it; several states may share a step.
struct TicketStep: Sendable {
    let title: String
    /// State and what it means now.
    let states: [String: String]

    static let all: [TicketStep] = [
        TicketStep(title: "Noticed", states: ["draft": "being sent to support", "tendered": "being sent to support"]),
        TicketStep(title: "Received", states: ["received": "waiting for a person to answer"]),
        TicketStep(title: "Remote support", states: ["remoteSupport": "support works on it from afar"]),
        TicketStep(
            title: "On site",
            states: ["awaitingOnSite": "a partner is being found", "onSiteDiagnosis": "a partner is on the case"]),
        TicketStep(title: "Diagnosed", states: ["diagnosed": "the cause is known"]),
        TicketStep(title: "Repair", states: ["eliminating": "being repaired"]),
        TicketStep(title: "Fixed", states: ["eliminated": "fixed; the report follows"]),
        TicketStep(title: "Reported", states: ["reported": "you were told what was done"]),
        TicketStep(title: "Closed", states: ["closed": "done"]),
    ]
}
