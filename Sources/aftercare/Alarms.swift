internal import ArgumentParser
internal import Detection
internal import DeviceProfiles
internal import Gateway
internal import StrictYAML
internal import Terms

/// What each alarm and each class means, and what to do.
struct Alarms: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms", abstract: "Explain alarms: what they mean, what to do, and by when.",
        discussion: """
            Without a code: every class and every alarm that the box itself watches. With a code: that alarm, also one \
            of a profile's tables.

            Example:
              aftercare alarms
              aftercare alarms cellTemperatureHigh
              aftercare alarms goodwe.isolation
            """)

    @Argument(help: "An alarm's code, or a class such as K1.")
    var code: String?

    @Flag(help: "List the alarms of all profiles, too; of SunSpec devices, what they have shows when they are read.")
    var all = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let library = try options.readLibrary()
        let own = AlarmRow.own(library.rules[.lfp])
        guard let code else {
            let rows = all ? own + profileRows(library) : own
            return try output.show(rows) { AlarmRow.table(rows) }
        }
        let found = own.filter { $0.code == code }
        let rows = found.isEmpty ? profileRows(library) : found
        let matching = rows.filter { $0.code == code }
        guard !matching.isEmpty else {
            // A thousand makers' codes would bury the answer.
            let meant = nearest(to: code, among: (own + rows).map(\.code)).map { "; did you mean \"\($0)\"?" }
            throw ExitStatus.misuse(
                "there is no alarm \"\(code)\"\(meant ?? ""); `aftercare alarms --all` lists every one")
        }
        try output.show(matching) { matching.flatMap(\.text) }
    }

    private func profileRows(_ library: ProfileLibrary) -> [AlarmRow] {
        library.sortedProfiles.flatMap { profile in
            profile.deviceMap?.possibleAlarms.filter(\.isKnown).map { AlarmRow($0, profile: profile.id) } ?? []
        }
    }
}

/// One alarm or class in a list.
private struct AlarmRow: Codable {
    var code: String
    /// `class`, `box`, or the profile that names it.
    var source: String
    var title: String
    /// K0 to K7; for what the box watches, of an LFP battery; nil where it is not watched.
    var routing: String?
    /// From 1, the most urgent.
    var priority: Int?
    var consequence: String
    var action: String
    var timeToAct: String?

    private init(_ code: String, _ source: String, _ entry: CatalogueEntry, routing: Routing? = nil) {
        self.code = code
        self.source = source
        title = entry.title
        self.routing = routing?.rawValue
        priority = routing?.priority
        consequence = entry.consequence
        action = entry.action
        timeToAct = entry.timeToAct
    }

    init(_ alarm: ActiveAlarm, profile: String) {
        code = alarm.code
        source = profile
        title = alarm.name
        routing = alarm.routing.rawValue
        priority = alarm.routing.priority
        consequence = alarm.consequence
        action = alarm.remedy
        timeToAct = alarm.routing.entry.timeToAct
    }

    /// The classes, and what the box itself watches.
    static func own(_ rules: DetectionRules?) -> [AlarmRow] {
        Routing.allCases.map { AlarmRow($0.rawValue, "class", $0.entry, routing: $0) }
            + DetectorAlarm.allCases.map {
                AlarmRow($0.rawValue, "box", $0.entry, routing: rules?.alarms[$0]?.routing)
            }
            + SharedPath.catalogue.map { AlarmRow($0.alarm, "box", $0.entry, routing: .k3) }
            + BoxTrouble.allCases.map { AlarmRow($0.alarm, "box", $0.entry, routing: .k6) }
    }

    static func table(_ rows: [AlarmRow]) -> [String] {
        Table(["ALARM", "OF", "CLASS", "WHAT"]).rendered(
            rows.map { [$0.code, $0.source, $0.routing ?? "–", $0.title] })
            + ["", "`aftercare alarms CODE` says what to do, and by when."]
    }

    var text: [String] {
        [
            Style.bold("\(code)  \(title)") + "  (\(source)\(routing.map { ", \($0)" } ?? ""))",
            "  If nobody acts: \(consequence)", "  What to do:     \(action)",
        ] + (timeToAct.map { ["  By when:        \($0)"] } ?? [])
    }
}
