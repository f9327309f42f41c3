import Detection
import Engine
import Terms
import Testing
import Ticketing

/// Who is told what, and how much of it at once.
struct NotificationTests {
    /// So many independent faults of one device.
    private func faults(_ count: Int, _ routing: Routing) -> [Site.Fault] {
        (0..<count).map { Site.Fault("maker.fault\($0)", routing) }
    }

    private func expectEverythingIsToldOnce(_ site: Site) {
        let told = site.messages.flatMap(\.message.calls)
        #expect(Set(told).count == told.count)
        for id in site.book.tickets.keys { #expect(told.contains("\(id)/1/opened"), "\(id) was told to nobody") }
        #expect(site.mostMessages <= 10)
    }

    @Test(arguments: [Routing.k0, .k1, .k2]) func sixtyAlarmsAtOnceAreOneMessageThatListsAll(routing: Routing) {
        let site = Site([Site.Device("hybrid", faults(60, routing))])
        site.devices[0].bits = 1 << 60 - 1
        site.run(.minutes(20))
        #expect(site.seconds(of: "AlarmRaised").count == 60)
        #expect(site.book.tickets.count == 60)
        #expect(site.messages.count == 1)
        #expect(site.messages.first?.message.tickets.count == 60)
        #expect(site.messages.first?.message.isFlood == true)
        expectEverythingIsToldOnce(site)
    }

    @Test(arguments: [Routing.k0, .k2]) func sixtyAlarmsOneAfterAnotherAreTenMessagesInTenMinutesAtMost(
        routing: Routing
    ) {
        for spacing in [1, 5, 20, 45] as [Int64] {
            let site = Site([Site.Device("hybrid", faults(60, routing))])
            for number in 0..<60 {
                site.set("hybrid", "maker.fault\(number)")
                site.run(.seconds(spacing))
            }
            site.run(.minutes(20))
            #expect(site.seconds(of: "AlarmRaised").count == 60)
            #expect(site.book.tickets.count == 60)
            expectEverythingIsToldOnce(site)
        }
    }

    @Test func dangerIsToldAtOnceAmidAFlood() {
        let site = Site([Site.Device("hybrid", faults(60, .k2) + [Site.Fault("overTemperature", .k0)])])
        for number in 0..<60 {
            site.set("hybrid", "maker.fault\(number)")
            site.run(.seconds(1))
        }
        site.set("hybrid", "overTemperature")
        let raised = site.time
        site.run(.seconds(2))
        let urgent = site.messages.filter(\.message.isUrgent)
        #expect(urgent.map(\.at) == [raised])
        site.run(.minutes(20))
        expectEverythingIsToldOnce(site)
    }

    @Test func theEngineAsksToBeWokenForAMessageThatWaits() throws {
        let site = Site([Site.Device("hybrid", faults(60, .k2))])
        for number in 0..<20 {
            site.set("hybrid", "maker.fault\(number)")
            site.run(.seconds(1))
        }
        let last = try #require(site.messages.last)
        #expect(site.messages.count == NotificationPlan.singles)
        let due = try #require(site.book.nextNotificationDue(after: site.time))
        #expect(due == last.at + NotificationPlan.pause)
    }

    /// Thirty days of faults that come and go at four devices, as a seed draws them.
    @Test(arguments: [1, 2] as [UInt64]) func aFlappingSiteOverThirtyDaysTellsTenTimesInTenMinutesAtMost(seed: UInt64) {
        let kinds = [Routing.k0, .k1, .k1, .k2, .k4, .k1]
        let classes: [Routing: ClassRule] = [.k4: ClassRule(onDelay: .zero, repeats: 3)]
        let site = Site(
            (1...4).map { number in
                Site.Device(
                    "pack-\(number)", unit: number, hasCells: true,
                    kinds.enumerated().map { Site.Fault("maker.fault\($0)", $1) })
            }, classes: classes, interval: .minutes(1))
        var random = seed
        func draw(_ below: UInt64) -> UInt64 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (random >> 33) % below
        }
        // What each device was seen to report, and how often something came up there: each pause is longer than the
        // off-delay, so each coming is an occurrence.
        var seen: [UInt64] = [0, 0, 0, 0]
        var comings = 0
        for _ in 0..<(30 * 24 * 4) {
            for device in 0..<4 where draw(3) == 0 { site.devices[device].bits ^= 1 << draw(6) }
            // Now and then a whole site at once.
            if draw(200) == 0 { for device in 0..<4 { site.devices[device].bits = 0b111111 } }
            if draw(300) == 0 { site.silence("pack-\(1 + draw(4))", draw(2) == 0) }
            for (index, device) in site.devices.enumerated() where device.answers {
                comings += (device.bits & ~seen[index]).nonzeroBitCount
                seen[index] = device.bits
            }
            site.run(.minutes(15), every: .minutes(1))
        }
        #expect(site.time == Home.start + .days(30))
        let raised = site.ledger.compactMap { fact -> OccurrenceID? in
            if case .alarmRaised(let occurrence) = fact.event, occurrence.faultClass == .deviceAlarm {
                occurrence.id
            } else {
                nil
            }
        }
        #expect(raised.count == comings)
        #expect(raised.count > 500)
        #expect(Set(raised).count == raised.count)
        #expect(site.mostMessages <= 10)
        #expect(site.messages.count > 20)
        print("seed \(seed): \(raised.count) occurrences, \(site.book.tickets.count) tickets,",
            "\(site.messages.count) messages, at most \(site.mostMessages) in 10 minutes, \(site.ledger.count) facts")
    }

