internal import ArgumentParser
internal import Gateway
internal import ServiceLevel
internal import Terms

/// Who is on call.
struct RosterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roster", abstract: "Show who is on call, and every hour that nobody has.",
        discussion: """
            The roster is the file roster.yaml beside the configuration (docs/roster.md).

            Example:
              aftercare roster check roster.yaml
              aftercare roster show
              aftercare roster show --days 60 --json

            Exit status: 0 somebody is on call all the time, 1 there is a gap or no roster, 2 usage or configuration.
            """,
        subcommands: [Check.self, Show.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a roster strictly, and look for gaps in the next 14 days.",
            discussion: """
                Every error is named with its line; exit status 2 when there is one. Exit status 1 when the roster is \
                sound and has a gap.
                """)

        @Argument(help: "The roster; the one beside the configuration where it is left out.")
        var file: String?

        @OptionGroup var view: RosterView
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let path = file ?? options.directory.rosterPath
            let now = try view.now()
            let roster = try file.map(ConfigurationDirectory.roster) ?? options.directory.readRoster()
            let report = RosterReport(path, roster, from: now, until: now + RosterWatch.horizon)
            try output.show(report) { RosterText.check(report, roster) }
            if let failure = report.failure { throw failure }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show who is on call now and in the next days, and every gap.")

        @Option(help: ArgumentHelp("How many days of 24 hours to show, 1 to 366.", valueName: "number"))
        var days = 14

        @OptionGroup var view: RosterView
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard (1...366).contains(days) else { throw ExitStatus.misuse("--days \(days) is outside 1 to 366") }
            let now = try view.now()
            let roster = try options.directory.readRoster()
            let report = RosterReport(
                options.directory.rosterPath, roster, from: now, until: now + .days(Int64(days)))
            try output.show(report) { RosterText.show(report, roster) }
            if let failure = report.failure { throw failure }
        }
    }
}

/// From where in time a roster is looked at.
struct RosterView: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Look from this instant, such as 2026-05-04T16:00:00Z; now by default.", valueName: "instant"))
    var at: String?

    /// The instant from which to look.
    func now() throws -> Instant {
        guard let at else { return SystemTimeSource().now().wall }
        guard let instant = Instant(rfc3339: at) else {
            throw ExitStatus.misuse("--at \(at) is no instant such as 2026-05-04T16:00:00Z")
        }
        return instant
    }
}
