internal import ArgumentParser
internal import DeviceProfiles
internal import Gateway
internal import Polling
internal import StrictYAML

/// Device profiles: devices are data.
struct Profiles: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles", abstract: "List, check and compare device profiles.",
        subcommands: [List.self, Check.self, Plans.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the profiles that can be used.")

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let rows = try options.readLibrary().sortedProfiles.map(ProfileRow.init)
            try output.show(rows) {
                Table(["PROFILE", "STATUS", "POINTS", "ALARMS", "TITLE"]).rendered(
                    rows.map { [$0.profile, $0.status, "\($0.points)", "\($0.alarms)", $0.title] })
            }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check profile files strictly.",
            discussion: "Every error of every file is named with its line. Exit status 2 when there is one.")

        @Argument(help: "Profile files.")
        var files: [String]

        @Option(help: "A line, such as rtu:///dev/ttyUSB0?baud=9600: says what a sweep costs there.")
        var line: String?

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let url = try line.map { try DeviceURL(text: $0) }
            var rows: [ProfileRow] = []
            var problems: [Problem] = []
            for file in files {
                do {
                    let profile = try ConfigurationDirectory.profile(at: file)
                    var row = ProfileRow(profile)
                    row.plan = url.flatMap { PlanOnLine(profile, on: $0) }
                    rows.append(row)
                } catch let error as InvalidText {
                    problems += error.problems
                }
            }
            guard problems.isEmpty else { throw InvalidText(problems) }
            try output.show(rows) {
                rows.flatMap { row -> [String] in
                    let head = "\(row.profile): sound; \(row.points) points, \(row.alarms) alarms, "
                        + (row.requests.map { "\($0) requests a sweep" } ?? "requests depend on the device")
                    let withheld = row.withheld.map { ["  \($0)"] } ?? []
                    return [head] + withheld + (row.plan?.lines ?? [])
                }
            }
        }
    }
}

/// A profile in a list.
private struct ProfileRow: Codable {
    var profile: String
    var title: String
    var status: String
    var points: Int
    var alarms: Int
    /// Requests of one sweep; nil where the device decides (SunSpec).
    var requests: Int?
    /// Points that are shown only where the site allows a write.
    var withheld: String?
    /// What a sweep costs on the line that was asked about.
    var plan: PlanOnLine?

    init(_ profile: Profile) {
        self.profile = profile.id
        title = profile.title
        status = profile.status.rawValue
        points = profile.pointCount
        alarms = profile.alarmCount
        withheld = profile.withheld(from: .none)?.sentence
        requests = profile.deviceMap.map { ReadPlan(map: $0, cost: .tcp()).requests.count }
    }
}
