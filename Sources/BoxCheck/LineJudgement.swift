package import Gateway

/// A serial port as it can be seen without opening it.
package struct PortSigns: Sendable, Equatable {
    /// A process that has it open.
    package struct Holder: Sendable, Equatable {
        package var process: Int32
        package var name: String

        package init(process: Int32, name: String) {
            self.process = process
            self.name = name
        }
    }

    package var path: String
    /// Nil where there is nothing.
    package var file: FileSigns?
    /// The ports that there are.
    package var available: [String]
    /// Whether a terminal driver has it; nil where the machine does not tell.
    package var isTerminal: Bool?
    package var holders: [Holder]
    /// Whether all processes could be looked into: only root can.
    package var sawAllProcesses: Bool
    /// A path to it that survives a new plug; the path itself where there is none.
    package var stablePath: String

    package init(
        path: String, file: FileSigns?, available: [String] = [], isTerminal: Bool? = true, holders: [Holder] = [],
        sawAllProcesses: Bool = true, stablePath: String
    ) {
        self.path = path
        self.file = file
        self.available = available
        self.isTerminal = isTerminal
        self.holders = holders
        self.sawAllProcesses = sawAllProcesses
        self.stablePath = stablePath
    }
}

/// Who will open the port, as far as it is known.
package struct PortUser: Sendable, Equatable {
    /// What is known of its process.
    package enum Process: Sendable, Equatable {
        /// It does not run.
        case absent
        case known(Int32)
        /// It runs and does not tell: any process of this name may be it.
        case named(String)
    }

    package var account: Account
    package var process: Process

    package init(account: Account, process: Process = .absent) {
        self.account = account
        self.process = process
    }
}

/// Whether a serial line can be opened.
package func judgePort(_ port: PortSigns, line: String, user: PortUser) -> [Finding] {
    let area = Finding.Area.lines
    guard let file = port.file else {
        let there = port.available.isEmpty ? "no serial port is there at all" : "these ports are there"
        return [
            area.trouble(
                "port", of: line, "\(port.path) is not there; \(there)", details: port.available,
                remedy: "Plug the adapter in, or write the port's true name into gateway.yaml. The kernel says what "
                    + "it saw:", "sudo dmesg | grep -i tty | tail", "aftercare scan")
        ]
    }
    guard file.kind == .characterDevice, port.isTerminal ?? true else {
        return [
            area.trouble(
                "port", of: line, "\(port.path) is no serial port", details: port.available,
                remedy: "Write the port's true name into gateway.yaml; this finds it:", "aftercare scan")
        ]
    }
    var findings: [Finding] = []
    if port.stablePath != port.path {
        findings.append(area.warning(
                "port", of: line, "\(port.path) may be another port after the next plug",
                remedy: "Write this name into gateway.yaml: \(port.stablePath)", "sudo systemctl reload aftercare"))
    } else {
        findings.append(area.ok("port", of: line, "\(port.path) is there"))
    }
    return findings + [judgeRights(port, file, line, user.account), judgeHolders(port, line, user)]
}

private func judgeRights(_ port: PortSigns, _ file: FileSigns, _ line: String, _ account: Account) -> Finding {
    let area = Finding.Area.lines
    guard !file.allows(account, 6) else { return area.ok("permission", of: line, "\(account.name) may open it") }
    let group = Account.nameOfGroup(file.group)
    let words = "\(account.name) may not open \(port.path) (\(file.description))"
    guard file.group != 0, file.mode >> 3 & 6 == 6 else {
        return area.trouble(
            "permission", of: line, words,
            remedy: "No group may open it: something changed its rights. Plug the adapter in again, or set them.",
            "sudo chgrp dialout \(quoted(port.path))", "sudo chmod 660 \(quoted(port.path))")
    }
    return area.trouble(
        "permission", of: line, words, remedy: "Add the user to the group \(group), then start the daemon anew.",
        "sudo usermod --append --groups \(group) \(quoted(account.name))", "sudo systemctl restart aftercare")
}

private func judgeHolders(_ port: PortSigns, _ line: String, _ user: PortUser) -> Finding {
    let area = Finding.Area.lines
    let others = port.holders.filter { holder in
        switch user.process {
        case .absent: true
        case .known(let process): holder.process != process
        case .named(let name): holder.name != name
        }
    }
    if let first = others.first {
        let names = others.map { "\($0.name) (process \($0.process))" }.joined(separator: ", ")
        return area.trouble(
            "held", of: line, "\(names) has \(port.path) open: two masters spoil each other's answers",
            remedy: "End that program, or give it another port.", "sudo kill \(first.process)")
    }
    if port.holders.isEmpty, !port.sawAllProcesses {
        return area.skipped("held", of: line, "only root sees who has a port open; use sudo")
    }
    return area.ok("held", of: line, port.holders.isEmpty ? "nobody has it open" : "the daemon alone has it open")
}

