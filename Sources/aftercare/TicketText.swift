internal import Engine
internal import ServiceLevel
internal import Terms

/// Tickets in words, for the terminal.
enum TicketText {
    /// One line per ticket.
    static func list(_ tickets: [TicketSnapshot], site: SiteSnapshot) -> [String] {
        guard !tickets.isEmpty else { return ["no tickets at \(site.site)"] }
        let rows = tickets.map { ticket in
            [
                ticket.id, ticket.routing, ticket.state + (ticket.selfCleared ? " (self-cleared)" : "")
                    + (ticket.isEscalated ? " (repeats)" : ""),
                Instant(milliseconds: ticket.openedAt).rfc3339, clock("response", of: ticket),
                clock("diagnosisA", of: ticket), ticket.explanation,
            ]
        }
        return Table(["TICKET", "CLASS", "STATE", "OPENED", "RESPONSE", "DIAGNOSIS", "WHAT"]).rendered(rows)
    }

    /// Everything about one ticket.
    static func whole(_ ticket: TicketSnapshot) -> [String] {
        var lines = [
            Style.bold("Ticket \(ticket.id)  \(ticket.routing)  \(ticket.state)") + "  cycle \(ticket.cycle)",
            ticket.explanation, "", "What to do now: \(ticket.advice)", "",
        ]
        if ticket.selfCleared { lines += [Style.yellow("The readings look normal again. That closes nothing."), ""] }
        lines += remarks(on: ticket)
        lines += clocks(ticket.clocks)
        lines += told(ticket.notifications)
        lines += ["", "What happened:"]
        lines += ticket.facts.map(fact)
        return lines
    }

    /// Every clock that applies, as a table, and what is to be said of it.
    static func clocks(_ clocks: [ClockSnapshot]) -> [String] {
        let applicable = clocks.filter { $0.status != "notApplicable" }
        let table = Table(["CLOCK", "STATUS", "ELAPSED", "REMAINING", "DEADLINE (UTC)"]).rendered(
            applicable.map { clock in
                [
                    title(clock), clock.status, clock.start == nil ? "–" : time(clock.elapsed),
                    clock.status == "running" && clock.deadline != nil ? time(clock.remaining)
                        : clock.overrun > 0 ? "over by " + time(clock.overrun) : "–",
                    clock.deadline.map { Instant(milliseconds: $0).rfc3339 } ?? "–",
                ]
            })
        return table + applicable.flatMap(remarks)
    }

    private static func title(_ clock: ClockSnapshot) -> String { Clock(rawValue: clock.clock)?.title ?? clock.clock }

    private static func remarks(on clock: ClockSnapshot) -> [String] {
        var remarks: [String] = []
        if clock.startBasis == "strict" {
            remarks.append("counted from the first try to notify that failed at our side")
        }
        if let excused = clock.excused, let status = clock.adjustedStatus {
            remarks.append("\(time(excused)) of it excused; with that: \(status)")
        }
        if clock.isRescinded == true { remarks.append("a breach was written, and taken back by evidence") }
        if let trouble = clock.trouble { remarks.append("its deadline cannot be told: \(trouble)") }
        return remarks.map { "  \(title(clock)): \($0)" }
    }

    /// One line of what happened.
    static func fact(_ fact: FactSnapshot) -> String {
        let told = "  \(Instant(milliseconds: fact.at).rfc3339)  \(fact.sentence)"
        return fact.isEffective ? told : Style.dim("\(told) (does not count: \(fact.reason ?? ""))")
    }

    /// What was kept with a ticket, and where it was written.
    static func evidence(_ written: [WrittenEvidence], of ticket: String) -> [String] {
        guard !written.isEmpty else { return ["nothing was kept with \(ticket)"] }
        return written.flatMap { one in
            [
                "\(Instant(milliseconds: one.at).rfc3339)  \(one.title)",
                "  SHA-256 \(one.sha256)",
                "  " + (one.document.map { $0 + (one.drawing.map { ", " + $0 } ?? "") } ?? "not in the ledger"),
            ]
        }
    }

    /// Who was told what, and through which channel; nothing where no channel is configured.
    private static func told(_ messages: [MessageSnapshot]) -> [String] {
        let lines = messages.flatMap { message in
            message.deliveries.map { delivery in
                let tries = delivery.attempts > 1 ? ", try \(delivery.attempts)" : ""
                let words = delivery.words.isEmpty ? "" : ": \(delivery.words)"
                let at = Instant(milliseconds: delivery.at ?? message.at).rfc3339
                let line = "  \(at)  \(message.id)  \(delivery.channel) \(delivery.state.rawValue)\(tries)\(words)"
                return delivery.state == .delivered ? line : Style.yellow(line)
            }
        }
        return lines.isEmpty ? [] : ["", "Who was told:"] + lines
    }

    private static func remarks(on ticket: TicketSnapshot) -> [String] {
        var remarks: [String] = []
        if let began = ticket.began, began.latest != began.earliest {
            let earliest = Instant(milliseconds: began.earliest).rfc3339
            let when = began.latest.map { "between \(earliest) and \(Instant(milliseconds: $0).rfc3339)" }
            remarks.append("The box did not know the time when it began: \(when ?? "at \(earliest) or later").")
        }
        if ticket.isEscalated { remarks.append(Style.yellow("It keeps coming back: \(ticket.occurrences) times.")) }
        if ticket.isChattering {
            remarks.append(
                "The alarm comes and goes without rest, \(ticket.chatterCount) times by now; it counts as one.")
        }
        if let until = ticket.shelvedUntil {
            remarks.append("Put aside until \(Instant(milliseconds: until).rfc3339): nobody is told of it.")
        }
        if !ticket.derived.isEmpty {
            remarks += ["What follows from the same cause:"] + ticket.derived.map { "  \($0)" }
        }
        return remarks.isEmpty ? [] : remarks + [""]
    }

    private static func clock(_ name: String, of ticket: TicketSnapshot) -> String {
        guard let clock = ticket.clocks.first(where: { $0.clock == name }) else { return "–" }
        switch clock.status {
        case "running": return "\(time(clock.remaining)) left"
        case "breached": return "over by \(time(clock.overrun))"
        default: return clock.status
        }
    }

    /// Whole seconds: `23h59min18s`.
    private static func time(_ milliseconds: Int64) -> String { Milliseconds(milliseconds / 1_000 * 1_000).text }
}
