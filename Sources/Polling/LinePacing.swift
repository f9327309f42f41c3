package import Terms

/// When a line may next be spoken on. Waits are kept, not made: the owner sleeps until `earliest`.
package struct LinePacing: Sendable {
    private let silenceNanoseconds: Int64
    private var lastEnd: Boottime?
    private var lastPause = Milliseconds.zero
    private var notBefore: Boottime?

    package init(url: DeviceURL) {
        silenceNanoseconds = url.serialLine.map { Int64(WireCost.silenceNanoseconds($0)) } ?? 0
    }

    /// The earliest moment for a request to a device that wants `pause`; nil: at once.
    package func earliest(pause: Milliseconds) -> Boottime? {
        guard let lastEnd else { return notBefore }
        let gap = max(silenceNanoseconds, max(pause, lastPause).count * 1_000_000)
        let afterExchange = Boottime(nanoseconds: lastEnd.nanoseconds + gap)
        return max(afterExchange, notBefore ?? afterExchange)
    }

    /// A connection was made; the device wants to be left alone for a while.
    package mutating func connected(at now: Boottime, afterConnect: Milliseconds) {
        hold(until: now + afterConnect)
    }

    /// A request has been answered, or given up.
    package mutating func exchanged(at now: Boottime, pause: Milliseconds) {
        lastEnd = now
        lastPause = pause
    }

    /// Nothing may be sent until then: a late answer may still come.
    package mutating func hold(until instant: Boottime) {
        notBefore = max(notBefore ?? instant, instant)
    }
}
