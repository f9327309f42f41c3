internal import ArgumentParser
internal import DeviceProfiles
internal import Gateway
internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import Settings
internal import Terms
internal import Ticketing

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
        // A check looks at every profile; the watch begins with those that the home has.
        let configuration = try options.read(profiles: check ? .all : .named)
        if check {
            let troubles = configuration.secretTroubles(asDaemon: false)
            guard troubles.isEmpty else { throw ExitStatus.misuse(troubles.joined(separator: "\n")) }
            say(configuration)
            return
        }
        // What the daemon makes is for its own user and group.
        umask(0o027)
        let logger = Logger(label: "aftercare") { _ in JournalLogHandler(level: level) }
        let options = options
        let gateway = try buildGateway(
            configuration,
            seams: GatewaySeams(
                time: BoxTimeSource(dataDirectory: configuration.settings.dataDirectory), logger: logger,
                reread: { try options.read() }))
        try await gateway.services.run()
    }

    private func say(_ configuration: SiteConfiguration) {
        let settings = configuration.settings
        print("site \(settings.site.id), data in \(settings.dataDirectory)")
        for line in settings.lines {
            print("  line \(line.name)  \(line.url)")
            for device in line.devices {
                print("    \(device.name)  unit \(device.unit), profile \(device.profile ?? "auto"), "
                    + "every \(device.interval.text)")
                sayWrites(device, configuration.library)
            }
        }
        for channel in settings.notifications {
            print("  tells \(channel.audience.map(\.rawValue).joined(separator: ", "))  channel \(channel.name)")
            if let credential = channel.credential {
                print("    not looked at: the credential \(credential), which systemd shows to the daemon alone")
            }
        }
        print("the configuration is sound")
    }

    /// What may be written to a device, and what nobody sees because nothing may.
    private func sayWrites(_ device: DeviceSettings, _ library: ProfileLibrary) {
        guard let profile = device.profile.flatMap({ library.profiles[$0] }) else { return }
        for write in profile.writes where device.permission.allows(write) {
            print("      may be written: \(write.name), register \(write.address), values "
                + "\(write.values.lowerBound) to \(write.values.upperBound). \(write.reason)")
        }
        if let withheld = profile.withheld(from: device.permission) { print("      \(withheld.sentence)") }
    }
}
