package import Terms
package import Ticketing

/// A value behind a key. Two values are the same when they mean the same, however they are written.
package enum TimelineValue: Hashable, Sendable {
    case instant(Instant)
    case day(CivilDate)
    case duration(Milliseconds)
    case number(Int)
    case flag(Bool)
    /// One of a few words.
    case word(String)
    /// A person's or a machine's own words.
    case text(String)
    case amount(Money)
    case faultKey(FaultKey)
    case ticket(TicketID)
    /// `none`: it is expected that there is no value.
    case absent

    /// As a timeline writes it.
    package var text: String {
        switch self {
        case .instant(let instant): instant.rfc3339
        case .day(let day): day.text
        case .duration(let duration): duration.text
        case .number(let number): String(number)
        case .flag(let flag): flag ? "yes" : "no"
        case .word(let word), .text(let word): word
        case .amount(let money): "\(money.minorUnits) \(money.currency)"
        case .faultKey(let key): key.description
        case .ticket(let id): id.text
        case .absent: "none"
        }
    }
}

/// What may stand behind a key.
enum ValueKind: Hashable, Sendable {
    case instant, day, dayOrInstant, duration, flag, text, amount, faultKey, ticket
    case number(ClosedRange<Int>)
    case word([String])

    /// One of an enumeration's words.
    static func one<Choice: CaseIterable & RawRepresentable<String>>(of choice: Choice.Type) -> ValueKind {
        .word(choice.allCases.map(\.rawValue))
    }

    /// Nil where the text is no value of this kind.
    func read(_ text: String) -> TimelineValue? {
        switch self {
        case .instant: Instant(rfc3339: text).map { .instant($0) }
        case .day: CivilDate(text: text).map { .day($0) }
        case .dayOrInstant: Self.day.read(text) ?? Self.instant.read(text)
        case .duration: Milliseconds(text: text).map { .duration($0) }
        case .number(let range): Int(text).flatMap { range.contains($0) && String($0) == text ? .number($0) : nil }
        case .flag: ["yes", "true"].contains(text) ? .flag(true) : ["no", "false"].contains(text) ? .flag(false) : nil
        case .word(let choices): choices.contains(text) ? .word(text) : nil
        case .text: .text(text)
        case .amount: Money(timelineText: text).map { .amount($0) }
        case .faultKey: FaultKey(text: text).map { .faultKey($0) }
        case .ticket: Subject(word: text)?.ticket.map { .ticket($0) }
        }
    }

    /// What stands for a value of this kind in help.
    var name: String {
        switch self {
        case .instant: "INSTANT"
        case .day: "DAY"
        case .dayOrInstant: "DAY|INSTANT"
        case .duration: "DURATION"
        case .number: "NUMBER"
        case .flag: "yes|no"
        case .word(let choices): choices.joined(separator: "|")
        case .text: "TEXT"
        case .amount: "AMOUNT"
        case .faultKey: "SITE/SERIAL/CODE"
        case .ticket: "TICKET"
        }
    }

    /// The name with an example, for messages.
    var words: String {
        switch self {
        case .instant: "INSTANT such as 2026-05-04T10:00:00.000Z"
        case .day: "DAY such as 2026-05-04"
        case .dayOrInstant: "DAY or INSTANT such as 2026-05-04 or 2026-05-04T10:00:00.000Z"
        case .duration: "DURATION such as 18h30min, 1ms or 0"
        case .number(let range): "NUMBER from \(range.lowerBound) to \(range.upperBound)"
        case .amount: "AMOUNT such as 12.50EUR, or 1250 for the same"
        case .ticket: "TICKET such as t1"
        case .flag, .word, .text, .faultKey: name
        }
    }
}

extension Money {
    /// Far above any price of a home battery, far below what could overflow.
    private static let mostDigits = 12

    /// Reads `12.50EUR`, `12EUR` or `1250`: of a currency with hundredths, or in hundredths of a euro. Nil for anything
    /// else.
    init?(timelineText text: String) {
        let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let currency = text.dropFirst(number.count)
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard number.count <= Self.mostDigits, let first = parts.first, let whole = Int64(first) else { return nil }
        if currency.isEmpty, parts.count == 1 {
            self.init(minorUnits: whole, currency: "EUR")
            return
        }
        guard currency.count == 3, currency.allSatisfy({ ("A"..."Z").contains($0) }) else { return nil }
        switch parts.count {
        case 1: self.init(minorUnits: whole * 100, currency: String(currency))
        case 2:
            guard parts[1].count == 2, let hundredths = Int64(parts[1]) else { return nil }
            self.init(minorUnits: whole * 100 + hundredths, currency: String(currency))
        default: return nil
        }
    }
}

extension Subject {
    /// Reads `t1`, `o12`, `s1`: a ticket, an order, a site. Nil for anything else.
    init?(word: String) {
        guard let first = word.unicodeScalars.first, word.utf8.count <= 64,
            word.unicodeScalars.allSatisfy({ $0.isPartOfSubject })
        else { return nil }
        switch first {
        case "t": self = .ticket(TicketID(word))
        case "o": self = .order(OrderID(word))
        case "s": self = .site(SiteID(word))
        default: return nil
        }
    }
}

extension Unicode.Scalar {
    fileprivate var isPartOfSubject: Bool {
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
        default: false
        }
    }
}
