package import DeviceProfiles
internal import Polling
internal import Terms

/// The text of a `gateway.yaml` for what a scan has found.
package struct FoundConfiguration: Sendable {
    /// Intervals that people like; the first one that the line can hold is taken.
    private static let intervals = [1, 2, 5, 10, 30, 60].map { Milliseconds.seconds($0) }
    /// Of the line's time that its devices may take together: the rest is for retries and for silence. 70 %
    private static let share = 0.7

    private let profiles: [String: Profile]
    private let dataDirectory: String
    private let zone: String

    /// - Parameters:
    ///   - dataDirectory: Absolute.
    ///   - zone: IANA zone of the home, for display.
    package init(profiles: [Profile], dataDirectory: String, zone: String) {
        self.profiles = Dictionary(profiles.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.dataDirectory = dataDirectory
        self.zone = zone
    }

    /// Where the daemon of this configuration keeps its socket; nil: where it is by default.
    private var controlSocket: String? {
        dataDirectory == "/var/lib/aftercare" ? nil : "\(dataDirectory)/control.sock"
    }

    /// The whole text; nil where no device was found that a profile fits.
    package func text(of report: ScanReport) -> String? {
        var names = Names()
        let lines = report.findings.compactMap { line($0, &names) }
        guard lines.contains(where: \.hasDevices) else { return nil }
        let padding = String(repeating: " ", count: max(1, 32 - zone.count))
        var text = """
            # Written by aftercare scan. Check it after an edit: aftercare gateway --config FILE --check
            # policy.yaml, profiles/ and detection/ lie beside this file.
            site:
              id: home-1                            # letters, digits, - and _; stands in every ticket's number
              zone: \(zone)\(padding)# for display; promises are kept in UTC
              # The day since which the user lets the box report faults in their name. Ask them, then write it here:
              # standingAuthorisation: YYYY-MM-DD
              promise: default

            dataDirectory: \(quoted(dataDirectory))

            """
        if let controlSocket { text += "controlSocket: \(quoted(controlSocket))\n" }
        text += "web: {listen: \"127.0.0.1:8080\"}         # the page, for this machine only\n\nlines:\n"
        return text + lines.map(\.text).joined(separator: "\n")
    }

    private func line(_ finding: ScanFinding, _ names: inout Names) -> (text: String, hasDevices: Bool)? {
        guard let url = finding.url, !finding.devices.isEmpty else { return nil }
        let usable = finding.devices.filter { obstacle($0, on: url) == nil }
        let interval = interval(of: usable, on: url)
        var rows: [String] = []
        for device in finding.devices {
            if let obstacle = obstacle(device, on: url) {
                rows.append("      # unit \(device.unit) \(obstacle)")
            } else if let fit = device.fits.first {
                let told = device.serial.map { "serial number \(comment($0))" } ?? "tells no serial number"
                rows.append("      # \(comment(fit.title)); \(told)")
                rows.append(
                    "      - {name: \(names.device(fit.profile, device.unit)), unit: \(device.unit), "
                        + "profile: \(fit.profile), interval: \(interval.text)}")
            }
        }
        let head = ["  - name: \(names.line(of: url))", "    url: \(quoted(url.description))", "    devices:"]
        guard usable.isEmpty else { return ((head + rows).joined(separator: "\n") + "\n", true) }
        let hidden = (head + rows.map { $0.replacing("# ", with: "", maxReplacements: 1) }).map { "  # \($0)" }
        return (hidden.joined(separator: "\n") + "\n", false)
    }

    /// Why a device cannot stand in the configuration.
    private func obstacle(_ device: FoundDevice, on url: DeviceURL) -> String? {
        if device.fits.isEmpty { return "speaks Modbus, and no profile fits: aftercare record makes one possible" }
        if url.serialLine != nil, !(1...247).contains(device.unit) {
            return "is no unit id for a serial line: give the device one from 1 to 247, then scan again"
        }
        return nil
    }

    /// How often every device of the line can be polled.
    private func interval(of devices: [FoundDevice], on url: DeviceURL) -> Milliseconds {
        let found = devices.compactMap { $0.fits.first.flatMap { profiles[$0.profile] } }
        let cost = url.serialLine.map { WireCost.rtu($0) } ?? .tcp()
        let sweep = found.reduce(0) { sum, profile in
            guard let map = profile.deviceMap else {
                // What a SunSpec device lists is not known here; ten blocks are a large one.
                return sum + 10 * cost.nanoseconds(function: .holdingRegisters, count: 60)
            }
            let requests = ReadPlan(map: map, cost: cost).requests
            let wire = requests.reduce(0) { $0 + cost.nanoseconds(function: $1.range.function, count: $1.range.count) }
            return sum + wire + requests.count * Int(profile.line.pause.count) * 1_000_000
        }
        let needed = Milliseconds(Int64(Double(sweep) / 1_000_000 / Self.share))
        let least = max(needed, found.map(\.line.minimumInterval).max() ?? .zero)
        return Self.intervals.first { $0 >= least } ?? Milliseconds.minutes(least.count / 60_000 + 1)
    }
}

/// Names that are each given once.
private struct Names {
    private var taken: Set<String> = []

    mutating func device(_ profile: String, _ unit: UInt8) -> String { free("\(profile)-\(unit)") }

    mutating func line(of url: DeviceURL) -> String {
        switch url {
        case .tcp(let host, _), .rtuTCP(let host, _): free("lan-" + identifier(host))
        case .rtu(let path, _): free("serial-" + identifier(path.split(separator: "/").last.map(String.init) ?? path))
        case .capture: free("capture")
        }
    }

    private mutating func free(_ name: String) -> String {
        let candidates = [name] + (2...1_000).map { "\(name)-\($0)" }
        let free = candidates.first { !taken.contains($0) } ?? name
        taken.insert(free)
        return free
    }

    /// Only what a name in the configuration may hold, and not more of it than a person reads.
    private func identifier(_ text: String) -> String {
        let plain = text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return String(plain.suffix(24)).split(separator: "-").joined(separator: "-").lowercased()
    }
}

/// A text in double quotes, as YAML and JSON write it.
private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}

/// What a device says about itself is not ours: nothing of it may end a comment.
private func comment(_ text: String) -> String {
    String(text.prefix(60).map { $0.isNewline || $0.unicodeScalars.allSatisfy { $0.value < 0x20 } ? " " : $0 })
}
