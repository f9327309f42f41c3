internal import Commissioning
internal import DeviceProfiles
internal import Modbus
internal import Polling

/// What a scan has found, for people.
struct ScanText {
    let report: ScanReport
    /// How many places were to be looked at.
    let places: Int
    /// Whether a configuration is written, so that nobody need be told how.
    let isConfigured: Bool

    var lines: [String] {
        let shown = report.findings.filter { !$0.isEmptyAddress }
        return shown.flatMap { paragraph($0) + [""] } + emptyAddresses + summary
    }

    private func paragraph(_ finding: ScanFinding) -> [String] {
        var lines = [Style.bold(finding.place) + (finding.url.map { "  \(how($0))" } ?? "")]
        for device in finding.devices { lines += self.lines(of: device) }
        for fault in finding.faults {
            let mark = fault.isNote ? Style.dim("·") : Style.yellow("!")
            lines += wrapped(fault.sentence, first: "  \(mark) ", "    ")
            if !fault.isNote { lines += wrapped(fault.remedy, first: "    → ", "      ") }
        }
        if finding.devices.isEmpty, finding.faults.isEmpty { lines.append("  not finished") }
        return lines
    }

    private func how(_ url: DeviceURL) -> String {
        switch url {
        case .tcp: "Modbus TCP"
        case .rtuTCP: "Modbus RTU over TCP"
        case .rtu(_, let serial): "Modbus RTU, \(serial.plainText)"
        case .capture: "capture"
        }
    }

    private func lines(of device: FoundDevice) -> [String] {
        let unit = "unit \(device.unit)"
        let head = "  \(Style.green("✓")) \(unit)" + String(repeating: " ", count: max(1, 10 - unit.count))
        let indent = String(repeating: " ", count: 14)
        guard let fit = device.fits.first else {
            return ["\(head)speaks Modbus, no profile fits"]
        }
        var lines = ["\(head)\(fit.title)  (\(fit.profile), \(fit.status.rawValue))"]
        let told = device.texts.map { "\(label($0.name)) \($0.text)" }
        if !told.isEmpty { lines += wrapped(told.joined(separator: ", "), first: indent, indent) }
        if !device.otherUnits.isEmpty {
            let units = device.otherUnits.map(String.init).joined(separator: ", ")
            lines.append("\(indent)answers as unit \(units), too: it is one device")
        }
        let others = device.fits.dropFirst().map(\.profile)
        if !others.isEmpty { lines.append("\(indent)also fits: \(others.joined(separator: ", "))") }
        if !fit.isCertain { lines.append("\(indent)compare with its display: its answers do not prove that it is one") }
        return lines
    }

    /// `device.serial` is `serial` to a person.
    private func label(_ name: String) -> String {
        name.hasPrefix("device.") ? String(name.dropFirst("device.".count)) : name
    }

    private var emptyAddresses: [String] {
        let (refused, unreachable) = report.emptyAddresses
        let parts = [
            refused > 0 ? "\(refused) refuse the port" : nil, unreachable > 0 ? "\(unreachable) do not answer" : nil,
        ].compactMap { $0 }
        return parts.isEmpty ? [] : ["Of the other addresses \(parts.joined(separator: ", ")).", ""]
    }

    private var summary: [String] {
        let count = report.devices.count
        let missing = places - report.findings.count
        let early = "Stopped early" + (missing > 0 ? "; \(missing) of \(places) places were not looked at." : ".")
        var lines = report.isComplete ? [] : [Style.yellow(early)]
        lines.append(count == 0 ? "No device found." : count == 1 ? "1 device found." : "\(count) devices found.")
        let known = report.findings.first { finding in finding.devices.contains { !$0.fits.isEmpty } }
        if let url = known?.url, let device = known?.devices.first(where: { !$0.fits.isEmpty }) {
            lines.append("Read it once:    aftercare read --device '\(url)' --unit \(device.unit)")
            if !isConfigured {
                lines.append("Watch for good:  aftercare scan … --write-config gateway.yaml")
            }
        }
        let unknown = report.findings.first { finding in finding.devices.contains { $0.fits.isEmpty } }
        if let url = unknown?.url, let device = unknown?.devices.first(where: { $0.fits.isEmpty }) {
            lines += [
                "For support and for a new profile, record what no profile fits:",
                "  aftercare record --device '\(url)' --unit \(device.unit) --ranges 3/0-999,4/0-999 --sweeps 1 \\",
                "      --out unit-\(device.unit).capture",
            ]
        }
        return lines
    }

    /// Lines of at most 100 columns, broken between words.
    private func wrapped(_ text: String, first: String, _ indent: String) -> [String] {
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, indent.count + line.count - first.count + word.count >= 96 {
                lines.append(line)
                line = indent
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [line]
    }
}

extension ScanReport {
    /// Addresses of subnets at which nothing was found, by what happened there.
    var emptyAddresses: (refused: Int, unreachable: Int) {
        let empty = findings.filter(\.isEmptyAddress)
        let refused = empty.filter { $0.faults == [.refused] }.count
        return (refused, empty.count - refused)
    }
}

/// What a scan has found, as `--json` prints it.
struct ScanDocument: Codable {
    struct Device: Codable {
        var unit: Int
        var otherUnits: [Int]
        var profile: String?
        var title: String?
        var status: String?
        var profiles: [String]
        var serial: String?
        var texts: [String: String]

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(unit, forKey: .unit)
            try container.encode(otherUnits, forKey: .otherUnits)
            try container.encode(profile, forKey: .profile)
            try container.encode(title, forKey: .title)
            try container.encode(status, forKey: .status)
            try container.encode(profiles, forKey: .profiles)
            try container.encode(serial, forKey: .serial)
            try container.encode(texts, forKey: .texts)
        }
    }

    struct Fault: Codable {
        var code: String
        var unit: Int?
        var text: String
        var remedy: String
    }

    struct Place: Codable {
        var place: String
        var url: String?
        var state: String
        var devices: [Device]
        var faults: [Fault]

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(place, forKey: .place)
            try container.encode(url, forKey: .url)
            try container.encode(state, forKey: .state)
            try container.encode(devices, forKey: .devices)
            try container.encode(faults, forKey: .faults)
        }
    }

    struct EmptyAddresses: Codable {
        var refused: Int
        var unreachable: Int
    }

    var complete: Bool
    var places: [Place]
    var emptyAddresses: EmptyAddresses

    init(_ report: ScanReport) {
        complete = report.isComplete
        let (refused, unreachable) = report.emptyAddresses
        emptyAddresses = EmptyAddresses(refused: refused, unreachable: unreachable)
        places = report.findings.filter { !$0.isEmptyAddress }.map { finding in
            Place(
                place: finding.place, url: finding.url?.description, state: finding.state,
                devices: finding.devices.map(Device.init),
                faults: finding.faults.map { fault in
                    Fault(code: fault.code, unit: fault.unit.map(Int.init), text: fault.sentence, remedy: fault.remedy)
                })
        }
    }
}

extension ScanDocument.Device {
    fileprivate init(_ device: FoundDevice) {
        unit = Int(device.unit)
        otherUnits = device.otherUnits.map(Int.init)
        profile = device.fits.first?.profile
        title = device.fits.first?.title
        status = device.fits.first?.status.rawValue
        profiles = device.fits.map(\.profile)
        serial = device.serial
        texts = Dictionary(device.texts.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first })
    }
}
