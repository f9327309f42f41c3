internal import Detection
internal import Terms
internal import Ticketing

/// Alarms that were active when the program went away, and whose faults had not been opened.
///
/// Nobody saw them while it was away, so that time opens no fault by itself: a fault is opened once a reading has shown
/// the alarm again, or once its delay is over counted from the start. A program that dies again and again loses none,
/// since one reading is enough.
struct UnconfirmedAlarms {
    private var alarms: Set<OccurrenceID> = []
    private var startedAt: Stamp?

    /// None.
    init() {}

    /// - Parameter book: as the ledger tells it at the start.
    init(of book: TicketBook, startedAt: Stamp) {
        alarms = Set(book.active.values.filter { $0.ticket == nil }.map(\.occurrence.id))
        self.startedAt = startedAt
    }

    var isEmpty: Bool { alarms.isEmpty }

    func contains(_ active: ActiveOccurrence) -> Bool { alarms.contains(active.occurrence.id) }

    /// From when an alarm's delay counts.
    func delayBegins(of active: ActiveOccurrence) -> Stamp {
        contains(active) ? startedAt ?? active.raised : active.raised
    }

    /// Keeps those that are still to be shown.
    ///
    /// - Returns: whether there are fewer now.
    mutating func keep(_ isUnshown: (OccurrenceID) -> Bool) -> Bool {
        let before = alarms.count
        alarms = alarms.filter(isUnshown)
        return alarms.count < before
    }
}

extension SiteEngine {
    /// Takes alarms of before the start that readings have shown, or that have ended, from those to be confirmed.
    mutating func confirmAlarms(at now: Stamp) {
        guard !unconfirmed.isEmpty else { return }
        var still: Set<OccurrenceID> = []
        for active in book.active.values where unconfirmed.contains(active) && active.ticket == nil {
            if !isShown(active.occurrence) { still.insert(active.occurrence.id) }
        }
        if unconfirmed.keep(still.contains) { refreshWaiting(at: now) }
    }

    /// A line or unit is lost as long as all on it is.
    private func isShown(_ occurrence: AlarmOccurrence) -> Bool {
        guard let path = paths.first(where: { $0.name == occurrence.device }) else {
            return monitored(occurrence.device)?.detector.shows(occurrence.alarmPlace) ?? false
        }
        let lost = AlarmPlace(alarm: DetectorAlarm.dataLost.rawValue, place: nil)
        return path.devices.allSatisfy { monitored($0)?.detector.shows(lost) ?? false }
    }
}
