package import ServiceLevel
package import Terms
package import Ticketing

/// The most steps that may fall due about one ticket, order or site.
///
/// Yearly visits have no end, and nobody asks about what is due in three hundred years but by mistake.
package let maximumTimelineStepsOfSubject = 1_000
/// The most steps that may fall due in one timeline.
package let maximumTimelineSteps = 100_000

/// Thrown where more falls due than any timeline needs.
package struct TooManySteps: Error, CustomStringConvertible {
    package let description: String
}

/// A fact that the engine wrote, since its time had come.
package struct EmittedStep: Sendable, Equatable {
    /// `at` is when it fell due, `recordedAt` when it was written.
    package let fact: Fact
    package let run: ClockRun
    /// Nil where a breach is taken back.
    package let kind: ClockStep.Kind?

    /// `warn50`, `breach`, `rescinded`
    package var stepText: String { kind?.text ?? "rescinded" }
}

/// The facts of a timeline in fake time: each exists from its recording on, and whenever something falls due, the
/// engine writes it. It reads no clock.
package struct TimelineRun: Sendable {
    package private(set) var book: PromiseBook
    /// What the engine wrote, in the order of writing.
    package private(set) var emitted: [EmittedStep] = []
    /// Given facts that do not exist yet, by the instant of their recording.
    private var waiting: ArraySlice<Fact>
    private var stepCounts: [Subject: Int] = [:]

    /// - Parameter facts: in any order.
    package init(_ facts: some Sequence<Fact>, documents: PromiseDocuments) {
        book = PromiseBook(documents: documents)
        waiting = facts.sorted { $0.recordedAt < $1.recordedAt }[...]
    }

    /// Lets time pass up to and including an instant: its facts first, then what falls due at it.
    package mutating func advance(to end: Instant) throws(TooManySteps) {
        while let next = [waiting.first?.recordedAt, book.nextDue].compactMap({ $0 }).min(), next <= end {
            let new = waiting.prefix { $0.recordedAt <= next }
            waiting.removeFirst(new.count)
            // The end of remote support is the engine's to write. A line that tells it all the same tells the same fact
            // where it is due, and so it does not keep the engine from writing it.
            book.adopt(new.filter { $0.event != .remoteTimedOut })
            try writeDueSteps(at: next)
            book.adopt(new.filter { $0.event == .remoteTimedOut })
            try writeDueSteps(at: next)
        }
    }

    private mutating func writeDueSteps(at now: Instant) throws(TooManySteps) {
        while true {
            let due = book.due(at: now)
            guard !due.isEmpty else { return }
            var written: [Fact] = []
            for step in due {
                try count(step, now)
                let fact = Fact(
                    subject: step.subject, writer: .desk, at: step.dueAt, recordedBy: .untold(at: now),
                    event: step.event)
                written.append(fact)
                emitted.append(EmittedStep(fact: fact, run: step.run, kind: step.kind))
            }
            book.adopt(written)
        }
    }

    private mutating func count(_ step: DueFact, _ now: Instant) throws(TooManySteps) {
        stepCounts[step.subject, default: 0] += 1
        guard stepCounts[step.subject, default: 0] <= maximumTimelineStepsOfSubject else {
            throw TooManySteps(
                description: "more than \(maximumTimelineStepsOfSubject) steps fall due about \(step.subject.id) by "
                    + "\(now.rfc3339): ask about an earlier instant")
        }
        guard emitted.count < maximumTimelineSteps else {
            throw TooManySteps(
                description: "more than \(maximumTimelineSteps) steps fall due by \(now.rfc3339): divide the file")
        }
    }
}

extension Stamp {
    /// Of a fact that no box wrote.
    static func untold(at instant: Instant) -> Stamp {
        Stamp(
            boot: BootID(high: 0, low: 0), boottime: Boottime(nanoseconds: 0), wall: instant, trust: .synced)
    }
}
