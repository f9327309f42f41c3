internal import ServiceLevel
internal import StrictYAML
internal import Terms
internal import Ticketing

/// What a line may expect: each kind's keys.
enum ExpectationRule {
    /// Which run of a clock is meant.
    static let runKeys: [KeyRule] = [.may("cycle", .number(1...1_000)), .may("visit", .text)]

    static let clockKeys: [KeyRule] =
        runKeys + [
            .may("status", .word(clockStatuses)), .may("start", .instant, orNone: true),
            .may("startBasis", .word(["strict", "literal"]), orNone: true), .may("deadline", .instant, orNone: true),
            .may("stop", .instant, orNone: true), .may("elapsed", .duration), .may("remaining", .duration),
            .may("overrun", .duration), .may("excused", .duration),
            .may("adjustedDeadline", .instant, orNone: true), .may("adjustedStatus", .word(clockStatuses)),
        ]

    static let ticketKeys: [KeyRule] = [
        .may("state", .one(of: TicketState.self)), .may("cycle", .number(1...1_000)), .may("selfCleared", .flag),
        .may("coverage", .one(of: Coverage.self)), .may("survivor", .ticket, orNone: true),
        .may("recurrenceOf", .ticket, orNone: true),
    ]

    static let emittedKeys: [KeyRule] =
        [.must("count", .number(0...1_000_000)), .may("dueAt", .instant)] + runKeys

    /// Reasons are words of the fold, which may grow: one that it never gives is not met, and no error.
    static let factKeys: [KeyRule] = [.must("effective", .flag), .may("reason", .text)]

    static let kinds = ["clock", "ticket", "emitted", "fact"]

    private static let clockStatuses = [
        "waiting", "running", "met", "breached", "notApplicable", "provisional", "undetermined",
    ]
}

extension LineReader {
    mutating func expectation(line: Int) throws(BadLine) -> ExpectationLine {
        let at = try instant()
        let subject = try subject()
        let kind = try choice("expectation", ExpectationRule.kinds)
        let claim: ExpectationLine.Claim
        switch kind.text {
        case "clock": claim = try clockClaim(subject)
        case "ticket":
            guard subject.ticket != nil else {
                throw BadLine(column: kind.column, message: "\(subject.id) is no ticket")
            }
            claim = .ticket(try expected(try values(of: "ticket", ExpectationRule.ticketKeys), kind))
        case "emitted": claim = try emittedClaim(subject)
        default: claim = try factClaim(subject)
        }
        return ExpectationLine(line: line, at: at, subject: subject, claim: claim)
    }

    private mutating func clockClaim(_ subject: Subject) throws(BadLine) -> ExpectationLine.Claim {
        let word = try next("a clock such as response")
        let clock = try clock(word.text, of: subject, column: word.column)
        let values = try values(of: "clock", ExpectationRule.clockKeys)
        let choosing = ExpectationRule.runKeys.map(\.name)
        return .clock(
            clock, try run(values, clock, word), try expected(values.filter { !choosing.contains($0.key) }, word))
    }

    private mutating func emittedClaim(_ subject: Subject) throws(BadLine) -> ExpectationLine.Claim {
        let word = try next("a step such as response/warn50")
        let parts = word.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw BadLine(column: word.column, message: "\"\(word.text)\" is no step such as response/warn50")
        }
        let clock = try clock(parts[0], of: subject, column: word.column)
        guard let step = ClockStep.Kind(text: parts[1]) else {
            let examples = "breach, warn50, lastDay, before7d, noProgress24h"
            throw BadLine(
                column: word.column + parts[0].unicodeScalars.count + 1,
                message: "unknown step \"\(parts[1])\"; steps are such as \(examples)")
        }
        let values = try values(of: "emitted", ExpectationRule.emittedKeys)
        var (count, dueAt) = (0, Instant?.none)
        for value in values {
            switch value.value {
            case .number(let number) where value.key == "count": count = number
            case .instant(let instant): dueAt = instant
            default: break
            }
        }
        return .emitted(clock, step, try run(values, clock, word), count: count, dueAt: dueAt)
    }

    private mutating func factClaim(_ subject: Subject) throws(BadLine) -> ExpectationLine.Claim {
        let word = try next("a fact such as FirstResponse")
        let parts = word.text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let names = FactRule.names(of: subject.about) + FactRule.writtenByEngine.keys
        guard names.contains(parts[0]) else {
            throw BadLine(
                column: word.column, message: "unknown fact \"\(parts[0])\"\(names.suggestion(for: parts[0]))")
        }
        var number: Int?
        if parts.count == 2 {
            guard case .number(let read) = ValueKind.number(1...100_000).read(parts[1]) else {
                throw BadLine(
                    column: word.column, message: "\"\(word.text)\": behind # stands which of them, from 1")
            }
            number = read
        }
        var (isEffective, reason) = (true, String?.none)
        for value in try values(of: "fact", ExpectationRule.factKeys) {
            switch value.value {
            case .flag(let flag): isEffective = flag
            case .text(let text): reason = text
            default: break
            }
        }
        if isEffective, reason != nil {
            throw BadLine(column: word.column, message: "reason= says why a fact had no effect: effective=no")
        }
        return .fact(parts[0], number: number, isEffective: isEffective, reason: reason)
    }

    private func clock(_ text: String, of subject: Subject, column: Int) throws(BadLine) -> Clock {
        let clocks = Clock.of(subject)
        if let clock = Clock(rawValue: text), clocks.contains(clock) { return clock }
        let names = clocks.map(\.rawValue)
        throw BadLine(column: column, message: "\(subject.id) has no clock \"\(text)\"\(names.suggestion(for: text))")
    }

    private func run(
        _ values: [KeyedValue], _ clock: Clock, _ word: LineWord
    ) throws(BadLine) -> ExpectationLine.RunChoice {
        var (cycle, visit) = (Int?.none, String?.none)
        for value in values {
            switch (value.key, value.value) {
            case ("cycle", .number(let number)): cycle = number
            case ("visit", .text(let text)): visit = text
            default: break
            }
        }
        if visit != nil, clock != .followUpVisit {
            throw BadLine(column: word.column, message: "visit= chooses one of the visits of followUpVisit")
        }
        if cycle != nil, !Clock.ofTicket.contains(clock) {
            throw BadLine(column: word.column, message: "cycle= chooses one of a ticket's cycles")
        }
        return ExpectationLine.RunChoice(cycle: cycle, visit: visit)
    }

    private func expected(_ values: [KeyedValue], _ word: LineWord) throws(BadLine) -> [ExpectedValue] {
        guard !values.isEmpty else {
            throw BadLine(column: word.column, message: "nothing is expected here: write key=value")
        }
        return values.map { ExpectedValue(key: $0.key, text: $0.text, value: $0.value) }
    }
}

extension Clock {
    /// The clocks that such a subject has.
    static func of(_ subject: Subject) -> [Clock] {
        switch subject {
        case .ticket: ofTicket
        case .order: ofOrder
        case .site: [.followUpVisit]
        }
    }
}
