internal import ArgumentParser
internal import Engine
internal import Gateway

/// How the devices were used.
struct Usage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how the batteries were used: energy, cycles, temperatures, days online.",
        discussion: """
            Each local day of a device is put on record when it is over; this shows the sum, and the day that runs.

            ONLINE    days on which the device was heard
            OFFLINE   days on which the box looked for most of the time, and heard nothing
            NO DATA   days of which nobody knows: the box did not run
            BY        who counted the energy: the device itself since it was made, or the box from the readings since \
            the first day

            Example:
              aftercare usage
              aftercare usage --device pack-1 --json

            Exit status: 0 shown, 1 there is no such device, 2 usage or configuration.
            """)

    @Option(help: ArgumentHelp("One device alone, by its name in the configuration.", valueName: "name"))
    var device: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let units = try await Self.units(device, options)
        try output.show(units) { UsageText.all(units) }
    }

    /// What is known of the units, or of those that one device name has had.
    static func units(_ device: String?, _ options: ConfigurationOptions) async throws -> [UsageSnapshot] {
        guard case .usage(let all) = try await askDaemon(.usage, options) else { throw unexpectedAnswer }
        guard let device else { return all }
        let units = all.filter { $0.device == device }
        guard !units.isEmpty else {
            let known = Set(all.map(\.device)).sorted().joined(separator: ", ")
            throw ExitStatus.no(
                "nothing is on record of a device \"\(device)\""
                    + (known.isEmpty ? "; no device was heard yet" : "; known: \(known)"))
        }
        return units
    }
}