    // MARK: - Put aside

    private func protected() -> Site {
        let site = Site([Site.Device("pack-1", hasCells: true, [
            Site.Fault("cellOverVoltage", .k1), Site.Fault("overTemperature", .k0),
        ])])
        site.set("pack-1", "cellOverVoltage")
        site.run(.minutes(20))
        return site
    }

    @Test func whatIsPutAsideIsToldToNobodyUntilTheTimeIsOver() throws {
        let site = protected()
        #expect(site.messages.count == 1)
        site.run(.hours(10))
        let before = site.messages.count
        try site.act(.shelve(reason: "the part comes on Monday", time: .hours(8)))
        let until = site.time + .hours(8)
        #expect(site.snapshot.tickets.first?.shelvedUntil == until.milliseconds)
        site.run(.hours(7))
        // Half of the time to answer has passed meanwhile: written, and told to nobody.
        #expect(site.seconds(of: "Warned").isEmpty == false)
        #expect(site.messages.count == before)
        site.run(.hours(2))
        #expect(site.messages.count == before + 1)
        #expect(site.messages.last?.at == until)
        #expect(site.snapshot.tickets.first?.shelvedUntil == nil)
    }

    @Test func whatIsTakenUpAgainIsToldAtOnce() throws {
        let site = protected()
        try site.act(.shelve(reason: "known", time: .hours(24)))
        site.run(.hours(13))
        #expect(site.messages.count == 1)
        try site.act(.unshelve)
        site.run(.seconds(2))
        #expect(site.messages.count == 2)
    }

    @Test func puttingAsideNeedsAReasonAndATimeAndIsNeverForSafety() throws {
        let site = protected()
        func refusal(_ action: TicketAction) -> String {
            do {
                try site.act(action)
                return "accepted"
            } catch { return "\(error)" }
        }
        #expect(refusal(.shelve(reason: "", time: .hours(8))) == "home-1.1 cannot be put aside: no reason is given")
        for time in [Milliseconds.zero, .hours(24) + .seconds(1)] {
            #expect(refusal(.shelve(reason: "known", time: time)).contains("at most 24 hours"))
        }
        #expect(refusal(.unshelve).contains("is not put aside"))
        #expect(!site.ledger.contains { $0.event.name == "Shelved" })
        #expect(refusal(.shelve(reason: "known", time: .hours(24))) == "accepted")
        // The same ticket's device becomes a danger: told at once, and in a ticket that cannot be put aside.
        site.set("pack-1", "overTemperature")
        site.run(.seconds(5))
        #expect(site.messages.last?.message.isUrgent == true)
        do {
            try site.act(.shelve(reason: "known", time: .hours(1)), on: TicketID("home-1.2"))
            Issue.record("a safety ticket was put aside")
        } catch let error as CommandRefused {
            #expect("\(error)".contains("safety"))
        }
    }

    @Test func dangerOfAnOpenTicketTakesItOffTheShelf() throws {
        let faults = [Site.Fault("overTemperature", .k1)]
        let site = Site([
            Site.Device("pack-1", hasCells: true, faults), Site.Device("hybrid", [Site.Fault("overTemperature", .k1)]),
        ])
        site.set("pack-1", "overTemperature")
        site.run(.minutes(20))
        try site.act(.shelve(reason: "known", time: .hours(24)))
        #expect(site.book.tickets[ticketOne]?.isShelved(at: site.time) == true)
        var danger = try #require(site.ledger.compactMap { fact -> Fact? in
            if case .faultOpened = fact.event { fact } else { nil }
        }.first)
        guard case .faultOpened(let key, var occurrence) = danger.event else { return }
        occurrence.routing = .k0
        occurrence.id = OccurrenceID("pack-1/cellTemperatureHigh/3#1")
        danger = Fact(
            subject: danger.subject, writer: .gateway, at: site.time, recordedBy: danger.stamp,
            event: .faultOpened(key: key, occurrence: occurrence))
        var book = site.book
        book.adopt([danger])
        #expect(book.tickets[ticketOne]?.isShelved(at: site.time) == false)
        #expect(book.notificationPlan(at: site.time).messages(at: site.time).map(\.isUrgent) == [true])
    }
}
