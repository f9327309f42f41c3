internal import Detection
internal import Telemetry
internal import Terms
internal import Ticketing

/// Which points of a device tell of its use.
struct UsageLayout: Sendable {
    /// A lifetime counter's point.
    struct CounterPoint: Sendable {
        var point: Int
        /// From the point's unit to whole watt-hours, or to thousandths of a cycle.
        var scale: Double

        /// The counter's reading in this very frame; nil where it was not read, or not well.
        func reading(of frame: borrowing SampleFrame) -> Int64? {
            let sample = frame.samples[point]
            guard case .good = sample.quality, sample.value.isFinite else { return nil }
            return Int64(exactly: (sample.value * scale).rounded())
        }
    }

    /// What a frame says of the time until the next one.
    struct Held: Sendable {
        /// Positions in `TemperatureBands`.
        var hottest: Int?
        var coldest: Int?
        /// Above 0 into the battery.
        var milliwatts: Int64?
        var milliamperes: Int64?

        /// What flows after `part` of a time, where it goes straight to what is held at the end of it.
        func moved(to end: Held, by part: Int64, of whole: Int64) -> Held {
            func middle(_ a: Int64?, _ b: Int64?) -> Int64? {
                guard let a, let b, whole > 0 else { return a }
                return a + (b - a) / whole * part + (b - a) % whole * part / whole
            }
            var held = self
            held.milliwatts = middle(milliwatts, end.milliwatts)
            held.milliamperes = middle(milliamperes, end.milliamperes)
            return held
        }
    }

    private(set) var charged: CounterPoint?
    private(set) var discharged: CounterPoint?
    private(set) var cycles: CounterPoint?
    private var power: Int?
    private var voltage: Int?
    private var current: Int?
    private var temperatures: [Int] = []
    /// mAh; nil where nobody has said what the pack holds.
    private(set) var capacity: Int64?
    /// Between two frames that count, and how long nobody may look without that being known as a gap.
    private(set) var longestGap = Self.shortestGap
    var longestUnwatched: Milliseconds { max(.seconds(30), longestGap + longestGap) }

    /// A time without frames counts up to so many polls, or this long where polls come fast.
    private static let polls: Int64 = 3
    private static let shortestGap = Milliseconds.seconds(15)

    /// Of a device of which nothing is known yet.
    init() {}

    init(_ device: WatchedDevice) {
        func point(_ signal: Signal) -> Int? { device.points.firstIndex { $0.signal == signal } }
        charged = Self.energy(device, ["energy.charged", "pack.energy.charged"])
        discharged = Self.energy(device, ["energy.discharged", "pack.energy.discharged"])
        cycles = device.points.firstIndex { $0.name == "pack.cycles" }.map { CounterPoint(point: $0, scale: 1_000) }
        power = point(.packPower)
        voltage = point(.packVoltage)
        current = point(.packCurrent)
        temperatures = device.points.indices.filter { device.points[$0].signal?.isCellTemperature ?? false }
        if temperatures.isEmpty {
            temperatures = [.packTemperatureMaximum, .packTemperatureMinimum].compactMap(point)
        }
        capacity = device.capacityAmpereHours.flatMap(UsageFlow.milli).flatMap { $0 > 0 ? $0 : nil }
        longestGap = max(Self.shortestGap, Milliseconds(device.interval.count * Self.polls))
    }

    private static func energy(_ device: WatchedDevice, _ names: [String]) -> CounterPoint? {
        for name in names {
            guard let point = device.points.firstIndex(where: { $0.name == name }) else { continue }
            switch device.points[point].unit {
            case "Wh": return CounterPoint(point: point, scale: 1)
            case "kWh": return CounterPoint(point: point, scale: 1_000)
            default: continue
            }
        }
        return nil
    }

    /// - Parameter samples: the newest reading of each point.
    func held(_ samples: Span<Sample>) -> Held {
        var held = Held()
        var (hottest, coldest) = (-Double.infinity, Double.infinity)
        for point in temperatures {
            guard case .good = samples[point].quality else { continue }
            let celsius = samples[point].value
            if celsius > hottest { hottest = celsius }
            if celsius < coldest { coldest = celsius }
        }
        held.hottest = TemperatureBands.position(of: hottest)
        held.coldest = TemperatureBands.position(of: coldest)
        let amperes = Self.value(samples, current)
        held.milliamperes = UsageFlow.milli(amperes)
        let watts = Self.value(samples, power)
        held.milliwatts = UsageFlow.milli(watts.isFinite ? watts : amperes * Self.value(samples, voltage))
        return held
    }

    private static func value(_ samples: Span<Sample>, _ point: Int?) -> Double {
        guard let point, case .good = samples[point].quality else { return .nan }
        return samples[point].value
    }
}

extension Signal {
    fileprivate var isCellTemperature: Bool { if case .cellTemperature = self { true } else { false } }
}
