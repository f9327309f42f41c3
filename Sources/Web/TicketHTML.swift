internal import Engine
internal import Terms
internal import Ticketing

/// One ticket as a card, or as a line among the earlier ones.
struct TicketHTML {
    let ticket: TicketSnapshot
    let now: Int64
    let clock: LocalClock

    private var isSafety: Bool { ticket.routing == "K0" }
    /// The element's id: the ticket's own, which the script uses to find it again.
    private var elementID: String { Self.elementID(of: ticket.id) }

    /// The element's id of a ticket.
    static func elementID(of ticket: String) -> String { "ticket-\(Route.segment(ticket))" }

    var card: Markup {
        """
        <article class="card ticket \(PageHTML.styleClass(ticket.routing))" id="\(elementID)" \
        data-announce="\(announcement)">
        <p class="meta"><span class="pill \
        \(PageHTML.styleClass(ticket.routing))">\(Wording.routing(ticket.routing))</span>
        \(device)<span>\(since)</span><span>ticket \
        \(ticket.id)</span></p>
        <h3>\(headline)</h3>
        \(emergency)
        \(advice)
        \(remarks)
        \(steps)
        \(ClocksHTML(clocks: ticket.clocks, now: now, clock: clock).grid)
        \(evidence)
        \(facts(isOpen: true))
        </article>
        """
    }

    var line: Markup {
        """
        <article class="card" id="\(elementID)"><details id="\(elementID)-all"><summary><span class="line">
        <span class="pill">\(stateWords)</span> <span class="what">\(headline)</span>
        <span class="quiet">\(devicePrefix)\(began) · ticket \
        \(ticket.id)</span></span></summary>
        \(ClocksHTML(clocks: ticket.clocks, now: now, clock: clock).grid)
        \(evidence)
        \(facts(isOpen: true))</details></article>
        """
    }

    private var headline: String {
        if !ticket.explanation.isEmpty { return ticket.explanation }
        return isReport ? "Something is wrong" : "\(ticket.code) on \(ticket.device)"
    }

    /// What a user told, and no alarm: it is about no device, and nothing was measured.
    private var isReport: Bool { ticket.device.isEmpty && ticket.code.isEmpty }

    /// When it began; an interval where the box did not know the time then, and never a false point.
    private var began: Markup {
        guard let began = ticket.began else { return clock.element(ticket.openedAt) }
        guard let latest = began.latest else { return "\(clock.element(began.earliest)) or later" }
        guard latest > began.earliest else { return clock.element(latest) }
        return "between \(clock.element(began.earliest)) and \(clock.element(latest))"
    }

    private var since: Markup { ticket.began?.isPoint ?? true ? "since \(began)" : began }

    private var device: Markup? { ticket.device.isEmpty ? nil : "<span><bdi>\(ticket.device)</bdi></span>" }
    private var devicePrefix: String { ticket.device.isEmpty ? "" : "\(ticket.device) · " }

    private var announcement: String { "New ticket, \(Wording.routing(ticket.routing)): \(headline)" }

    private var emergency: Markup? {
        guard isSafety else { return nil }
        return """
            <p class="emergency" role="note"><strong>The box is no fire alarm.</strong> If you see smoke or fire, or \
            smell
            something burning: leave the house at once and call the emergency number.</p>
            """
    }

    private var advice: Markup? {
        guard !ticket.advice.isEmpty else { return nil }
        return "<div class=\"advice\"><h4>What to do now</h4><p>\(ticket.advice)</p></div>"
    }

