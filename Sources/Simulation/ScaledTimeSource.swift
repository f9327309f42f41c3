package import Terms

/// Time that passes `speed` times as fast as another source's, from the moment at which it was made.
///
/// Physics and gateway take their time from one of these, so that a demonstration of half an hour fits into a minute
/// without one of them noticing.
package struct ScaledTimeSource<Base: TimeSource>: TimeSource {
    private let base: Base
    private let start: Stamp
    package let speed: Int64

    /// - Parameter speed: 1 to 3600.
    package init(_ base: Base, speed: Int64) {
        precondition((1...3_600).contains(speed), "speed is 1 to 3600")
        self.base = base
        self.speed = speed
        start = base.now()
    }

    package func now() -> Stamp {
        var now = base.now()
        let passed = (now.boottime.nanoseconds - start.boottime.nanoseconds) * speed
        now.boottime = Boottime(nanoseconds: start.boottime.nanoseconds + passed)
        now.wall = start.wall + Milliseconds(passed / 1_000_000)
        now.shown = now.wall
        return now
    }

    package func sleep(until deadline: Boottime) async throws {
        let ahead = deadline.nanoseconds - start.boottime.nanoseconds
        // Rounded up: waking a little early would be waking before the deadline.
        let baseAhead = (ahead + speed - 1) / speed
        try await base.sleep(until: Boottime(nanoseconds: start.boottime.nanoseconds + baseAhead))
    }
}
