internal import Engine
internal import ServiceLevel
internal import Terms
internal import Ticketing

/// A message in words.
package struct MessageText: Sendable, Equatable {
    /// One line.
    package let subject: String
    /// Lines that end with a line feed.
    package let body: String

    package init(_ content: NotificationContent) {
        let writer = MessageWriter(content: content)
        subject = writer.subject
        body = writer.body
    }
}

/// Puts a content into words: what happened and since when, what to do, who deals with it and by when, why it comes
/// now.
struct MessageWriter {
    let content: NotificationContent
    private let strings: any Strings
    private let clock: ZonedTime

    /// Characters of an explanation in a subject.
    private static let longestSubject = 100

    init(content: NotificationContent) {
        self.content = content
        strings = content.language.strings
        clock = ZonedTime(zone: content.zone)
    }

    // MARK: - Subject

    var subject: String {
        let text: String
        if content.due.message.about.count > 1 {
            let count = content.due.message.about.count
            text = strings.sentence(content.due.message.isUrgent ? .manyTicketsDanger(count) : .manyTickets(count))
        } else {
            text = strings.sentence(subjectOfOne)
        }
        let id = content.due.message.tickets.count == 1 ? content.due.message.tickets[0].text : content.site
        return oneLine("[\(id)] \(text)")
    }

    private var subjectOfOne: Sentence {
        let what = content.tickets.first.map { headline($0.ticket) } ?? content.cases.first.map(title) ?? ""
        if content.due.message.isUrgent { return .danger(what: what) }
        // The gravest of them: a broken promise, a warning, the news itself.
        let steps = content.calls.compactMap { if case .step(let step) = $0.kind { step } else { nil } }
        if let broken = steps.first(where: { $0.kind == .breach }) {
            return .clockSubject(broken.run.clock, broken.kind, what: what)
        }
        if content.calls.contains(where: { $0.kind == .opened }) { return .newTicket(what: what) }
        if content.calls.contains(where: { $0.kind == .escalated }) { return .comesBack(what: what) }
        if let warned = steps.first { return .clockSubject(warned.run.clock, warned.kind, what: what) }
        return .newTicket(what: what)
    }

    private func headline(_ ticket: TicketSnapshot) -> String {
        let text = ticket.explanation.isEmpty ? "\(ticket.code) \(ticket.device)" : ticket.explanation
        return text.count > Self.longestSubject ? "\(text.prefix(Self.longestSubject - 1))…" : text
    }

