import ServiceLevel
import Terms
import TestPeers
import Ticketing

/// The steps of the life cycle, and what devices tell.
extension Story {
    mutating func support(_ id: TicketID) {
        switch dice.roll(11) {
        case 0: accept(id)
        case 1: tender(id)
        case 10: cancel(id)
        case 2: respond(id)
        case 3: helpRemotely(id)
        case 4: endRemoteSupport(id)
        case 5: visit(id)
        case 6: diagnose(id)
        case 7: eliminate(id)
        case 8: report(id)
        default: close(id)
        }
    }

    mutating func respond(_ id: TicketID) {
        let (at, evidence) = when()
        write(
            .ticket(id), dice.one(of: [.desk, .user]), at: at,
            .firstResponse(author: author(), channel: dice.one(of: Channel.allCases), evidence: evidence))
    }

    mutating func helpRemotely(_ id: TicketID) {
        act(id, .remoteStep("restarted it", liveView: dice.one(of: LiveView.allCases)))
    }

    mutating func endRemoteSupport(_ id: TicketID) {
        if !dice.happens(onceIn: 3) { calm(id) }
        let (at, evidence) = when()
        switch dice.roll(6) {
        case 0: write(.ticket(id), .desk, .remoteTimedOut)
        case 1: eliminate(id)
        case 2: diagnose(id)
        default:
            let outcomes: [RemoteOutcome] = [.solvedSaysUser, .solvedAlarmInactive, .cannotSolve]
            write(
                .ticket(id), .desk, at: at,
                .remoteOutcome(dice.one(of: outcomes), author: author(), evidence: evidence))
        }
    }

    mutating func visit(_ id: TicketID) {
        // Two ways to write one name.
        let partner = dice.happens(onceIn: 10) ? "" : dice.one(of: ["M\u{FC}ller", "Mu\u{308}ller", "Solar Maier"])
        switch dice.roll(6) {
        case 0: act(id, .visitScheduled(at: dice.happens(onceIn: 2) ? now + .days(1) : nil))
        case 1: act(id, .visitFailed(dice.one(of: VisitFailure.allCases)))
        default: act(id, .partner(dice.one(of: [.offered, .accepted, .accepted, .declined]), partner))
        }
    }

    mutating func diagnose(_ id: TicketID) {
        let (at, evidence) = when()
        let partners: [Diagnosis.Partner?] = [
            nil, nil, .named("Solar Maier"), .absent(reason: "none within 200 km"), .named(""), .absent(reason: ""),
        ]
        let diagnosis = Diagnosis(
            method: dice.one(of: Diagnosis.Method.allCases), cause: dice.one(of: Diagnosis.Cause.allCases),
            author: author(), partner: dice.one(of: partners), evidence: evidence)
        write(.ticket(id), .desk, at: at, .diagnosisRecorded(diagnosis))
    }

    mutating func eliminate(_ id: TicketID) {
        if !dice.happens(onceIn: 4) { calm(id) }
        let (at, evidence) = when()
        write(
            .ticket(id), .desk, at: at,
            .eliminated(proof: dice.happens(onceIn: 8) ? "" : "charged", author: author(), evidence: evidence))
    }

    mutating func report(_ id: TicketID) {
        let channel = dice.one(of: [Channel.mail, .mail, .phone])
        guard !dice.happens(onceIn: 5) else { return act(id, .statusReportSent(hash: "ab12", channel: channel)) }
        let (at, evidence) = when()
        write(
            .ticket(id), .desk, at: at,
            .statusReportDelivered(hash: "ab12", channel: channel, author: author(), evidence: evidence))
    }

    mutating func close(_ id: TicketID) {
        if !dice.happens(onceIn: 4) { calm(id) }
        write(.ticket(id), .desk, at: when().at, .closed(author: author()))
    }

    /// The user, or the mail server, is of another opinion.
    mutating func doubt(_ id: TicketID) {
        switch dice.roll(4) {
        case 0: act(id, .statusReportBounced(channel: dice.one(of: [.mail, .mail, .phone])))
        case 1: act(id, .reopened(reason: "it beeps again"))
        case 2: complain(id)
        default: act(id, .userFeedback(dice.one(of: Feedback.allCases)))
        }
    }

