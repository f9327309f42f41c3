internal import ArgumentParser
internal import Gateway

/// How the lines of the running daemon do.
struct Lines: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how the lines of the running daemon do: answers, delays, failures.",
        discussion: """
            Look here when values are late or missing: at a cable, an adapter, a gateway, a device that is too slow.

            ANSWERED  requests that were answered, be it with a refusal; below 99 % something is wrong with the line
            P50, P99  half of the answers, and 99 of 100, came within so many milliseconds
            BUS       the share of the line's time that the unit takes, its silence included
            SWEEP     from one reading of all values to the next, and what was wished where that is not held
            FENCES    ranges of registers that the device refuses; they are tried again each hour
            STATE     since when a device is silent, and when it is asked next

            Two devices on one unit share the unit's figures, which stand with the first one. The figures are counted \
            since the start of the daemon or its last reload. --json says all of it, with units in the names; \
            Prometheus finds the same at /metrics of the page.

            Example:
              aftercare lines
              aftercare lines --json --config /etc/aftercare/gateway.yaml

            Exit status: 0 shown, 2 usage or configuration, 3 no daemon runs.
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let socket = try options.controlSocket()
        switch try ControlClient(path: socket).ask(.lineReports) {
        case .lineReports(let lines): try output.show(lines) { LineText.all(lines) }
        case nil:
            throw ExitStatus.noAnswer(
                "no daemon listens at \(socket): start it (systemctl start aftercare), or name its configuration with "
                    + "--config; `aftercare read` reads a device without a daemon")
        case .refused(let message, _): throw ExitStatus.misuse(message)
        case .tickets, .ticket, .evidence, .proof, .ledger, .ledgerIsChanged, .acted, .orders,
            .home, .reading, .recorded, .lines,
            .usage, .about, .notOwned:
            throw ExitStatus.misuse("the daemon answered something else; is it of another version?")
        }
    }
}
