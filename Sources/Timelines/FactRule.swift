internal import Terms
internal import Ticketing

/// A key that a line may have.
struct KeyRule: Hashable, Sendable {
    let name: String
    let kind: ValueKind
    let isRequired: Bool
    /// Whether `none` may stand behind it: it is expected that there is no value.
    let mayBeAbsent: Bool

    /// One that a line may leave out.
    static func may(_ name: String, _ kind: ValueKind, orNone mayBeAbsent: Bool = false) -> KeyRule {
        KeyRule(name: name, kind: kind, isRequired: false, mayBeAbsent: mayBeAbsent)
    }

    /// One that no line of its kind does without.
    static func must(_ name: String, _ kind: ValueKind) -> KeyRule {
        KeyRule(name: name, kind: kind, isRequired: true, mayBeAbsent: false)
    }

    /// `author=TEXT`, in brackets where a line may leave it out.
    var help: String {
        let pair = "\(name)=\(kind.name)\(mayBeAbsent ? "|none" : "")"
        return isRequired ? pair : "[\(pair)]"
    }
}

/// Keys that say the same in different words: a line has at most one of them.
struct KeyChoice: Hashable, Sendable {
    let names: [String]
    /// Whether a line has exactly one of them.
    let isRequired: Bool

    static func atMostOne(_ names: String...) -> KeyChoice { KeyChoice(names: names, isRequired: false) }
    static func exactlyOne(_ names: String...) -> KeyChoice { KeyChoice(names: names, isRequired: true) }
}

/// A fact that a timeline may tell: about what, with which keys, and as which event.
struct FactRule: Sendable {
    /// What a fact is about.
    enum About: String, Sendable, CaseIterable { case ticket, order, site }

    let name: String
    let about: Set<About>
    let keys: [KeyRule]
    let choices: [KeyChoice]
    let event: @Sendable (FactValues) throws(UntellableFact) -> FactEvent

    init(
        _ name: String, of about: Set<About> = [.ticket], _ keys: [KeyRule] = [], _ choices: [KeyChoice] = [],
        event: @escaping @Sendable (FactValues) throws(UntellableFact) -> FactEvent
    ) {
        self.name = name
        self.about = about
        self.keys = keys
        self.choices = choices
        self.event = event
    }

    /// Keys of every fact.
    static let commonKeys: [KeyRule] = [
        .may("recordedAt", .instant), .may("evidence", .text), .may("author", .text),
    ]

    /// Its own keys, and the common ones that it does not have itself.
    var allKeys: [KeyRule] {
        keys + Self.commonKeys.filter { common in !keys.contains { $0.name == common.name } }
    }

    /// Every fact that a timeline may tell, by its name: some names are used for more than one kind of subject.
    static let byName = Dictionary(
        grouping: alarmRules + intakeRules + supportRules + partnerRules + workRules + reportRules + endRules
            + excuseRules + besideRules + orderRules + siteRules,
        by: \.name)

    /// What the engine writes by itself, and why it cannot be given.
    static let writtenByEngine = [
        "Warned": "the engine writes it when a step falls due",
        "Breached": "the engine writes it when a deadline passes",
        "BreachRescinded": "the engine writes it when a late entry has evidence",
    ]
}

extension Subject {
    /// Which kind of subject it is.
    var about: FactRule.About {
        switch self {
        case .ticket: .ticket
        case .order: .order
        case .site: .site
        }
    }
}

/// Why a line that was read cannot be told as a fact.
struct UntellableFact: Error {
    var message: String
}
