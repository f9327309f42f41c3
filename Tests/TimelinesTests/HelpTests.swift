import Testing
import Timelines

@Suite("What a timeline may say")
struct HelpTests {
    @Test func everyFactOfThePromiseIsListed() {
        let listed = timelineFactsHelp.map { $0.prefix(while: { $0 != " " }) }
        let facts = """
            FaultOpened TenderAttempted DeskAccepted UserReported AutoReceiptSent FirstResponse RemoteStep \
            RemoteOutcome RemoteTimedOut PartnerOffered PartnerAccepted PartnerDeclined VisitScheduled \
            VisitFailed DiagnosisRecorded RepairStarted PartsOrdered ReplacementArranged Eliminated \
            StatusReportDelivered Closed AlarmCleared Reopened UserFeedback MergedInto Cancelled AlarmRaised \
            Acknowledged Shelved Unshelved ExcuseOpened ExcuseClosed ChargeQuoted ChargeConsent StatusReportSent \
            StatusReportBounced MakerNotified NoteAdded EvidenceAttached PolicyBound WarrantyDecided CostLine \
            PurchaseRequestReceived ContractSigned PaymentReceived PaymentReversed CompletionAgreed \
            ProductionStarted ProductionFinished DeliveryAgreed AmendmentAgreed ProofOfDelivery Commissioned \
            AuthorisationGiven DocumentDelivered FollowUpDone Transferred SerialSwapped
            """
        for fact in facts.split(separator: " ") { #expect(listed.contains(fact)) }
        #expect(!listed.contains("Breached"))
    }

    @Test func keysAreListedWithTheirKinds() {
        #expect(
            timelineFactsHelp.contains(
                "FirstResponse (ticket) author=TEXT [channel=phone|mail|app|visit]"))
        #expect(timelineExpectationsHelp.count == 4)
        #expect(timelineExpectationsHelp.contains { $0.contains("[deadline=INSTANT|none]") })
    }
}
