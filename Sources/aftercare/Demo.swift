internal import ArgumentParser
internal import Gateway
internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import Settings
internal import Simulation
internal import Terms

/// The product on a simulated home.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch a simulated home break, and see what happens.",
        discussion: """
            A home with two packs and a hybrid inverter is simulated behind a real Modbus TCP server on this machine. \
            The real gateway polls it. After ten seconds a fault is injected; the ticket opens by itself and its \
            clocks start. The page shows live values, the ticket, its clocks and the curves that led to it. \
            Ctrl-C ends it.

            Examples:
              aftercare demo
              aftercare demo --fault help
              aftercare demo --fault cell-over-voltage --speed 60
              aftercare demo --until ticket --json
            """)

    @Option(help: "Which fault to inject; `help` lists them.")
    var fault = HomeFault.cellOverTemperature.rawValue

    @Option(help: "Simulated seconds per second, 1 to 600; the fault's own default if left out.")
    var speed: Int64?

    @Option(help: "`ticket`: end with status 0 at the ticket, with 1 after 120 s without one.")
    var until: Until?

    @Option(help: "The page's port on this machine; any free one if left out.")
    var port = 0

    @Option(help: "Seed of weather, noise and cell differences.")
    var seed: UInt64 = 1

    @Flag(help: "Print one JSON line per event instead of text.")
    var json = false

    enum Until: String, ExpressibleByArgument { case ticket }

    func run() async throws {
        if fault == "help" {
            print(DemoFaults.help)
            return
        }
        guard let fault = HomeFault(rawValue: fault) else {
            let known = HomeFault.allCases.map(\.rawValue).joined(separator: ", ")
            throw ExitStatus.misuse("there is no fault \"\(fault)\"; known: \(known)")
        }
        let speed = speed ?? DemoFaults.speed(of: fault)
        guard (1...600).contains(speed) else { throw ExitStatus.misuse("--speed \(speed) is outside 1 to 600") }
        guard (0...65_535).contains(port) else { throw ExitStatus.misuse("--port \(port) is outside 0 to 65535") }
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let home = try ServedHome(home: SimulatedHome(seed: seed))
        defer { home.stop() }
        let time = ScaledTimeSource(SystemTimeSource(), speed: speed)
        let stage = DemoStage(
            home: home, fault: fault, time: time, speed: speed, untilTicket: until == .ticket,
            voice: DemoVoice(json: json, start: time.now().wall))
        let configuration = try demoConfiguration(modbusPort: home.port, directory: directory.path)
        let outcome = try await stage.play(configuration)
        if until == .ticket, outcome != .ticketOpened {
            throw ExitStatus.no(
                outcome == .timedOut ? "no ticket within 120 s" : "stopped before a ticket was opened")
        }
    }

    private func demoConfiguration(modbusPort: UInt16, directory: String) throws -> SiteConfiguration {
        let shipped = try shippedDirectory()
        let gateway = """
            site: {id: demo, zone: Europe/Berlin, standingAuthorisation: 2026-05-04, promise: default}
            dataDirectory: \(directory)
            controlSocket: \(directory)/control.sock
            web: {listen: "127.0.0.1:\(port)"}
            lines:
              - name: home
                url: tcp://127.0.0.1:\(modbusPort)
                devices:
                  - {name: hybrid, unit: 1, profile: sunspec, interval: 1s, timeout: 200ms}
                  - {name: pack-1, unit: 2, profile: simulated-pack, interval: 1s, timeout: 200ms}
                  - {name: pack-2, unit: 3, profile: simulated-pack, interval: 1s, timeout: 200ms}
            """
        let file = "\(directory)/gateway.yaml"
        try TemporaryDirectory.write(gateway, to: file)
        return try shipped.read(gatewayFile: file)
    }
}

/// A directory that exists as long as the demonstration.
struct TemporaryDirectory {
    let path: String

    init() throws {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/aftercare-demo.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ExitStatus.misuse("no temporary directory can be made: \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func write(_ text: String, to file: String) throws {
        guard let stream = fopen(file, "w"), fputs(text, stream) >= 0, fclose(stream) == 0 else {
            throw ExitStatus.misuse("\(file) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// What is left behind harms nothing: it is a directory of a few files under /tmp.
    func remove() {
        let ledger = ["", "-wal", "-shm"].map { "ledger.sqlite\($0)" }
        for name in ledger + ["gateway.yaml", "lock", "control.sock"] { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
