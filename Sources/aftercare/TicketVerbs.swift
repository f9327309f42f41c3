internal import ArgumentParser
internal import Gateway

extension Tickets {
    struct Respond: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A named person answered the user; stops the Response clock.")

        @OptionGroup var verb: VerbOptions
        @Option(help: "phone, mail, app or visit.") var channel: String

        func run() async throws { try await verb.carryOut(.respond(channel: channel)) }
    }

    struct Remote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "How remote support ended.",
            discussion:
                "cannotSolve starts the second Diagnosis clock; solved needs somebody or something that says so.")

        @OptionGroup var verb: VerbOptions
        @Argument(help: "solved or cannotSolve.") var outcome: String
        @Option(help: "For solved: user (the user says so) or alarm (the alarm is inactive).") var verified: String?

        func run() async throws { try await verb.carryOut(.remote(outcome: outcome, verified: verified)) }
    }

    struct Diagnose: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What was found to be wrong; stops Diagnosis.")

        @OptionGroup var verb: VerbOptions
        @Option(help: "remote or onSite.") var method: String
        @Option(help: "design, quality, installation, use, external, wear or unknownNeedsLab.") var cause: String
        @Option(help: "On site: the local distributor or installer who took part.") var partner: String?
        @Option(help: "On site: why no partner took part.") var noPartner: String?

        func run() async throws {
            try await verb.carryOut(
                .diagnose(method: method, cause: cause, partner: partner, noPartnerReason: noPartner))
        }
    }

    struct Eliminate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The fault is eliminated and a functional check proves it.")

        @OptionGroup var verb: VerbOptions
        @Option(help: "The functional check.") var proof: String

        func run() async throws { try await verb.carryOut(.eliminate(proof: proof)) }
    }

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The status report was delivered to the user; sent is not enough.")

        @OptionGroup var verb: VerbOptions
        @Option(help: "phone, mail, app or visit.") var channel: String
        @Option(help: "The report; its SHA-256 is recorded.") var file: String

        func run() async throws {
            try await verb.carryOut(.report(contentHash: try documentHash(ofFile: file), channel: channel))
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a reported ticket whose alarm is inactive.")

        @OptionGroup var verb: VerbOptions

        func run() async throws { try await verb.carryOut(.close) }
    }

    struct Shelve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a ticket aside for a while: nobody is told of it until then.",
            discussion: """
                For what is known and being waited for. The ticket stays open and its clocks run; only notifications \
                are held back, until the time is over or somebody takes it up again. At most 24 hours at once, and \
                never where the ticket concerns safety.
                """)

        @OptionGroup var verb: VerbOptions
        @Option(help: "Why.") var reason: String
        @Option(name: .customLong("for"), help: ArgumentHelp("At most 24h, such as 8h.", valueName: "time"))
        var time: String

        func run() async throws { try await verb.carryOut(.shelve(reason: reason, time: time)) }
    }

    struct Unshelve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take up again what was put aside.")

        @OptionGroup var verb: VerbOptions

        func run() async throws { try await verb.carryOut(.unshelve) }
    }
}
