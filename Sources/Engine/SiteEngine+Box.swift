package import Detection
package import Terms
internal import Ticketing

/// The box watches itself as it watches a device, so that its own faults are on record and support hears of them.
extension SiteEngine {
    /// Takes how the box itself does, as often as it looks. Nil when nothing is to be written.
    package mutating func observeBox(_ troubles: Set<BoxTrouble>, at now: Stamp) -> Proposal? {
        boxTroubles = troubles
        confirmAlarms(at: now)
        return tellBox(at: now)
    }

    /// Whether the book knows less, or more, of the box than the box.
    var isBoxUntold: Bool {
        guard let boxTroubles else { return false }
        return BoxTrouble.allCases.contains { boxTroubles.contains($0) != (active($0, in: book) != nil) }
    }

    /// Raises the alarms of what the box noticed of itself, and ends those of what is over.
    func writeBoxTroubles(_ draft: inout Draft) {
        guard let boxTroubles else { return }
        for trouble in BoxTrouble.allCases {
            let isThere = boxTroubles.contains(trouble)
            guard isThere != (active(trouble, in: draft.book) != nil) else { continue }
            draft.write(
                AlarmTransition(
                    kind: isThere ? .raised : .cleared(edges: 0), device: BoxTrouble.device, alarm: trouble.alarm,
                    fault: FaultCode(trouble.alarm), place: nil, faultClass: .gateway, severity: .warning,
                    routing: .k6, explanation: trouble.explanation, stamp: draft.now),
                site: site)
        }
    }

    /// Whether the box's last look shows the alarm; false before the first.
    func boxShows(_ occurrence: AlarmOccurrence) -> Bool {
        boxTroubles?.contains { $0.alarm == occurrence.alarm } ?? false
    }

    private func active(_ trouble: BoxTrouble, in book: TicketBook) -> ActiveOccurrence? {
        book.active.values.first {
            $0.occurrence.device == BoxTrouble.device && $0.occurrence.alarm == trouble.alarm
        }
    }
}
