import Proof
import ServiceLevel
import Terms
import Testing
import Ticketing

/// Rules that random stories seldom come to: told by hand, and judged by both verifiers.
struct RareRuleTests {
    private func text(of story: Story) throws -> String {
        let verifier = try Verifier()
        let proof = try makeProof(story.content())
        #expect(try verifier.run([try verifier.write(proof, "rare.json")]).status == 0)
        return String(decoding: proof, as: UTF8.self)
    }

    private func report(_ receivedAt: Instant) -> FactEvent {
        .intake(.userReported(UserReport(channel: .app, receivedAt: receivedAt)))
    }

    /// Notified, answered, solved.
    private func solved(_ routing: Routing) -> (story: Story, fault: AlarmOccurrence) {
        var story = Story(empty: 1)
        let fault = story.occurrence(0, 1, routing)
        story.write(.gateway, .faultOpened(key: Story.keys[0], occurrence: fault))
        story.write(.desk, .deskAccepted(receivedAt: story.now, authorisation: nil))
        story.now = story.now + .hours(1)
        story.write(.desk, .firstResponse(author: "Ana", channel: .phone, evidence: nil))
        story.write(.gateway, .alarmCleared(occurrence: fault.id, reason: .returnedToNormal))
        story.write(.desk, .remoteOutcome(.solvedAlarmInactive, author: "Ana", evidence: nil))
        story.now = story.now + .hours(1)
        return (story, fault)
    }

    private func closed(_ routing: Routing) -> (story: Story, fault: AlarmOccurrence) {
        var (story, fault) = solved(routing)
        story.write(.desk, .statusReportDelivered(hash: "ab", channel: .mail, author: "Ana", evidence: nil))
        story.write(.desk, .act(.acknowledged, by: Signature("Ana")))
        story.now = story.now + .hours(1)
        story.write(.desk, .closed(author: "Ana"))
        return (story, fault)
    }

    @Test func aMachineMergesTwoTicketsOfOneFault() throws {
        var (story, fault) = closed(.k1)
        story.now = story.now + .days(31)
        let other = TicketID("home-1.4")
        story.write(.ticket(other), .gateway, .faultOpened(key: Story.keys[0], occurrence: fault))
        story.write(.user, report(story.now))
        // Of one instant a machine's facts are told first.
        story.now = story.now + .hours(1)
        story.write(.gateway, .act(.mergedInto(other), by: Signature("")))
        #expect(try text(of: story).contains(#""state":"merged""#))
    }

    @Test func wordsThatCameWhileItWasThoughtSolvedCountWhenTheFaultIsBack() throws {
        var (story, fault) = solved(.k1)
        let earlier = Story.begin - .hours(5)
        story.write(.user, report(earlier))
        story.write(.gateway, .faultOpened(key: Story.keys[0], occurrence: fault))
        let clock = #""clock":"diagnosisA","deadline":\#((earlier + .hours(48)).milliseconds)"#
        #expect(try text(of: story).contains(clock))
    }

    @Test(arguments: [Routing.k0, .k1])
    func aUserWhoComesBackToDangerComesBackToWhatIsNeverPutAside(routing: Routing) throws {
        var (story, fault) = closed(routing)
        story.write(.gateway, .alarmRaised(fault))
        story.write(.user, report(story.now))
        story.now = story.now + .hours(1)
        story.write(.desk, .shelf(.shelved(author: "Ana", reason: "parts", until: story.now + .hours(8))))
        #expect(try text(of: story).contains(#""objection":"safety""#) == (routing == .k0))
    }
}
