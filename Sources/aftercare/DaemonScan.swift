internal import Commissioning
internal import DeviceProfiles
internal import Gateway
internal import Modbus
internal import Polling

/// What the running daemon owns, and what it tells about its devices: a scan must not speak on its lines.
struct DaemonScan {
    private let client: ControlClient
    private let lines: [OwnedLine]

    init(_ client: ControlClient) throws {
        self.client = client
        lines = try client.ownedLines()
    }

    /// Whether the daemon uses this place.
    func owns(_ target: ScanTarget) -> Bool { line(at: target) != nil }

    /// The devices at those of the places that the daemon uses.
    func findings(of targets: [ScanTarget]) throws -> [ScanFinding] {
        try targets.compactMap { target in
            guard let (line, url) = line(at: target) else { return nil }
            let devices = try line.units.compactMap { try device(url, unit: $0) }
            return ScanFinding(target, url: url, devices: devices, faults: [.ownedByDaemon])
        }
    }

    private func line(at target: ScanTarget) -> (line: OwnedLine, url: DeviceURL)? {
        for line in lines {
            // A daemon of another version may have kinds of lines that this program does not know.
            guard let url = try? DeviceURL(text: line.url) else { continue }
            switch (target, url) {
            case (.endpoint(let host, let port, _), .tcp(let own, let ownPort)),
                (.endpoint(let host, let port, _), .rtuTCP(let own, let ownPort)):
                if host.lowercased() == own.lowercased(), port == ownPort { return (line, url) }
            case (.serial(let path), .rtu(let own, _)):
                if SerialPorts.realPath(path) == SerialPorts.realPath(own) { return (line, url) }
            case (_, _): continue
            }
        }
        return nil
    }

    /// What the daemon reads of a unit; nil where it is silent.
    private func device(_ url: DeviceURL, unit: Int) throws -> FoundDevice? {
        guard let number = UInt8(exactly: unit),
            case .reading(let document) = try client.ask(.read(url: url.description, unit: unit, profile: "auto"))
        else { return nil }
        let told = document.device
        let fit = FoundDevice.Fit(
            profile: told.profile, title: told.title, status: ProfileStatus(rawValue: told.status) ?? .unverified,
            isCertain: true)
        let texts = told.texts.sorted { $0.key < $1.key }.map { DeviceText(name: $0.key, text: $0.value) }
        return FoundDevice(unit: number, fits: [fit], texts: texts)
    }
}
