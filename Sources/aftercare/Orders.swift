internal import ArgumentParser
internal import Engine
internal import Gateway
internal import ServiceLevel
internal import Ticketing

/// Orders, from the purchase request to the delivery.
struct Orders: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show orders and their clocks, and record what happened to them.",
        discussion: """
            Contract within 2 working days of the request, production within 3 of contract and payment, delivery as \
            agreed: working days are those of site.calendar. The number of an order is yours.

            Example:
              aftercare orders request A-7 --by Ana
              aftercare orders sign A-7 --by Ana
              aftercare orders pay A-7 --by Ana
              aftercare orders agree A-7 --by Ana --delivery 2026-06-12 --place 'Hauptstraße 1'
              aftercare orders deliver A-7 --by Li --evidence receipt-4
            """,
        subcommands: [
            List.self, Request.self, Sign.self, Pay.self, Agree.self, Amend.self, Start.self, Finish.self, Deliver.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List orders with their clocks, the open ones first.")

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard case .orders(let orders, objection: _) = try await askDaemon(.orders, options) else {
                throw unexpectedAnswer
            }
            try output.show(orders) { orders.isEmpty ? ["no orders"] : orders.flatMap(HomeText.order) }
        }
    }

    struct Request: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "A purchase request has arrived.")

        @Argument(help: "The order's number.") var order: String
        @OptionGroup var entry: EntryOptions

        func run() async throws { try await entry.enter(.purchaseRequestReceived, ofOrder: order) }
    }

    struct Sign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The contract is signed.")

        @Argument(help: "The order's number.") var order: String
        @OptionGroup var entry: EntryOptions

        func run() async throws { try await entry.enter(.contractSigned, ofOrder: order) }
    }

    struct Pay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "A payment has arrived, or went back.")

        @Argument(help: "The order's number.") var order: String
        @Option(help: "production or delivery.") var stage = PaymentStage.production.rawValue
        @Flag(help: "It went back.") var reversed = false
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            let stage: PaymentStage = try choice(stage, "--stage")
            try await entry.enter(reversed ? .paymentReversed(stage) : .paymentReceived(stage), ofOrder: order)
        }
    }

    struct Agree: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Until when production is finished, or it is delivered.")

        @Argument(help: "The order's number.") var order: String
        @Option(help: ArgumentHelp("Production is finished by then: a day or an instant.", valueName: "time"))
        var completion: String?
        @Option(help: ArgumentHelp("It is delivered by then: the last day, or the end of the slot.", valueName: "time"))
        var delivery: String?
        @Option(help: "Where it is delivered.") var place: String?
        @Option(help: "How it is delivered.") var method: String?
        @Flag(help: "Nothing is delivered before its payment.") var afterPayment = false
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            guard (completion == nil) != (delivery == nil) else {
                throw ExitStatus.misuse("say one of --completion and --delivery")
            }
            if let completion {
                return try await entry.enter(.completionAgreed(by: try agreedTime(completion)), ofOrder: order)
            }
            let agreement = DeliveryAgreement(
                slotEnd: try agreedTime(delivery ?? ""), place: place, method: method, needsPayment: afterPayment)
            try await entry.enter(.deliveryAgreed(agreement), ofOrder: order)
        }
    }

    struct Amend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Another time was agreed. It counts only while the former one has not passed.")

        @Argument(help: "The order's number.") var order: String
        @Option(help: ArgumentHelp("Production is finished by then.", valueName: "time")) var completion: String?
        @Option(help: ArgumentHelp("It is delivered by then.", valueName: "time")) var delivery: String?
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            guard (completion == nil) != (delivery == nil), let time = completion ?? delivery else {
                throw ExitStatus.misuse("say one of --completion and --delivery")
            }
            let what: Amended = completion == nil ? .delivery : .completion
            try await entry.enter(.amendmentAgreed(what, try agreedTime(time)), ofOrder: order)
        }
    }

    struct Start: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Production has begun.")

        @Argument(help: "The order's number.") var order: String
        @OptionGroup var entry: EntryOptions

        func run() async throws { try await entry.enter(.productionStarted, ofOrder: order) }
    }

    struct Finish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Production is finished.")

        @Argument(help: "The order's number.") var order: String
        @OptionGroup var entry: EntryOptions

        func run() async throws { try await entry.enter(.productionFinished, ofOrder: order) }
    }

    struct Deliver: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "It was delivered; --evidence names the receipt.")

        @Argument(help: "The order's number.") var order: String
        @OptionGroup var entry: EntryOptions

        func run() async throws { try await entry.enter(.proofOfDelivery, ofOrder: order) }
    }
}
