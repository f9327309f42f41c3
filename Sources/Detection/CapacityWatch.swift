internal import Terms

/// Measures what a pack really holds: the charge that flowed between two points at which its state of charge is known,
/// over how far they lie apart. One measurement proves little; the middle of a quarter's does.
///
/// Battery management systems know the charge at both ends and correct what they counted there; after a long rest they
/// know it by the voltage. A gap, or charge that steps between the ends, ends a measurement.
struct CapacityWatch {
    /// A point at which the charge is known.
    private struct Anchor {
        var percent: Double
        var ampereHours: Double
        var at: Boottime
    }

    /// Where the charge is known.
    private enum End: Int { case full, empty, rest }

    /// A stay at one of them.
    private struct Stay {
        var end: End
        var began: Boottime
        var reads = 1
        /// The first and the last reading of the most extreme charge.
        var arrival: Anchor
        var departure: Anchor
    }

    /// One measurement.
    private struct Window {
        var from: Boottime
        var to: Boottime
        var percent: Double
        var ampereHours: Double
    }

    /// A stay is none before it lasted so long and had so many readings: single readings are wrong now and then.
    private static let shortestStay = Milliseconds.minutes(1)
    private static let fewestReads = 3
    /// %: a larger step away from the ends, that no charge explains, is a counter that was set.
    private static let largestStep = 5.0
    private static let mostWindows = 64

    /// Ah
    let rated: Double
    private let rules: PackRules.Capacity
    private let gap: Milliseconds
    /// A; below it the battery rests.
    private let restCurrent: Double
    /// Ah since the last gap.
    private var moved = 0.0
    private var last: (current: Double, at: Boottime)?
    private var lastPercent: (percent: Double, moved: Double)?
    private var restSeconds = 0.0
    private var stay: Stay?
    private var anchors: (full: Anchor?, empty: Anchor?, rest: Anchor?)
    private var windows: [Window] = []

    /// Nil for a device whose capacity nobody has said.
    init?(_ device: WatchedDevice) {
        guard let rated = device.capacityAmpereHours, rated > 0, device.rules.alarms[.packFade] != nil else {
            return nil
        }
        self.rated = rated
        rules = device.rules.pack.capacity
        gap = device.rules.integrity.gap
        restCurrent = device.rules.cells.restRate * rated
        windows.reserveCapacity(Self.mostWindows)
    }

    /// Measurements that count now.
    var count: Int { windows.count }

    /// % of the rated capacity, by the middle of the measurements; nil while there are too few.
    var share: Double? {
        guard windows.count >= rules.windows else { return nil }
        let sorted = windows.map(\.ampereHours).sorted()
        return (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2 / rated * 100
    }

    /// Takes one reading; whether a measurement has come in.
    ///
    /// - Parameters:
    ///   - current: A, above 0 charges; NaN where it was not read.
    ///   - percent: state of charge; NaN where it was not read.
    mutating func observe(current: Double, percent: Double, at now: Boottime) -> Bool {
        guard current.isFinite, abs(current) < 10_000 else { return false }
        defer { last = (current, now) }
        guard let last, now - last.at <= gap else {
            forget()
            return false
        }
        let seconds = (now - last.at).inSeconds
        moved += (current + last.current) / 2 * seconds / 3_600
        restSeconds = abs(current) < restCurrent ? restSeconds + seconds : 0
        // Exactly 0 is what drivers say before they know.
        guard percent > 0, percent <= 100.5 else { return false }
        if hasStepped(to: percent) { forget() }
        lastPercent = (percent, moved)
        return stayed(at: Anchor(percent: percent, ampereHours: moved, at: now))
    }

    private mutating func forget() {
        stay = nil
        anchors = (nil, nil, nil)
        lastPercent = nil
        restSeconds = 0
        moved = 0
    }

    /// Whether the charge was set by somebody. A step into one of the ends is how it is corrected; others are not.
    private func hasStepped(to percent: Double) -> Bool {
        guard let lastPercent else { return false }
        let explained = (moved - lastPercent.moved) / rated * 100
        guard abs(percent - lastPercent.percent - explained) > Self.largestStep else { return false }
        return percent <= rules.full && percent >= rules.empty
    }

    /// Follows where the charge is known; whether the end of a stay has closed a measurement.
    private mutating func stayed(at here: Anchor) -> Bool {
        let end: End? = here.percent > rules.full ? .full : here.percent < rules.empty ? .empty
            : restSeconds >= rules.rest.inSeconds ? .rest : nil
        if stay?.end == end, end != nil {
            extend(to: here)
            return false
        }
        let hasMeasured = stay.map { close($0) } ?? false
        stay = end.map { Stay(end: $0, began: here.at, arrival: here, departure: here) }
        return hasMeasured
    }

    private mutating func extend(to here: Anchor) {
        guard var current = stay else { return }
        current.reads += 1
        let ahead = here.percent - current.arrival.percent
        let isFurther = current.end == .full ? ahead > 0 : current.end == .empty ? ahead < 0 : true
        if isFurther { current.arrival = here }
        if isFurther || ahead == 0 { current.departure = here }
        stay = current
    }

    /// Measures from the point before that lies farthest away; the next measurement begins here.
    private mutating func close(_ stay: Stay) -> Bool {
        guard stay.reads >= Self.fewestReads, stay.departure.at - stay.began >= Self.shortestStay else { return false }
        let here = stay.arrival
        var best: Window?
        for anchor in [anchors.full, anchors.empty, anchors.rest] {
            guard let anchor, here.at - anchor.at <= rules.longest else { continue }
            let apart = here.percent - anchor.percent
            guard abs(apart) >= max(rules.apart, best?.percent ?? 0) else { continue }
            let held = (here.ampereHours - anchor.ampereHours) / apart * 100
            guard rules.plausible.contains(held / rated * 100) else { continue }
            best = Window(from: anchor.at, to: here.at, percent: abs(apart), ampereHours: held)
        }
        switch stay.end {
        case .full: anchors.full = stay.departure
        case .empty: anchors.empty = stay.departure
        case .rest: anchors.rest = stay.departure
        }
        return best.map { keep($0) } ?? false
    }

    /// Of measurements that share a time the widest counts.
    private mutating func keep(_ window: Window) -> Bool {
        windows.removeAll { window.to - $0.to > rules.memory }
        if let newest = windows.last, window.from < newest.to {
            guard window.percent > newest.percent else { return false }
            windows.removeLast()
        }
        if windows.count == Self.mostWindows { windows.removeFirst() }
        windows.append(window)
        return true
    }
}
