package import ServiceLevel
package import Terms
package import Ticketing

extension PromiseBook {
    /// Everything that can be seen as of `now`, a line each: two books that show the same views give the same bytes.
    package func views(at now: Instant) -> String {
        var lines: [String] = []
        for (alias, id) in aliases.sorted(by: { $0.key.text < $1.key.text }) {
            lines.append("ticket \(alias) is \(id)")
        }
        for ticket in tickets.values.sorted(by: { $0.id.text < $1.id.text }) {
            lines += ticket.lines(promise: promise(of: .ticket(ticket.id)), now: now)
        }
        for (id, told) in orphans.sorted(by: { $0.key.text < $1.key.text }) {
            lines += ["ticket \(id) is not open"] + told.map(\.line)
        }
        for order in orders.values.sorted(by: { $0.id.text < $1.id.text }) {
            lines += order.lines(promise: promise(of: .order(order.id)), now: now)
        }
        for site in sites.values.sorted(by: { $0.id.text < $1.id.text }) {
            lines += site.lines(promise: promise(of: .site(site.id)), now: now)
        }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension TimelineRun {
    /// What can be seen as of `now`, and what the engine has written, in the order of writing.
    package func views(at now: Instant) -> String {
        book.views(at: now) + emitted.map { "emitted \($0.line)\n" }.joined()
    }
}

extension EmittedStep {
    fileprivate var line: String {
        "\(fact.recordedAt.rfc3339) \(fact.subject.id) \(run.line)/\(stepText) dueAt=\(fact.at.rfc3339)"
    }
}

extension ClockRun {
    fileprivate var line: String { "\(clock.rawValue)#\(visit ?? String(cycle))" }
}

extension ToldFact {
    fileprivate var line: String {
        let effect = ineffective.map { "effective=no reason=\($0.rawValue)" } ?? "effective=yes"
        return "  told countsAt=\(countsAt.rfc3339) \(effect) \(String(decoding: fact.canonicalBytes, as: UTF8.self))"
    }
}

extension ClockView {
    private static let keys = [
        "status", "start", "startBasis", "deadline", "stop", "elapsed", "remaining", "overrun", "excused",
        "adjustedDeadline", "adjustedStatus",
    ]

    fileprivate func line(_ run: ClockRun) -> String {
        let pairs = Self.keys.map { "\($0)=\((value(of: $0) ?? .absent).text)" }
        return "  clock \(run.line) " + pairs.joined(separator: " ")
            + " limit=\(limit?.text ?? "none") rescinded=\(isRescinded) trouble=\(trouble.map { "\($0)" } ?? "none")"
            + " evidence=\(evidence ?? "none")"
    }
}

extension Ticket {
    private static let keys = ["state", "cycle", "selfCleared", "coverage", "survivor", "recurrenceOf"]

    fileprivate func lines(promise: Promise, now: Instant) -> [String] {
        let pairs = Self.keys.map { "\($0)=\((value(of: $0) ?? .absent).text)" }
        var lines = ["ticket \(id) " + pairs.joined(separator: " ")]
        let instants = [
            ("openedAt", openedAt), ("closedAt", closedAt), ("literalStart", literalStart),
            ("strictStart", strictStart), ("acknowledgedAt", acknowledgedAt), ("shelvedUntil", shelvedUntil),
            ("quoteDeliveredAt", quoteDeliveredAt), ("rootClearedAt", rootClearedAt),
        ]
        lines += instants.compactMap { name, instant in instant.map { "  \(name)=\($0.rfc3339)" } }
        let (key, partner) = (key?.description ?? "none", partner ?? "none")
        lines.append("  key=\(key) partner=\(partner) cause=\(cause?.rawValue ?? "none")")
        lines.append(
            "  charge=\(isChargeGranted) parts=\(isWaitingForParts) escalated=\(isEscalated) safety=\(concernsSafety)")
        lines.append("  root=\(root?.text ?? "none") firstOut=\(firstOut?.text ?? "none")")
        lines += occurrences.sorted { $0.key.text < $1.key.text }.map { "  occurrence \($0.text) active=\($1)" }
        lines += derived.keys.map(\.text).sorted().map { "  derived \($0)" }
        lines += excuses.map { excuse in
            "  excuse \(excuse.reason.rawValue) \(excuse.start.rfc3339) to \(excuse.end?.rfc3339 ?? "open")"
        }
        for number in 1...cycle {
            lines += Clock.ofTicket.map { clock in
                view(clock, cycle: number, promise: promise, now: now).line(ClockRun(clock, cycle: number))
            }
        }
        lines += calls.map { "  call \($0.id) at=\($0.at.rfc3339)" }
        lines += evidence.map { "  evidence \($0)" }
        return lines + told.map(\.line)
    }
}

extension Order {
    fileprivate func lines(promise: Promise, now: Instant) -> [String] {
        ["order \(id) open=\(isOpen)"]
            + Clock.ofOrder.map { view($0, promise: promise, now: now).line(ClockRun($0)) }
            + calls.map { "  call \($0.id) at=\($0.at.rfc3339)" } + told.map(\.line)
    }
}

extension SiteRecord {
    fileprivate func lines(promise: Promise, now: Instant) -> [String] {
        var lines = ["site \(id) warrantyEnds=\(warrantyEnds?.text ?? "none") authorised=\(authorisedAt != nil)"]
        if let commissionedAt { lines.append("  commissionedAt=\(commissionedAt.rfc3339)") }
        lines.append(view(promise: promise, now: now).line(ClockRun(.followUpVisit)))
        lines += visits(now: now, promise: promise).map { visit in
            ClockView(.followUpVisit, span: visit.span, promise: promise, now: now).line(visit.run)
        }
        lines += documents.map { "  document \($0.id) \($0.version) to \($0.recipient)" }
        return lines + calls.map { "  call \($0.id) at=\($0.at.rfc3339)" } + told.map(\.line)
    }

    /// The visits so far, and those of the year to come.
    package func visits(now: Instant, promise: Promise) -> [Visit] {
        guard let zone = promise.zone else { return [] }
        return visits(through: zone.date(of: now).adding(months: 12), promise: promise)
    }
}
