import ServiceLevel
import Terms
import Testing
import Ticketing
import Timelines

private let noon = "2026-05-04T12:00:00.000Z"

private func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

/// The event of a line, without `at INSTANT`.
private func event(_ line: String) throws -> FactEvent {
    try #require(try readTimeline("at \(noon) \(line)", name: "x").factsTold().first).event
}

@Suite("Lines as facts")
struct FactTests {
    @Test func aFactIsRecordedWhenItHappensUnlessTheLineSaysLater() throws {
        let file = try readTimeline(
            """
            at \(noon) desk t1 Acknowledged
            at \(noon) desk t1 Acknowledged recordedAt=2026-05-04T13:00:00.000Z
            """, name: "x")
        let facts = try file.factsTold()
        #expect(facts.map(\.at) == [try instant(noon), try instant(noon)])
        #expect(facts.map(\.recordedAt) == [try instant(noon), try instant("2026-05-04T13:00:00.000Z")])
        #expect(facts.map(\.stamp.wall) == facts.map(\.recordedAt))
    }

    @Test func anIdenticalLineIsOneFact() throws {
        let line = "at \(noon) desk t1 Acknowledged author=ana\n"
        let other = "at 2026-05-04T14:00:00.000+02:00  desk t1 Acknowledged  author=ana\n"
        #expect(Set(try readTimeline(line + other, name: "x").factsTold()).count == 1)
    }

