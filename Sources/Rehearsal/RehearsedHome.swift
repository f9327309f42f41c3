internal import Detection
internal import Engine
internal import Telemetry
internal import Terms

/// Two packs on one line and an inverter on another: made-up readings without physics, and faults that are real to
/// detection.
struct RehearsedHome {
    static let packs = ["pack-1", "pack-2"]
    static let inverter = "inverter"
    static let lines = ["packs", "lan"]
    static let cells = 4
    static let probes = 3

    let devices: [RehearsedDevice]
    private let seed: UInt64

    init(rules: DetectionRules, seed: UInt64) {
        self.seed = seed
        devices =
            Self.packs.enumerated().map { RehearsedDevice(pack: $1, unit: $0 + 1, rules) }
            + [RehearsedDevice(inverter: Self.inverter, rules)]
    }

    /// Reads a device into its frame: what it tells, or nothing.
    ///
    /// - Parameter troubles: the happenings that befall the device or its line now.
    func read(_ device: RehearsedDevice, at now: Milliseconds, _ troubles: [Happening], into frame: inout SampleFrame) {
        frame.requests = 1
        frame.failedRequests = 0
        let has = { (kind: Happening.Kind) in troubles.contains { $0.kind == kind } }
        let failsNow = has(.timeouts) && now.count / 1_000 % 2 == 0
        guard !has(.lineDown), !failsNow else {
            frame.clear()
            frame.ask(Array(frame.samples.indices))
            return
        }
        // A device that is stuck tells its last frame once more.
        if has(.stuck), frame.samples[0].quality == .good { return }
        if device.isPack {
            readPack(now, troubles, device, into: &frame)
        } else {
            readInverter(now, troubles, into: &frame)
        }
        for trouble in troubles { distort(&frame, by: trouble.kind, device) }
    }

    private func readPack(
        _ now: Milliseconds, _ troubles: [Happening], _ device: RehearsedDevice, into frame: inout SampleFrame
    ) {
        // Charges for twelve hours and discharges for twelve, 5 A of 100 Ah.
        let hours = Double(now.count % 86_400_000) / 3_600_000
        let isCharging = hours < 12
        let percent = isCharging ? 20 + 5 * hours : 140 - 5 * hours
        let amperes = isCharging ? 5.0 : -5.0
        func noise(_ place: Int) -> Double { Dice.noise(seed, now, device.unit * 32 + place) }
        for cell in 0..<Self.cells {
            let volts = 3.26 + percent / 1_000 + amperes / 1_000 + noise(cell) / 1_000
            frame.set(cell, volts, scale: 1_000)
        }
        for probe in 0..<Self.probes { frame.set(Self.cells + probe, 25 + noise(8 + probe) / 5, scale: 10) }
        frame.set(device.current, amperes + noise(16) / 20, scale: 1_000)
        frame.set(device.charge, percent, scale: 10)
        let reports: UInt64 = troubles.contains { $0.kind == .protectionBit } ? 1 : 0
        frame.samples[device.word] = Sample(value: Double(reports), raw: reports, quality: .good)
        for trouble in troubles {
            switch trouble.kind {
            case .overVoltage: frame.set(2, 3.72 + noise(2) / 1_000, scale: 1_000)
            case .underVoltage: frame.set(0, 2.60 + noise(0) / 1_000, scale: 1_000)
            case .overTemperature: frame.set(Self.cells + 1, 67 + noise(9) / 5, scale: 10)
            case .cellDrift: frame.set(3, frame.samples[3].value - 0.2, scale: 1_000)
            default: continue
            }
        }
    }

    private func readInverter(_ now: Milliseconds, _ troubles: [Happening], into frame: inout SampleFrame) {
        let isHot = troubles.contains { $0.kind == .inverterHot }
        frame.set(0, (isHot ? 96 : 45) + Dice.noise(seed, now, 1), scale: 100)
        let bits = troubles.reduce(UInt64(0)) { bits, trouble in
            bits | (trouble.kind == .protectionBit ? 1 : trouble.kind == .gridBit ? 2 : 0)
        }
        frame.samples[1] = Sample(value: Double(bits), raw: bits, quality: .good)
        frame.set(2, Double(now.count / 1_000), scale: 1)
    }

