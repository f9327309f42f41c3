internal import Logging
package import Storage
internal import Synchronization
package import Terms

/// The clocks of this machine, judged with what is known of its earlier boots: `clock.boots` in the data directory.
package final class BoxTimeSource: TimeSource {
    private let system = SystemTimeSource()
    private let clock: Mutex<BoxClock>
    private let file: WholeFile
    /// Why the earlier boots are not known; nil where they are, or there were none.
    package let trouble: String?

    /// Reads what was kept, if there is anything.
    package init(dataDirectory: String) {
        file = WholeFile(path: "\(dataDirectory)/clock.boots")
        var kept = BoxClock()
        var trouble: String?
        do {
            if let bytes = try file.read(upTo: BoxClock.mostBytes + 1) {
                if let read = BoxClock(text: String(decoding: bytes, as: UTF8.self)) {
                    kept = read
                } else {
                    trouble = "\(file.path) is damaged"
                }
            }
        } catch {
            trouble = "\(error)"
        }
        self.trouble = trouble
        clock = Mutex(kept)
    }

    /// The present, judged.
    package func now() -> Stamp {
        // The reading inside the lock: they are judged in their order.
        clock.withLock { $0.stamp(system.reading()) }
    }

    /// One call that stays outside the kernel.
    package func boottime() -> Boottime { system.boottime() }

    /// What the record of boots tells about an earlier stamp.
    package func span(of stamp: Stamp) -> TimeSpan? { clock.withLock { $0.span(of: stamp) } }

    /// Takes the newest stamp that is on record: the box was alive then.
    package func saw(_ stamp: Stamp) { clock.withLock { $0.saw(stamp) } }

    /// Returns when CLOCK_BOOTTIME has reached `deadline`.
    package func sleep(until deadline: Boottime) async throws { try await system.sleep(until: deadline) }

    /// Keeps that this boot is alive, and what its time is. The data directory's lock is the caller's.
    package func keep() throws(WholeFile.Trouble) {
        let text = clock.withLock { clock in
            _ = clock.stamp(system.reading())
            return clock.text
        }
        try file.replace(with: Array(text.utf8))
    }
}
