internal import ArgumentParser
internal import Gateway
internal import ServiceLevel
internal import Terms
internal import Ticketing

extension Tickets {
    struct Receive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A user reported something: it gets a ticket, whatever the readings say.",
            discussion: """
                Names --ticket where the report is about an open one; its promise then runs from the earlier of both. \
                Without it, and where that ticket is closed, a new ticket is opened. No reading closes it.

                --mail reads one mail instead, as an alias of a mail server hands it over; - is standard input. It \
                brings channel, words and evidence (its Message-ID), and the ticket where its subject begins with \
                one's number in brackets. A mail that is on record shows its ticket and adds nothing: a mail server \
                may hand it over twice. What a machine wrote (an automatic answer, a bounce) is left out.

                Examples:
                  aftercare tickets receive --by Ana --channel phone --words 'it hums at night'
                  aftercare tickets receive --by service@maker.example --mail -
                """)

        @Option(help: "phone, mail, app or visit.") var channel: String?
        @Option(help: "What the user said, in their words.") var words: String?
        @Option(help: ArgumentHelp("One mail as it came; - for standard input.", valueName: "file")) var mail: String?
        @Option(help: "The open ticket that it is about.") var ticket: String?
        @Option(help: ArgumentHelp("When the report arrived; --at or now if left out.", valueName: "instant"))
        var received: String?
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            let named = try (received ?? entry.at).map(instant)
            var report = UserReport(
                channel: .mail, receivedAt: named ?? SystemTimeSource().now().wall, ticket: ticket.map { TicketID($0) },
                words: words, author: entry.by, evidence: entry.evidence)
            if let mail {
                guard channel == nil, words == nil else {
                    throw ExitStatus.misuse("--mail brings its own --channel and --words")
                }
                let mail = try TicketMail(path: mail)
                if mail.isByMachine { return print("a machine wrote this mail: it is no user's report") }
                report.words = mail.words
                report.evidence = entry.evidence ?? mail.messageID
                if report.ticket == nil { report.ticket = try await mail.namedTicket(entry.options) }
            } else {
                guard let channel else { throw ExitStatus.misuse("say --channel phone, mail, app or visit, or --mail") }
                report.channel = try choice(channel, "--channel")
            }
            try await entry.enter(.intake(.userReported(report)), of: nil)
        }
    }

    struct Acknowledge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Somebody has taken notice: no more reminders. No answer to the user.")

        @Argument(help: "The ticket's number.") var ticket: String
        @OptionGroup var entry: EntryOptions

        func run() async throws { try await entry.enter(.acknowledged, ofTicket: ticket) }
    }

    struct Note: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Write something down. It moves no clock.")

        @Argument(help: "The ticket's number.") var ticket: String
        @Argument(help: "The note.") var text: String
        @OptionGroup var entry: EntryOptions

        func run() async throws { try await entry.enter(.noteAdded(text), ofTicket: ticket) }
    }

    struct Partner: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A local distributor or installer was asked to come, accepted or declined.",
            discussion: """
                Example:
                  aftercare tickets partner home-1.3 offered 'Solar Maier' --by Ana
                  aftercare tickets partner home-1.3 accepted 'Solar Maier' --by Ana
                """)

        @Argument(help: "The ticket's number.") var ticket: String
        @Argument(help: "offered, accepted or declined.") var answer: String
        @Argument(help: "Whom.") var partner: String
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            try await entry.enter(.partner(try choice(answer, "answer"), partner), ofTicket: ticket)
        }
    }

    struct Visit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A visit is agreed, or led to nothing.",
            discussion: """
                Example:
                  aftercare tickets visit home-1.3 --by Ana --on 2026-05-06T09:00:00Z
                  aftercare tickets visit home-1.3 --by Li --failed userAbsent --evidence photo-7
                """)

        @Argument(help: "The ticket's number.") var ticket: String
        @Option(help: ArgumentHelp("When it takes place.", valueName: "instant")) var on: String?
        @Option(help: "It led to nothing: userAbsent, unsafe or noAccess; needs --evidence.") var failed: String?
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            if let failed {
                return try await entry.enter(.visitFailed(try choice(failed, "--failed")), ofTicket: ticket)
            }
            try await entry.enter(.visitScheduled(at: try on.map(instant)), ofTicket: ticket)
        }
    }

    struct Repair: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Repair has begun, parts are ordered, or a replacement is arranged.",
            discussion: """
                Work is free, but where coverage has ended or the cause lies outside design and quality: then \
                --charged is possible, once the user has agreed to the quote.
                """)

        @Argument(help: "The ticket's number.") var ticket: String
        @Option(help: "repairStarted, partsOrdered or replacementArranged.")
        var work = RepairWork.repairStarted.rawValue
        @Flag(help: "At the user's cost.") var charged = false
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            try await entry.enter(.work(try choice(work, "--work"), isCharged: charged), ofTicket: ticket)
        }
    }

    struct Reopen: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The user says that it is not solved: the ticket goes on in a new cycle.")

        @Argument(help: "The ticket's number.") var ticket: String
        @Option(help: "What the user says.") var reason: String
        @OptionGroup var entry: EntryOptions

        func run() async throws { try await entry.enter(.reopened(reason: reason), ofTicket: ticket) }
    }

    struct Merge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A ticket goes on as another one, whose promise then runs from the earlier of both.")

        @Argument(help: "The ticket that ends.") var ticket: String
        @Option(help: "The ticket as which it goes on.") var into: String
        @OptionGroup var entry: EntryOptions

        func run() async throws { try await entry.enter(.mergedInto(TicketID(into)), ofTicket: ticket) }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Nobody pursues a ticket further. The user must have been answered and told.")

        @Argument(help: "The ticket's number.") var ticket: String
        @Option(help: "falseAlarm, withdrawn or outOfScope.") var reason: String
        @OptionGroup var entry: EntryOptions

        func run() async throws { try await entry.enter(.cancelled(try choice(reason, "--reason")), ofTicket: ticket) }
    }

    struct Excuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Why a promise could not be kept for a while. Shown beside the verdict, never subtracted.")

        @Argument(help: "The ticket's number.") var ticket: String
        @Argument(help: "userUnavailable, consentPending, siteUnsafe or forceMajeure.") var reason: String
        @Flag(help: "It holds no longer.") var end = false
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            let reason: ExcuseReason = try choice(reason, "reason")
            try await entry.enter(end ? .excuseClosed(reason) : .excuseOpened(reason), ofTicket: ticket)
        }
    }
}
