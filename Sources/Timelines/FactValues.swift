internal import ServiceLevel
internal import Terms
internal import Ticketing

/// The documents that a PolicyBound line names; what it leaves out is what the file names.
package struct NamedDocuments: Hashable, Sendable {
    /// `default`, or a file.
    package var policy: String
    /// The id of a shipped calendar, or a file.
    package var calendar: String?
    /// An IANA zone.
    package var zone: String?

    package init(policy: String, calendar: String? = nil, zone: String? = nil) {
        self.policy = policy
        self.calendar = calendar
        self.zone = zone
    }
}

/// What a fact is made of: the values of its line, and what the line leaves to its file.
struct FactValues {
    let line: FactLine
    /// The faults of the file's tickets.
    let faultKeys: [TicketID: FaultKey]
    let documents: NamedDocuments
    let bindings: [NamedDocuments: PolicyBinding]

    var at: Instant { line.at }
    var recordedAt: Instant { instant("recordedAt") ?? line.at }
    /// Who did it: where nobody is named, the word for who wrote it.
    var author: String { text("author") ?? line.writer.text }
    var evidence: String? { text("evidence") }
    var signature: Signature { Signature(author, evidence: evidence) }

    func text(_ key: String) -> String? {
        switch line.values[key] {
        case .text(let text), .word(let text): text
        default: nil
        }
    }

    func instant(_ key: String) -> Instant? {
        if case .instant(let instant) = line.values[key] { instant } else { nil }
    }

    func day(_ key: String) -> CivilDate? {
        if case .day(let day) = line.values[key] { day } else { nil }
    }

    func number(_ key: String) -> Int? {
        if case .number(let number) = line.values[key] { number } else { nil }
    }

    func flag(_ key: String) -> Bool? {
        if case .flag(let flag) = line.values[key] { flag } else { nil }
    }

    func amount(_ key: String) -> Money? {
        if case .amount(let amount) = line.values[key] { amount } else { nil }
    }

    func ticket(_ key: String) -> TicketID? {
        if case .ticket(let id) = line.values[key] { id } else { nil }
    }

    /// What was agreed on: a day or an instant.
    func agreed(_ key: String) -> AgreedTime? {
        switch line.values[key] {
        case .day(let day): .day(day)
        case .instant(let instant): .instant(instant)
        default: nil
        }
    }

    /// One of an enumeration's words.
    func choice<Choice: RawRepresentable<String>>(_ key: String, _ type: Choice.Type = Choice.self) -> Choice? {
        text(key).flatMap(Choice.init(rawValue:))
    }

    /// What the reader has seen to be there.
    func required<Value>(_ key: String, _ value: Value?) throws(UntellableFact) -> Value {
        guard let value else { throw UntellableFact(message: "\(line.name) needs \(key)=") }
        return value
    }

    /// The fault of the line's ticket, where some line opens it.
    var faultKey: FaultKey? {
        if case .faultKey(let key) = line.values["key"] { return key }
        return line.subject.ticket.flatMap { faultKeys[$0] }
    }

    /// The occurrence that is meant where the line names none: that of the ticket's fault.
    var occurrenceID: OccurrenceID {
        OccurrenceID(text("occurrence") ?? faultKey?.description ?? line.subject.id)
    }

    /// What came up, as far as a timeline says.
    var occurrence: AlarmOccurrence {
        let key = faultKey
        return AlarmOccurrence(
            id: occurrenceID, device: DeviceName(key?.device ?? line.subject.id), alarm: key?.code ?? "alarm",
            fault: FaultCode(key?.code ?? "alarm"), place: number("place"),
            faultClass: choice("class") ?? key.flatMap { FaultClass(rawValue: $0.code) } ?? .deviceAlarm,
            severity: choice("severity") ?? .protection, routing: choice("routing") ?? .k1,
            explanation: text("text") ?? "as the timeline tells")
    }

    func binding() throws(UntellableFact) -> PolicyBinding {
        let named = line.named(beside: documents)
        guard let binding = bindings[named] else {
            throw UntellableFact(message: "no document was given for policy \(named.policy)")
        }
        return binding
    }
}

extension FactLine {
    /// The documents that a PolicyBound line names, where it leaves some to its file.
    func named(beside documents: NamedDocuments) -> NamedDocuments {
        func text(_ key: String) -> String? { if case .text(let text) = values[key] { text } else { nil } }
        return NamedDocuments(
            policy: text("policy") ?? documents.policy, calendar: text("calendar") ?? documents.calendar,
            zone: text("zone") ?? documents.zone)
    }
}
