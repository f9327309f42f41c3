package import ServiceLevel
package import Terms

/// Which run of which clock: that of a ticket's cycle, of an order, or of one planned visit.
package struct ClockRun: Hashable, Sendable {
    package var clock: Clock
    /// From 1; always 1 for what has no cycles.
    package var cycle: Int
    /// `month6`: of a follow-up visit.
    package var visit: String?

    package init(_ clock: Clock, cycle: Int = 1, visit: String? = nil) {
        self.clock = clock
        self.cycle = cycle
        self.visit = visit
    }

    var fields: [String: CanonicalValue] {
        var fields: [String: CanonicalValue] = ["clock": .text(clock.rawValue), "cycle": .integer(Int64(cycle))]
        fields["visit"] = visit.map { .text($0) }
        return fields
    }

    init(_ fields: FactFields) throws(UnreadableFact) {
        self.init(
            try fields.choice("clock"), cycle: Int(try fields.integer("cycle")),
            visit: try fields.optionalText("visit"))
    }
}

/// One step of one run: what is written once.
package struct RunStep: Hashable, Sendable {
    package var run: ClockRun
    package var kind: ClockStep.Kind
    /// When it fell due; nil for what falls due once in a run.
    package var dueAt: Instant?

    package init(run: ClockRun, kind: ClockStep.Kind, dueAt: Instant?) {
        self.run = run
        self.kind = kind
        if case .warning(.noProgress) = kind { self.dueAt = dueAt } else { self.dueAt = nil }
    }

    /// `home-1.3/1/response/warn50`, `home-1/year3/followUpVisit/before7d`: the same for the same step, so that a
    /// repeat is harmless. A step that may come again carries its instant.
    package func id(of subject: Subject) -> String {
        // Step by step: a check of the ledger asks for it with every warning.
        var id = subject.id
        id += "/"
        id += run.visit ?? String(run.cycle)
        id += "/"
        id += run.clock.rawValue
        id += "/"
        id += kind.text
        if let dueAt { id += "@\(dueAt.milliseconds)" }
        return id
    }
}

extension Subject {
    /// What the ids of steps and calls begin with. A person names orders, which must not pass for tickets.
    package var id: String {
        switch self {
        case .site(let id): id.text
        case .ticket(let id): id.text
        case .order: text
        }
    }
}
