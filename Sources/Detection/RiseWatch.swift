internal import Terms

/// How fast one probe's temperature rises.
struct RiseWatch {
    private struct Reading {
        var at: Boottime
        var celsius: Double
    }

    /// Readings kept. They are taken no closer than an eighth of the window, so that they always span it.
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
        defer { keep(celsius, at: now, window: window) }
        for age in 0..<min(count, Self.capacity) {
            let earlier = readings[(count - 1 - age) % Self.capacity]
            let elapsed = now - earlier.at
            if elapsed >= window {
                guard elapsed.count <= 2 * window.count else { return nil }
                return (celsius - earlier.celsius) / elapsed.inSeconds
            }
        }
        return nil
    }

    /// Takes a reading whose rate nobody asks for.
    mutating func keep(_ celsius: Double, at now: Boottime, window: Milliseconds) {
        let spacing = Milliseconds(window.count / 8)
        if count > 0, now - readings[(count - 1) % Self.capacity].at < spacing { return }
        readings[count % Self.capacity] = Reading(at: now, celsius: celsius)
        count += 1
    }

    mutating func forget() { count = 0 }
}