    @Test func nobodyNamedIsTheWriter() throws {
        #expect(try event("desk t1 Closed") == .closed(author: "desk"))
        #expect(try event("gateway t1 Closed author=\"\"") == .closed(author: ""))
        #expect(
            try event("user t1 Reopened reason=\"still warm\"")
                == .act(.reopened(reason: "still warm"), by: Signature("user")))
    }

    @Test func anAlarmIsThatOfTheTicketsFault() throws {
        let file = try readTimeline(
            """
            at \(noon) gateway t1 AlarmCleared
            at \(noon) gateway t2 AlarmCleared
            at 2026-05-03T12:00:00.000Z gateway t1 FaultOpened key=s1/B9/packFade
            at 2026-05-02T12:00:00.000Z gateway t1 FaultOpened key=s1/B1/cellFade
            """, name: "x")
        let facts = try file.factsTold()
        let cleared = facts.compactMap { fact in
            if case .alarmCleared(let id, .returnedToNormal) = fact.event { id.text } else { nil }
        }
        #expect(cleared == ["s1/B1/cellFade", "t2"])
        guard case .faultOpened(let key, let occurrence) = facts[3].event else {
            Issue.record("no fault")
            return
        }
        #expect(key.description == "s1/B1/cellFade")
        #expect(occurrence.id.text == "s1/B1/cellFade")
        #expect(occurrence.device.text == "B1")
        #expect(occurrence.faultClass == .cellFade)
        #expect(occurrence.routing == .k1)
    }

    @Test func whatReachesTheMakerIsReadWithItsDefaults() throws {
        let at = try instant(noon)
        let earlier = try instant("2026-05-04T11:00:00.000Z")
        #expect(try event("desk t1 DeskAccepted") == .deskAccepted(receivedAt: at, authorisation: nil))
        #expect(
            try event("desk t1 DeskAccepted receivedAt=2026-05-04T11:00:00.000Z receipt=invalid ticket=t1")
                == .deskAccepted(receivedAt: earlier, authorisation: nil, isReceiptValid: false))
        #expect(
            try event("user t2 UserReported ticket=t1 channel=app words=\"it beeps\"")
                == .intake(
                    .userReported(
                        UserReport(channel: .app, receivedAt: at, ticket: TicketID("t1"), words: "it beeps"))))
        #expect(
            try event("desk t2 UserReported")
                == .intake(.userReported(UserReport(channel: .phone, receivedAt: at, author: "desk"))))
        #expect(
            try event("gateway t1 TenderAttempted outcome=deskFailed wanProof=true")
                == .intake(.tenderAttempted(.deskFailed, wanProof: true)))
        #expect(
            try event("gateway t1 TenderAttempted outcome=networkFailed")
                == .intake(.tenderAttempted(.networkFailed, wanProof: false)))
        #expect(try event("gateway t1 RemoteTimedOut") == .remoteTimedOut)
    }

    @Test func supportIsReadWithItsDefaults() throws {
        #expect(
            try event("desk t1 FirstResponse author=ana")
                == .firstResponse(author: "ana", channel: .phone, evidence: nil))
        #expect(
            try event("desk t1 RemoteOutcome outcome=solved")
                == .remoteOutcome(.solvedAlarmInactive, author: "desk", evidence: nil))
        #expect(
            try event("desk t1 RemoteOutcome outcome=solved verified=user evidence=mail-2")
                == .remoteOutcome(.solvedSaysUser, author: "desk", evidence: "mail-2"))
        #expect(
            try event("desk t1 DiagnosisRecorded method=onSite cause=wear author=li noPartnerReason=holiday")
                == .diagnosisRecorded(
                    Diagnosis(
                        method: .onSite, cause: .wear, author: "li", partner: .absent(reason: "holiday"),
                        evidence: nil)))
        #expect(
            try event("desk t1 RemoteStep text=restart consent=no")
                == .act(.remoteStep("restart", liveView: .refused), by: Signature("desk")))
        #expect(try event("desk t1 VisitFailed") == .act(.visitFailed(.userAbsent), by: Signature("desk")))
        #expect(
            try event("desk t1 PartnerDeclined partner=p1") == .act(.partner(.declined, "p1"), by: Signature("desk")))
    }

    @Test func workAndItsCostAreReadWithTheirDefaults() throws {
        let desk = Signature("desk")
        let at = try instant(noon)
        #expect(try event("desk t1 PartsOrdered") == .act(.work(.partsOrdered, isCharged: false), by: desk))
        #expect(
            try event("desk t1 RepairStarted charged=yes") == .act(.work(.repairStarted, isCharged: true), by: desk))
        #expect(
            try event("desk t1 ChargeQuoted amount=80EUR")
                == .act(.chargeQuoted(deliveredAt: at, Money(minorUnits: 8_000, currency: "EUR")), by: desk))
        #expect(try event("user t1 ChargeConsent") == .act(.chargeConsent(isGranted: true), by: Signature("user")))
        #expect(
            try event("desk t1 CostLine amount=12.50CNY text=fuse")
                == .act(.costLine(Money(minorUnits: 1_250, currency: "CNY"), "fuse"), by: desk))
        #expect(
            try event("desk t1 CostLine amount=7")
                == .act(.costLine(Money(minorUnits: 7, currency: "EUR"), ""), by: desk))
        for key in ["coverage", "status", "result"] {
            let finding = CoverageFinding(coverage: .atRisk, until: CivilDate(text: "2030-01-31"), noticeDays: 30)
            #expect(
                try event("desk t1 WarrantyDecided \(key)=atRisk noticeDays=30 until=2030-01-31")
                    == .warrantyDecided(finding, by: desk))
        }
    }

    @Test func endsAreReadWithTheirDefaults() throws {
        let desk = Signature("desk")
        #expect(try event("desk t1 Cancelled") == .act(.cancelled(.falseAlarm), by: desk))
        #expect(try event("desk t1 MergedInto survivor=t2") == .act(.mergedInto(TicketID("t2")), by: desk))
        for line in ["feedback=disputed", "disputed=true", "satisfied=no"] {
            #expect(try event("desk t1 UserFeedback \(line)") == .act(.userFeedback(.disputed), by: desk))
        }
        #expect(
            try event("desk t1 ExcuseOpened reason=siteUnsafe evidence=photo-3")
                == .act(.excuseOpened(.siteUnsafe), by: Signature("desk", evidence: "photo-3")))
        #expect(
            try event("desk t1 StatusReportBounced channel=mail")
                == .act(.statusReportBounced(channel: .mail), by: desk))
        #expect(
            try event("desk t1 StatusReportSent")
                == .act(.statusReportSent(hash: "", channel: .phone), by: desk))
    }

    @Test func aDeliveryIsThatOfItsSubject() throws {
        let day = try #require(CivilDate(text: "2026-06-01"))
        let agreement = DeliveryAgreement(slotEnd: .day(day), place: "gate 2", needsPayment: true)
        let desk = Signature("desk")
        let words = "DeliveryAgreed slotEnd=2026-06-01 place=\"gate 2\" payment=required"
        #expect(try event("desk o1 \(words)") == .order(.deliveryAgreed(agreement), by: desk))
        #expect(try event("desk t1 \(words)") == .act(.deliveryAgreed(agreement), by: desk))
        let slot = try instant("2026-06-01T08:00:00.000Z")
        #expect(
            try event("desk o1 AmendmentAgreed slotEnd=2026-06-01T10:00:00.000+02:00")
                == .order(.amendmentAgreed(.delivery, .instant(slot)), by: desk))
        #expect(
            try event("desk o1 AmendmentAgreed by=2026-06-01")
                == .order(.amendmentAgreed(.completion, .day(day)), by: desk))
        #expect(
            try event("desk o1 AmendmentAgreed by=2026-06-01 of=delivery")
                == .order(.amendmentAgreed(.delivery, .day(day)), by: desk))
        #expect(try event("desk o1 PaymentReversed") == .order(.paymentReversed(.production), by: desk))
    }

    @Test func aHomeIsTold() throws {
        let desk = Signature("desk")
        #expect(try event("desk s1 Commissioned") == .site(.commissioned, by: desk))
        #expect(try event("desk s1 FollowUpDone visit=month6") == .site(.followUpDone(visit: "month6"), by: desk))
        #expect(
            try event("desk s1 SerialSwapped device=pack-1 from=A1 to=A2")
                == .site(.serialSwapped(device: DeviceName("pack-1"), from: "A1", to: "A2"), by: desk))
    }

    @Test func aBindingIsThatOfTheNamedDocuments() throws {
        let file = try readTimeline(
            """
            policy mine.yaml
            zone Asia/Shanghai
            at \(noon) desk o1 PolicyBound calendar=DE-2026
            """, name: "x")
        let named = NamedDocuments(policy: "mine.yaml", calendar: "DE-2026", zone: "Asia/Shanghai")
        #expect(file.boundDocuments == [named])
        let binding = PolicyBinding(policy: "mine", version: 3, documentHash: "00")
        #expect(try file.factsTold(bindings: [named: binding]).map(\.event) == [.policyBound(binding)])
        #expect(throws: (any Error).self) { try file.factsTold() }
    }
}
