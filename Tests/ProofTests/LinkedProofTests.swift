import Proof
import ServiceLevel
import Terms
import Testing
import Ticketing

/// Tickets that are told together: what a proof of one needs of the others.
struct LinkedProofTests {
    private let verifier: Verifier
    private let merged = TicketID("home-1.2")

    init() throws { verifier = try Verifier() }

    private func verdict(_ clock: Clock, in proof: [UInt8]) throws -> ProofSummary.Verdict {
        try #require(try checkProof(proof).verdicts.last { $0.clock == clock.rawValue })
    }

    /// Both verifiers refuse it, and name what is wrong.
    private func expectRefused(_ proof: [UInt8], _ name: String) throws {
        #expect(problem(proof)?.contains(name) == true, "\(problem(proof) ?? "it holds")")
        let file = try verifier.write(proof, "refused.json")
        let (status, complaints, _) = try verifier.run([file])
        #expect(status == 1)
        #expect(complaints[file]?.contains(name) == true, "\(complaints)")
    }

    @Test func theStartOfAMergedTicketIsProvenByTheRowsOfBoth() throws {
        let story = Story.linked
        let proof = try makeProof(story.content())
        // From the user's call on: half an hour too late. From the box's own notification it were in time.
        #expect(try verdict(.response, in: proof).status == "breached")
        #expect(try verdict(.response, in: proof).overrun == .minutes(30))
        #expect(try verifier.run([try verifier.write(proof, "linked.json")]).status == 0)
        // Without the first row no fact opens the other ticket, and its merge counts for nothing.
        let shortened = try makeProof(story.content(from: 1))
        #expect(try verdict(.response, in: shortened).status == "met")
        #expect(try verifier.run([try verifier.write(shortened, "shortened.json")]).status == 0)
        try expectRefused(
            try forged(shortened, "\"overrun\":0", "\"overrun\":1800000"), "verdict of cycle 1, response: overrun")
    }

    @Test func theMergedTicketItselfHasAProof() throws {
        let proof = try makeProof(Story.linked.content(of: merged))
        #expect(try checkProof(proof).state == "merged")
        #expect(try verdict(.response, in: proof).status == "notApplicable")
        #expect(try verifier.run([try verifier.write(proof, "merged.json")]).status == 0)
        try expectRefused(try forged(proof, "\"state\":\"merged\"", "\"state\":\"received\""), "ticket: state")
    }

    @Test func theDocumentsOfTheOtherTicketMustBeThere() throws {
        let proof = try makeProof(Story.linked.content())
        let (policy, calendar) = (StoryDocuments.laterPolicy, StoryDocuments.calendars[0])
        try expectRefused(
            try forged(proof, ",\(entry(of: policy))", ""),
            "ticket home-1.2 is bound to the policy \(StoryDocuments.hash(policy)), and no such document is there")
        try expectRefused(
            try forged(proof, entry(of: calendar), ""),
            "ticket home-1.2 is bound to the calendar \(StoryDocuments.hash(calendar)), and no such document is there")
        var content = Story.linked.content()
        content.calendars = []
        #expect(throws: ProofTrouble.self) { try makeProof(content) }
    }

    @Test func whatAppliesWhereNoFactBindsMustBeThere() throws {
        let proof = try makeProof(Story.linked.content())
        let other = ChainHash.of([1]).description
        let site = StoryDocuments.hash(StoryDocuments.policy)
        try expectRefused(
            try forged(proof, "\"unbound\":{\"policy\":\"\(site)", "\"unbound\":{\"policy\":\"\(other)"),
            "tickets that no fact binds are under the policy \(other), and no such document is there")
    }

    /// A late entry counts or not by the tolerance of the ticket that it is about.
    @Test func aTicketThatNoFactBindsIsUnderTheSitesPolicyWhateverTheOtherIsBoundTo() throws {
        var story = Story(empty: 1)
        let other = Subject.ticket(merged)
        story.write(.desk, .policyBound(Story.binding(policy: 1)))
        story.write(.desk, .deskAccepted(receivedAt: story.now, authorisation: nil))
        story.write(other, .desk, .deskAccepted(receivedAt: story.now, authorisation: nil))
        let day = AgreedTime.daysAfterStart(2)
        let agreed = FactEvent.act(.deliveryAgreed(DeliveryAgreement(slotEnd: day)), by: Signature("Ana"))
        story.write(other, .desk, agreed)
        story.now = story.now + .minutes(30)
        story.write(other, .desk, at: Story.begin, .firstResponse(author: "Ana", channel: .phone, evidence: nil))
        // It names the other, and so both are told together.
        let report = UserReport(channel: .phone, receivedAt: story.now, ticket: merged)
        story.write(.user, .intake(.userReported(report)))
        #expect(story.book.linked(to: merged) == [merged, Story.ticket])
        let proof = try makeProof(story.content(of: merged))
        // The site tells days in Berlin, and takes a quarter of an hour for late.
        #expect(try verdict(.delivery, in: proof).status == "running")
        #expect(String(decoding: proof, as: UTF8.self).contains("\"stop\":\(story.now.milliseconds)"))
        let proofOfOther = try makeProof(story.content())
        let files = [try verifier.write(proof, "unbound.json"), try verifier.write(proofOfOther, "bound.json")]
        #expect(try verifier.run(files).status == 0)
    }
}
