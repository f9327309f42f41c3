internal import ArgumentParser
internal import Engine
internal import Gateway
internal import ServiceLevel
internal import Settings
internal import Terms
internal import Ticketing

/// The regular visits to a home.
struct Visits: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the follow-up visits of the home, and record them.",
        discussion: """
            They count from the handover: which ones, says followUps in policy.yaml. Where the end of the warranty is \
            not known, the yearly ones have no end.

            Example:
              aftercare visits handover --by Li
              aftercare visits list
              aftercare visits done year1 --by Li
              aftercare visits warranty 2036-05-04 --by Ana
            """,
        subcommands: [List.self, Handover.self, Done.self, Warranty.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The visits of the past, and those of a year to come.")

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard case .home(let home, _) = try await askDaemon(.home, options) else { throw unexpectedAnswer }
            try output.show(home.visits) { HomeText.visits(home) }
        }
    }

    struct Handover: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The system was handed over: visits count from here.",
            discussion: "The user must have received every required document (aftercare documents list).")

        @OptionGroup var entry: EntryOptions

        func run() async throws {
            let configuration = try entry.options.read()
            guard case .home(let home, _) = try await askDaemon(.home, entry.options) else { throw unexpectedAnswer }
            let missing = configuration.shelf?.missing(for: configuration.profiles(home), delivered: home.shelfReceipts)
            if let missing, !missing.isEmpty {
                let list = missing.map { "\($0.id) \($0.version) (\($0.title))" }.joined(separator: ", ")
                throw ExitStatus.misuse(
                    "the user has not received \(list); record each with: aftercare documents deliver ID --to NAME")
            }
            try await entry.enter(.commissioned)
        }
    }

    struct Done: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "A visit took place.")

        @Argument(help: "Which one, such as day30 or year2; the one that comes next if left out.") var visit: String?
        @OptionGroup var entry: EntryOptions

        func run() async throws { try await entry.enter(.followUpDone(visit: visit)) }
    }

    struct Warranty: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The last day of the home's warranty: the visits end 90 days before it.")

        @Argument(help: "A day such as 2036-05-04.") var day: String
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            guard let until = CivilDate(text: day) else { throw ExitStatus.misuse("\"\(day)\" is no day") }
            let finding = CoverageFinding(coverage: .inTerm, until: until)
            let site = try entry.options.readSettings().site.id
            try await entry.enter(.warrantyDecided(finding, by: entry.signature), of: .site(site))
        }
    }
}

extension SiteConfiguration {
    /// The profiles of the home's devices: those that are configured, and what the others turned out to be.
    func profiles(_ home: HomeSnapshot) -> [String] {
        Set(settings.devices.compactMap(\.profile) + home.profiles).filter { $0 != "auto" }.sorted()
    }
}

extension HomeSnapshot {
    /// The receipts as the shelf compares them.
    var shelfReceipts: [DocumentShelf.Receipt] {
        receipts.map { DocumentShelf.Receipt(id: $0.id, sha256: $0.sha256, version: $0.version) }
    }
}