    private var remarks: Markup {
        var parts: [String] = []
        if ticket.selfCleared { parts.append("The readings look normal again; a person still has to look at it.") }
        if ticket.occurrences > 1 { parts.append("Seen \(ticket.occurrences) times.") }
        if ticket.isEscalated { parts.append("It keeps coming back.") }
        if ticket.isChattering { parts.append("The alarm comes and goes without rest; it counts as one.") }
        if !ticket.derived.isEmpty { parts.append("From the same cause: \(ticket.derived.joined(separator: " "))") }
        if ticket.shelvedUntil != nil { parts.append("Put aside for a while; the clocks run.") }
        if ticket.cycle > 1 { parts.append("Round \(ticket.cycle): it came back or was opened again.") }
        parts.append("\(sentenceCase(Wording.coverage(ticket.coverage))).")
        return "<p class=\"quiet remarks\">\(parts.joined(separator: " "))</p>"
    }

    private func sentenceCase(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private var stateWords: String {
        TicketStep.all.first { $0.states[ticket.state] != nil }?.title ?? sentenceCase(ticket.state)
    }

    private var steps: Markup {
        guard let current = TicketStep.all.firstIndex(where: { $0.states[ticket.state] != nil }) else {
            return "<p class=\"now-at\">\(sentenceCase(ticket.state))</p>"
        }
        let items = TicketStep.all.enumerated().map { index, step -> Markup in
            let style: Markup = index < current ? "done" : index == current ? "here" : "ahead"
            let mark: Markup = index == current ? " aria-current=\"step\"" : ""
            return "<li class=\"\(style)\"\(mark)><span>\(step.title)</span></li>"
        }
        let meaning = TicketStep.all[current].states[ticket.state] ?? ""
        return """
            <ol class="steps" aria-label="How far the ticket is">\(items.joined())</ol>
            <p class="now-at"><strong>\(TicketStep.all[current].title)</strong> · \(meaning)</p>
            """
    }

    private var evidence: Markup? {
        if isReport, ticket.evidence.isEmpty { return nil }
        // Without any kept the drawing's place says so.
        let parts = ticket.evidence.isEmpty ? [.before] : EvidencePart.allCases.filter { part in
            ticket.evidence.contains { $0.part == part && $0.isOfCycle }
        }
        return parts.map(figure).joined()
    }

    private func figure(_ part: EvidencePart) -> Markup {
        // The counts make the address new when there may be more to see.
        let path = "/tickets/\(Route.segment(ticket.id))/"
        let version = "\(ticket.occurrences)-\(ticket.facts.count)"
        let (wide, narrow) = (EvidenceSVG.Frame.wide, EvidenceSVG.Frame.narrow)
        let words = part == .before ? "What led to ticket" : "The hour after ticket"
        return """
            <figure class="plot"><picture><source media="(max-width: 640px)" \
            srcset="\(path)\(Route.plotName(part, isNarrow: true))?\(version)" \
            width="\(Int(narrow.width))" height="\(Int(narrow.height))">
            <img loading="lazy" width="\(Int(wide.width))" height="\(Int(wide.height))" \
            alt="\(words) \(ticket.id)" src="\(path)\(Route.plotName(part, isNarrow: false))?\(version)">
            </picture></figure>
            """
    }

    private func facts(isOpen: Bool) -> Markup? {
        guard !ticket.facts.isEmpty else { return nil }
        let items = ticket.facts.map { fact -> Markup in
            let sentence: Markup = fact.isEffective ? "\(fact.sentence)" : "<s>\(fact.sentence)</s>"
            let reason: Markup? =
                fact.isEffective
                ? nil : "<span class=\"reason\">Does not count: \(fact.reason ?? "no reason recorded")</span>"
            return """
                <li>\(clock.element(fact.at))<div><p>\(sentence)</p>\(reason)
                <p class="quiet">\(Wording.writer(fact.writer)) · \(fact.name)</p></div></li>
                """
        }
        return """
            <details class="facts" id="\(elementID)-facts"\(isOpen ? " open" : "" as Markup)><summary>What happened \
            (\(ticket.facts.count))</summary>
            <ol>\(items.joined())</ol></details>
            """
    }
}

extension UncertainInstant {
    /// Whether it is known after all.
    fileprivate var isPoint: Bool { latest == earliest }
}
