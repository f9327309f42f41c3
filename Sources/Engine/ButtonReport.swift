package import Terms
internal import Ticketing

/// How much may come from the button on the box's page. Whoever reaches the page may press it, so the ledger needs
/// bounds; where a new ticket is one too many, the words go to one that is open.
package enum ButtonLimit {
    /// New tickets within an hour, and within a day.
    package static let ticketsInHour = 5
    package static let ticketsInDay = 20
    /// Reports within an hour, new tickets and words for open ones together. Beyond that the person is told to phone.
    package static let reportsInHour = 60
    /// Who presses again within this time means the same trouble.
    package static let impatience = Milliseconds.minutes(10)
    /// Characters of the user's words, as Unicode scalars.
    package static let words = 1_000
}

/// The button was pressed so often that nothing more is taken for a while.
package struct ButtonExhausted: Error, CustomStringConvertible {
    package var description: String {
        "the button was pressed \(ButtonLimit.reportsInHour) times within an hour; what was told then is kept"
    }
}

/// A user's own words: from a stranger, and shown everywhere.
package enum UserWords {
    /// One line without controls: line breaks, other control characters and those that turn the direction of text
    /// become spaces. Nil where nothing is left.
    ///
    /// - Parameter longest: how many Unicode scalars are kept.
    package static func cleaned(_ text: String, longest: Int) -> String? {
        var result = String.UnicodeScalarView()
        var count = 0
        var isGap = false
        for scalar in text.unicodeScalars {
            if isBlank(scalar) {
                isGap = count > 0
                continue
            }
            if isGap {
                result.append(" ")
                count += 1
                isGap = false
            }
            guard count < longest else { return String(result) + "…" }
            result.append(scalar)
            count += 1
        }
        return count > 0 ? String(result) : nil
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // ASCII's controls and blank, C1, no-break space, separators of lines and paragraphs, marks of order of bytes.
        case 0...0x20, 0x7F...0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        // Embeddings, overrides and isolates of direction.
        case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: true
        default: false
        }
    }
}

extension SiteEngine {
    /// What a press of the button on the page would write: a new ticket, or words for one that it opened before and
    /// that is open.
    ///
    /// - Parameter words: what the user wrote, as it came; nil for nothing.
    package func pressButton(words: String?, at now: Stamp) throws(ButtonExhausted) -> Proposal {
        let earlier = ButtonReports(in: book)
        guard earlier.reports(since: now.wall - .hours(1)) < ButtonLimit.reportsInHour else { throw ButtonExhausted() }
        let report = UserReport(
            channel: .app, receivedAt: now.wall, ticket: earlier.ticketForWords(at: now.wall),
            words: words.flatMap { UserWords.cleaned($0, longest: ButtonLimit.words) })
        var draft = Draft(book: book, now: now)
        write(report, on: report.ticket, at: nil, &draft)
        return draft.proposal(replacing: book, answered: 0)
    }
}

/// What came from the button so far, read from the facts of the tickets.
private struct ButtonReports {
    /// When each report came.
    private var received: [Instant] = []
    /// The tickets that the button opened, and when.
    private var opened: [(ticket: Ticket, at: Instant)] = []

    init(in book: TicketBook) {
        for ticket in book.tickets.values {
            for told in ticket.told {
                guard told.fact.writer == .user, case .intake(.userReported(let report)) = told.fact.event,
                    report.isFromButton
                else { continue }
                received.append(report.receivedAt)
                if report.ticket == nil { opened.append((ticket, report.receivedAt)) }
            }
        }
    }

    /// What a clock that was put back calls the future counts, too: time that leaps opens no gate.
    func reports(since: Instant) -> Int { received.count { $0 > since } }

    /// The open ticket that takes what comes now; nil where it opens a new one.
    func ticketForWords(at now: Instant) -> TicketID? {
        let open = opened.filter(\.ticket.isOpen)
            .sorted { ($0.at, $0.ticket.id.number ?? 0) > ($1.at, $1.ticket.id.number ?? 0) }
        // What is said after the repair is no impatience: it was not solved.
        let isWaiting: (Ticket) -> Bool = { $0.state != .eliminated && $0.state != .reported }
        if let newest = open.first(where: { isWaiting($0.ticket) }), now - newest.at < ButtonLimit.impatience,
            newest.at <= now
        { return newest.ticket.id }
        let hour = opened.count { $0.at > now - .hours(1) }
        let day = opened.count { $0.at > now - .days(1) }
        guard hour >= ButtonLimit.ticketsInHour || day >= ButtonLimit.ticketsInDay else { return nil }
        return open.first?.ticket.id
    }
}
