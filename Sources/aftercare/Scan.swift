internal import ArgumentParser
internal import Commissioning
internal import DeviceProfiles
internal import Foundation
internal import Gateway
internal import Polling
internal import Terms

/// Finds devices, and says what is wrong with the wiring where there are none.
struct ScanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Find batteries and inverters on serial ports and on the network; name wiring faults.",
        discussion: """
            Without --tcp, --subnet and --serial it looks at every serial port of this machine. It listens first: on a \
            line with another master nothing is asked. It only reads. A line that the running daemon owns is asked \
            through the daemon.

            Examples:
              aftercare scan
              aftercare scan --subnet 192.168.1.0/24
              aftercare scan --tcp 192.168.1.20 --serial /dev/ttyUSB0 --write-config gateway.yaml

            --json prints {"complete", "places": [{"place", "url", "state", "devices": [{"unit", "otherUnits", \
            "profile", "title", "status", "profiles", "serial", "texts"}], "faults": [{"code", "unit", "text", \
            "remedy"}]}], "emptyAddresses": {"refused", "unreachable"}}. "state" is speaks, notFinished or the code of \
            a fault; "profile", "url" and "serial" are null where there is none; "profiles" names every profile that \
            fits, the chosen one first.

            Exit status: 0 a device was found, 1 none was found, 2 usage, 3 nothing could be opened at all.
            """)

    @Option(help: ArgumentHelp("A host, with a port or without; may be repeated.", valueName: "host[:port]"))
    var tcp: [String] = []

    @Option(help: ArgumentHelp("All hosts of a private network, at most /22: 192.168.1.0/24", valueName: "network"))
    var subnet: [String] = []

    @Option(help: "TCP ports to try besides 502; may be repeated.")
    var port: [Int] = []

    @Option(help: ArgumentHelp("A serial port, or all; may be repeated.", valueName: "path"))
    var serial: [String] = []

    @Option(help: ArgumentHelp("Only these speeds: 9600,19200", valueName: "list"))
    var baud: String?

    @Option(help: ArgumentHelp("Only these parities: N,E,O", valueName: "list"))
    var parity: String?

    @Option(help: ArgumentHelp("Unit ids to try: 1-16,247. (default: the usual ones)", valueName: "list"))
    var units: String?

    @Option(help: "How long a unit on a serial line may take to begin its answer.")
    var timeout = "200ms"

    @Option(help: ArgumentHelp("Write a configuration for what was found.", valueName: "file"))
    var writeConfig: String?

    @Option(help: ArgumentHelp("Where the configuration keeps what happened.", valueName: "path"))
    var dataDirectory = "/var/lib/aftercare"

    @Flag(help: "Replace the configuration if it is there; the old one is kept as FILE.old.")
    var force = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        // What is wrong with the options is told before a hundred profiles are read.
        let (patience, targets) = (try patience(), try targets())
        _ = try plan([])
        let destination = try writeConfig.map { try ConfigurationDestination($0, dataDirectory, overwrites: force) }
        guard !targets.isEmpty else {
            throw ExitStatus.noAnswer(
                "this machine has no serial port: plug the adapter in, or look on the network with --tcp or --subnet")
        }
        let profiles = try options.readLibrary().sortedProfiles
        let plan = try plan(profiles)
        let daemon = try DaemonScan(ControlClient(path: try options.controlSocket()))
        let (owned, free) = (try daemon.findings(of: targets), targets.filter { !daemon.owns($0) })
        let scan = Scan(plan: plan, profiles: profiles, patience: patience, time: SystemTimeSource())
        let progress = TerminalProgress()
        var report = try await untilInterrupted {
            await scan.run(free) { state in
                let bar = TerminalProgress.bar(state.done, of: state.total)
                progress.show("\(bar)  \(state.done)/\(state.total)  \(state.now)")
            }
        }
        progress.end()
        report.findings = owned + report.findings
        try output.show(ScanDocument(report)) {
            ScanText(report: report, places: targets.count, isConfigured: destination != nil).lines
        }
        try write(report, profiles, destination)
        if !report.devices.isEmpty { return }
        // What was found wrong is said already.
        if report.findings.isEmpty || report.findings.contains(where: \.wasOpened) {
            throw ExitStatus.no()
        }
        throw ExitStatus.noAnswer()
    }

    private func write(
        _ report: ScanReport, _ profiles: [Profile], _ destination: ConfigurationDestination?
    ) throws {
        guard let destination else { return }
        // Without a zone file the system names none that other programs know.
        let present = TimeZone.current.identifier
        let zone = present.contains("/") ? present : "UTC"
        let writer = FoundConfiguration(
            profiles: profiles, dataDirectory: destination.dataDirectory, zone: zone)
        guard let text = writer.text(of: report) else {
            writeError("no configuration was written: no device was found that a profile fits")
            return
        }
        let done = try destination.write(text)
        guard !output.json else { return }
        print("")
        print("\(Style.bold(destination.path)) is written.")
        for sentence in done { print(sentence) }
        print("Look through it, then: aftercare gateway --config \(destination.path) --check")
    }
}

// MARK: - What the options say

extension ScanCommand {
    private func plan(_ profiles: [Profile]) throws -> SearchPlan {
        let bauds = try baud?.split(separator: ",").map { text in
            guard let baud = Int(text), (300...921_600).contains(baud) else {
                throw ExitStatus.misuse("--baud: \"\(text)\" is not 300 to 921600")
            }
            return baud
        }
        let parities = try parity?.split(separator: ",").map { text in
            guard let parity = Parity(rawValue: String(text)) else {
                throw ExitStatus.misuse("--parity: \"\(text)\" is not N, E or O")
            }
            return parity
        }
        return SearchPlan(profiles: profiles, units: try units.map(readUnits), bauds: bauds, parities: parities)
    }

    private func patience() throws -> ScanPatience {
        guard let time = Milliseconds(text: timeout), (10...10_000).contains(time.count) else {
            throw ExitStatus.misuse("--timeout: \"\(timeout)\" is no time from 10ms to 10s")
        }
        var patience = ScanPatience()
        patience.serial = time
        return patience
    }

    private func targets() throws -> [ScanTarget] {
        for port in port where !(1...65_535).contains(port) {
            throw ExitStatus.misuse("--port \(port) is not 1 to 65535")
        }
        let ports = [502] + port.filter { $0 != 502 }
        var targets: [ScanTarget] = []
        for text in tcp {
            let url = try DeviceURL(text: "tcp://\(text)")
            guard case .tcp(let host, let named) = url else { continue }
            let hasPort = text.hasSuffix(":\(named)")
            targets += (hasPort ? [named] : ports).map { .endpoint(host: host, port: $0, isNamed: true) }
        }
        for text in subnet {
            targets += try Subnet(text: text).hosts.flatMap { host in
                ports.map { ScanTarget.endpoint(host: host, port: $0, isNamed: false) }
            }
        }
        let known = SerialPorts()
        let wantsAll = serial.contains("all") || (serial.isEmpty && tcp.isEmpty && subnet.isEmpty)
        let named = serial.filter { $0 != "all" }.map(known.stablePath)
        for path in named where !path.hasPrefix("/") { throw ExitStatus.misuse("--serial \(path): begin with /dev/") }
        let paths = named + (wantsAll ? known.all : [])
        var seen: Set<ScanTarget> = []
        return (paths.map(ScanTarget.serial) + targets).filter { seen.insert($0).inserted }
    }
}
