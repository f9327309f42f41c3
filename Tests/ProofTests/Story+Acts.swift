import ServiceLevel
import Terms
import TestPeers
import Ticketing

/// What people do besides the steps of the life cycle.
extension Story {
    /// Any of it, whatever the ticket waits for.
    mutating func act(_ id: TicketID) {
        switch dice.roll(10) {
        case 0: act(id, dice.one(of: [.acknowledged, .noteAdded("später")]))
        case 1: charge(id)
        case 2, 3: deliver(id)
        case 4: excuse(id)
        case 5: decide(id)
        case 6: cancel(id)
        case 7: shelve(id)
        case 8: doubt(id)
        default: visit(id)
        }
    }

    mutating func act(_ id: TicketID, _ act: TicketAct) {
        let (at, evidence) = when()
        write(
            .ticket(id), dice.happens(onceIn: 8) ? .user : .desk, at: at,
            .act(act, by: Signature(author(), evidence: evidence)))
    }

    /// With the answer and the report that it needs, or without.
    mutating func cancel(_ id: TicketID) {
        if !dice.happens(onceIn: 3) {
            respond(id)
            report(id)
        }
        act(id, .cancelled(dice.one(of: CancelReason.allCases)))
    }

    mutating func work(_ id: TicketID) {
        act(id, .work(dice.one(of: RepairWork.allCases), isCharged: dice.happens(onceIn: 2)))
    }

    /// A quote, what the user says to it, and what it costs.
    mutating func charge(_ id: TicketID) {
        switch dice.roll(5) {
        case 0:
            let ago: Milliseconds = dice.one(of: [.zero, .hours(2), .hours(-2)])
            let amount = Money(minorUnits: 12_000, currency: "EUR")
            act(id, .chargeQuoted(deliveredAt: now - ago, dice.happens(onceIn: 2) ? amount : nil))
        case 1: act(id, .chargeConsent(isGranted: !dice.happens(onceIn: 3)))
        case 2: act(id, .costLine(Money(minorUnits: Int64(dice.roll(2) * 500), currency: "EUR"), "a fan"))
        case 3: excuse(id, .consentPending)
        default: work(id)
        }
    }

    mutating func excuse(_ id: TicketID, _ reason: ExcuseReason? = nil) {
        let open = book.ticket(id)?.excuses.last { $0.end == nil }?.reason
        if let open, !dice.happens(onceIn: 4) { return act(id, .excuseClosed(open)) }
        let reason = reason ?? dice.one(of: ExcuseReason.allCases)
        act(id, dice.happens(onceIn: 4) ? .excuseClosed(reason) : .excuseOpened(reason))
    }

    /// By a day, an instant or a number of days; on days that begin late, too.
    mutating func deliver(_ id: TicketID) {
        guard !dice.happens(onceIn: 3) else { return act(id, .proofOfDelivery) }
        // The day after the second began an hour late in São Paulo; two Berlin days are not of 24 hours.
        let days = ["2023-11-20", "2018-11-03", "2024-03-30", "2024-10-26", "2024-02-29", "9999-12-31"]
        let ends: [AgreedTime] = [
            .instant(now + .hours(30)), .daysAfterStart(dice.roll(20)), .daysAfterStart(dice.roll(4)),
            CivilDate(text: dice.one(of: days)).map { .day($0) } ?? .daysAfterStart(1),
        ]
        act(
            id,
            .deliveryAgreed(
                DeliveryAgreement(
                    slotEnd: dice.one(of: ends), place: dice.happens(onceIn: 2) ? "cellar" : nil,
                    method: dice.happens(onceIn: 2) ? "lorry" : nil, needsPayment: dice.happens(onceIn: 4))))
    }

    /// About the warranty, and what follows: the maker is told.
    mutating func decide(_ id: TicketID) {
        guard !dice.happens(onceIn: 3) else { return act(id, .makerNotified) }
        let (at, evidence) = when()
        let days: Int? = dice.one(of: [nil, 0, 7, 30])
        let finding = CoverageFinding(
            coverage: dice.happens(onceIn: 2) ? .expired : dice.one(of: Coverage.allCases),
            until: dice.happens(onceIn: 3) ? CivilDate(text: "2033-04-30") : nil, noticeDays: days, termsHash: nil,
            sum: dice.happens(onceIn: 3) ? "10 years" : nil)
        write(.ticket(id), .desk, at: at, .warrantyDecided(finding, by: Signature(author(), evidence: evidence)))
    }

    mutating func shelve(_ id: TicketID) {
        let isShelved = book.ticket(id)?.isShelved(at: now) ?? false
        guard !isShelved, !dice.happens(onceIn: 4) else {
            return write(.ticket(id), .desk, .shelf(.unshelved(author: author())))
        }
        let length: Milliseconds = dice.one(of: [.hours(8), .hours(24), .hours(25), .zero])
        write(
            .ticket(id), .desk,
            .shelf(.shelved(author: author(), reason: dice.happens(onceIn: 5) ? "" : "parts", until: now + length)))
    }
}
