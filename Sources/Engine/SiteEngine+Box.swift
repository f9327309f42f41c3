package import Detection
package import Terms
internal import Ticketing

/// The box watches itself as it watches a device, so that its own faults are on record and support hears of them.
extension SiteEngine {
    /// Takes how the box itself does, as often as it looks. Nil when nothing is to be written.
    package mutating func observeBox(_ troubles: Set<BoxTrouble>, at now: Stamp) -> Proposal? {
        boxTroubles = troubles
        confirmAlarms(at: now)
        // Looked at here, and not with every frame.
        return untoldTroubles(in: book).isEmpty ? propose(at: now) : draft(at: now)
    }

    /// Raises the alarms of what the box noticed of itself, and ends those of what is over.
    func writeBoxTroubles(_ draft: inout Draft) {
        for trouble in untoldTroubles(in: draft.book) {
            let isThere = boxTroubles?.contains(trouble) ?? false
            draft.write(
                AlarmTransition(
                    kind: isThere ? .raised : .cleared(edges: 0), device: BoxTrouble.device, alarm: trouble.alarm,
                    fault: FaultCode(trouble.alarm), place: nil, faultClass: .gateway, severity: .warning,
                    routing: .k6, explanation: trouble.explanation, stamp: draft.now),
                site: site)
        }
    }

    /// Of what the book knows otherwise than the box; nothing before the box has looked.
    private func untoldTroubles(in book: TicketBook) -> [BoxTrouble] {
        guard let boxTroubles else { return [] }
        return BoxTrouble.allCases.filter { trouble in
            boxTroubles.contains(trouble)
                != book.active.values.contains {
                    $0.occurrence.device == BoxTrouble.device && $0.occurrence.alarm == trouble.alarm
                }
        }
    }

    /// Whether the box's last look shows the alarm; false before the first.
    func boxShows(_ occurrence: AlarmOccurrence) -> Bool {
        boxTroubles?.contains { $0.alarm == occurrence.alarm } ?? false
    }
}
