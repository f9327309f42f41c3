import ServiceLevel
import Terms
import Testing
import Ticketing

/// The rules of the promise, told as short stories.
struct TicketFoldTests {
    @Test func oneMillisecondDecidesBetweenMetAndBreached() throws {
        let inTime = try #require(
            ticket([accepted("2026-05-04T10:00:00.000Z"), responded("2026-05-05T09:59:59.999Z")]))
        let late = try #require(
            ticket([accepted("2026-05-04T10:00:00.000Z"), responded("2026-05-05T10:00:00.000Z")]))
        #expect(inTime.view(.response, at: "2026-05-06T00:00:00Z").status == .met)
        #expect(inTime.view(.response, at: "2026-05-06T00:00:00Z").overrun == .zero)
        #expect(late.view(.response, at: "2026-05-06T00:00:00Z").status == .breached)
        #expect(late.view(.response, at: "2026-05-06T00:00:00Z").overrun == .zero)
        #expect(late.view(.response, at: "2026-05-06T00:00:00Z").deadline == instant("2026-05-05T10:00:00Z"))
        let running = try #require(ticket([accepted("2026-05-04T10:00:00.000Z")]))
            .view(.response, at: "2026-05-05T09:59:18Z")
        #expect(running.status == .running)
        #expect(running.elapsed.text == "23h59min18s")
    }

    @Test func aReadingThatLooksNormalAgainClosesNothing() throws {
        let facts = [
            opened("2026-07-01T08:00:00Z"), accepted("2026-07-01T08:00:00Z"), cleared("2026-07-01T10:00:00Z"),
            closed("2026-07-01T10:05:00Z"),
        ]
        let told = try #require(ticket(facts))
        #expect(told.state == .received)
        #expect(told.selfCleared)
        #expect(told.objection(to: "Closed") == .wrongState)
        #expect(told.view(.response, at: "2026-07-02T08:30:00Z").status == .breached)
        #expect(told.view(.response, at: "2026-07-02T08:30:00Z").overrun == .minutes(30))
    }

    @Test func aSecondOccurrenceEndsSelfCleared() throws {
        let told = try #require(
            ticket([
                opened("2026-07-01T08:00:00Z"), accepted("2026-07-01T08:00:00Z"), cleared("2026-07-01T10:00:00Z"),
                opened("2026-07-01T11:00:00Z", 2),
            ]))
        #expect(!told.selfCleared)
        #expect(told.occurrences.count == 2)
        #expect(told.cycle == 1)
        #expect(told.view(.response, at: "2026-07-01T12:00:00Z").start == instant("2026-07-01T08:00:00Z"))
    }

    @Test func diagnosisIsCountedFromTheNotificationAndFromTheEndOfRemoteSupport() throws {
        let facts = [
            accepted("2026-07-01T08:00:00Z"), responded("2026-07-01T12:00:00Z"),
            fact("2026-07-02T04:00:00Z", .desk, .remoteOutcome(.cannotSolve, author: "ana", evidence: nil)),
            diagnosedOnSite("2026-07-03T20:00:00Z", partner: .named("installer-7")),
        ]
        let before = try #require(ticket(Array(facts.prefix(3))))
        #expect(before.view(.diagnosisA, at: "2026-07-02T05:00:00Z").deadline == instant("2026-07-03T08:00:00Z"))
        #expect(before.view(.diagnosisB, at: "2026-07-02T05:00:00Z").deadline == instant("2026-07-04T04:00:00Z"))
        let after = try #require(ticket(facts))
        #expect(after.view(.diagnosisA, at: "2026-07-03T21:00:00Z").status == .breached)
        #expect(after.view(.diagnosisA, at: "2026-07-03T21:00:00Z").overrun == .hours(12))
        #expect(after.view(.diagnosisB, at: "2026-07-03T21:00:00Z").status == .met)
        #expect(after.state == .diagnosed)
    }

    @Test func whatIsSolvedRemotelyNeedsNoDiagnosis() throws {
        let told = try #require(
            ticket([
                accepted("2026-07-01T08:00:00Z"), responded("2026-07-01T12:00:00Z"),
                fact("2026-07-02T09:00:00Z", .desk, .remoteOutcome(.solvedSaysUser, author: "ana", evidence: nil)),
            ]))
        #expect(told.state == .eliminated)
        #expect(told.view(.diagnosisA, at: "2026-07-09T00:00:00Z").status == .notApplicable)
        #expect(told.view(.diagnosisB, at: "2026-07-09T00:00:00Z").status == .notApplicable)
        #expect(told.view(.elimination, at: "2026-07-09T00:00:00Z").elapsed == .hours(25))
    }

    @Test func aDeadlineThatHadPassedBeforeTheRemoteSolutionStaysBroken() throws {
        let told = try #require(
            ticket([
                accepted("2026-07-01T08:00:00Z"), responded("2026-07-01T12:00:00Z"),
                fact("2026-07-03T09:00:00Z", .desk, .remoteOutcome(.solvedSaysUser, author: "ana", evidence: nil)),
            ]))
        let view = told.view(.diagnosisA, at: "2026-07-09T00:00:00Z")
        #expect(view.status == .breached)
        #expect(view.overrun == .hours(1))
    }

    @Test func theAlarmCannotSayThatItIsSolvedWhileItIsActive() throws {
        let told = try #require(
            ticket([
                opened("2026-07-01T08:00:00Z"), accepted("2026-07-01T08:00:00Z"),
                responded("2026-07-01T12:00:00Z"),
                fact(
                    "2026-07-01T13:00:00Z", .desk, .remoteOutcome(.solvedAlarmInactive, author: "ana", evidence: nil)),
            ]))
        #expect(told.state == .remoteSupport)
        #expect(told.objection(to: "RemoteOutcome") == .alarmActive)
    }

    @Test func aDiagnosisOnSiteNeedsAPartnerOrTheReasonWhyNone() throws {
        let start = [
            accepted("2026-07-01T08:00:00Z"), responded("2026-07-01T09:00:00Z"),
            fact("2026-07-01T10:00:00Z", .desk, .remoteTimedOut),
        ]
        let alone = try #require(ticket(start + [diagnosedOnSite("2026-07-01T12:00:00Z", partner: nil)]))
        #expect(alone.objection(to: "DiagnosisRecorded") == .noPartner)
        #expect(alone.state == .awaitingOnSite)
        let excused = try #require(
            ticket(start + [diagnosedOnSite("2026-07-01T12:00:00Z", partner: .absent(reason: "none within 200 km"))]))
        #expect(excused.state == .diagnosed)
    }

    @Test func closingNeedsADeliveredReport() throws {
        let way = [
            accepted("2026-07-01T08:00:00Z"), responded("2026-07-01T09:00:00Z"),
            fact("2026-07-02T08:00:00Z", .desk, .remoteOutcome(.cannotSolve, author: "ana", evidence: nil)),
            diagnosedOnSite("2026-07-03T07:00:00Z", partner: .named("installer-7")),
            eliminated("2026-07-03T18:00:00Z"),
        ]
        let early = try #require(ticket(way + [closed("2026-07-03T18:05:00Z")]))
        #expect(early.state == .eliminated)
        #expect(early.objection(to: "Closed") == .wrongState)
        let done = try #require(ticket(way + [reported("2026-07-04T09:00:00Z"), closed("2026-07-04T09:30:00Z")]))
        #expect(done.state == .closed)
        #expect(done.closedAt == instant("2026-07-04T09:30:00Z"))
        #expect(done.view(.statusReport, at: "2026-07-05T00:00:00Z").status == .met)
        #expect(done.view(.statusReport, at: "2026-07-05T00:00:00Z").deadline == instant("2026-07-04T18:00:00Z"))
    }

    @Test func nothingIsEliminatedOrClosedUnderAnActiveAlarm() throws {
        let active = [opened("2026-07-01T08:00:00Z"), accepted("2026-07-01T08:00:00Z")]
        let way = active + [
            responded("2026-07-01T09:00:00Z"),
            fact("2026-07-01T10:00:00Z", .desk, .remoteOutcome(.cannotSolve, author: "ana", evidence: nil)),
            diagnosedOnSite("2026-07-01T11:00:00Z", partner: .named("installer-7")),
            eliminated("2026-07-01T12:00:00Z"),
        ]
        #expect(try #require(ticket(way)).objection(to: "Eliminated") == .alarmActive)
        let again = try #require(
            ticket(way + [cleared("2026-07-01T13:00:00Z"), eliminated("2026-07-01T14:00:00Z")]))
        #expect(again.state == .eliminated)
    }

    @Test func theFaultComingBackWhileEliminatedReturnsToRemoteSupport() throws {
        let told = try #require(
            ticket([
                opened("2026-07-01T08:00:00Z"), accepted("2026-07-01T08:00:00Z"), cleared("2026-07-01T08:30:00Z"),
                responded("2026-07-01T09:00:00Z"),
                fact("2026-07-01T10:00:00Z", .desk, .remoteOutcome(.solvedSaysUser, author: "ana", evidence: nil)),
                opened("2026-07-01T11:00:00Z", 2),
            ]))
        #expect(told.state == .remoteSupport)
        #expect(told.cycle == 1)
        #expect(told.view(.elimination, at: "2026-07-01T12:00:00Z").status == .running)
        #expect(told.view(.statusReport, at: "2026-07-01T12:00:00Z").status == .waiting)
    }

    @Test func aClosedFaultThatComesBackBeginsANewCycleWithItsOwnClocks() throws {
        let told = try #require(
            ticket([
                opened("2026-05-08T08:00:00Z"), accepted("2026-05-08T08:00:01Z"), responded("2026-05-08T09:00:00Z"),
                cleared("2026-05-08T10:00:00Z"),
                fact("2026-05-08T12:00:00Z", .desk, .remoteOutcome(.solvedSaysUser, author: "ana", evidence: nil)),
                reported("2026-05-10T14:00:00Z"), closed("2026-05-10T15:00:00Z"),
                opened("2026-05-25T08:00:00Z", 2),
            ]))
        #expect(told.state == .received)
        #expect(told.cycle == 2)
        #expect(told.isOpen)
        #expect(told.view(.response, at: "2026-05-25T09:00:00Z").deadline == instant("2026-05-26T08:00:00Z"))
        #expect(told.view(.diagnosisA, at: "2026-05-25T09:00:00Z").deadline == instant("2026-05-27T08:00:00Z"))
        let frozen = try #require(told.pastSpans.first)
        #expect(frozen[.response]?.stop == instant("2026-05-08T09:00:00Z"))
    }

    @Test func aLostDataSourceStartsResponseOnly() throws {
        let told = try #require(
            ticket([opened("2026-07-01T08:00:00Z", routing: .k3), accepted("2026-07-01T08:00:00Z")]))
        #expect(told.view(.response, at: "2026-07-01T09:00:00Z").status == .running)
        for clock in [Clock.diagnosisA, .diagnosisB, .remoteSupport, .elimination, .statusReport] {
            #expect(told.view(clock, at: "2026-07-01T09:00:00Z").status == .notApplicable)
        }
    }

    @Test func aLateEntryCountsFromItsRecordingUnlessEvidenceProvesIt() throws {
        let start = accepted("2026-07-01T08:00:00Z")
        let claimed = responded("2026-07-01T09:00:00Z", recordedAt: "2026-07-02T09:00:00Z")
        let unproven = try #require(ticket([start, claimed]))
        #expect(unproven.view(.response, at: "2026-07-03T00:00:00Z").status == .breached)
        #expect(unproven.view(.response, at: "2026-07-03T00:00:00Z").stop == instant("2026-07-02T09:00:00Z"))
        let logged = responded("2026-07-01T09:00:00Z", evidence: "callLog-17", recordedAt: "2026-07-02T09:00:00Z")
        let proven = try #require(ticket([start, logged]))
        #expect(proven.view(.response, at: "2026-07-03T00:00:00Z").status == .met)
        let prompt = responded("2026-07-01T09:00:00Z", recordedAt: "2026-07-01T09:15:00Z")
        #expect(try #require(ticket([start, prompt])).view(.response, at: "2026-07-03T00:00:00Z").status == .met)
    }

    @Test(arguments: 0..<50 as Range<UInt64>) func theOrderOfArrivalNeverMatters(seed: UInt64) throws {
        let facts = [
            opened("2026-05-08T08:00:00Z"), accepted("2026-05-08T08:00:00Z"), responded("2026-05-08T09:00:00Z"),
            cleared("2026-05-08T10:00:00Z"),
            fact("2026-05-08T12:00:00Z", .desk, .remoteOutcome(.solvedSaysUser, author: "ana", evidence: nil)),
            reported("2026-05-10T14:00:00Z"), closed("2026-05-10T15:00:00Z"), opened("2026-05-25T08:00:00Z", 2),
        ]
        var random = SeededGenerator(seed: seed)
        let shuffled = (facts + facts.prefix(4)).shuffled(using: &random)
        #expect(ticket(shuffled) == ticket(facts), "seed \(seed)")
    }
}

/// SplitMix64, so that a failure can be repeated from its seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