/// What a try to reach a host came to.
package enum HostSigns: Sendable, Equatable {
    /// The numeric address that took the connection.
    case connects(address: String)
    /// The name has no address, and why.
    case unresolved(String)
    /// There was no answer within the seconds.
    case silent(seconds: Int)
    /// The host lives, and nobody listens there.
    case refused
    /// What the system says.
    case failed(String)

    /// What is wrong; nil where nothing is.
    var trouble: String? {
        switch self {
        case .connects: nil
        case .unresolved(let why): "the name has no address: \(why)"
        case .silent(let seconds): "no answer within \(seconds) s"
        case .refused: "the host is there, and nobody listens on that port"
        case .failed(let why): why
        }
    }
}

/// Whether a device or gateway on the network can be reached.
package func judgeEndpoint(_ signs: HostSigns, line: String, host: String, port: Int) -> Finding {
    let area = Finding.Area.lines
    let place = "\(host):\(port)"
    guard let trouble = signs.trouble else { return area.ok("connection", of: line, "\(place) takes connections") }
    let words = "\(place): \(trouble)"
    let scan = "aftercare scan --tcp \(quoted(place))"
    switch signs {
    case .unresolved:
        return area.trouble(
            "connection", of: line, words,
            remedy: "Write the address in numbers into gateway.yaml, or set the name right in the router.",
            "getent hosts \(quoted(host))")
    case .refused:
        return area.trouble(
            "connection", of: line, words,
            remedy: "Switch Modbus TCP on in the device's settings, and check the port. Some devices take one "
                + "connection only: end the other program.", scan)
    case .silent, .failed, .connects:
        return area.trouble(
            "connection", of: line, words,
            remedy: "Check the device's power, its network cable, and its address in the router.",
            "ping -c 3 \(quoted(host))", scan)
    }
}

/// Below this share of answered requests, in percent, something is wrong with a line.
private let soundPercent = 99.0

/// How the devices of a line do, as the daemon that polls them says.
///
/// - Parameter report: nil where the daemon does not know the line.
package func judgeHealth(_ report: LineReport?, line: String) -> [Finding] {
    let area = Finding.Area.lines
    guard let report else {
        return [
            area.warning(
                "devices", of: line, "the daemon does not know this line: it runs with an older configuration",
                remedy: "Let it read the configuration again.", "sudo systemctl reload aftercare")
        ]
    }
    var findings = report.devices.map { judge($0, report) }
    if report.isHeldUp {
        findings.append(area.warning(
                "figures", of: line, "they are \(duration(seconds: report.ageSeconds ?? 0)) old: the line waits",
                remedy: "A device holds the line up. See which:", "aftercare lines"))
    }
    return findings
}

private func judge(_ device: LineReport.Device, _ report: LineReport) -> Finding {
    let area = Finding.Area.lines
    let unit = report.unit(device.unit)
    let last = unit?.failures.first.map { "\($0.count) × \($0.meaning)" }
    let place = "unit \(device.unit) on \(report.line)"
    let since = device.silentSeconds.map { " for \(duration(seconds: $0))" } ?? ""
    let why = device.trouble ?? last
    switch device.state {
    case .starting: return area.skipped("device", of: device.device, "\(place): asked for the first time; look again")
    case .unidentified:
        return area.trouble(
            "device", of: device.device, "\(place) was never identified\(since)", details: why.map { [$0] } ?? [],
            remedy: "Check power, cable, baud rate and unit number; this finds what is on the line:",
            "aftercare scan", "aftercare lines")
    case .silent:
        return area.trouble(
            "device", of: device.device, "\(place) has been silent\(since)", details: why.map { [$0] } ?? [],
            remedy: "Check its power and its cable; then see how the line does.", "aftercare lines")
    case .polled:
        guard let percent = unit?.answeredPercent, percent < soundPercent else {
            return area.ok("device", of: device.device, "\(place) answers")
        }
        return area.warning(
            "device", of: device.device, "\(place) answers \(oneDecimal(percent)) % of the requests",
            details: last.map { [$0] } ?? [],
            remedy: "Check cable, terminating resistors and whether another master is on the line.", "aftercare lines")
    }
}

/// One digit behind the point, cut.
func oneDecimal(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded(.down))
    return "\(tenths / 10).\(abs(tenths % 10))"
}
