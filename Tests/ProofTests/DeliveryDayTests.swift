import Proof
import ServiceLevel
import Terms
import Testing
import Ticketing

/// Days that do not begin at midnight, or have no 24 hours, end at the same instant for both verifiers.
struct DeliveryDayTests {
    @Test(arguments: [
        ("America/Sao_Paulo", "2018-11-03", "2018-11-04T03:00:00Z"),
        ("America/Havana", "2023-03-11", "2023-03-12T05:00:00Z"),
        ("Africa/Cairo", "2024-04-25", "2024-04-25T22:00:00Z"),
        ("Europe/Berlin", "2024-03-31", "2024-03-31T22:00:00Z"),
        ("Europe/Berlin", "2024-10-27", "2024-10-27T23:00:00Z"),
        ("Asia/Kathmandu", "2024-01-01", "2024-01-01T18:15:00Z"),
        ("Pacific/Chatham", "2024-04-07", "2024-04-07T11:15:00Z"),
        // The day after it was left out.
        ("Pacific/Apia", "2011-12-29", "2011-12-30T10:00:00Z"),
    ])
    func aDayEndsWhenTheNextOneBegins(zone: String, day: String, end: String) throws {
        let verifier = try Verifier()
        let (day, end) = (try #require(CivilDate(text: day)), try #require(Instant(rfc3339: end)))
        var story = Story(empty: 1)
        story.write(.desk, .policyBound(Story.binding(policy: 0, zone: zone)))
        story.write(.desk, .deskAccepted(receivedAt: story.now, authorisation: nil))
        let agreement = DeliveryAgreement(slotEnd: .day(day))
        story.write(.desk, .act(.deliveryAgreed(agreement), by: Signature("Ana")))
        let proof = try makeProof(story.content())
        #expect(String(decoding: proof, as: UTF8.self).contains("\"deadline\":\(end.milliseconds)"))
        #expect(try verifier.run([try verifier.write(proof, "day.json")]).status == 0)
    }
}
