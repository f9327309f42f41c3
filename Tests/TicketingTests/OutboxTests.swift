import Terms
import Testing
import Ticketing

private let mail = OutboxChannel(name: "mail", audience: [.support])
private let hook = OutboxChannel(name: "hook", audience: [.support])
private let owner = OutboxChannel(name: "owner", audience: [.user])

/// Who is told through which channel, in time that is made up.
struct OutboxTests {
    private func expectEachOnce(_ office: PostOffice, _ messages: Int, _ audience: Audience = .support) {
        for number in 1...messages {
            let heard = office.arrivals.filter { arrival in
                arrival.message == "home-1.\(number)/1/opened" && arrival.audience.contains(audience)
            }
            #expect(heard.count == 1, "message \(number) reached \(audience) \(heard.count) times")
        }
    }

    @Test func aChannelThatWorksTellsAtOnceAndOnce() {
        let office = PostOffice([mail, hook])
        office.tell()
        office.run(.hours(24))
        #expect(office.arrivals.map(\.channel) == ["mail"])
        #expect(office.arrivals.map(\.at) == [PostOffice.start])
        #expect(office.plan.next == nil)
        #expect(office.count("NotificationHandedOver") == 0)
    }

    @Test func eachAudienceHasChannelsOfItsOwn() {
        let office = PostOffice([mail, owner])
        office.answer = { channel, _, _ in channel == "mail" ? .hangs(.seconds(30)) : .takes }
        office.tell(to: [.user, .support])
        office.run(.seconds(1))
        // The one that hangs holds up nobody of another audience.
        #expect(office.arrivals.map(\.audience) == [[.user]])
        #expect(office.arrivals.map(\.at) == [PostOffice.start])
    }

