/// When something happened, as far as this box can know: by a clock that never steps, by what the box takes for the
/// time, and by a wall clock that may be wrong.
package struct Stamp: Hashable, Sendable, BitwiseCopyable {
    /// The boot in which `boottime` counts; boottimes of different boots cannot be compared.
    package var boot: BootID
    /// CLOCK_BOOTTIME: never steps, counts through suspend.
    package var boottime: Boottime
    /// What the box takes for the time (UTC): the wall clock where it is to be believed, else the earliest that it can
    /// be, as `BoxClock` reckons it.
    package var wall: Instant
    /// What the wall clock itself showed.
    package var shown: Instant
    package var trust: ClockTrust

    /// - Parameter shown: what the wall clock showed, where that is another instant than `wall`.
    package init(boot: BootID, boottime: Boottime, wall: Instant, trust: ClockTrust, shown: Instant? = nil) {
        self.boot = boot
        self.boottime = boottime
        self.wall = wall
        self.shown = shown ?? wall
        self.trust = trust
    }
}

extension Stamp {
    /// The time since an earlier stamp: by the clock that never steps where both are of one boot, else by the wall
    /// clocks. Never negative.
    package func elapsed(since earlier: Stamp) -> Milliseconds {
        max(.zero, boot == earlier.boot ? boottime - earlier.boottime : wall - earlier.wall)
    }
}

/// The kernel's random id of one boot (/proc/sys/kernel/random/boot_id).
package struct BootID: Hashable, Sendable, BitwiseCopyable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 32 hexadecimal digits, with or without hyphens.
    package init?(text: String) {
        let digits = text.filter { $0 != "-" }
        guard digits.utf8.count == 32, digits.allSatisfy(\.isHexDigit), let high = UInt64(digits.prefix(16), radix: 16),
            let low = UInt64(digits.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    /// 32 lower-case hexadecimal digits.
    package var text: String {
        [high, low].map { part in
            let digits = String(part, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

/// Nanoseconds of CLOCK_BOOTTIME.
package struct Boottime: Hashable, Comparable, Sendable, BitwiseCopyable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static func < (a: Boottime, b: Boottime) -> Bool { a.nanoseconds < b.nanoseconds }
    package static func + (a: Boottime, b: Milliseconds) -> Boottime {
        Boottime(nanoseconds: a.nanoseconds + b.count * 1_000_000)
    }
    /// The time between two instants of the same boot in whole milliseconds; what is left over is dropped.
    package static func - (a: Boottime, b: Boottime) -> Milliseconds {
        Milliseconds((a.nanoseconds - b.nanoseconds) / 1_000_000)
    }
}

/// How far a wall-clock reading may be believed.
package enum ClockTrust: String, Hashable, Sendable, BitwiseCopyable {
    /// Before this program was built: the clock was never set.
    case unset
    /// Plausible, but nothing has confirmed it since the machine started.
    case stale
    /// A time source disciplines the clock, or did in this boot and the clock was not set since.
    case synced
    /// The clock was stepped in this boot without a source that confirms it.
    case suspect
}
