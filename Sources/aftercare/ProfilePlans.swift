internal import ArgumentParser
internal import DeviceProfiles
internal import Gateway
internal import Polling
internal import Terms

extension Profiles {
    /// What reading the devices costs on a serial line, beside the rules of other programs.
    struct Plans: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare what reading each device costs with what other ways of asking would cost.",
            discussion: """
                Each cell holds the requests of a sweep that asks for every point, and the milliseconds that they take \
                on the line. The last two columns are milliseconds a sweep when every point is asked for as often as \
                its profile wants: of this plan, and of the cheapest other way. docs/plans.md explains the table.
                """)

        @OptionGroup var options: ConfigurationOptions

        @Option(help: ArgumentHelp("The line's speed; 8 data bits, no parity, 1 stop bit.", valueName: "baud"))
        var baud = 9_600

        @Option(help: ArgumentHelp("What a device needs before it answers.", valueName: "milliseconds"))
        var turnAround = 20

        @Flag(help: "Print the table as Markdown, as in docs/plans.md.")
        var markdown = false

        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (300...921_600).contains(baud) else { throw ValidationError("--baud is 300 to 921600") }
            guard (0...10_000).contains(turnAround) else { throw ValidationError("--turn-around is 0 to 10000 ms") }
        }

        func run() async throws {
            let cost = WireCost.rtu(SerialSettings(baud: baud), turnAround: turnAround * 1_000_000)
            let table = PlanTable(try options.readLibrary().sortedProfiles, cost: cost)
            try output.show(table.rows.map(PlanRow.init)) {
                markdown ? table.markdown : Table(table.head.map { $0.uppercased() }).rendered(table.cells)
            }
        }
    }
}

/// A profile of the table.
private struct PlanRow: Codable {
    /// One way to ask.
    struct Way: Codable {
        /// Whose rule it is; null for the plan that costs least.
        var rule: String?
        var requests: Int
        var milliseconds: Double
    }

    var profile: String
    var points: Int
    /// Of a sweep that asks for every point.
    var ways: [Way]
    /// On the average over sweeps that ask for every point as often as the profile wants.
    var average: [Way]

    init(_ row: PlanTable.Row) {
        profile = row.profile
        points = row.points
        ways = Self.ways(row.everything)
        average = Self.ways(row.average)
    }

    private static func ways(_ comparison: PlanComparison) -> [Way] {
        ([comparison.best] + comparison.others).map { row in
            Way(
                rule: row.rule?.name, requests: row.requests,
                milliseconds: (row.nanosecondsPerSweep / 1e4).rounded() / 100)
        }
    }
}
