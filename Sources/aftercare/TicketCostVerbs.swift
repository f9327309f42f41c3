internal import ArgumentParser
internal import Gateway
internal import ServiceLevel
internal import Terms
internal import Ticketing

extension Tickets {
    struct Quote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The user has a quote; they have to decide.")

        @Argument(help: "The ticket's number.") var ticket: String
        @Option(help: "Such as 120.50EUR.") var amount: String?
        @Option(help: ArgumentHelp("When the user had it; --at or now if left out.", valueName: "instant"))
        var delivered: String?
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            let delivered = try (delivered ?? entry.at).map(instant) ?? SystemTimeSource().now().wall
            try await entry.enter(.chargeQuoted(deliveredAt: delivered, try amount.map(money)), ofTicket: ticket)
        }
    }

    struct Consent: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The user accepted or refused the quote.")

        @Argument(help: "The ticket's number.") var ticket: String
        @Argument(help: "accepted or refused.") var decision: Decision
        @OptionGroup var entry: EntryOptions

        enum Decision: String, ExpressibleByArgument, CaseIterable { case accepted, refused }

        func run() async throws {
            try await entry.enter(.chargeConsent(isGranted: decision == .accepted), ofTicket: ticket)
        }
    }

    struct Cost: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A line of the bill; 0 while covered, and always for remote help.")

        @Argument(help: "The ticket's number.") var ticket: String
        @Argument(help: "Such as 0.00EUR.") var amount: String
        @Argument(help: "What for.") var what: String
        @OptionGroup var entry: EntryOptions

        func run() async throws { try await entry.enter(.costLine(try money(amount), what), ofTicket: ticket) }
    }

    struct Bounced: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A status report came back: it was not delivered.")

        @Argument(help: "The ticket's number.") var ticket: String
        @Option(help: "phone, mail, app or visit.") var channel: String
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            try await entry.enter(.statusReportBounced(channel: try choice(channel, "--channel")), ofTicket: ticket)
        }
    }

    struct Feedback: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What the user thinks of it.")

        @Argument(help: "The ticket's number.") var ticket: String
        @Argument(help: "satisfied, or disputed: then it goes on in a new cycle.") var opinion: String
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            try await entry.enter(.userFeedback(try choice(opinion, "opinion")), ofTicket: ticket)
        }
    }

    struct NotifyMaker: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "maker", abstract: "The unit's maker was told, where its terms want that.")

        @Argument(help: "The ticket's number.") var ticket: String
        @OptionGroup var entry: EntryOptions

        func run() async throws { try await entry.enter(.makerNotified, ofTicket: ticket) }
    }

    struct Coverage: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A person decides about a unit's coverage. Unknown acts as covered until then.",
            discussion: "aftercare warranty show prints the sum that leads there.")

        @Argument(help: "The ticket's number.") var ticket: String
        @Argument(help: "inTerm, atRisk, unknown, disputed or expired.") var coverage: String
        @Option(help: ArgumentHelp("The last covered day.", valueName: "day")) var until: String?
        @Option(help: ArgumentHelp("The terms want the maker told so many days after a fault.", valueName: "days"))
        var noticeDays: Int?
        @Option(help: "Why, and from which numbers.") var sum: String?
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            let day = until.flatMap(CivilDate.init(text:))
            guard until == nil || day != nil else { throw ExitStatus.misuse("--until is a day such as 2036-05-04") }
            guard noticeDays.map((0...3_650).contains) ?? true else {
                throw ExitStatus.misuse("--notice-days is 0 to 3650")
            }
            let finding = CoverageFinding(
                coverage: try choice(coverage, "coverage"), until: day, noticeDays: noticeDays, sum: sum)
            try await entry.enter(.warrantyDecided(finding, by: entry.signature), of: .ticket(TicketID(ticket)))
        }
    }

    struct Deliver: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A replacement's delivery is agreed, or has taken place.",
            discussion: """
                Example:
                  aftercare tickets deliver home-1.3 --by Ana --until 2026-05-08 --place 'at the house'
                  aftercare tickets deliver home-1.3 --by Li --done --evidence receipt-4
                """)

        @Argument(help: "The ticket's number.") var ticket: String
        @Option(help: ArgumentHelp("The last day, or the end of the slot.", valueName: "time")) var until: String?
        @Option(help: "Where.") var place: String?
        @Flag(help: "It was delivered.") var done = false
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            if done { return try await entry.enter(.proofOfDelivery, ofTicket: ticket) }
            guard let until else { throw ExitStatus.misuse("say --until, or --done") }
            try await entry.enter(
                .deliveryAgreed(DeliveryAgreement(slotEnd: try agreedTime(until), place: place)), ofTicket: ticket)
        }
    }
}