    @Test func anHourWithoutMailServerIsAnHourOnTheNextChannel() {
        let office = PostOffice([mail, hook])
        office.answer = { channel, _, now in
            channel == "mail" && now < PostOffice.start + .hours(1) ? .fails : .takes
        }
        for number in 1...20 {
            office.tell(number)
            office.run(.minutes(5))
        }
        expectEachOnce(office, 20)
        // The first one waits for two tries; those that come while the channel is known to be down wait for none.
        #expect(office.arrivals.first.map { $0.at - PostOffice.start } == .minutes(1) + .seconds(1))
        let during = office.arrivals.filter { $0.at < PostOffice.start + .hours(1) }
        #expect(during.allSatisfy { $0.channel == "hook" })
        // But for one second where one of them finds out that it still is.
        for arrival in during.dropFirst() { #expect((arrival.at - PostOffice.start).count % 300_000 <= 1_000) }
        // Mail was tried again and took over once it worked.
        #expect(office.arrivals.last?.channel == "mail")
        #expect(office.failures(of: "mail").count < 12)
    }

    @Test func anHourWithoutAnyChannelLosesNothing() {
        let office = PostOffice([mail, hook])
        office.answer = { _, _, now in now < PostOffice.start + .hours(1) ? .fails : .takes }
        for number in 1...12 {
            office.tell(number)
            office.run(.minutes(5))
        }
        #expect(office.arrivals.isEmpty)
        #expect(Set(office.plan.unreached.map(\.message)).count == 12)
        office.run(.hours(2))
        expectEachOnce(office, 12)
        #expect(office.plan.unreached.isEmpty)
        // Within the longest pause after it works again.
        #expect(office.arrivals.allSatisfy { $0.at <= PostOffice.start + .hours(2) })
    }

    @Test func theTriesOfALongOutageGrowFewAndNeverEnd() {
        let office = PostOffice([mail])
        office.answer = { _, _, _ in .fails }
        office.tell()
        office.run(.days(3))
        let failures = office.failures(of: "mail")
        #expect(Array(failures.prefix(8)) == [0, 1, 3, 7, 15, 31, 63, 123])
        #expect(failures.count < 3 * 24 + 7)
        #expect(failures.last ?? 0 > 3 * 24 * 60 - 61)
        #expect(office.plan.unreached == [Unreached(message: "home-1.1/1/opened", audience: .support)])
        // So it stays bounded however many messages wait.
        for number in 2...50 { office.tell(number) }
        office.run(.days(1))
        #expect(office.failures(of: "mail").count < failures.count + 26)
        office.answer = { _, _, _ in .takes }
        office.run(.hours(1))
        expectEachOnce(office, 50)
    }

    @Test func aHookThatHangsHandsOverAfterTwoTries() {
        let office = PostOffice([hook, mail])
        office.answer = { channel, _, _ in channel == "hook" ? .hangs(.seconds(30)) : .takes }
        office.tell()
        office.tell(2)
        office.run(.minutes(10))
        expectEachOnce(office, 2)
        #expect(office.arrivals.allSatisfy { $0.channel == "mail" })
        #expect(office.arrivals.allSatisfy { $0.at <= PostOffice.start + .seconds(125) })
    }

    @Test func aRefusalHandsOverAtOnceAndIsNotRepeated() {
        let office = PostOffice([mail, hook])
        office.answer = { channel, _, _ in channel == "mail" ? .refuses : .takes }
        office.tell()
        office.run(.days(2))
        #expect(office.arrivals.map(\.channel) == ["hook"])
        #expect(office.arrivals.map(\.at) == [PostOffice.start + .seconds(1)])
        #expect(office.failures(of: "mail") == [0])
        // A server that says no is there: the next message is its own.
        office.answer = { _, _, _ in .takes }
        office.tell(2)
        office.run(.minutes(1))
        #expect(office.arrivals.last?.channel == "mail")
    }

    @Test func refusedByAllIsTriedAgainEveryHourAndSaid() {
        let office = PostOffice([mail, hook])
        office.answer = { _, _, now in now < PostOffice.start + .hours(5) ? .refuses : .takes }
        office.tell()
        office.run(.hours(4))
        #expect(office.plan.unreached.count == 1)
        #expect(office.failures(of: "mail").count <= 5)
        office.run(.hours(3))
        expectEachOnce(office, 1)
    }

    @Test func oneMessageThatAServerDislikesHoldsUpNoOther() {
        let office = PostOffice([mail])
        office.answer = { _, due, _ in due.message.id == "home-1.1/1/opened" ? .fails : .takes }
        for number in 1...8 {
            office.tell(number)
            office.run(.minutes(3))
        }
        #expect(office.arrivals.count == 7)
        #expect(office.arrivals.allSatisfy { $0.message != "home-1.1/1/opened" })
        #expect(office.failures(of: "mail").count < 14)
    }

    @Test func dangerWaitsForNoPause() {
        let office = PostOffice([mail])
        office.answer = { _, due, _ in due.message.isUrgent ? .takes : .fails }
        office.tell()
        office.run(.hours(3) + .minutes(20))
        let before = office.now
        office.tell(2, urgent: true)
        office.run(.seconds(1))
        #expect(office.arrivals.map(\.at) == [before])
    }

    @Test func dangerIsHandedOverAfterSeconds() {
        let office = PostOffice([mail, hook])
        office.answer = { channel, _, _ in channel == "mail" ? .fails : .takes }
        office.tell(urgent: true)
        office.run(.minutes(1))
        #expect(office.arrivals.map { $0.at - PostOffice.start } == [OutboxPlan.urgentPause + .seconds(1)])
    }

    @Test func aChannelForTwoTellsWhoIsLeft() {
        let both = OutboxChannel(name: "both", audience: [.user, .support])
        let office = PostOffice([both, hook])
        office.answer = { channel, _, now in
            channel == "both" && now < PostOffice.start + .minutes(30) ? .fails : .takes
        }
        office.tell(to: [.user, .support])
        office.run(.hours(2))
        #expect(office.arrivals.map(\.channel) == ["hook", "both"])
        #expect(office.arrivals.map(\.audience) == [[.support], [.user]])
    }

    @Test func aChannelThatTellsBothDoesSoInOneMessage() {
        let office = PostOffice([OutboxChannel(name: "both", audience: [.support, .user]), hook])
        office.tell(to: [.user, .support])
        office.run(.hours(2))
        #expect(office.arrivals.map(\.audience) == [[.user, .support]])
    }

    @Test func aClosedTicketIsToldToNobodyAnyMore() {
        let office = PostOffice([mail])
        office.answer = { _, _, _ in .fails }
        office.tell()
        office.run(.hours(2))
        office.closed = [t1]
        let tries = office.count("NotificationFailed")
        office.run(.days(2))
        #expect(office.count("NotificationFailed") == tries)
        #expect(office.plan.unreached.isEmpty && office.plan.next == nil)
    }

    @Test func deathBetweenSendingAndRecordingRepeatsTheSameId() {
        let office = PostOffice([mail, hook])
        office.diesAfterSending = true
        office.tell()
        office.run(.hours(1))
        #expect(office.arrivals.map(\.message) == ["home-1.1/1/opened", "home-1.1/1/opened"])
        #expect(office.arrivals.map(\.channel) == ["mail", "mail"])
    }

    @Test(arguments: [7, 63, 65, 200, 1_801] as [Int64])
    func aRestartAnywhereChangesNothing(seconds: Int64) {
        func office(restartsAfter time: Milliseconds?) -> PostOffice {
            let office = PostOffice([mail, hook, owner])
            office.answer = { channel, _, now in
                let minute = (now - PostOffice.start).count / 60_000
                return switch channel {
                case "mail": minute < 60 ? .fails : .takes
                case "hook": minute % 20 < 10 ? .fails : .takes
                default: .takes
                }
            }
            for number in 1...5 { office.tell(number, to: [.user, .support]) }
            if let time {
                office.run(time)
                office.restart()
            }
            office.run(.hours(3) - (time ?? .zero))
            return office
        }
        let through = office(restartsAfter: nil)
        let restarted = office(restartsAfter: .seconds(seconds))
        #expect(restarted.arrivals == through.arrivals)
        #expect(restarted.ledger.map(\.event) == through.ledger.map(\.event))
        expectEachOnce(restarted, 5)
        expectEachOnce(restarted, 5, .user)
    }

    @Test func aClockThatIsSetBackHoldsUpNothing() {
        let office = PostOffice([mail])
        office.answer = { _, _, _ in .fails }
        office.tell()
        office.run(.hours(3))
        office.setBack(by: .days(30))
        office.answer = { _, _, _ in .takes }
        office.run(.minutes(2))
        expectEachOnce(office, 1)
    }

    @Test func withoutChannelsNothingIsDueAndNothingIsAmiss() {
        let office = PostOffice([])
        office.tell(to: [.user, .support])
        #expect(office.plan.due.isEmpty && office.plan.next == nil && office.plan.unreached.isEmpty)
        // Configured later, they tell what is still open.
        office.channels = [mail]
        office.run(.seconds(1))
        #expect(office.arrivals.map(\.audience) == [[.support]])
    }

    @Test func theNextChannelIsToldWhyItHasTheMessage() throws {
        let office = PostOffice([mail, hook])
        var before: [DueDelivery.Failing] = []
        office.answer = { channel, due, _ in
            if channel == "hook" { before = due.before }
            return channel == "mail" ? .refuses : .takes
        }
        office.tell()
        office.run(.minutes(1))
        #expect(before == [DueDelivery.Failing(channel: "mail", reason: "550 nobody here")])
    }

    @Test func whatIsDoneIsForgottenInTime() {
        let office = PostOffice([mail])
        for number in 1...600 {
            office.tell(number)
            office.run(.seconds(1))
        }
        #expect(office.outbox.entries.count == 512)
        #expect(office.outbox.entries(about: t1).isEmpty)
        #expect(office.outbox.entries(about: TicketID("home-1.600")).first?.told == [.support])
        #expect(office.outbox.health["mail"]?.delivered == 600)
    }
}
