internal import ServiceLevel
package import Terms

/// What a look at every open promise found: each clock's next step must be written or scheduled.
package struct PromiseAudit: Sendable, Equatable {
    /// Open tickets, orders and homes that were looked at.
    package var subjects = 0
    /// Steps that lie ahead.
    package var scheduled = 0
    /// What is not as it must be, each in one sentence; empty where all is well.
    package var troubles: [String] = []
}

extension PromiseBook {
    /// A step may be written so much after it fell due: the engine looks four times a second.
    private static let grace = Milliseconds.seconds(5)

    /// Looks at every open promise anew, from its facts alone, and compares with what the book works with.
    package func audit(at now: Instant) -> PromiseAudit {
        var audit = PromiseAudit()
        for subject in openSubjects {
            audit.subjects += 1
            for hash in missingDocuments(of: subject) {
                audit.troubles.append("\(subject.text): it is bound to the document \(hash), which is gone")
            }
            if isStale(subject) { audit.troubles.append("\(subject.text): it is not what its facts tell") }
            for step in unwritten(subject) {
                if step.dueAt > now { audit.scheduled += 1 }
                if step.dueAt <= now - Self.grace {
                    audit.troubles.append(
                        "\(subject.text): \(step.run.clock.rawValue), due \(step.dueAt.rfc3339), is not written")
                } else if scheduled(subject).map({ $0 > step.dueAt }) ?? true {
                    audit.troubles.append(
                        "\(subject.text): \(step.run.clock.rawValue), due \(step.dueAt.rfc3339), is not scheduled")
                }
            }
        }
        return audit
    }

    private var openSubjects: [Subject] {
        tickets.values.filter(\.isOpen).map { .ticket($0.id) } + orders.keys.map { .order($0) }
            + sites.keys.map { .site($0) }
    }
}
