import ServiceLevel
import Terms
import TestPeers
import Ticketing

/// Short sequences whose parts seldom meet by chance.
extension Story {
    mutating func playScene(_ id: TicketID) {
        switch dice.roll(10) {
        case 6, 7: askForConsent(id)
        case 8, 9: mergeDanger(id)
        case 0: danger(id)
        case 1: anotherRoot(id)
        case 2: solvedTooSoon(id)
        case 3: makerToldInAnyOrder(id)
        case 4: twins(id)
        default: userFirst(id)
        }
    }

    /// What is dangerous is the root, is gone, and is there again when the user comes back.
    private mutating func danger(_ id: TicketID) {
        let fault = openFault(id, 3, .k0)
        write(.ticket(id), .gateway, .alarm(.rootChanged(occurrence: fault.id)))
        if dice.happens(onceIn: 3) { putAside(id) }
        finish(id)
        if dice.happens(onceIn: 2) { close(id) }
        if !dice.happens(onceIn: 4) { write(.ticket(id), .gateway, .alarmRaised(fault)) }
        comeBack(id)
        putAside(id)
        let attached = occurrence(0, 2, .k0)
        write(.ticket(id), .gateway, .alarm(.attached(attached, cause: fault.id, isFirstOut: false)))
        putAside(id)
    }

    /// The newest fault becomes the root; what it is decides which clocks the next cycle has.
    private mutating func anotherRoot(_ id: TicketID) {
        _ = openFault(id, 1, .k1)
        if dice.happens(onceIn: 3) { calm(id) }
        let second = openFault(id, 2, dice.one(of: [.k3, .k5, .k0]))
        let other = occurrence(0, 1, .k1)
        write(.ticket(id), .gateway, .alarm(.rootChanged(occurrence: dice.happens(onceIn: 4) ? other.id : second.id)))
        finish(id)
        comeBack(id)
        decide(id)
    }

    /// Solved, earlier words of the user turn up, and the fault is there again.
    private mutating func solvedTooSoon(_ id: TicketID) {
        _ = openFault(id, 1, .k1)
        respond(id)
        calm(id)
        write(.ticket(id), .desk, .remoteOutcome(.solvedSaysUser, author: "Ana", evidence: nil))
        now = now + .hours(1)
        let report = UserReport(channel: .phone, receivedAt: now - .hours(30), ticket: id)
        if !dice.happens(onceIn: 3) { write(.ticket(id), .user, .intake(.userReported(report))) }
        _ = openFault(id, 2, .k1)
        if dice.happens(onceIn: 2) { diagnose(id) }
    }

    private mutating func makerToldInAnyOrder(_ id: TicketID) {
        for _ in 0..<4 {
            switch dice.roll(4) {
            case 0: _ = openFault(id, 1, .k1)
            case 1: act(id, .makerNotified)
            default: decide(id)
            }
        }
    }

    /// A fault is closed so long ago that it opens another ticket, and then the user takes up the former one: now two
    /// tickets are about one fault, and a machine may make one of them.
    private mutating func twins(_ id: TicketID) {
        finish(id)
        close(id)
        now = now + .days(31)
        let other = dice.one(of: Self.tickets)
        _ = openFault(other, own(id), .k1, key: own(id))
        write(.ticket(id), .user, .intake(.userReported(UserReport(channel: .app, receivedAt: now))))
        // Of one instant a machine's facts are told first.
        now = now + dice.one(of: [.zero, Milliseconds(1), .hours(1)])
        let (from, into) = dice.happens(onceIn: 2) ? (id, other) : (other, id)
        write(.ticket(from), .gateway, .act(.mergedInto(into), by: Signature("")))
    }

    /// What runs already does not end because of what is attached later.
    private mutating func userFirst(_ id: TicketID) {
        dice.happens(onceIn: 2) ? complain(id) : accept(id)
        _ = openFault(id, 1, dice.one(of: [.k3, .k4, .k5]))
        if dice.happens(onceIn: 2) { finish(id) }
    }

    /// Somebody waits for the user's word about a quote, in any order, with time between.
    private mutating func askForConsent(_ id: TicketID) {
        for _ in 0..<6 {
            now = now + dice.one(of: [.zero, .hours(1), .hours(7)])
            let acts: [TicketAct] = [
                .excuseOpened(.consentPending), .excuseOpened(.consentPending), .excuseClosed(.consentPending),
                .chargeQuoted(deliveredAt: now + dice.one(of: [.zero, .hours(2), .hours(-9)]), nil),
                .chargeConsent(isGranted: true), .excuseOpened(.siteUnsafe),
                .costLine(Money(minorUnits: 500, currency: "EUR"), "a fan"),
            ]
            write(.ticket(id), .desk, .act(dice.one(of: acts), by: Signature("Ana", evidence: "mail-3")))
        }
    }

    /// What is dangerous or active about one ticket is so about that as which it goes on.
    private mutating func mergeDanger(_ id: TicketID) {
        let other = dice.one(of: Self.tickets)
        let key = (own(id) + 1) % 3
        _ = openFault(other, 3, dice.one(of: [.k0, .k1]), key: key)
        if dice.happens(onceIn: 3) { putAside(id) }
        write(.ticket(other), .desk, .act(.mergedInto(id), by: Signature("Ana")))
        putAside(id)
        write(.ticket(id), .desk, .shelf(.unshelved(author: "Ana")))
        respond(id)
        write(.ticket(id), .desk, .remoteOutcome(.solvedAlarmInactive, author: "Ana", evidence: nil))
    }

    // MARK: - Parts

    /// Answered, solved and reported, where that can be.
    private mutating func finish(_ id: TicketID) {
        write(.ticket(id), .desk, .firstResponse(author: "Ana", channel: .phone, evidence: nil))
        calm(id)
        write(.ticket(id), .desk, .remoteOutcome(.solvedSaysUser, author: "Ana", evidence: nil))
        write(.ticket(id), .desk, .statusReportDelivered(hash: "ab", channel: .mail, author: "Ana", evidence: nil))
    }

    private mutating func comeBack(_ id: TicketID) {
        switch dice.roll(3) {
        case 0: write(.ticket(id), .user, .intake(.userReported(UserReport(channel: .app, receivedAt: now))))
        case 1: write(.ticket(id), .user, .act(.reopened(reason: "it beeps"), by: Signature("Li")))
        default: write(.ticket(id), .user, .act(.userFeedback(.disputed), by: Signature("Li")))
        }
    }

    private mutating func putAside(_ id: TicketID) {
        write(.ticket(id), .desk, .shelf(.shelved(author: "Ana", reason: "parts", until: now + .hours(8))))
    }

    private func own(_ id: TicketID) -> Int { (Self.tickets.firstIndex(of: id) ?? 0) % 3 }

    private mutating func openFault(
        _ id: TicketID, _ number: Int, _ routing: Routing, key: Int? = nil
    ) -> AlarmOccurrence {
        let key = key ?? own(id)
        let fault = occurrence(key, number, routing)
        write(.ticket(id), .gateway, .faultOpened(key: Self.keys[key], occurrence: fault))
        return fault
    }
}
