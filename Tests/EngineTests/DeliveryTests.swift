import Engine
import Terms
import Testing
import Ticketing

/// From a message that is due to what is known of its delivery.
struct DeliveryTests {
    private let mail = OutboxChannel(name: "mail", audience: [.support])
    private let hook = OutboxChannel(name: "hook", audience: [.support, .user])

    private func home(_ channels: [OutboxChannel]) -> Home {
        let home = Home()
        home.channels = channels
        home.introduce()
        home.packCelsius = 65
        home.read(3)
        return home
    }

    private func failed(_ due: DueDelivery, isPermanent: Bool = false) -> DeliveryEvent {
        .failed(due.attempt, reason: "451 later", isPermanent: isPermanent)
    }

    @Test func aTicketIsDueOnTheFirstChannelOfEachAudience() throws {
        let home = home([mail, hook])
        let due = home.outboxPlan.due
        #expect(due.map(\.attempt.channel) == ["mail", "hook"])
        #expect(due.map(\.audience) == [[.support], [.user]])
        #expect(due.allSatisfy { $0.message.id == "home-1.1/1/opened" && $0.attempt.number == 1 })
        let news = home.news(of: try #require(due.first).message)
        #expect(news.map(\.ticket.id) == ["home-1.1"])
        #expect(news.first?.responsible == nil)
        try home.act(.respond(channel: .phone))
        #expect(home.news(of: try #require(due.first).message).first?.responsible == "ana")
    }

    @Test func whatIsRecordedIsShownAndSurvivesARestart() throws {
        let home = home([mail, hook])
        for due in home.outboxPlan.due {
            home.record(due.attempt.channel == "mail" ? failed(due, isPermanent: true)
                : .delivered(due.attempt, audience: due.audience, receipt: "HTTP 204"))
        }
        // The refusal and the hand-over that follows from it are one entry of the ledger.
        #expect(home.facts.suffix(3) == ["NotificationFailed", "NotificationHandedOver", "NotificationDelivered"])
        let next = try #require(home.outboxPlan.due.first)
        #expect(next.attempt.channel == "hook" && next.audience == [.support])
        #expect(next.before == [DueDelivery.Failing(channel: "mail", reason: "451 later")])

        let again = home.restarted()
        again.channels = [mail, hook]
        #expect(again.outboxPlan.due == [next])
        #expect(again.snapshot.tickets == home.snapshot.tickets)
        let message = try #require(again.snapshot.tickets.first?.notifications.first)
        #expect(message.id == "home-1.1/1/opened")
        #expect(message.told == ["user"])
        #expect(message.deliveries.map(\.channel) == ["mail", "hook"])
        #expect(message.deliveries.map(\.state) == [.refused, .delivered])
        #expect(message.deliveries.map(\.words) == ["451 later", "HTTP 204"])
        #expect(again.snapshot.channels.map(\.delivered) == [0, 1])
        #expect(again.snapshot.channels.map(\.waiting) == [0, 1])
        #expect(again.snapshot.unreached.isEmpty)
    }

    @Test func whenNoChannelWorksItIsSeen() throws {
        let home = home([mail])
        home.record(failed(try #require(home.outboxPlan.due.first)))
        #expect(home.snapshot.unreached.isEmpty)
        #expect(home.outboxPlan.due.isEmpty)
        home.wait(.minutes(1))
        home.record(failed(try #require(home.outboxPlan.due.first)))
        let shown = home.snapshot
        #expect(shown.unreached == [UnreachedSnapshot(message: "home-1.1/1/opened", audience: "support")])
        #expect(shown.channels.first?.isDown == true)
        #expect(shown.channels.first?.reason == "451 later")
        #expect(shown.tickets.first?.notifications.first?.deliveries.first?.state == .retrying)
        #expect(shown.channels.first?.nextTryAt.map { $0 - shown.now } ?? 0 > 0)
    }

    @Test func ofAClosedTicketAndOfACycleThatIsOverNobodyIsTold() throws {
        let home = home([mail])
        #expect(home.outboxPlan.due.count == 1)
        home.packCelsius = 30
        home.read(60)
        for action in [
            .respond(channel: .phone), .remote(.solvedSaysUser), .report(contentHash: "ab", channel: .phone), .close,
        ] as [TicketAction] { try home.act(action) }
        #expect(home.book.tickets[ticketOne]?.isOpen == false)
        #expect(home.outboxPlan.due.isEmpty && home.outboxPlan.next == nil)
        home.packCelsius = 65
        home.read(3)
        #expect(home.outboxPlan.due.map(\.message.id) == ["home-1.1/2/opened"])
    }

    @Test func aSiteWithoutChannelsKnowsOfNoDelivery() {
        let home = home([])
        #expect(home.outboxPlan.due.isEmpty && home.handOvers.isEmpty)
        #expect(home.snapshot.channels.isEmpty && home.snapshot.unreached.isEmpty)
        #expect(home.snapshot.tickets.first?.notifications.map(\.deliveries) == [[]])
    }
}
