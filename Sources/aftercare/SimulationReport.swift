internal import Gateway
internal import Rehearsal
internal import Terms

/// What one or many simulated boxes came to.
struct SimulationReport: Encodable {
    /// What did not hold, and the shortest scenario that shows it.
    struct Failure: Encodable {
        var seed: UInt64
        /// Of the program that found it: another one may do better.
        var version: String
        var rule: String
        /// `day 2 08:15:30`, in true time.
        var at: String
        var words: String
        /// To be fed back as a file.
        var scenario: String
    }

    var scenarios = 0
    var days = 0
    var facts = 0
    var tickets = 0
    var delivered = 0
    var restarts = 0
    var readings = 0
    /// SHA-256 of the ledger, of a single scenario: the same each time, on every machine.
    var ledger: String?
    var failure: Failure?

    /// Takes what one more box came to.
    mutating func add(
        _ outcome: RehearsalOutcome, of scenario: Scenario, _ documents: RehearsalDocuments, _ planted: PlantedBug?
    ) {
        ledger = scenarios == 0 ? outcome.digest : nil
        scenarios += 1
        days += scenario.days
        facts += outcome.facts
        tickets += outcome.tickets
        delivered += outcome.delivered
        restarts += outcome.starts
        readings += outcome.frames
        guard let violation = outcome.violation else { return }
        let shrunk = scenario.shrunk(documents, planted: planted)
        // The shortest one may tell it in other words.
        let shown = shrunk.rehearse(documents, planted: planted).violation ?? violation
        failure = Failure(
            seed: scenario.seed, version: programVersion,
            rule: shown.rule.rawValue, at: shown.moment, words: shown.words,
            scenario: shrunk.text)
    }

    /// For people.
    var lines: [String] {
        let figures = [
            "\(scenarios) scenario\(scenarios == 1 ? "" : "s"), \(days) days", "\(readings) readings",
            "\(facts) facts", "\(tickets) tickets", "\(delivered) messages told", "\(restarts) restarts",
        ].joined(separator: ", ")
        guard let failure else { return [figures, Style.green("everything held")] }
        return [
            figures, Style.red("seed \(failure.seed) of aftercare \(failure.version) broke the rule \(failure.rule)"),
            "\(failure.at): \(failure.words)", "", "The shortest scenario that shows it:", "",
        ] + failure.scenario.split(separator: "\n").map { "  \($0)" }
    }
}
