internal import Terms

/// How fast one probe's temperature rises.
struct RiseWatch {
    private struct Reading {
        var at: Boottime
        var celsius: Double
    }

    /// Readings kept: the window at the fastest sensible polling of 4 a second.
    private static let capacity = 16

    let point: Int
    let place: Int
    var machine: AlarmMachine
    private var readings = InlineArray<16, Reading>(
        repeating: Reading(at: Boottime(nanoseconds: 0), celsius: .nan))
    private var count = 0

    init(point: Int, place: Int, machine: AlarmMachine) {
        self.point = point
        self.place = place
        self.machine = machine
    }

    /// °C/s over at least `window` and at most twice that; nil until there is enough to tell.
    mutating func rate(_ celsius: Double, at now: Boottime, window: Milliseconds) -> Double? {
        readings[count % Self.capacity] = Reading(at: now, celsius: celsius)
        count += 1
        for age in 1..<max(2, min(count, Self.capacity)) where age < count {
            let earlier = readings[(count - 1 - age) % Self.capacity]
            let elapsed = now - earlier.at
            if elapsed >= window {
                guard elapsed.count <= 2 * window.count else { return nil }
                return (celsius - earlier.celsius) / elapsed.inSeconds
            }
        }
        return nil
    }

    mutating func forget() { count = 0 }
}
