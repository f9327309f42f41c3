import Detection
import Telemetry
import Terms

/// Rules with the shipped numbers that these tests rely on, so that a change of the shipped file changes no test.
let lfp = DetectionRules(
    alarms: [
        .cellVoltageHigh: rule(3.60, deadBand: 0.03, onDelay: 2, reads: 3),
        .cellVoltageLow: rule(2.80, deadBand: 0.05, onDelay: 2, reads: 3),
        .packVoltageHigh: rule(3.60, deadBand: 0.03, onDelay: 2, reads: 3),
        .packVoltageLow: rule(2.80, deadBand: 0.05, onDelay: 2, reads: 3),
        .cellTemperatureHigh: rule(60, charging: 55, deadBand: 5, onDelay: 0, reads: 2, routing: .k0),
        .cellTemperatureLow: rule(-20, charging: 0, deadBand: 2, onDelay: 10, reads: 3),
        .packTemperatureHigh: rule(60, charging: 55, deadBand: 5, onDelay: 0, reads: 2, routing: .k0),
        .inverterTemperatureHigh: rule(90, deadBand: 5, onDelay: 60, reads: 3),
        .temperatureRise: rule(1, deadBand: 0, onDelay: 0, reads: 2, routing: .k0),
        .probeDead: rule(5, deadBand: 0, onDelay: 900, offDelay: 3_600, reads: 3, routing: .k2),
        .thermal: rule(8, deadBand: 2, onDelay: 60, offDelay: 600, reads: 2, routing: .k2),
        .hardShort: rule(0.120, deadBand: 0, onDelay: 0, offDelay: 3_600, reads: 1, routing: .k0),
        .resistance: rule(0.028, deadBand: 0, onDelay: 180, offDelay: 3_600, reads: 1, routing: .k2),
        .baselineShift: rule(0.005, deadBand: 0, onDelay: 480, offDelay: 3_600, reads: 1, routing: .k2),
        .softShort: rule(0.010, deadBand: 0, onDelay: 600, offDelay: 3_600, reads: 1, routing: .k2),
        .cellFade: rule(0.010, deadBand: 0, onDelay: 600, offDelay: 3_600, reads: 1, routing: .k2),
        .packFade: rule(70, deadBand: 3, onDelay: 0, offDelay: 0, reads: 1, routing: .k2),
        .balancing: rule(0.050, deadBand: 0, onDelay: 0, offDelay: 0, reads: 1, routing: .k2),
        .stuckChannel: rule(0.012, deadBand: 0, onDelay: 900, offDelay: 0, reads: 1, routing: .k2),
        .senseWire: rule(0.7, deadBand: 0, onDelay: 600, offDelay: 3_600, reads: 1, routing: .k2),
        .socJump: rule(5, deadBand: 0, onDelay: 0, reads: 1, routing: .k2),
        .frozenData: rule(0, deadBand: 0, onDelay: 900, reads: 3, routing: .k4),
        .dataLost: rule(0, deadBand: 0, onDelay: 30, offDelay: 10, reads: 1, routing: .k3),
    ],
    classes: [:], deviceAlarmTiming: AlarmTiming(onDelay: .zero, offDelay: .seconds(30), reads: 2),
    integrity: IntegrityRules(
        temperatureStep: 5, temperatureConfirmations: 2, cellVoltageStep: 0.06, cellVoltageConfirmations: 3,
        gap: .minutes(2), restartReads: 10, restartTime: .minutes(2)),
    rise: TemperatureRiseRule(window: .seconds(3), above: 45, aboveMedian: 15, slowestInterval: .seconds(2)),
    cells: CellRules(
        possible: 1.5...4.6, edges: [3.10, 3.20, 3.29, 3.34, 3.38, 3.43, 3.48], plateau: 3.20...3.38, restRate: 0.01,
        scatterFactor: 2.5, lead: 2.5, kneeShare: 0.5, kneeLevel: 0.060, warmUp: .minutes(30), settled: .hours(22),
        memory: .days(3), pull: 0.003, catchUp: 20, peers: 0, ownMilliohmAmpereHours: 50,
        lasting: CellRules.LastingShiftRule(
            limit: 0.003, lead: 2.5, memory: .hours(1), onDelay: .minutes(30), quiet: 0.001, largestRate: 0.1),
        excess: CellRules.ExcessResistanceRule(
            milliohmAmpereHours: 300, sigmas: 5, memory: .hours(3), onDelay: .minutes(20)),
        wire: CellRules.SenseWireRule(variance: 8, ratio: 3, memory: .minutes(10))), pack: packRules)

