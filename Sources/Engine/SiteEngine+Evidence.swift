internal import Detection
internal import Terms
internal import Ticketing

extension SiteEngine {
    /// Keeps the hour after a ticket.
    mutating func keep(_ hour: HourAfter, _ draft: inout Draft) {
        let now = draft.now
        let raised = draft.book.active[hour.occurrence.id]?.raised ?? hour.opened
        draft.attachHourAfter(to: hour.ticket) { ticket in
            evidence(.hourAfter, of: hour.occurrence, ticket, raised: raised, opened: hour.opened, now)
        }
    }

    /// What a ticket is to keep; nil for an alarm of no device, and while too much is waiting for the ledger.
    mutating func evidence(
        _ part: EvidencePart, of occurrence: AlarmOccurrence, _ ticket: TicketID, raised: Stamp, opened: Stamp,
        _ now: Stamp
    ) -> NewEvidence? {
        guard let device = device(of: occurrence) else { return nil }
        let request = EvidenceRequest(
            part: part, site: site, ticket: ticket, serial: book.serials[occurrence.device], occurrence: occurrence,
            raised: raised, opened: opened, line: lineStatistics(device.detector.device.name))
        return evidenceDesk.made(request) { device.evidence(request, now: now, budget: $0) }
    }
}
