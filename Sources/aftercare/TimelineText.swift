internal import ServiceLevel
internal import Terms
internal import Ticketing
internal import Timelines

/// What a timeline comes to, in tables.
enum TimelineText {
    /// Every ticket, order and site as of `now`, and what the engine wrote.
    static func views(_ run: TimelineRun, at now: Instant) -> [String] {
        let book = run.book
        var blocks: [[String]] = [["as of \(now.rfc3339)"]]
        for ticket in book.tickets.values.sorted(by: { $0.id.text < $1.id.text }) {
            let promise = book.promise(of: .ticket(ticket.id))
            let clocks = (1...ticket.cycle).flatMap { cycle in
                Clock.ofTicket.map { clock in
                    (
                        name: ticket.cycle == 1 ? clock.rawValue : "\(clock.rawValue) (cycle \(cycle))",
                        view: ticket.view(clock, cycle: cycle, promise: promise, now: now)
                    )
                }
            }
            let names = book.aliases.filter { $0.value == ticket.id }.keys.map(\.text).sorted()
            blocks.append([Style.bold("Ticket \(ticket.id)") + remarks(on: ticket, names)])
            blocks.append(table(clocks) + facts(ticket.told))
        }
        for (id, told) in book.orphans.sorted(by: { $0.key.text < $1.key.text }) {
            blocks.append([Style.bold("Ticket \(id)") + "  nothing has opened it"] + facts(told))
        }
        for order in book.orders.values.sorted(by: { $0.id.text < $1.id.text }) {
            let promise = book.promise(of: .order(order.id))
            let clocks = Clock.ofOrder.map { ($0.rawValue, order.view($0, promise: promise, now: now)) }
            blocks.append([Style.bold("Order \(order.id)")] + table(clocks) + facts(order.told))
        }
        for site in book.sites.values.sorted(by: { $0.id.text < $1.id.text }) {
            let promise = book.promise(of: .site(site.id))
            let visits = site.visits(now: now, promise: promise).map { visit in
                (
                    "followUpVisit \(visit.planned.id)",
                    ClockView(.followUpVisit, span: visit.span, promise: promise, now: now)
                )
            }
            let clocks = visits.isEmpty ? [("followUpVisit", site.view(promise: promise, now: now))] : visits
            blocks.append([Style.bold("Site \(site.id)")] + table(clocks) + facts(site.told))
        }
        blocks.append(steps(run.emitted))
        return Array(blocks.joined(separator: [""]))
    }

    private static func remarks(on ticket: Ticket, _ names: [String]) -> String {
        var remarks = ["\(ticket.state.rawValue), cycle \(ticket.cycle), coverage \(ticket.coverage.rawValue)"]
        if ticket.selfCleared { remarks.append("self-cleared") }
        if let survivor = ticket.survivor { remarks.append("goes on as \(survivor)") }
        if let former = ticket.recurrenceOf { remarks.append("comes again after \(former)") }
        if !names.isEmpty { remarks.append("also named \(names.joined(separator: ", "))") }
        return "  " + remarks.joined(separator: ", ")
    }

    /// Clocks that wait or do not apply are left out.
    private static func table(_ clocks: [(name: String, view: ClockView)]) -> [String] {
        let rows = clocks.filter { $0.view.start != nil }.map { row($0.name, $0.view) }
        guard !rows.isEmpty else { return ["  no clock runs"] }
        return Table(["  CLOCK", "STATUS", "START", "DEADLINE", "STOP", "ELAPSED", "LEFT", "EXCUSED"]).rendered(rows)
    }

    private static func row(_ name: String, _ view: ClockView) -> [String] {
        let deadline = view.deadline?.rfc3339 ?? view.trouble.map { "unknown: \($0)" }
        let left =
            switch view.status {
            case .breached: "over by \(view.overrun.text)"
            case .running where view.deadline != nil: "\(view.remaining.text) left"
            default: "–"
            }
        let excused = view.excused > .zero ? "\(view.excused.text), then \(view.adjustedStatus.rawValue)" : "–"
        return [
            "  \(name)", view.status.rawValue + (view.isRescinded ? " (rescinded)" : ""), view.start?.rfc3339 ?? "–",
            deadline ?? "–", view.stop?.rfc3339 ?? "–", view.elapsed.text, left, excused,
        ]
    }

    private static func facts(_ told: [ToldFact]) -> [String] {
        let rows = told.map { told in
            [
                "  \(told.countsAt.rfc3339)", told.fact.writer.text, told.fact.event.name,
                told.ineffective.map { "does not count: \($0.rawValue)" } ?? told.fact.sentence,
            ]
        }
        guard !rows.isEmpty else { return [] }
        return ["", "  What happened:"] + Table(["  COUNTS FROM", "WRITER", "FACT", ""]).rendered(rows)
    }

    private static func steps(_ emitted: [EmittedStep]) -> [String] {
        guard !emitted.isEmpty else { return ["The engine wrote nothing."] }
        let rows = emitted.map { step in
            let isLate = step.fact.at != step.fact.recordedAt
            let remarks = [
                step.run.visit, step.run.cycle > 1 ? "cycle \(step.run.cycle)" : nil,
                isLate ? "due at \(step.fact.at.rfc3339)" : nil,
            ]
            return [
                step.fact.recordedAt.rfc3339, step.fact.subject.id, "\(step.run.clock.rawValue)/\(step.stepText)",
                remarks.compactMap { $0 }.joined(separator: ", "),
            ]
        }
        return ["What the engine wrote, in this order:"] + Table(["WRITTEN", "SUBJECT", "STEP", ""]).rendered(rows)
    }
}