let packRules = PackRules(
    probes: PackRules.Probes(possible: -39.5...250, standing: .hours(2)),
    capacity: PackRules.Capacity(
        full: 97, empty: 10, rest: .minutes(30), apart: 40, longest: .hours(36), windows: 3, memory: .days(90),
        plausible: 20...150),
    balancing: PackRules.Balancing(above: 3.38, leads: .minutes(5), charges: 8, apart: .hours(6)))

private func rule(
    _ limit: Double, charging: Double? = nil, deadBand: Double, onDelay: Int64, offDelay: Int64 = 30, reads: Int,
    routing: Routing = .k1
) -> AlarmRule {
    AlarmRule(
        limit: limit, chargingLimit: charging, deadBand: deadBand,
        timing: AlarmTiming(onDelay: .seconds(onDelay), offDelay: .seconds(offDelay), reads: reads),
        severity: .protection, routing: routing)
}

/// A pack of eight cells on the bench: readings go in at a time of the test's choice, alarms come out.
struct Bench {
    static let cells = 8
    private static let voltage = 0
    private static let current = cells * 2
    private static let charge = cells * 2 + 1
    private static let total = cells * 2 + 2
    private static let word = cells * 2 + 3
    private static let heartbeat = cells * 2 + 4
    private static let mask = cells * 2 + 5
    private static let pointCount = cells * 2 + 6

    private(set) var second = 0.0
    /// `cellTemperatureHigh/3 raised at 12`, in order.
    private(set) var told: [String] = []
    private(set) var explanations: [String] = []
    var volts = [Double](repeating: 3.30, count: cells)
    var celsius = [Double](repeating: 25, count: cells)
    var amperes = 0.0
    var percent = 50.0
    var bits: UInt64 = 0
    /// Which cells are balanced, bit 0 for cell 1.
    var balanced: UInt64 = 0
    var qualities: [Int: Quality] = [:]
    var beats = true
    private var beat: UInt64 = 0
    private var frame: SampleFrame
    private let box: Box

    /// A detector cannot be copied, a bench can: it holds its detector by reference.
    private final class Box {
        var detector: DeviceDetector
        init(_ detector: consuming DeviceDetector) { self.detector = detector }
    }

    /// - Parameter capacity: Ah that the pack is rated for.
    init(
        interval: Int64 = 1_000, capacity: Double? = nil, tellsBalancing: Bool = false, active: Set<AlarmPlace> = []
    ) {
        let points = (0..<Self.pointCount).map { index -> WatchedDevice.Point in
            switch index {
            case ..<Self.cells: .init(name: "cell.\(index + 1).voltage", unit: "V", signal: .cellVoltage(index + 1))
            case ..<Self.current:
                .init(
                    name: "cell.\(index - Self.cells + 1).temperature", unit: "°C",
                    signal: .cellTemperature(index - Self.cells + 1))
            case Self.current: .init(name: "pack.current", unit: "A", signal: .packCurrent)
            case Self.charge: .init(name: "pack.soc", unit: "%", signal: .packStateOfCharge)
            case Self.total: .init(name: "pack.voltage", unit: "V", signal: .packVoltage)
            case Self.word: .init(name: "alarms", unit: "", signal: nil)
            case Self.mask: .init(name: "pack.balancing", unit: "", signal: tellsBalancing ? .balancingMask : nil)
            default: .init(name: "device.heartbeat", unit: "", signal: .heartbeat)
            }
        }
        let reports = (0..<16).map { bit in
            WatchedDevice.Report(
                point: Self.word, condition: .bitSet(bit), code: "maker.\(bit)", fault: FaultCode("maker.\(bit)"),
                title: "bit \(bit)", consequence: "Nothing.", severity: .protection, routing: .k1)
        }
        let device = WatchedDevice(
            name: DeviceName("pack-1"), link: .lan, interval: Milliseconds(interval), points: points,
            reports: reports, rules: lfp, capacityAmpereHours: capacity)
        box = Box(DeviceDetector(device, active: active, at: Boottime(nanoseconds: 0)))
        frame = SampleFrame(device: DeviceIndex(0), pointCount: Self.pointCount, stamp: Self.stamp(0))
    }

