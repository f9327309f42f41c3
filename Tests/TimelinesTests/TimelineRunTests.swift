import StrictYAML
import Terms
import Testing
import Timelines

/// How expectations are evaluated, and what is said where one is not met.
@Suite struct TimelineRunTests {
    /// One line for each failure.
    private func failures(_ text: String) throws -> [String] {
        try readTimeline(text, name: "a").check(Shipped.documents).failures
            .map { $0.mismatches.line(file: "a", line: $0.line) }
    }

    private static let answeredLate = """
        at 2026-05-04T10:00:00.000Z desk t1 DeskAccepted
        at 2026-05-05T10:00:00.000Z desk t1 FirstResponse author=ana
        """

    @Test func whatIsNotMetIsSaidWithWhatIsThere() throws {
        let lines = try failures(
            Self.answeredLate + """

                expect 2026-05-06T00:00:00.000Z t1 clock response status=met elapsed=24h overrun=1ms
                expect 2026-05-06T00:00:00.000Z t1 ticket state=received cycle=1
                expect 2026-05-06T00:00:00.000Z t1 emitted response/breach count=2 dueAt=2026-05-05T09:00:00.000Z
                expect 2026-05-06T00:00:00.000Z t1 emitted response/warn50 count=0
                expect 2026-05-06T00:00:00.000Z t1 fact FirstResponse effective=no reason=wrongState
                expect 2026-05-06T00:00:00.000Z t1 fact Closed effective=yes
                expect 2026-05-06T00:00:00.000Z t1 fact FirstResponse#2 effective=yes
                expect 2026-05-06T00:00:00.000Z t2 clock response status=waiting
                """)
        #expect(
            lines == [
                "a:3: expected status=met overrun=1ms, got status=breached overrun=0",
                "a:4: expected state=received, got state=remoteSupport",
                "a:5: expected count=2 dueAt=2026-05-05T09:00:00.000Z, got count=1 dueAt=2026-05-05T10:00:00.000Z",
                "a:6: expected count=0, got count=1",
                "a:7: expected effective=no reason=wrongState, got effective=yes",
                "a:8: expected effective=yes, got no such fact",
                "a:9: expected effective=yes, got only 1 such fact",
                "a:10: expected t2, got no fact about it",
            ])
    }

    @Test func factsExistFromTheirRecordingOn() throws {
        let lines = try failures(
            """
            at 2026-05-04T10:00:00.000Z desk t1 DeskAccepted recordedAt=2026-05-04T12:00:00.000Z
            expect 2026-05-04T11:59:59.999Z t1 clock response status=waiting
            expect 2026-05-04T12:00:00.000Z t1 clock response status=running elapsed=2h
            """)
        #expect(lines == [])
    }

    @Test func aStepThatPassedBeforeItsFactWasKnownIsWrittenThen() throws {
        let lines = try failures(
            """
            at 2026-05-04T10:00:00.000Z user t1 UserReported recordedAt=2026-05-05T04:00:00.000Z
            expect 2026-05-05T03:59:59.999Z t1 emitted response/warn50 count=0
            expect 2026-05-05T04:00:00.000Z t1 emitted response/warn50 count=1 dueAt=2026-05-04T22:00:00.000Z
            expect 2026-05-05T04:00:00.000Z t1 emitted response/warn75 count=1 dueAt=2026-05-05T04:00:00.000Z
            """)
        #expect(lines == [])
    }

    @Test func anIdWhoseFaultLandedOnAnotherTicketIsThatTicket() throws {
        let lines = try failures(
            """
            at 2026-05-04T09:00:00.000Z gateway t1 FaultOpened key=s1/B1/overTemperature
            at 2026-05-04T10:00:00.000Z desk t1 DeskAccepted
            at 2026-05-04T11:00:00.000Z gateway t2 FaultOpened key=s1/B1/overTemperature
            at 2026-05-04T12:00:00.000Z desk t2 FirstResponse author=ana
            expect 2026-05-05T00:00:00.000Z t2 ticket state=remoteSupport
            expect 2026-05-05T00:00:00.000Z t2 clock response status=met elapsed=2h
            expect 2026-05-05T10:00:00.000Z t2 emitted diagnosisA/warn50 count=1
            expect 2026-05-05T00:00:00.000Z t2 fact FirstResponse effective=yes
            """)
        #expect(lines == [])
    }

    @Test func theEndOfRemoteSupportIsCountedWhetherOrNotALineTellsItToo() throws {
        for told in ["", "at 2026-05-05T11:00:00.000Z desk t1 RemoteTimedOut"] {
            let lines = try failures(
                """
                at 2026-05-04T10:00:00.000Z desk t1 DeskAccepted
                at 2026-05-04T11:00:00.000Z desk t1 FirstResponse author=ana
                \(told)
                expect 2026-05-05T10:59:59.999Z t1 emitted remoteSupport/breach count=0
                expect 2026-05-05T11:00:00.000Z t1 emitted remoteSupport/breach count=1 dueAt=2026-05-05T11:00:00.000Z
                expect 2026-05-05T11:00:00.000Z t1 fact RemoteTimedOut effective=yes
                expect 2026-05-05T11:00:00.000Z t1 fact RemoteTimedOut#2 effective=yes
                expect 2026-05-05T11:00:00.000Z t1 clock diagnosisB status=running start=2026-05-05T11:00:00.000Z
                """)
            #expect(lines == ["a:7: expected effective=yes, got only 1 such fact"])
        }
    }

    @Test func whatIsToldOfATicketThatNothingOpenedCanBeExpected() throws {
        let lines = try failures(
            """
            at 2026-05-04T10:00:00.000Z desk t1 DeskAccepted receipt=invalid
            expect 2026-05-04T10:00:00.000Z t1 fact DeskAccepted effective=no reason=invalidReceipt
            expect 2026-05-04T10:00:00.000Z t1 clock delivery status=notApplicable
            expect 2026-05-04T10:00:00.000Z t1 ticket state=draft
            """)
        #expect(lines == ["a:4: expected state=draft, got state=none"])
    }

    @Test func policyBoundNamesTheDocumentsOfOneTicket() throws {
        let lines = try failures(
            """
            zone Asia/Shanghai
            at 2026-05-04T10:00:00.000Z desk t1 DeskAccepted
            at 2026-05-04T10:00:00.000Z desk t1 PolicyBound zone=Europe/Berlin
            at 2026-05-04T10:00:00.000Z desk t1 DeliveryAgreed slotEnd=2026-05-20
            at 2026-05-04T10:00:00.000Z desk t2 DeskAccepted
            at 2026-05-04T10:00:00.000Z desk t2 DeliveryAgreed slotEnd=2026-05-20
            expect 2026-05-05T10:00:00.000Z t1 clock delivery deadline=2026-05-20T22:00:00.000Z
            expect 2026-05-05T10:00:00.000Z t2 clock delivery deadline=2026-05-20T16:00:00.000Z
            """)
        #expect(lines == [])
    }

    @Test func aDocumentThatIsNotThereIsNamedWithItsLine() throws {
        let file = try readTimeline(
            """
            # comment
            policy other.yaml
            calendar XX-2026
            at 2026-05-04T10:00:00.000Z desk t1 DeskAccepted
            at 2026-05-04T10:00:00.000Z desk t1 PolicyBound policy=default zone=Mars/Base
            at 2026-05-04T11:00:00.000Z desk t1 PolicyBound policy=third.yaml
            """, name: "a")
        let error = #expect(throws: InvalidText.self) { _ = try file.check(Shipped.documents) }
        #expect(
            error?.problems.map { "\($0.line) \($0.message)" } == [
                "5 \"Mars/Base\" is no IANA time zone such as Europe/Berlin", "2 no other.yaml", "3 no XX-2026",
                "6 no third.yaml",
            ])
    }

    @Test func visitsWithoutEndComeToAnEnd() throws {
        let file = try readTimeline(
            """
            zone Europe/Berlin
            at 2026-02-10T15:00:00.000+01:00 desk s1 Commissioned
            expect 2126-02-10T23:00:00.000Z s1 emitted followUpVisit/breach visit=year100 count=1
            expect 9999-12-31T23:00:00.000Z s1 clock followUpVisit status=breached
            """, name: "a")
        let error = #expect(throws: InvalidText.self) { _ = try file.check(Shipped.documents) }
        let start = "a:4:1: more than \(maximumTimelineStepsOfSubject) steps fall due about s1"
        #expect(error?.description.hasPrefix(start) == true)
    }

    @Test func aVisitThatNobodyPlannedIsNotThere() throws {
        let lines = try failures(
            """
            zone Europe/Berlin
            at 2026-02-10T15:00:00.000+01:00 desk s1 Commissioned
            expect 2026-02-11T23:00:00.000Z s1 clock followUpVisit visit=month7 status=running
            """)
        #expect(lines == ["a:3: expected visit=month7, got visit=none"])
    }
}
