internal import Detection
internal import Engine
internal import ServiceLevel
internal import Telemetry
internal import Terms
internal import Ticketing

/// Measures what a replay does after its file is read: frames in memory → detector → engine.
///
/// A pack of 16 cells, 4 probes, current and state of charge, a frame a second.
final class ReplayChain {
    private static let cells = 16
    private static let probes = 4
    private static let seconds = 256
    private static let framesPerRound = 100_000
    private static let rounds = 5

    private let rules: DetectionRules
    private let device: WatchedDevice
    private var frames: [SampleFrame]
    private var second = 0

    init(rules: DetectionRules) {
        self.rules = rules
        var points: [WatchedDevice.Point] = []
        for cell in 1...Self.cells {
            points.append(.init(name: "cell.\(cell).voltage", unit: "V", signal: .cellVoltage(cell)))
        }
        for probe in 1...Self.probes {
            points.append(.init(name: "cell.\(probe).temperature", unit: "°C", signal: .cellTemperature(probe)))
        }
        points.append(.init(name: "pack.current", unit: "A", signal: .packCurrent))
        points.append(.init(name: "pack.soc", unit: "%", signal: .packStateOfCharge))
        device = WatchedDevice(
            name: DeviceName("pack-1"), link: .lan, interval: .seconds(1), points: points, reports: [], rules: rules,
            capacityAmpereHours: 50)
        frames = []
        for second in 0..<Self.seconds { frames.append(frame(second)) }
    }

    /// A current that swings once in the recorded time, cells that follow it and differ by a millivolt or two.
    private func frame(_ second: Int) -> SampleFrame {
        var frame = SampleFrame(device: DeviceIndex(0), pointCount: device.points.count, stamp: stamp(0))
        frame.requests = 1
        let half = Self.seconds / 2
        let current = Double(abs(second - half) - half / 2) / 4
        func put(_ point: Int, _ value: Double, _ scale: Double) {
            let raw = UInt64(bitPattern: Int64((value / scale).rounded()))
            frame.samples[point] = Sample(value: value, raw: raw, quality: .good)
        }
        for cell in 0..<Self.cells {
            let millivolts = 3_300 + Int(current) + (second * 7 + cell * 5) % 3
            put(cell, Double(millivolts) / 1_000, 0.001)
        }
        for probe in 0..<Self.probes { put(Self.cells + probe, 25 + Double(probe) / 10, 0.1) }
        put(Self.cells + Self.probes, current, 0.1)
        put(Self.cells + Self.probes + 1, 50, 1)
        return frame
    }

    /// Prints the figures; whether a frame allocates nothing.
    func run() throws -> Bool {
        var detector = DeviceDetector(device, active: [], at: stamp(0).boottime)
        var transitions: [AlarmTransition] = []
        let detection = Figures(of: "frames → detector", Self.rounds) {
            each { detector.observe($0, &transitions) }
        }
        var proposals = 0
        var engine = makeEngine()
        let name = device.name
        second = 0
        let whole = Figures(of: "frames → detector → engine", Self.rounds) {
            each { frame in if engine.observe(frame, of: name) != nil { proposals += 1 } }
        }
        print("replay of 16 cells, 4 probes, current and charge from memory:")
        for figures in [detection, whole] {
            let usual = Double(figures.medianNanoseconds) / Double(Self.framesPerRound)
            let best = Double(figures.bestNanoseconds) / Double(Self.framesPerRound)
            print("  \(figures.name): median \(Int(usual.rounded())) ns a frame (best \(Int(best.rounded()))), "
                + "\((Double(Self.cells) / usual * 10_000).rounded() / 10) million cell samples/s a core, "
                + "\(figures.allocations) allocations")
        }
        print("  alarms \(transitions.count), facts proposed \(proposals)\n")
        return detection.allocations == 0 && whole.allocations == 0
    }

    private func each(_ body: (borrowing SampleFrame) -> Void) {
        for _ in 0..<Self.framesPerRound {
            second += 1
            let index = second % Self.seconds
            frames[index].stamp = stamp(second)
            body(frames[index])
        }
    }

    private func makeEngine() -> SiteEngine {
        let policy = SupportPolicy(
            name: "bench", version: 1, documentHash: "", rules: [:], reopenWindow: .days(30),
            lateEntryTolerance: .minutes(15))
        let expected = ExpectedDevice(
            name: device.name, profile: "bench", link: .lan, interval: .seconds(1), rules: rules)
        var engine = SiteEngine(
            site: SiteID("bench"), zone: "UTC", authorisation: nil,
            documents: PromiseDocuments(current: Promise(policy: policy)), history: [],
            devices: [expected], at: stamp(0))
        engine.introduce(device, profile: "bench", serial: nil, at: stamp(0))
        return engine
    }
}