    /// Every alarm of the ticket goes.
    mutating func calm(_ id: TicketID) {
        guard let ticket = book.ticket(id) else { return }
        for occurrence in ticket.occurrences.filter(\.value).keys.sorted(by: { $0.text < $1.text }) {
            write(
                .ticket(id), .gateway,
                .alarmCleared(
                    occurrence: occurrence, reason: dice.one(of: [.returnedToNormal, .noLongerWatched])))
        }
    }

    // MARK: - What devices tell

    mutating func tellAlarm(_ id: TicketID) {
        let some = occurrence(dice.roll(3), 1 + dice.roll(3), randomRouting())
        let other = occurrence(dice.roll(3), 1 + dice.roll(3), .k1)
        let events: [FactEvent] = [
            .alarm(.attached(some, cause: other.id, isFirstOut: dice.happens(onceIn: 2))),
            .alarm(.attached(some, cause: other.id, isFirstOut: false)),
            .alarm(.rootChanged(occurrence: some.id)), .alarm(.rootChanged(occurrence: some.id)),
            .alarm(.repeatsCounted([some.id, other.id])), .alarm(.chattering(occurrence: some.id, edges: 5)),
            .alarm(.quiet(occurrence: some.id, edges: 7)), .alarm(.escalated(occurrences: 3, window: .hours(24))),
            .alarmRaised(some), .alarmCleared(occurrence: some.id, reason: .returnedToNormal),
        ]
        write(.ticket(id), .gateway, dice.one(of: events))
    }

    /// Clocks, evidence, what is no ticket's, and what is about an order or the home.
    mutating func tellOfSomethingElse(_ id: TicketID) {
        let run = ClockRun(dice.one(of: Clock.allCases), cycle: dice.roll(4))
        let message = NotificationMessage(
            calls: ["\(id)/1/opened"], about: [.ticket(id)], audience: [.user], isUrgent: false, isFlood: false)
        let attempt = DeliveryAttempt(message: "\(id)/1/opened", channel: "mail", number: 1)
        let (at, evidence) = when()
        let signature = Signature(author(), evidence: evidence)
        switch dice.roll(14) {
        case 0: write(.ticket(id), .desk, .warned(run, dice.one(of: [.percent(50), .daysBefore(7), .lastDay])))
        case 1: write(.ticket(id), .desk, .breached(run))
        case 2, 3: write(.ticket(id), .desk, .breachRescinded(run, evidence: "call-17"))
        case 4: write(.ticket(id), .gateway, .evidenceAttached(sha256: evidenceHash, title: "\u{1}", part: .hourAfter))
        case 5: write(.ticket(id), .gateway, .evidenceAttached(sha256: "ab", title: "\u{1F525}", part: .before))
        case 6:
            let event = FactEvent.deviceIdentified(device: DeviceName("pack-1"), serial: "B1", profile: "p")
            write(.ticket(id), .gateway, event)
        case 7: write(.ticket(id), .desk, .notificationDue(message))
        case 8: write(.ticket(id), .desk, .delivery(.delivered(attempt, audience: [.user], receipt: "250 ok")))
        case 9, 10:
            let order = Subject.order(OrderID("home-1.3"))
            write(order, .desk, at: at, .order(dice.one(of: Self.orderEvents), by: signature))
        case 11: write(.site(Self.site), .desk, at: at, .site(dice.one(of: Self.siteEvents), by: signature))
        case 12: decide(id)
        default: shelve(id)
        }
    }

    private static let orderEvents: [OrderEvent] = [
        .purchaseRequestReceived, .contractSigned, .paymentReceived(.production), .paymentReversed(.production),
        .completionAgreed(by: .daysAfterStart(20)), .productionStarted, .productionFinished,
        .deliveryAgreed(DeliveryAgreement(slotEnd: .daysAfterStart(5))),
        .amendmentAgreed(.delivery, .daysAfterStart(9)), .proofOfDelivery,
    ]

    private static let siteEvents: [SiteEvent] = [
        .commissioned, .authorisationGiven, .followUpDone(visit: "day7"), .transferred(to: "Li"),
        .documentDelivered(DeliveredDocument(id: "manual", sha256: "ab", version: "3", recipient: "Li")),
        .serialSwapped(device: DeviceName("pack-1"), from: "B1", to: "B2"), .registered(serial: "B2"),
    ]
}
