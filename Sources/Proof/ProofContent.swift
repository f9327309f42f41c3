internal import ServiceLevel
package import Terms
package import Ticketing

/// The name and version of the file's format.
let proofFormat = "aftercare proof 1"

/// What a proof is made of: the log from some row on, and the documents that its facts name.
package struct ProofContent: Sendable {
    package var site: SiteID
    package var ticket: TicketID
    /// The verdicts are as of this instant.
    package var madeAt: Instant
    /// The head of each source's chain before its first row.
    package var anchors: [FactSource: ChainHead]
    package var epoch: Int
    /// In the order of writing.
    package var rows: [ChainRow]
    /// The policy that applies, byte for byte.
    package var policies: [[UInt8]]
    /// The SHA-256 of the policy that applies where no fact binds one.
    package var sitePolicy: String
    /// What is given of the kept evidence, by SHA-256; may be empty.
    package var evidence: [String: [UInt8]]

    package init(
        site: SiteID, ticket: TicketID, madeAt: Instant, anchors: [FactSource: ChainHead], epoch: Int,
        rows: [ChainRow], policies: [[UInt8]], sitePolicy: String, evidence: [String: [UInt8]]
    ) {
        self.site = site
        self.ticket = ticket
        self.madeAt = madeAt
        self.anchors = anchors
        self.epoch = epoch
        self.rows = rows
        self.policies = policies
        self.sitePolicy = sitePolicy
        self.evidence = evidence
    }

    /// The newest head of each chain.
    var heads: [FactSource: ChainHead] {
        var heads = anchors
        for row in rows { heads[row.source] = ChainHead(sequence: row.sequence, hash: row.hash) }
        return heads
    }
}

/// A row's place in the log.
struct RowPlace: Hashable {
    var source: FactSource
    var sequence: Int
}

/// What the rows say of the ticket: computed by the product's own fold, and by nothing else.
struct Derived {
    let ticket: Ticket
    let policy: SupportPolicy
    /// Where each told fact stands.
    private let places: [[UInt8]: RowPlace]

    /// - Parameters:
    ///   - facts: those of the ticket, in the order of the rows, with their places.
    ///   - policies: by their documents' SHA-256.
    init(
        _ id: TicketID, facts: [(fact: Fact, place: RowPlace)], policies: [String: SupportPolicy], sitePolicy: String
    ) throws(ProofTrouble) {
        let hash = Self.boundPolicy(facts.map(\.fact)) ?? sitePolicy
        guard let policy = policies[hash] else {
            throw ProofTrouble("ticket \(id) is bound to the policy \(hash), and no such document is there")
        }
        guard let ticket = Ticket(id: id, facts: facts.map(\.fact), policy: policy) else {
            throw ProofTrouble("ticket \(id): no fact opens it")
        }
        self.policy = policy
        self.ticket = ticket
        places = Dictionary(facts.map { ($0.fact.canonicalBytes, $0.place) }) { first, _ in first }
    }

    /// The policy that the facts bind a ticket to: the first one that they name.
    static func boundPolicy(_ facts: [Fact]) -> String? {
        for fact in facts { if case .policyBound(_, _, let hash) = fact.event { return hash } }
        return nil
    }

    /// The parts of a proof that follow from its rows, by their names in the file.
    func members(evidence: [String: [UInt8]], madeAt: Instant) -> [String: CanonicalValue] {
        [
            "cycles": .list(cycles(at: madeAt)), "evidence": .list(evidenceList(evidence)),
            "policy": .text(policy.documentHash), "ticket": .object(standing), "told": .list(told),
        ]
    }

    private var standing: [String: CanonicalValue] {
        var members: [String: CanonicalValue] = [
            "cycle": .integer(Int64(ticket.cycle)), "id": .text(ticket.id.text), "state": .text(ticket.state.rawValue),
            "openedAt": .integer(ticket.openedAt.milliseconds),
        ]
        members["closedAt"] = ticket.closedAt.map { .integer($0.milliseconds) }
        return members
    }

    private var told: [CanonicalValue] {
        ticket.told.map { told in
            var members: [String: CanonicalValue] = ["countsAt": .integer(told.countsAt.milliseconds)]
            if let place = places[told.fact.canonicalBytes] {
                members["source"] = .text(place.source.rawValue)
                members["sequence"] = .integer(Int64(place.sequence))
            }
            members["objection"] = told.ineffective.map { .text($0.rawValue) }
            return .object(members)
        }
    }

    private func evidenceList(_ contents: [String: [UInt8]]) -> [CanonicalValue] {
        ticket.told.compactMap { told in
            guard case .evidenceAttached(let sha256, let title, let part) = told.fact.event else { return nil }
            var members: [String: CanonicalValue] = [
                "part": .text(part.rawValue), "sha256": .text(sha256), "title": .text(title),
            ]
            members["content"] = contents[sha256].flatMap { String(validating: $0, as: UTF8.self) }
                .map { .text($0) }
            return .object(members)
        }
    }

    private func cycles(at now: Instant) -> [CanonicalValue] {
        let spans = ticket.pastSpans + [ticket.spans]
        return spans.enumerated().map { index, spans in
            let views = Clock.allCases.map { clock in
                ClockView(clock, span: spans[clock] ?? ClockSpan(), rule: policy.rules[clock], now: now)
            }
            return .object([
                "cycle": .integer(Int64(index + 1)), "clocks": .list(views.map { .object($0.members) }),
            ])
        }
    }
}

extension ClockView {
    /// The verdict as a proof holds it: instants and lengths of time in milliseconds; what is not there is left out.
    fileprivate var members: [String: CanonicalValue] {
        var members: [String: CanonicalValue] = [
            "clock": .text(clock.rawValue), "status": .text(status.rawValue), "elapsed": .integer(elapsed.count),
            "remaining": .integer(remaining.count), "overrun": .integer(overrun.count),
        ]
        members["start"] = start.map { .integer($0.milliseconds) }
        members["deadline"] = deadline.map { .integer($0.milliseconds) }
        members["stop"] = stop.map { .integer($0.milliseconds) }
        members["limit"] = limit.map { .integer($0.count) }
        return members
    }
}
