internal import CLinux
internal import Glibc
internal import Modbus
package import Terms

/// The clocks of this machine. The only place of the program that reads a clock.
package struct SystemTimeSource: TimeSource {
    private let boot: BootID

    package init() {
        boot = Self.readBootID()
    }

    package func now() -> Stamp {
        // Without a record of earlier boots.
        var clock = BoxClock()
        return clock.stamp(reading())
    }

    /// What the clocks show, before anybody judges it.
    package func reading() -> ClockReading {
        let boottime = Self.read(CLOCK_BOOTTIME)
        let wall = Instant(milliseconds: Self.read(CLOCK_REALTIME) / 1_000_000)
        let kernel = Self.kernelSays
        let mark = kernel == nil ? Self.freshMark("\(Self.daemonFolder)/synchronized", at: wall) : nil
        return ClockReading(
            boot: boot, boottime: Boottime(nanoseconds: boottime), wall: wall,
            isDisciplined: kernel ?? (mark != nil), mark: mark)
    }

    /// One call that stays outside the kernel.
    package func boottime() -> Boottime { Boottime(nanoseconds: Self.read(CLOCK_BOOTTIME)) }

    package func sleep(until deadline: Boottime) async throws {
        let remaining = deadline.nanoseconds - Self.read(CLOCK_BOOTTIME)
        guard remaining > 0 else { return }
        if let thread = ThreadExecutor.current {
            try await thread.wait(nanoseconds: remaining)
        } else {
            // ContinuousClock is CLOCK_BOOTTIME on Linux.
            try await Task.sleep(for: .nanoseconds(remaining), clock: .continuous)
        }
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        let nanoseconds = aftercare_clock_nanoseconds(clock)
        precondition(nanoseconds >= 0, "the kernel has no clock \(clock)")
        return nanoseconds
    }

    /// Zero where the kernel tells none: then every process counts as of the same boot, which only a kernel without
    /// /proc does.
    private static func readBootID() -> BootID {
        guard let file = fopen("/proc/sys/kernel/random/boot_id", "r") else { return BootID(high: 0, low: 0) }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 64)
        guard fgets(&buffer, 64, file) != nil else { return BootID(high: 0, low: 0) }
        let text = String(decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return BootID(text: text) ?? BootID(high: 0, low: 0)
    }
}

/// Who says whether a time source disciplines the wall clock: the kernel. Where the unit's sandbox forbids every call
/// that could set a clock, and the question with them, systemd-timesyncd does, by the file that it touches each time.
extension SystemTimeSource {
    private static let daemonFolder = "/run/systemd/timesync"

    /// The kernel gives a clock up when its error may have grown to 16 s, at 500 ppm; a mark counts for as long.
    private static let trustedFor = Milliseconds.seconds(32_000)

    /// Whether anybody says it at all.
    static var knowsDiscipline: Bool { kernelSays != nil || access(daemonFolder, F_OK) == 0 }

    /// Nil where the kernel may not be asked.
    private static var kernelSays: Bool? {
        var status = timex()
        return adjtimex(&status) >= 0 ? status.status & STA_UNSYNC == 0 : nil
    }

    /// When the mark was touched, if that was lately. One from the future is from before the clock was put back: it
    /// says nothing.
    static func freshMark(_ path: String, at wall: Instant) -> Instant? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let mark = Instant(
            milliseconds: Int64(status.st_mtim.tv_sec) * 1_000 + Int64(status.st_mtim.tv_nsec) / 1_000_000)
        return mark <= wall && wall - mark <= trustedFor ? mark : nil
    }
}
