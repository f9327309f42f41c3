internal import ServiceLevel
package import StrictYAML
package import Terms
package import Ticketing

extension TimelineFile {
    /// The documents of the whole file.
    package var documents: NamedDocuments {
        NamedDocuments(policy: policy?.value ?? "default", calendar: calendar?.value, zone: zone?.value)
    }

    /// The documents that PolicyBound lines name, which must be given to make facts.
    package var boundDocuments: Set<NamedDocuments> {
        Set(facts.filter { $0.name == "PolicyBound" }.map { $0.named(beside: documents) })
    }

    /// The fault that each ticket is proposed for: the earliest one where a ticket has more. The order of lines does
    /// not matter.
    package var faultKeys: [TicketID: FaultKey] {
        var earliest: [TicketID: (at: Instant, key: FaultKey)] = [:]
        for line in facts where line.name == "FaultOpened" {
            guard case .faultKey(let key) = line.values["key"], let id = line.subject.ticket else { continue }
            let new = (at: line.at, key: key)
            if let old = earliest[id], (old.at, old.key.description) <= (new.at, new.key.description) { continue }
            earliest[id] = new
        }
        return earliest.mapValues(\.key)
    }

    /// Every line as a fact, in the order of the file. Identical lines give identical facts.
    ///
    /// - Parameter bindings: for each of `boundDocuments` what a ticket, an order or a site is bound to by it.
    package func factsTold(bindings: [NamedDocuments: PolicyBinding] = [:]) throws(InvalidText) -> [Fact] {
        let problems = Problems(file: name)
        let keys = faultKeys
        var told: [Fact] = []
        for line in facts {
            let values = FactValues(line: line, faultKeys: keys, documents: documents, bindings: bindings)
            do throws(UntellableFact) {
                told.append(try Self.fact(values))
            } catch {
                problems.add(error.message, line: line.line, column: 1)
            }
        }
        guard problems.isEmpty else { throw problems.error }
        return told
    }

    private static func fact(_ values: FactValues) throws(UntellableFact) -> Fact {
        let line = values.line
        guard let rule = FactRule.byName[line.name]?.first(where: { $0.about.contains(line.subject.about) }) else {
            throw UntellableFact(message: "\(line.name) cannot be told of \(line.subject.id)")
        }
        return Fact(
            subject: line.subject, writer: line.writer, at: line.at, recordedBy: .untold(at: values.recordedAt),
            event: try rule.event(values))
    }
}