    private func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline || $0.asciiValue.map { $0 < 0x20 } == true ? " " : $0 })
    }

    // MARK: - Body

    var body: String {
        var paragraphs =
            if content.cases.count == 1, content.tickets.isEmpty {
                one(content.cases[0])
            } else if content.cases.isEmpty, content.tickets.count == 1 {
                one(content.tickets[0])
            } else {
                many
            }
        if content.isTechnical {
            paragraphs += content.due.before.map { failing in
                [strings.sentence(.handedOver(channel: failing.channel, reason: failing.reason))]
            }
        }
        paragraphs.append(footer)
        return paragraphs.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func one(_ news: TicketNews) -> [[String]] {
        let ticket = news.ticket
        return [
            paragraph(.whatHappened, whatHappened(ticket)),
            advice([Routing(of: ticket)]),
            paragraph(.whoAndWhen, whoAndWhen(news)),
            paragraph(.whyNow, content.calls.map(reason)),
            content.isTechnical ? paragraph(.details, details(ticket)) : [],
        ]
    }

    private func one(_ news: CaseNews) -> [[String]] {
        [
            paragraph(.whatHappened, [title(news)]), paragraph(.whoAndWhen, deadlines(news)),
            paragraph(.whyNow, content.calls.map(reason)),
        ]
    }

    /// `Order A-7.`
    private func title(_ news: CaseNews) -> String {
        if news.isRoster { return strings.sentence(.rosterHasGap) }
        if let visit = news.visit { return strings.sentence(.visitIs(visit)) }
        return strings.sentence(.orderIs(news.order ?? ""))
    }

    private func deadlines(_ news: CaseNews) -> [String] {
        news.clocks.compactMap { view in
            guard view.stop == nil, let which = Clock(rawValue: view.clock), let deadline = view.deadline else {
                return nil
            }
            let time = clock.text(deadline)
            return strings.sentence(view.status == "breached" ? .wasDueBy(which, time) : .dueBy(which, time))
        }
    }

    private func entry(_ news: CaseNews) -> [String] {
        let calls = content.calls.filter { news.isAbout($0) }
        return [title(news)] + (deadlines(news) + calls.map(reason)).map { "  \($0)" }
    }

    /// Danger first, then what the others need.
    private var many: [[String]] {
        var routings: [Routing] = []
        for news in content.tickets {
            let routing = Routing(of: news.ticket)
            if !routings.contains(routing) { routings.append(routing) }
        }
        let advice = routings.isEmpty ? [] : [advice(routings.sorted { $0.rawValue < $1.rawValue })]
        return advice + [paragraph(.tickets, [])] + content.tickets.map(entry) + content.cases.map(entry)
    }

    private func entry(_ news: TicketNews) -> [String] {
        let ticket = news.ticket
        var lines = ["\(ticket.id)  \(name(of: Routing(of: ticket)))"]
        lines += whatHappened(ticket).dropLast()
        lines += whoAndWhen(news)
        lines += content.calls.filter { $0.subject.ticket?.text == ticket.id }.map(reason)
        if content.isTechnical { lines.append("\(strings.label(.key)): \(ticket.key)") }
        return [lines[0]] + lines.dropFirst().map { "  \($0)" }
    }

    private func paragraph(_ heading: Heading, _ lines: [String]) -> [String] {
        ["\(strings.heading(heading)):"] + lines.map { "  \($0)" }
    }

    private func advice(_ routings: [Routing]) -> [String] {
        paragraph(content.isForUser ? .whatYouCanDo : .whatTheUserIsTold, routings.map(strings.advice))
    }

    /// The last line names the ticket.
    private func whatHappened(_ ticket: TicketSnapshot) -> [String] {
        var lines = [headlineInFull(ticket), strings.sentence(since(ticket))]
        if ticket.occurrences > 1 { lines.append(strings.sentence(.seenTimes(ticket.occurrences))) }
        if ticket.selfCleared { lines.append(strings.sentence(.looksNormal)) }
        lines += ticket.derived.map { strings.sentence(.sameCause($0)) }
        return lines.map(oneLine) + [strings.sentence(.ticketIs(ticket.id))]
    }

    private func since(_ ticket: TicketSnapshot) -> Sentence {
        guard let began = ticket.began, began.latest != began.earliest else {
            return .since(clock.text(ticket.openedAt))
        }
        return .sinceUncertain(earliest: clock.text(began.earliest), latest: began.latest.map(clock.text))
    }

    private func headlineInFull(_ ticket: TicketSnapshot) -> String {
        ticket.explanation.isEmpty ? "\(ticket.code) \(ticket.device)" : ticket.explanation
    }

    private func whoAndWhen(_ news: TicketNews) -> [String] {
        let ticket = news.ticket
        guard ticket.isOpen else { return [strings.sentence(.closed)] }
        let who = oneLine(strings.sentence(news.responsible.map { .personHasIt($0) } ?? .supportHasIt))
        let running = ticket.clocks.filter { $0.stop == nil && ($0.status == "running" || $0.status == "breached") }
        let deadlines = running.compactMap { view -> String? in
            guard let which = Clock(rawValue: view.clock), let deadline = view.deadline,
                content.isTechnical || which.isForUser
            else { return nil }
            let time = clock.text(deadline)
            return strings.sentence(view.status == "breached" ? .wasDueBy(which, time) : .dueBy(which, time))
        }
        return [who] + (deadlines.isEmpty ? [strings.sentence(.asSoonAsPossible)] : deadlines)
    }

    private func reason(_ call: ToldCall) -> String {
        switch call.kind {
        case .opened: strings.sentence(.wasOpened)
        case .safety: strings.sentence(.concernsSafety)
        case .escalated: strings.sentence(.keepsComingBack)
        case .reminder(let time): strings.sentence(.nobodyAnswered(time))
        case .rosterGap(let start): strings.sentence(.nobodyOnCall(start.map { clock.text($0.milliseconds) }))
        case .step(let step): strings.sentence(.stepReached(step.run.clock, step.kind))
        }
    }

    private func details(_ ticket: TicketSnapshot) -> [String] {
        let values: [(Label, String)] = [
            (.key, ticket.key), (.classOfFault, name(of: Routing(of: ticket))), (.severity, ticket.severity),
            (.device, ticket.device), (.fault, ticket.code), (.state, ticket.state), (.cycle, "\(ticket.cycle)"),
            (.calls, content.due.message.calls.joined(separator: ", ")),
        ]
        return values.map { oneLine("\(strings.label($0)): \($1)") }
    }

    private func name(of routing: Routing) -> String { "\(routing.rawValue), \(strings.name(routing))" }

    private var footer: [String] {
        ["\(strings.label(.message)): \(content.due.message.id)"]
            + content.heads.map { head in
                let words = Sentence.head(
                    source: head.source.rawValue, sequence: head.sequence, hash: head.hash.description)
                return "\(strings.label(.ledger)): \(strings.sentence(words))"
            }
    }
}

extension Clock {
    /// Whether it is a promise to the home's owner, and no limit of our own work.
    fileprivate var isForUser: Bool {
        switch self {
        case .response, .diagnosisA, .diagnosisB, .contractSigning, .productionStart, .contractCompletion, .delivery,
            .followUpVisit:
            true
        case .remoteSupport, .elimination, .statusReport, .makerNotice: false
        }
    }
}
