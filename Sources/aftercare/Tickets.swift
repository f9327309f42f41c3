internal import ArgumentParser
internal import Engine
internal import Gateway
internal import Logging
internal import Settings
internal import Terms

/// Tickets and their clocks, and what people do to them.
struct Tickets: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show tickets and their clocks, and record what people did.",
        discussion: """
            A ticket's way: respond → remote → (partner → diagnose → repair → ) eliminate → report → close. \
            Every step is a fact that is kept for ever; one that the rules do not let count is kept too, and says why.

            Example:
              aftercare tickets respond home-1.3 --by Ana --channel phone
              aftercare tickets remote home-1.3 cannotSolve --by Ana
              aftercare tickets diagnose home-1.3 --by Li --method onSite --cause quality --partner 'Solar Maier'
              aftercare tickets eliminate home-1.3 --by Li --proof 'cell 7 replaced, full charge checked'
              aftercare tickets report home-1.3 --by Ana --channel mail --file report.txt
              aftercare tickets close home-1.3 --by Ana
              aftercare tickets shelve home-1.4 --by Ana --reason 'the part comes on Monday' --for 24h
            """,
        subcommands: [
            List.self, Show.self, Evidence.self, Respond.self, Remote.self, Diagnose.self, Eliminate.self, Report.self,
            Close.self, Shelve.self, Unshelve.self, Receive.self, Acknowledge.self, Note.self, Partner.self, Visit.self,
            Repair.self, Quote.self, Consent.self, Cost.self, Coverage.self, Bounced.self, Feedback.self, Reopen.self,
            Merge.self, Cancel.self, Excuse.self, NotifyMaker.self, Deliver.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List tickets, the open ones first.")

        @Flag(help: "Leave out closed tickets.")
        var open = false

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard case .tickets(let site) = try await askDaemon(.tickets, options) else {
                throw unexpectedAnswer
            }
            let tickets = open ? site.tickets.filter(\.isOpen) : site.tickets
            try output.show(tickets) { TicketText.list(tickets, site: site) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one ticket with its clocks and facts.")

        @Argument(help: "The ticket's number, such as home-1.3.")
        var ticket: String

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard case .ticket(let shown) = try await askDaemon(.ticket(id: ticket), options) else {
                throw unexpectedAnswer
            }
            try output.show(shown) { TicketText.whole(shown) }
        }
    }
}

let unexpectedAnswer = ExitStatus.misuse("the daemon answered something else; is it of another version?")

/// Asks the running daemon; without one, takes the data directory's lock and runs the same engine here.
func askDaemon(_ request: ControlRequest, _ options: ConfigurationOptions) async throws -> ControlResponse {
    let response: ControlResponse
    if let answer = try ControlClient(path: try options.readSettings().controlSocket).ask(request) {
        response = answer
    } else {
        let configuration = try options.read()
        let logger = Logger(label: "aftercare") { _ in JournalLogHandler(level: .critical) }
        let time = BoxTimeSource(dataDirectory: configuration.settings.dataDirectory)
        let engine = try EngineOwner(configuration: configuration, time: time, logger: logger)
        // Clocks that fell due while nobody watched.
        _ = await engine.tick()
        let desk = ControlDesk(
            engine: engine, lines: LineRegistry(), library: configuration.library, time: time)
        response = await desk.answer(request)
    }
    if case .refused(let message, let reason) = response {
        throw reason == .noAnswer ? ExitStatus.noAnswer(message) : ExitStatus.misuse(message)
    }
    return response
}

/// What every verb needs.
struct VerbOptions: ParsableArguments {
    @Argument(help: "The ticket's number, such as home-1.3.")
    var ticket: String

    @OptionGroup var entry: EntryOptions

    /// Records the action, shows the ticket, and leaves with 1 where the fact does not count.
    func carryOut(_ action: ControlCommand.Action) async throws {
        try entry.checkName()
        let command = ControlCommand(
            ticket: ticket, action: action, author: entry.by, at: entry.at, evidence: entry.evidence)
        guard case .acted(let shown, let objection) = try await askDaemon(.act(command), entry.options) else {
            throw unexpectedAnswer
        }
        try entry.output.show(shown) { TicketText.whole(shown) }
        if let objection { throw ExitStatus.no("recorded, but it does not count: \(objection)") }
    }
}