    private static func stamp(_ second: Double) -> Stamp {
        let nanoseconds = Int64(second * 1_000_000_000)
        return Stamp(
            boot: BootID(high: 1, low: 1), boottime: Boottime(nanoseconds: nanoseconds),
            wall: Instant(milliseconds: 1_800_000_000_000 + nanoseconds / 1_000_000), trust: .synced)
    }

    /// Reads `count` frames, `interval` seconds apart.
    mutating func read(_ count: Int = 1, every interval: Double = 1, change: (inout Bench) -> Void = { _ in }) {
        for _ in 0..<count {
            second += interval
            change(&self)
            fill()
            var transitions: [AlarmTransition] = []
            box.detector.observe(frame, &transitions)
            note(transitions)
        }
    }

    func isHeldBack(cell: Int) -> Bool { box.detector.heldBack.contains(Self.voltage + cell - 1) }

    /// Lets time pass in silence, looked at every second; with `asking`, requests go out and fail.
    mutating func silence(_ seconds: Int, asking: Bool = false) {
        for _ in 0..<seconds {
            second += 1
            var transitions: [AlarmTransition] = []
            if asking {
                frame.clear()
                frame.requests = 2
                frame.failedRequests = 2
                frame.stamp = Self.stamp(second)
                box.detector.observe(frame, &transitions)
            }
            box.detector.tick(Self.stamp(second), &transitions)
            note(transitions)
        }
    }

    private mutating func fill() {
        frame.stamp = Self.stamp(second)
        frame.requests = 2
        frame.failedRequests = 0
        if beats { beat += 1 }
        for cell in 0..<Self.cells {
            put(Self.voltage + cell, volts[cell], 1_000)
            put(Self.cells + cell, celsius[cell], 10)
        }
        put(Self.current, amperes, 10)
        put(Self.charge, percent, 10)
        put(Self.total, volts.reduce(0, +), 100)
        frame.samples[Self.word] = Sample(value: Double(bits), raw: bits, quality: .good)
        frame.samples[Self.mask] = Sample(value: Double(balanced), raw: balanced, quality: .good)
        frame.samples[Self.heartbeat] = Sample(value: Double(beat), raw: beat, quality: .good)
        for (point, quality) in qualities { frame.samples[point].quality = quality }
    }

    /// What a probe's point is worth from now on.
    mutating func doubt(probe: Int, _ quality: Quality?) { qualities[Self.cells + probe - 1] = quality
    }

    private mutating func put(_ point: Int, _ value: Double, _ scale: Double) {
        let raw = UInt64(bitPattern: Int64((value * scale).rounded()))
        frame.samples[point] = Sample(value: value, raw: raw, quality: .good)
    }

    private mutating func note(_ transitions: [AlarmTransition]) {
        for transition in transitions {
            let place = transition.place.map { "/\($0)" } ?? ""
            let kind =
                switch transition.kind {
                case .raised: "raised"
                case .chattering: "chattering"
                case .cleared: "cleared"
                }
            told.append("\(transition.alarm)\(place) \(kind) at \(Int(second))")
            explanations.append(transition.explanation)
        }
    }
}
