import Terms
import Testing
import Ticketing

struct NotificationPlanTests {
    private let start = Instant(milliseconds: 1_780_000_000_000)

    private func waiting(_ number: Int, at seconds: Int64, urgent: Bool = false) -> NotificationPlan.Waiting {
        let ticket = TicketID("home-1.\(number)")
        let call = NotificationCall(.ticket(ticket), kind: .opened, at: start + .seconds(seconds))
        return .init(
            .ticket(ticket), calls: [call], audience: (urgent ? Routing.k0 : .k1).audience, isUrgent: urgent)
    }

    private func sent(_ seconds: [Int64], urgent: Bool = false) -> [NotificationPlan.Sent] {
        seconds.map { .init(at: start + .seconds($0), isUrgent: urgent) }
    }

    @Test func aFewAreToldOneByOne() {
        let plan = NotificationPlan(waiting: (1...7).map { waiting($0, at: 0) }, sent: [])
        let messages = plan.messages(at: start)
        #expect(messages.map(\.tickets) == (1...7).map { [TicketID("home-1.\($0)")] })
        #expect(messages.allSatisfy { !$0.isFlood })
        #expect(messages.first?.calls == ["home-1.1/1/opened"])
    }

    @Test func manyAreOneMessageThatListsAllWithDangerFirst() {
        let plan = NotificationPlan(
            waiting: (1...59).map { waiting($0, at: 0) } + [waiting(60, at: 1, urgent: true)], sent: [])
        let messages = plan.messages(at: start + .seconds(1))
        #expect(messages.count == 1)
        #expect(messages.first?.tickets.first == TicketID("home-1.60"))
        #expect(messages.first?.tickets.count == 60)
        #expect(messages.first?.isUrgent == true)
    }

    @Test func aListWaitsForThePauseAndDangerDoesNot() {
        let seven = sent([0, 1, 2, 3, 4, 5, 6])
        let usual = NotificationPlan(waiting: [waiting(8, at: 7)], sent: seven)
        #expect(usual.messages(at: start + .seconds(7)).isEmpty)
        #expect(usual.nextDue(after: start + .seconds(7)) == start + .seconds(126))
        let danger = NotificationPlan(waiting: [waiting(8, at: 7, urgent: true)], sent: seven)
        #expect(danger.messages(at: start + .seconds(7)).count == 1)
        let more = NotificationPlan(
            waiting: [waiting(9, at: 8, urgent: true)], sent: seven + sent([7], urgent: true))
        #expect(more.nextDue(after: start + .seconds(8)) == start + .seconds(127))
    }

    @Test func aMessageFromTheFutureLimitsNobody() {
        let plan = NotificationPlan(waiting: [waiting(1, at: 0)], sent: sent(Array(3_600..<3_620)))
        #expect(plan.messages(at: start).count == 1)
    }

    @Test func whoeverMayBeToldNothingYetIsToldWhenThereIsRoom() {
        let full = sent([0, 120, 240, 300, 310, 320, 330, 340, 350, 360])
        let plan = NotificationPlan(waiting: [waiting(1, at: 361, urgent: true)], sent: full)
        #expect(plan.messages(at: start + .seconds(361)).isEmpty)
        #expect(plan.nextDue(after: start + .seconds(361)) == start + .seconds(600))
    }

    @Test(arguments: 1...5 as ClosedRange<UInt64>) func neverMoreThanTenInTenMinutes(seed: UInt64) {
        var random = seed
        func draw(_ below: UInt64) -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (random >> 33) % below
        }
        var messages: [NotificationPlan.Sent] = []
        var open: [NotificationPlan.Waiting] = []
        var told = 0
        for second in 0..<7_200 as Range<Int64> {
            if draw(1 + draw(60)) == 0 { open.append(waiting(told + open.count + 1, at: second, urgent: draw(5) == 0)) }
            let now = start + .seconds(second)
            let plan = NotificationPlan(waiting: open, sent: messages)
            let due = plan.messages(at: now)
            #expect((plan.nextDue(after: now) == now) == !due.isEmpty)
            for message in due {
                told += message.tickets.count
                open.removeAll { message.about.contains($0.subject) }
                messages.append(.init(at: now, isUrgent: message.isUrgent))
            }
            let recent = messages.filter { $0.at > now - .minutes(10) }
            #expect(recent.count <= NotificationPlan.most)
        }
        #expect(told > 100)
        #expect(open.allSatisfy { $0.calls[0].at > start + .seconds(7_200 - 600) })
    }
}
