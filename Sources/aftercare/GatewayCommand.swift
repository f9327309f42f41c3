internal import ArgumentParser
internal import Gateway
internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import Settings
internal import Terms

/// The daemon.
struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Watch one home: poll its devices, find faults, open tickets, run their clocks.",
        discussion: """
            Runs until SIGTERM or Ctrl-C. SIGHUP reads the configuration again: all of it is used, or none. A device \
            that does not answer never ends it. Logs go to standard error, with priorities when journald listens.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Check the configuration, say what it watches, and end.")
    var check = false

    @Option(help: "How much to log: debug, info, notice, warning or error.")
    var logLevel = "info"

    func run() async throws {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ExitStatus.misuse("--log-level \(logLevel) is not known; use debug, info, notice, warning or error")
        }
        let configuration = try options.read()
        if check {
            say(configuration.settings)
            return
        }
        // What the daemon makes is for its own user and group.
        umask(0o027)
        let logger = Logger(label: "aftercare") { _ in JournalLogHandler(level: level) }
        let options = options
        let gateway = try buildGateway(
            configuration, seams: GatewaySeams(logger: logger, reread: { try options.read() }))
        try await gateway.services.run()
    }

    private func say(_ settings: GatewaySettings) {
        print("site \(settings.site.id), data in \(settings.dataDirectory)")
        for line in settings.lines {
            print("  line \(line.name)  \(line.url)")
            for device in line.devices {
                print("    \(device.name)  unit \(device.unit), profile \(device.profile ?? "auto"), "
                    + "every \(device.interval.text)")
            }
        }
        print("the configuration is sound")
    }
}
