internal import ArgumentParser
internal import Gateway
internal import Modbus
internal import Polling
internal import Terms

/// One poll of one device.
struct Read: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read a device once and show every value.",
        discussion: """
            It only reads. A line that the running daemon owns is read through the daemon, since most devices accept \
            one client; any other line is locked while it is read.

            Examples:
              aftercare read --device tcp://192.0.2.10:502 --unit 247
              aftercare read --device 'rtu:///dev/ttyUSB0?baud=9600' --unit 1 --profile goodwe-et --json
            """)

    @Option(help: "tcp://host:port, rtutcp://host:port or rtu:///dev/ttyUSB0?baud=9600&parity=N&stopbits=1")
    var device: String

    @Option(help: "The device's unit id, 0 to 255.")
    var unit: UInt8 = 1

    @Option(help: "A profile's name, or auto to find out (`aftercare profiles list`).")
    var profile = "auto"

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let url = try DeviceURL(text: device)
        let library = try options.readLibrary(for: profile)
        let choice = try library.readableChoice(named: profile)
        let document: ReadingDocument
        if let read = try throughDaemon() {
            document = read
        } else {
            let reading = try await readOnce(url: url, unit: unit, profile: choice, time: SystemTimeSource())
            document = ReadingDocument(reading, url: device, unit: unit)
        }
        try output.show(document) { lines(of: document) }
        if document.points.allSatisfy({ $0.quality == "bad" }), !document.points.isEmpty {
            throw ExitStatus.noAnswer("\(device), unit \(unit): the device was found, but no value could be read")
        }
    }

    /// The daemon's reading; nil where no daemon runs or it does not own the line.
    private func throughDaemon() throws -> ReadingDocument? {
        let socket = try options.controlSocket()
        let request = ControlRequest.read(url: device, unit: Int(unit), profile: profile)
        switch try ControlClient(path: socket).ask(request) {
        case .reading(let document): return document
        case .refused(let message, .noAnswer): throw ExitStatus.noAnswer(message)
        case .refused(let message, _): throw ExitStatus.misuse(message)
        case nil, .notOwned, .tickets, .ticket, .evidence, .proof, .ledger, .ledgerIsChanged, .acted, .orders,
            .home, .recorded, .lines,
            .lineReports, .usage, .about:
            return nil
        }
    }

    private func lines(of document: ReadingDocument) -> [String] {
        let device = document.device
        let told = device.texts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        var lines = [
            Style.bold("\(device.title)") + "  (\(device.profile), \(device.status))",
            "\(device.url), unit \(device.unit)" + (told.isEmpty ? "" : "; \(told)"), "",
        ]
        lines += Table(["POINT", "VALUE", "UNIT", "QUALITY", "REGISTER", "RAW"]).rendered(
            document.points.map { point in
                [
                    point.name, point.label ?? point.value.map(shortest) ?? "–", point.unit, point.quality,
                    "\(point.functionCode)/\(point.address)", point.raw ?? "–",
                ]
            })
        let active = document.alarms.filter { $0.active == true }
        lines += ["", active.isEmpty ? "no alarm is active" : Style.red("\(active.count) alarms are active:")]
        lines += active.map { alarm in
            let part = alarm.bit.map { " bit \($0)" } ?? alarm.number.map { " = \($0)" } ?? ""
            let place = "\(alarm.functionCode)/\(alarm.address)\(part)"
            return "  \(alarm.routing)  \(alarm.name)  (\(alarm.code), \(place))"
        }
        lines += document.failures.map { failure in
            Style.yellow(
                "not read: \(failure.functionCode)/\(failure.address) × \(failure.count): \(failure.error)")
        }
        lines += device.remarks.map { Style.dim("remark: \($0)") }
        if let withheld = document.withheld {
            lines.append(
                "\(withheld.points) points need allowWrites: [\(withheld.allowWrites.joined(separator: ", "))] in "
                    + "gateway.yaml; only the daemon reads them")
        }
        if device.status == "unverified" {
            lines.append(
                Style.yellow("This profile was never checked against a real device: compare with its display."))
        }
        return lines
    }
}

/// A number without trailing zeros: `51.2`, `230`.
private func shortest(_ value: Double) -> String {
    guard abs(value) < 1e9 else { return "\(value)" }
    let rounded = (value * 10_000).rounded() / 10_000
    return rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
}