    /// What the wire makes of a good answer.
    private func distort(_ frame: inout SampleFrame, by kind: Happening.Kind, _ device: RehearsedDevice) {
        // Bits stand in one word, and what a marker means to them the profile says: they are not read then.
        let values = frame.samples.indices.filter { $0 != device.word }
        switch kind {
        case .zeros: for point in values { frame.set(point, 0, scale: 1) }
        case .sentinel:
            for point in values { frame.set(point, point < Self.cells && device.isPack ? 65.535 : 3_276.7, scale: 10) }
            frame.samples[device.word] = .bad
        case .swappedWords:
            let point = device.isPack ? device.current : 0
            frame.set(point, frame.samples[point].value * 65_536, scale: 1)
        case .jump:
            frame.set(0, device.isPack ? 4.4 : 180, scale: 1_000)
            if device.isPack { frame.set(Self.cells, 120, scale: 10) }
        default: return
        }
    }
}

extension SampleFrame {
    fileprivate mutating func set(_ point: Int, _ value: Double, scale: Double) {
        samples[point] = Sample(value: value, raw: UInt64(bitPattern: Int64(value * scale)), quality: .good)
    }
}

/// One device as the configuration and its own description tell it.
struct RehearsedDevice {
    let name: DeviceName
    let line: String
    let unit: Int
    let isPack: Bool
    let watched: WatchedDevice
    let expected: ExpectedDevice
    /// Its points: the current and the state of charge of a pack, and the word with the bits.
    let current = RehearsedHome.cells + RehearsedHome.probes
    let charge = RehearsedHome.cells + RehearsedHome.probes + 1
    let word: Int

    var serial: String { "S-\(name)" }
    /// Of its profile.
    static let profile = "rehearsed"
    /// What the bits are called: bit 0 is a protection, bit 1 the grid.
    static let reports = ["rehearsed.protection", "rehearsed.grid"]

    init(pack name: String, unit: Int, _ rules: DetectionRules) {
        let cells = (1...RehearsedHome.cells).map { ("cell.\($0).voltage", "V") }
        let probes = (1...RehearsedHome.probes).map { ("cell.\($0).temperature", "°C") }
        self.init(
            name, line: RehearsedHome.lines[0], unit: unit,
            points: cells + probes + [("pack.current", "A"), ("pack.soc", "%"), ("pack.alarms", "")], word: 9, rules)
    }

    init(inverter name: String, _ rules: DetectionRules) {
        self.init(
            name, line: RehearsedHome.lines[1], unit: 1,
            points: [("inverter.temperature", "°C"), ("inverter.alarms", ""), ("device.heartbeat", "")], word: 1,
            rules)
    }

    private init(
        _ name: String, line: String, unit: Int, points: [(name: String, unit: String)], word: Int,
        _ rules: DetectionRules
    ) {
        self.name = DeviceName(name)
        self.line = line
        self.unit = unit
        self.word = word
        isPack = name != RehearsedHome.inverter
        watched = WatchedDevice(
            name: self.name, link: .lan, interval: .seconds(1),
            points: points.map { .init(name: $0.name, unit: $0.unit, signal: Signal(pointName: $0.name)) },
            reports: [
                .init(
                    point: word, condition: .bitSet(0), code: Self.reports[0], fault: FaultCode(Self.reports[0]),
                    title: "Protection", consequence: "It stops.", severity: .protection, routing: .k1),
                .init(
                    point: word, condition: .bitSet(1), code: Self.reports[1], fault: FaultCode(Self.reports[1]),
                    title: "Grid", consequence: "It waits.", severity: .warning, routing: .k4),
            ], rules: rules, capacityAmpereHours: 100)
        expected = ExpectedDevice(
            name: self.name, profile: Self.profile, link: .lan, interval: .seconds(1), rules: rules, line: line,
            unit: unit)
    }
}
