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
    /// The policies that apply to the ticket and to those that are told together with it, byte for byte.
    package var policies: [[UInt8]]
    /// The calendars that these are bound to, byte for byte.
    package var calendars: [[UInt8]]
    /// The SHA-256 of the policy that applies to a ticket that no fact binds.
    package var sitePolicy: String
    /// The IANA zone in which days are told for such a ticket; nil where the site names none.
    package var siteZone: String?
    /// What is given of the kept evidence, by SHA-256; may be empty.
    package var evidence: [String: [UInt8]]

    package init(
        site: SiteID, ticket: TicketID, madeAt: Instant, anchors: [FactSource: ChainHead], epoch: Int,
        rows: [ChainRow], policies: [[UInt8]], calendars: [[UInt8]] = [], sitePolicy: String,
        siteZone: String? = nil, evidence: [String: [UInt8]]
    ) {
        self.site = site
        self.ticket = ticket
        self.madeAt = madeAt
        self.anchors = anchors
        self.epoch = epoch
        self.rows = rows
        self.policies = policies
        self.calendars = calendars
        self.sitePolicy = sitePolicy
        self.siteZone = siteZone
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
    let promise: Promise
    /// Whether a fact binds the ticket to the policy; else the maker of the proof names it.
    let isPolicyBound: Bool
    /// Where each told fact stands.
    private let places: [[UInt8]: RowPlace]

    init(_ content: ProofContent) throws(ProofTrouble) {
        let id = content.ticket
        // Of the ticket and of what is told together with it, in the order of the rows.
        let facts = try factsOfTicket(content)
        // By their documents' SHA-256.
        let policies = try readPolicies(content.policies)
        let calendars = try readCalendars(content.calendars)
        for fact in facts.map(\.fact) {
            guard case .policyBound(let binding) = fact.event, let ticket = fact.ticket else { continue }
            guard policies[binding.documentHash] != nil else {
                throw Self.missing("policy", binding.documentHash, ticket)
            }
            if let calendar = binding.calendar, calendars[calendar.documentHash] == nil {
                throw Self.missing("calendar", calendar.documentHash, ticket)
            }
        }
        guard let policy = policies[content.sitePolicy] else {
            throw ProofTrouble(
                "tickets that no fact binds are under the policy \(content.sitePolicy), and no such document is there")
        }
        let site = Promise(policy: policy, zone: content.siteZone.flatMap { LocalZone(name: $0) })
        var book = PromiseBook(
            documents: PromiseDocuments(
                current: site, policies: Array(policies.values), calendars: Array(calendars.values)))
        book.adopt(facts.map(\.fact))
        guard let ticket = book.tickets[id] else { throw ProofTrouble("ticket \(id): no fact opens it") }
        self.ticket = ticket
        promise = book.promise(of: .ticket(id))
        isPolicyBound = facts.contains { fact, _ in
            if case .policyBound = fact.event { fact.ticket == id } else { false }
        }
        places = Dictionary(facts.map { ($0.fact.canonicalBytes, $0.place) }) { first, _ in first }
    }

    private static func missing(_ what: String, _ hash: String, _ ticket: TicketID) -> ProofTrouble {
        ProofTrouble("ticket \(ticket) is bound to the \(what) \(hash), and no such document is there")
    }

    /// The parts of a proof that follow from its rows, by their names in the file.
    func members(evidence: [String: [UInt8]], madeAt: Instant) -> [String: CanonicalValue] {
        [
            "cycles": .list(cycles(at: madeAt)), "evidence": .list(evidenceList(evidence)),
            "policy": .text(promise.policy.documentHash), "ticket": .object(standing), "told": .list(told),
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

    /// Each clock of one cycle.
    func views(ofCycle cycle: Int, at now: Instant) -> [ClockView] {
        Clock.ofTicket.map { ticket.view($0, cycle: cycle, promise: promise, now: now) }
    }

    private func cycles(at now: Instant) -> [CanonicalValue] {
        (1...ticket.cycle).map { cycle in
            let views = views(ofCycle: cycle, at: now)
            return .object(["cycle": .integer(Int64(cycle)), "clocks": .list(views.map { .object($0.members) })])
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
        members["startBasis"] = startBasis.map { .text($0.rawValue) }
        members["evidence"] = evidence.map { .text($0) }
        members["trouble"] = trouble.map { .text($0.rawValue) }
        if start != nil { members["adjustedStatus"] = .text(adjustedStatus.rawValue) }
        if excused > .zero {
            members["excused"] = .integer(excused.count)
            members["adjustedDeadline"] = adjustedDeadline.map { .integer($0.milliseconds) }
        }
        if isRescinded { members["rescinded"] = .integer(1) }
        return members
    }
}
