import Detection
import Engine
import Terms
import Testing
import Ticketing

/// The box's own faults are on record, and support's.
@Suite struct BoxTroubleTests {
    /// As it is shipped.
    private static let classes: [Routing: ClassRule] = [.k6: ClassRule(onDelay: .minutes(5))]

    private var site: Site {
        Site([Site.Device("pack-1", hasCells: true, [Site.Fault("maker.fan", .k1)])], classes: Self.classes)
    }

    @Test func aFullDiskIsAnAlarmAtOnceAndATicketForSupportAfterFiveMinutes() throws {
        let site = site
        site.run(.seconds(10))
        site.notice([])
        #expect(site.book.active.isEmpty)
        site.notice([.diskFull])
        let active = try #require(site.book.active.values.first)
        #expect(active.occurrence.device == BoxTrouble.device && active.occurrence.routing == .k6)
        site.run(.minutes(4))
        #expect(site.book.tickets.isEmpty)
        site.run(.minutes(2))
        let ticket = try #require(site.snapshot.tickets.first)
        #expect(ticket.key == "home-1/the box/boxDiskFull" && ticket.routing == "K6")
        #expect(ticket.clocks.first { $0.clock == "response" }?.status == "running")
        #expect(site.messages.map(\.message.audience) == [[.support]])
        site.notice([])
        #expect(site.book.active.isEmpty && site.book.tickets[ticketOne]?.isOpen == true)
    }

    @Test func whatIsOverBeforeThatOpensNone() {
        let site = site
        site.notice([.diskFull])
        site.run(.minutes(4))
        site.notice([])
        site.run(.minutes(10))
        #expect(site.book.tickets.isEmpty)
        #expect(site.ledger.map(\.event.name).filter { $0.hasPrefix("Alarm") } == ["AlarmRaised", "AlarmCleared"])
    }

    @Test func aRestartNeitherEndsItNorRaisesItAnew() throws {
        let before = site
        before.notice([.diskFull])
        before.run(.minutes(1))
        let site = Site(
            before.devices, classes: Self.classes, ledger: before.ledger, at: before.time + .minutes(1), boot: 2)
        site.run(.seconds(10))
        #expect(site.book.active.count == 1)
        site.notice([.diskFull])
        site.run(.minutes(10))
        #expect(site.ledger.count { $0.event.name == "AlarmRaised" } == 1)
        #expect(site.book.tickets.count == 1)
        site.notice([])
        #expect(site.book.active.isEmpty)
    }

    /// It hides no fault of a battery, and none hides it.
    @Test func itStandsBesideAFaultOfTheBattery() {
        let site = site
        site.notice([.diskFull])
        site.set("pack-1", "maker.fan")
        site.run(.hours(1))
        #expect(Set(site.book.tickets.values.compactMap { $0.key?.device }) == ["the box", "pack-1"])
    }
}
