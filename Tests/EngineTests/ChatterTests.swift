import Detection
import Engine
import Terms
import Testing
import Ticketing

/// An alarm that comes and goes: what the ledger, the ticket and the messages make of it.
struct ChatterTests {
    private let timing = AlarmTiming(onDelay: .seconds(5), offDelay: .seconds(30), reads: 1)

    /// A battery that reports an over-voltage in pulses, 1 s polls.
    private func pulsing(_ routing: Routing, on: Int64, off: Int64, times: Int) -> Site {
        let site = Site(
            [Site.Device("pack-1", hasCells: true, [Site.Fault("cellOverVoltage", routing)])], timing: timing)
        for _ in 0..<times {
            site.set("pack-1", "cellOverVoltage")
            site.run(.seconds(on))
            site.set("pack-1", "cellOverVoltage", false)
            site.run(.seconds(off))
        }
        site.run(.minutes(2))
        return site
    }

    @Test(arguments: [Routing.k0, .k1]) func chatterIsOneOccurrenceOneTicketOneNotification(routing: Routing) throws {
        let site = pulsing(routing, on: 10, off: 10, times: 18)
        #expect(site.seconds(of: "AlarmRaised") == [5])
        #expect(site.seconds(of: "AlarmCleared") == [380])
        #expect(site.seconds(of: "AlarmChattering").first == 40)
        #expect(site.book.tickets.count == 1)
        #expect(site.messages.count == 1)
        let ticket = try #require(site.book.tickets[ticketOne])
        #expect(ticket.occurrences.count == 1)
        #expect(!ticket.isEscalated)
        // The ticket of a protection opens with the third time, since each is a repeat.
        #expect(ticket.openedAt == Home.start + .seconds(routing == .k0 ? 5 : 40))
        let quiet = site.ledger.compactMap { fact -> Int? in
            if case .alarm(.quiet(_, let edges)) = fact.event { edges } else { nil }
        }
        #expect(quiet == [18])
        #expect(site.snapshot.tickets.first?.chatterCount == 18)
        #expect(site.snapshot.tickets.first?.isChattering == false)
    }

    @Test func aTicketShowsThatItsAlarmChatters() throws {
        let site = Site(
            [Site.Device("pack-1", hasCells: true, [Site.Fault("cellOverVoltage", .k1)])], timing: timing)
        for second in 0..<60 {
            site.set("pack-1", "cellOverVoltage", second % 20 < 10)
            site.run(.seconds(1))
        }
        let ticket = try #require(site.snapshot.tickets.first)
        #expect(ticket.isChattering)
        #expect(ticket.occurrences == 1)
        #expect(site.snapshot.alarms.first?.isChattering == true)
    }

    @Test(arguments: [Routing.k0, .k1]) func longPausesAreSixOccurrencesOfOneTicketThatEscalates(
        routing: Routing
    ) throws {
        let site = pulsing(routing, on: 10, off: 50, times: 6)
        #expect(site.seconds(of: "AlarmRaised") == [5, 65, 125, 185, 245, 305])
        #expect(site.seconds(of: "AlarmCleared").count == 6)
        #expect(site.seconds(of: "AlarmChattering").isEmpty)
        #expect(site.book.tickets.count == 1)
        let ticket = try #require(site.snapshot.tickets.first)
        #expect(ticket.occurrences == 6)
        #expect(ticket.isEscalated)
        #expect(!ticket.isChattering)
        #expect(site.seconds(of: "TicketEscalated") == [125])
    }

    @Test func aFoldOfTheLedgerGivesTheSameTicket() throws {
        for (on, off) in [(10, 10), (10, 50)] as [(Int64, Int64)] {
            let site = pulsing(.k1, on: on, off: off, times: 6)
            var book = TicketBook(site: SiteID("home-1"), documents: promised)
            book.adopt(try site.ledger.map { try Fact(canonicalBytes: $0.canonicalBytes) })
            #expect(book.tickets == site.book.tickets)
            #expect(book.active == site.book.active)
        }
    }

    @Test func aRestartAmidChatterRaisesNoSecondOccurrence() throws {
        let site = pulsing(.k1, on: 10, off: 10, times: 6)
        // Read from the ledger as it stood while the alarm was active.
        let before = site.ledger.prefix { $0.event.name != "AlarmQuiet" }
        let after = Site(
            site.devices, timing: timing, ledger: Array(before), at: Home.start + .minutes(3), boot: 2)
        after.run(.minutes(2))
        #expect(after.book.active.isEmpty)
        #expect(after.book.tickets[ticketOne]?.chattering.isEmpty == true)
        #expect(after.seconds(of: "AlarmRaised").count == 1)
        #expect(after.messages.count == 1)
    }
}
