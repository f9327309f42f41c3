internal import Telemetry
internal import Terms
internal import Ticketing

/// Of which alarm and ticket evidence is wanted.
struct EvidenceRequest {
    var part: EvidencePart
    var site: SiteID
    var ticket: TicketID
    var serial: String?
    var occurrence: AlarmOccurrence
    /// When the alarm came up, and when its ticket was opened.
    var raised: Stamp
    var opened: Stamp
    var line: LineStatistics?

    /// Before a ticket's opening.
    private static let before = Milliseconds.hours(24)

    /// Which frames belong to it.
    func reach(_ clock: RecordClock) -> ClosedRange<Int64> {
        switch part {
        case .before: return (clock.newest - Self.before.count)...clock.newest
        case .hourAfter:
            let start = clock.boottime(of: opened)
            return start...max(start, min(clock.newest, start + HourAfter.length.count))
        }
    }
}

/// Evidence that is about to be kept.
struct NewEvidence {
    var part: EvidencePart
    var title: String
    var bytes: [UInt8]
}

/// Turns times of a record into times of people and back, as the clocks stand now: a wall clock that was set since is
/// believed for what came before it, too.
struct RecordClock {
    let now: Stamp

    /// ms of the clock that never steps
    var newest: Int64 { now.boottime.nanoseconds / 1_000_000 }
    var wallOffset: Int64 { now.wall.milliseconds - newest }

    func wall(_ boottime: Int64) -> Int64 { boottime + wallOffset }

    /// When it was, also where the stamp is of an earlier boot.
    func boottime(of stamp: Stamp) -> Int64 { newest - now.elapsed(since: stamp).count }
}

/// What a record says of one moment.
struct RecordMoment {
    let record: DeviceRecord
    /// The frame nearest to the moment; nil where none is remembered.
    private let frame: Int?
    /// The minute, where the frames at full rate do not reach back so far.
    private let minute: Int?

    init(record: DeviceRecord, at moment: Int64) {
        self.record = record
        let frames = record.frames.count
        let minutes = record.minutes.count
        frame = (0..<frames).min { abs(record.frames.time($0) - moment) < abs(record.frames.time($1) - moment) }
        let reachesBack = frame.map { abs(record.frames.time($0) - moment) <= 60_000 } ?? false
        minute = reachesBack
            ? nil
            : (0..<minutes).min {
                abs(record.minutes.time($0) - moment) < abs(record.minutes.time($1) - moment)
            }
    }

    /// What a point read, believed or not; nil where nothing was read or the point is not remembered.
    func read(_ point: Int) -> Double? {
        guard let position = record.points.firstIndex(of: point) else { return nil }
        if let minute { return record.minutes.last(minute, at: position) }
        guard let frame else { return nil }
        return record.frames.value(frame, at: position) ?? record.frames.suspect(frame, at: position)
    }
}

/// The middle of the values; nil where there are none.
func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
}
