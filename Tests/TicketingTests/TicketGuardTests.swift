import ServiceLevel
import Terms
import Testing
import Ticketing

/// What a fact must say so that it counts, and what it must not do beside that.
struct TicketGuardTests {
    private func act(_ at: String, _ act: TicketAct, by author: String = "ana", evidence: String? = nil) -> Fact {
        fact(at, .desk, .act(act, by: Signature(author, evidence: evidence)))
    }

    private func solved(_ at: String) -> Fact {
        fact(at, .desk, .remoteOutcome(.solvedSaysUser, author: "ana", evidence: nil))
    }

    private func decided(_ at: String, _ coverage: Coverage, days: Int?, by author: String = "ana") -> Fact {
        let finding = CoverageFinding(coverage: coverage, noticeDays: days)
        return fact(at, .desk, .warrantyDecided(finding, by: Signature(author)))
    }

    @Test(arguments: [nil, "", "photo-1"])
    func aVisitThatFailedIsProvenByMoreThanAnEmptyText(evidence: String?) throws {
        let told = try #require(
            ticket([
                accepted("2026-07-01T08:00:00Z"), responded("2026-07-01T09:00:00Z"),
                fact("2026-07-01T10:00:00Z", .desk, .remoteTimedOut),
                act("2026-07-01T12:00:00Z", .visitFailed(.userAbsent), evidence: evidence),
            ]))
        #expect(told.objection(to: "VisitFailed") == (evidence == "photo-1" ? nil : .noEvidence))
    }

    @Test func anEmptyTextProvesNoStop() throws {
        let facts = [accepted("2026-07-01T08:00:00Z"), responded("2026-07-01T09:00:00Z", evidence: "")]
        #expect(try #require(ticket(facts)).view(.response, at: "2026-07-01T10:00:00Z").evidence == nil)
    }

    @Test func aLostDataSourceThatIsLostAgainStillNeedsNoRemoteSupport() throws {
        let told = try #require(
            ticket([
                opened("2026-07-01T08:00:00Z", routing: .k3), accepted("2026-07-01T08:00:00Z"),
                responded("2026-07-01T09:00:00Z"), cleared("2026-07-01T09:30:00Z"), solved("2026-07-01T10:00:00Z"),
                opened("2026-07-01T11:00:00Z", 2, routing: .k3),
            ]))
        #expect(told.state == .remoteSupport)
        #expect(told.view(.remoteSupport, at: "2026-07-03T00:00:00Z").status == .notApplicable)
    }

    @Test func whatTheMakerWasToldBeforeTheFaultIsNoNoticeOfIt() throws {
        let early = [
            accepted("2026-07-01T08:00:00Z"), act("2026-07-01T09:00:00Z", .makerNotified),
            opened("2026-07-02T08:00:00Z"),
        ]
        let notice = act("2026-07-03T08:00:00Z", .makerNotified)
        let known = decided("2026-07-04T08:00:00Z", .inTerm, days: 30)
        let untold = try #require(ticket(early + [known]))
        #expect(untold.span(.makerNotice, cycle: 1).stop == nil)
        let told = try #require(ticket(early + [notice, known]))
        #expect(told.span(.makerNotice, cycle: 1).start == instant("2026-07-02T08:00:00Z"))
        #expect(told.span(.makerNotice, cycle: 1).stop == instant("2026-07-03T08:00:00Z"))
    }

    @Test(arguments: ["", "ana"]) func aDecisionByNobodyIsNoProgress(author: String) throws {
        let told = try #require(
            ticket([
                accepted("2026-07-01T08:00:00Z"), decided("2026-07-01T09:00:00Z", .inTerm, days: nil, by: author),
            ]))
        #expect(told.coverage == .inTerm)
        #expect(told.span(.elimination, cycle: 1).progress.count == (author.isEmpty ? 0 : 1))
    }
}
