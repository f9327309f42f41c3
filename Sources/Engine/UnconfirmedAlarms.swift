internal import Detection
internal import Terms
internal import Ticketing

/// Alarms that were active when the program went away, and whose faults had not been opened.
///
/// Nobody saw them while it was away, so that time opens no fault by itself: a fault is opened once a reading has shown
/// the alarm again, or once its delay is over counted from the start. A program that dies again and again loses none,
/// since one reading is enough.
struct UnconfirmedAlarms {
    private(set) var ids: Set<OccurrenceID> = []
    private var startedAt: Stamp?

    /// None.
    init() {}

    /// - Parameter book: as the ledger tells it at the start.
    init(of book: TicketBook, startedAt: Stamp) {
        ids = Set(book.active.values.filter { $0.ticket == nil }.map(\.occurrence.id))
        self.startedAt = startedAt
    }

    func contains(_ active: ActiveOccurrence) -> Bool { ids.contains(active.occurrence.id) }

    /// From when an alarm's delay counts.
    func delayBegins(of active: ActiveOccurrence) -> Stamp {
        contains(active) ? startedAt ?? active.raised : active.raised
    }

    mutating func remove(_ settled: [OccurrenceID]) { ids.subtract(settled) }
}

extension SiteEngine {
    /// Takes alarms of before the start that readings have shown, or that have ended or have a ticket by now, from
    /// those to be confirmed. As long as there is none of these it allocates nothing.
    mutating func confirmAlarms(at now: Stamp) {
        guard !unconfirmed.ids.isEmpty else { return }
        var settled: [OccurrenceID] = []
        for id in unconfirmed.ids {
            guard let active = book.active[id], active.ticket == nil, !isShown(active.occurrence) else {
                settled.append(id)
                continue
            }
        }
        guard !settled.isEmpty else { return }
        unconfirmed.remove(settled)
        refreshWaiting(at: now)
    }

    /// A line or unit is lost as long as all on it is.
    private func isShown(_ occurrence: AlarmOccurrence) -> Bool {
        if occurrence.device == BoxTrouble.device { return boxShows(occurrence) }
        guard let path = paths.first(where: { $0.name == occurrence.device }) else {
            return monitored(occurrence.device)?.detector.shows(occurrence.alarmPlace) ?? false
        }
        let lost = AlarmPlace(alarm: DetectorAlarm.dataLost.rawValue, place: nil)
        return path.devices.allSatisfy { monitored($0)?.detector.shows(lost) ?? false }
    }
}
