internal import Telemetry
internal import Terms

/// Finds a temperature probe that is dead: it tells what no probe can, or it stands still while the others move.
///
/// Probes of whole degrees stand for hours while the others move by one or two: that is healthy. What all of them do at
/// once is the device's business, and a reading that fails says nothing.
struct ProbeLifeWatch {
    /// What is wrong with it.
    enum Death: Equatable {
        /// - Parameter celsius: what it tells; NaN for the device's "no such value".
        case offScale(Double)
        case standing(at: Double, seconds: Double, othersMoved: Double)
    }

    /// s of good readings after which a probe is known to be fitted.
    private static let known = 600.0

    let point: Int
    let place: Int
    var machine: AlarmMachine
    private(set) var death: Death?
    private var goodSeconds = 0.0
    private var value = Double.nan
    /// °C: the smallest change that was seen. A probe of coarse steps stands for longer.
    private var step = 0.0
    private var stood = 0.0
    private var hasMoved = false
    /// °C: where the middle of all probes was meanwhile.
    private var lowest = Double.nan
    private var highest = Double.nan

    init(point: Int, place: Int, machine: AlarmMachine) {
        self.point = point
        self.place = place
        self.machine = machine
    }

    /// Takes one reading.
    ///
    /// - Parameters:
    ///   - median: °C, of all probes.
    ///   - othersTold: whether most of the probes gave a temperature in this frame.
    ///   - seconds: since the frame before; 0 after a gap, which also ends what was compared so far.
    ///   - limit: °C that the median must have moved.
    mutating func condition(
        _ sample: Sample, median: Double, othersTold: Bool, seconds: Double, limit: Double, rules: PackRules.Probes
    ) -> Condition {
        if Self.isOffScale(sample, rules.possible) {
            forget()
            guard othersTold, goodSeconds >= Self.known else { return .unknown }
            death = .offScale(sample.quality == .notImplemented ? .nan : sample.value)
            return .violated
        }
        guard let celsius = sample.goodValue, median.isFinite else { return .unknown }
        goodSeconds = min(goodSeconds + seconds, Self.known)
        guard celsius == value else {
            if value.isFinite {
                let change = abs(celsius - value)
                step = step == 0 ? change : min(step, change)
                hasMoved = true
            }
            stand(at: celsius, median)
            return hasMoved ? .normal : .unknown
        }
        if seconds == 0 { stand(at: celsius, median) }
        stood += seconds
        lowest = min(lowest, median)
        highest = max(highest, median)
        let moved = highest - lowest
        guard stood >= rules.standing.inSeconds, moved >= max(limit, 2 * step) else {
            return hasMoved ? .normal : .unknown
        }
        death = .standing(at: celsius, seconds: stood, othersMoved: moved)
        return .violated
    }

    static func isOffScale(_ sample: Sample, _ possible: ClosedRange<Double>) -> Bool {
        switch sample.quality {
        case .good: !possible.contains(sample.value)
        case .suspect, .notImplemented: true
        case .absent, .bad: false
        }
    }

    private mutating func stand(at celsius: Double, _ median: Double) {
        value = celsius
        stood = 0
        lowest = median
        highest = median
    }

    private mutating func forget() {
        value = .nan
        stood = 0
    }
}
