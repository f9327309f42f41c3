internal import ArgumentParser
internal import Engine
internal import Gateway
internal import ServiceLevel
internal import Settings
internal import Terms
internal import Ticketing

/// What every entry needs: who did it, when, and what proves it.
struct EntryOptions: ParsableArguments {
    @Option(help: "Who did it: a person's name.")
    var by: String

    @Option(
        help: ArgumentHelp("When it was done, such as 2026-05-04T10:00:00Z; now if left out.", valueName: "instant"))
    var at: String?

    @Option(help: "What proves it (a call log id, a mail id, a photograph); needed where --at lies long ago.")
    var evidence: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    /// Nobody is nobody, also in blanks.
    func checkName() throws {
        guard !by.trimmingPrefix(while: \.isWhitespace).isEmpty else {
            throw ExitStatus.misuse("--by needs a person's name")
        }
    }

    var signature: Signature { Signature(by, evidence: evidence) }

    /// Records something that was done to a ticket.
    func enter(_ act: TicketAct, ofTicket ticket: String) async throws {
        try await enter(.act(act, by: signature), of: .ticket(TicketID(ticket)))
    }

    /// Records something that happened to an order.
    func enter(_ event: OrderEvent, ofOrder order: String) async throws {
        guard !order.isEmpty, order.utf8.count <= 64, !order.contains("/"), order.allSatisfy({ $0.isASCII }) else {
            throw ExitStatus.misuse("an order's number has at most 64 ASCII characters and no slash")
        }
        try await enter(.order(event, by: signature), of: .order(OrderID(order)))
    }

    /// Records something that happened to the home.
    func enter(_ event: SiteEvent) async throws {
        let site = try options.readSettings().site.id
        try await enter(.site(event, by: signature), of: .site(site))
    }

    /// Records the fact, shows what it is about, and leaves with 1 where it does not count.
    func enter(_ event: FactEvent, of subject: Subject?) async throws {
        try checkName()
        let entry = DeskEntry(subject: subject, event: event, at: try at.map(instant))
        let objection: String?
        switch try await askDaemon(.enter(entry: entry.text, isNow: at == nil), options) {
        case .acted(let ticket, let reason):
            try output.show(ticket) { TicketText.whole(ticket) }
            objection = reason
        case .orders(let orders, let reason):
            try output.show(orders) { orders.flatMap(HomeText.order) }
            objection = reason
        case .home(let home, let reason):
            try output.show(home) { HomeText.home(home) }
            objection = reason
        default: throw unexpectedAnswer
        }
        if let objection { throw ExitStatus.no("recorded, but it does not count: \(objection)") }
    }
}

/// Reads an instant of the command line.
func instant(_ text: String) throws -> Instant {
    guard let instant = Instant(rfc3339: text) else {
        throw ExitStatus.misuse("\"\(text)\" is no instant such as 2026-05-04T10:00:00Z")
    }
    return instant
}

/// Reads a local day or an instant: until when something is agreed.
func agreedTime(_ text: String) throws -> AgreedTime {
    if let day = CivilDate(text: text) { return .day(day) }
    if let instant = Instant(rfc3339: text) { return .instant(instant) }
    throw ExitStatus.misuse(
        "\"\(text)\" is neither a day such as 2026-05-04 nor an instant such as 2026-05-04T10:00:00Z")
}

/// Reads one word of a choice.
func choice<Choice>(_ text: String, _ option: String) throws -> Choice
where Choice: RawRepresentable<String> & CaseIterable {
    guard let choice = Choice(rawValue: text) else {
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw ExitStatus.misuse("\(option): \"\(text)\" is not known; allowed: \(known)")
    }
    return choice
}

/// Reads an amount such as `120.50EUR`.
func money(_ text: String) throws -> Money {
    let currency = String(text.suffix(3))
    let parts = text.dropLast(3).split(separator: ".", omittingEmptySubsequences: false)
    guard currency.count == 3, currency.allSatisfy({ $0.isASCII && $0.isUppercase }), (1...2).contains(parts.count),
        let whole = Int64(parts[0]), (0...1_000_000_000).contains(whole),
        parts.count == 1 || parts[1].count == 2, let rest = parts.count == 1 ? 0 : Int64(parts[1]), rest >= 0
    else { throw ExitStatus.misuse("\"\(text)\" is no amount such as 120.50EUR") }
    return Money(minorUnits: whole * 100 + rest, currency: currency)
}
