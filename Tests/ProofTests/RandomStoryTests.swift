import Proof
import ServiceLevel
import Terms
import TestPeers
import Testing
import Ticketing

/// Random stories of up to four tickets, judged by the product's fold, by both verifiers, and in two orders.
struct RandomStoryTests {
    private let verifier: Verifier

    init() throws { verifier = try Verifier() }

    /// What the stories held.
    private struct Tally {
        var statuses: [String: Int] = [:]
        var states: [TicketState: Int] = [:]
        /// By names: how often a fact counted.
        var counted: [String: Int] = [:]
        var objections: [Ineffective: Int] = [:]
        var cycles = 0

        mutating func add(_ other: Tally) {
            statuses.merge(other.statuses, uniquingKeysWith: +)
            states.merge(other.states, uniquingKeysWith: +)
            counted.merge(other.counted, uniquingKeysWith: +)
            objections.merge(other.objections, uniquingKeysWith: +)
            cycles = max(cycles, other.cycles)
        }

        mutating func note(_ ticket: Ticket) {
            states[ticket.state, default: 0] += 1
            cycles = max(cycles, ticket.cycle)
            for told in ticket.told {
                if let objection = told.ineffective {
                    objections[objection, default: 0] += 1
                } else {
                    counted[told.fact.event.name, default: 0] += 1
                }
            }
        }
    }

    /// Every ticket of each fifth story, and one of each other: a proof of a second ticket says little that is new.
    @Test func manyRandomTicketsHaveTheSameVerdictsInBothVerifiers() async throws {
        // In parts, so that one is judged by the second verifier while another is made.
        let tallies = try await onAllCores(0..<20) { part in
            var files: [String] = []
            var tally = Tally()
            for seed in (part * 25 + 1)...(part * 25 + 25) { files += try prove(seed, &tally) }
            let (status, complaints, lines) = try verifier.run(files)
            #expect(complaints.isEmpty, "\(complaints.min { $0.key < $1.key }.map { "\($0)" } ?? "")")
            #expect(status == 0, "\(lines.suffix(5))")
            return tally
        }
        expectEverything(in: tallies.reduce(into: Tally()) { $0.add($1) })
    }

    /// Proofs of one story that the first verifier believes: their files.
    private func prove(_ seed: Int, _ tally: inout Tally) throws -> [String] {
        let story = Story(seed: UInt64(seed))
        var whole = PromiseBook(documents: StoryDocuments.read)
        whole.adopt(story.facts)
        #expect(whole.tickets == story.book.tickets, "seed \(seed): the order of arrival matters")
        let tickets = whole.tickets.values.sorted { $0.id.text < $1.id.text }
        for ticket in tickets { tally.note(ticket) }
        return try (seed % 5 == 0 ? tickets : [tickets[seed % tickets.count]]).map { ticket in
            let madeAt = story.now + [.zero, .hours(30), .days(40)][seed % 3]
            let proof = try makeProof(story.content(of: ticket.id, madeAt: madeAt))
            let verdicts = try checkProof(proof).verdicts
            for verdict in verdicts { tally.statuses[verdict.status, default: 0] += 1 }
            expectTheSame(verdicts, of: ticket, in: whole, at: madeAt, "seed \(seed), \(ticket.id)")
            return try verifier.write(proof, "\(seed)-\(ticket.id).json")
        }
    }

    /// What the box shows is what the proof says.
    private func expectTheSame(
        _ verdicts: [ProofSummary.Verdict], of ticket: Ticket, in book: PromiseBook, at now: Instant, _ name: String
    ) {
        #expect(verdicts.count == ticket.cycle * Clock.ofTicket.count, "\(name)")
        let promise = book.promise(of: .ticket(ticket.id))
        for verdict in verdicts {
            guard let clock = Clock(rawValue: verdict.clock) else { continue }
            let view = ticket.view(clock, cycle: verdict.cycle, promise: promise, now: now)
            #expect(
                view.status.rawValue == verdict.status && view.overrun == verdict.overrun,
                "\(name), cycle \(verdict.cycle), \(clock)")
        }
    }

    /// The stories hold what they are for.
    private func expectEverything(in tally: Tally) {
        for wanted in ["waiting", "running", "met", "breached", "notApplicable", "undetermined"] {
            #expect(tally.statuses[wanted, default: 0] > 20, "\(wanted)")
        }
        #expect(tally.cycles >= 4)
        for state in TicketState.allCases { #expect(tally.states[state, default: 0] >= 5, "\(state)") }
        for name in Self.factsOfTickets { #expect(tally.counted[name, default: 0] >= 5, "\(name) never counted") }
        // These are about homes.
        for reason in Ineffective.allCases where reason != .noSuchVisit && reason != .serialReturned {
            #expect(tally.objections[reason, default: 0] > 0, "\(reason)")
        }
    }

    /// Every fact that the promise knows of a ticket.
    private static let factsOfTickets = [
        "FaultOpened", "TenderAttempted", "DeskAccepted", "UserReported", "StartTimed", "AutoReceiptSent",
        "FirstResponse", "RemoteStep", "RemoteOutcome", "RemoteTimedOut", "PartnerOffered", "PartnerAccepted",
        "PartnerDeclined",
        "VisitScheduled", "VisitFailed", "DiagnosisRecorded", "RepairStarted", "PartsOrdered", "ReplacementArranged",
        "Eliminated", "StatusReportDelivered", "Closed", "AlarmCleared", "Reopened", "UserFeedback", "MergedInto",
        "Cancelled", "AlarmRaised", "Acknowledged", "Shelved", "Unshelved", "ExcuseOpened", "ExcuseClosed",
        "ChargeQuoted", "ChargeConsent", "StatusReportSent", "StatusReportBounced", "MakerNotified", "NoteAdded",
        "EvidenceAttached", "PolicyBound", "WarrantyDecided", "CostLine", "Warned", "Breached", "BreachRescinded",
        "DeliveryAgreed", "ProofOfDelivery", "OccurrenceAttached", "RootChanged", "RepeatsCounted", "AlarmChattering",
        "AlarmQuiet", "TicketEscalated",
    ]
}
