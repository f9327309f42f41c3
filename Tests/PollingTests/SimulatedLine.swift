import DeviceProfiles
import Terms

@testable import Polling

/// A serial line of battery packs in virtual time, driven as its owner drives it: schedule, time-outs, and the silence
/// after a failure.
struct SimulatedLine: ~Copyable {
    struct Sweep {
        let start: Int64
        let device: Int
        /// Requests that gave a value.
        let values: Int
    }

    /// What a device does with a question; nil: it stays silent.
    typealias Answer = (_ device: Int, _ request: Int, _ now: Int64) -> Int64?

    private(set) var now: Int64 = 0
    private(set) var sweeps: [Sweep] = []
    private(set) var requests: [(time: Int64, device: Int, request: Int)] = []
    private(set) var verifications: [Int64] = []
    private var schedule: LineSchedule
    private var timeouts = LineTimeouts()
    private let blocks: [RegisterRange]
    private let cost: WireCost
    private var open: (start: Int64, values: Int)?

    /// - Parameters:
    ///   - turnAround: nanoseconds
    ///   - identified: Devices that are known at the start; the others were never heard.
    init(
        devices: Int, identified: [Int], interval: Milliseconds, blocks: [RegisterRange], turnAround: Int = 20_000_000
    ) {
        cost = .rtu(SerialSettings(), turnAround: turnAround)
        self.blocks = blocks
        schedule = LineSchedule(
            intervals: Array(repeating: interval, count: devices), start: Boottime(nanoseconds: 0), seed: 1)
        for device in 0..<devices {
            timeouts.add(unit: UInt8(device), bounds: AdaptiveTimeout.Bounds(start: .seconds(1)))
        }
        for device in identified {
            schedule.identified(
                device: device, requestIntervals: blocks.map { _ in nil }, at: Boottime(nanoseconds: 0))
        }
    }

    /// Runs until a moment in milliseconds.
    mutating func run(until end: Int64, answer: Answer) {
        while now < end * 1_000_000 {
            switch schedule.next(at: Boottime(nanoseconds: now)) {
            case .idle: return
            case .wait(let instant): now = instant.nanoseconds
            case .identify(let device):
                guard ask(device, 0, answer) else {
                    schedule.notIdentified(device: device, at: Boottime(nanoseconds: now))
                    continue
                }
                schedule.identified(
                    device: device, requestIntervals: blocks.map { _ in nil }, at: Boottime(nanoseconds: now))
            case .verify(let device):
                verifications.append(now)
                guard ask(device, 0, answer) else {
                    schedule.notIdentified(device: device, at: Boottime(nanoseconds: now))
                    continue
                }
                schedule.verified(device: device, at: Boottime(nanoseconds: now))
            case .ask(let device, let request):
                if open == nil { open = (now, 0) }
                requests.append((now / 1_000_000, device, request))
                if ask(device, request, answer) {
                    open?.values += 1
                    schedule.answered(device: device)
                } else {
                    schedule.silent(device: device, mayRetry: true)
                }
            case .deliver(let device):
                let (start, values) = open ?? (now, 0)
                open = nil
                sweeps.append(Sweep(start: start / 1_000_000, device: device, values: values))
                if values == 0 { timeouts.gaveUp(UInt8(device)) }
                schedule.delivered(device: device, wasHeard: values > 0, at: Boottime(nanoseconds: now))
            }
        }
    }

    /// Whether an answer came in time. After a time-out the line stays silent for as long again.
    private mutating func ask(_ device: Int, _ request: Int, _ answer: Answer) -> Bool {
        let timeout = timeouts.timeout(of: UInt8(device)) ?? .seconds(1)
        let range = blocks[request]
        if let delay = answer(device, request, now / 1_000_000), delay <= timeout.count {
            now += Int64(cost.nanoseconds(function: range.function, count: range.count) - cost.turnAround)
            now += delay * 1_000_000
            timeouts.answered(UInt8(device), after: Int(delay) * 1_000_000)
            return true
        }
        now += 2 * timeout.count * 1_000_000
        timeouts.timedOut(UInt8(device))
        return false
    }
}
