import Terms
import Testing
import Ticketing

struct DeliveryEventTests {
    private let attempt = DeliveryAttempt(message: "home-1.1/1/opened", channel: "mail", number: 3)

    private var events: [DeliveryEvent] {
        [
            .delivered(attempt, audience: [.user, .support], receipt: "250 2.0.0 Ok: \"queued\""),
            .failed(attempt, reason: "connection refused", isPermanent: false),
            .failed(attempt, reason: "550 nobody", isPermanent: true),
            .handedOver(message: "home-1.1/1/opened", from: "mail", to: "hook"),
        ]
    }

    @Test func everyEventComesBackFromItsBytes() throws {
        for event in events {
            let before = fact("2026-05-04T10:00:00Z", .desk, .delivery(event))
            #expect(try Fact(canonicalBytes: before.canonicalBytes) == before)
            #expect(before.event.name.hasPrefix("Notification"))
            #expect(before.sentence.contains("home-1.1/1/opened"))
        }
    }

    @Test func aTicketIsNotChangedByIt() throws {
        let told = try #require(
            ticket([
                opened("2026-05-04T10:00:00Z"),
                fact("2026-05-04T10:01:00Z", .desk, .delivery(.failed(attempt, reason: "x", isPermanent: true))),
            ]))
        #expect(told.objection(to: "NotificationFailed") == .wrongState)
        #expect(told.state == .draft)
    }

    @Test func wordsFromOutsideAreOneShortLine() {
        #expect(DeliveryEvent.words("  250 ok\r\nSubject: x\u{0}\u{202E}y  ") == "250 ok Subject: x y")
        #expect(DeliveryEvent.words(String(repeating: "ä", count: 500)).utf8.count == 200)
        #expect(DeliveryEvent.words("\u{0}\u{7}").isEmpty)
    }

    @Test(arguments: [
        "home-1.3/1/opened", "home-1.3/2/safety", "home-1.3/1/escalated", "home-1.3/1/response/warn50",
        "home-1.3/12/diagnosisA/breach", "home-1.3/1/reminder24h", "home-1/year3/followUpVisit/before7d",
        "order/A-7/1/contractSigning/lastDay", "home-1.3/1/elimination/noProgress24h@1777888800000",
    ])
    func aCallIsReadFromItsId(id: String) throws {
        let call = try #require(ToldCall(id: id))
        let again = NotificationCall(call.subject, cycle: call.cycle, kind: call.kind, at: PostOffice.start)
        #expect(again.id == id)
    }

    @Test(arguments: [
        "", "home-1.3", "home-1.3/1", "home-1.3/0/opened", "home-1.3/01/opened", "home-1.3/1/response/warn050",
        "home-1.3/1/response", "home-1.3/1/lunch/breach", "home-1.3/1/opened/x", "home-1.3/1/response/warn",
    ])
    func whatIsNoCallIsNone(id: String) { #expect(ToldCall(id: id) == nil) }

    @Test func ofEachClockTheHighestStepIsSaid() {
        let ids = [
            "home-1.1/1/opened", "home-1.1/1/response/warn50", "home-1.1/1/diagnosisA/warn50",
            "home-1.1/1/response/breach", "home-1.1/1/response/warn90", "home-1.1/1/diagnosisA/warn75",
            "home-1.2/1/response/warn50",
        ]
        let said = ToldCall.highest(of: ids).map {
            NotificationCall($0.subject, cycle: $0.cycle, kind: $0.kind, at: PostOffice.start).id
        }
        #expect(
            said == [
                "home-1.1/1/opened", "home-1.1/1/response/breach", "home-1.1/1/diagnosisA/warn75",
                "home-1.2/1/response/warn50",
            ])
    }
}
