import Terms
import Testing
import Ticketing

struct AlarmEventTests {
    private let attached = AlarmOccurrence(
        id: OccurrenceID("pack-1/maker.trip#1"), device: DeviceName("pack-1"), alarm: "maker.trip",
        fault: FaultCode("maker.trip"), place: nil, faultClass: .deviceAlarm, severity: .protection, routing: .k1,
        explanation: "It tripped.")

    private var events: [FactEvent] {
        [
            .alarm(.chattering(occurrence: occurrence().id, edges: 3)),
            .alarm(.quiet(occurrence: occurrence().id, edges: 18)),
            .alarm(.attached(attached, cause: occurrence().id, isFirstOut: true)),
            .alarm(.attached(attached, cause: occurrence().id, isFirstOut: false)),
            .alarm(.repeatsCounted([occurrence().id, occurrence(2).id])),
            .alarm(.rootChanged(occurrence: attached.id)),
            .alarm(.escalated(occurrences: 3, window: .hours(24))),
            .shelf(.shelved(author: "ana", reason: "known", until: instant("2026-05-04T20:00:00Z"))),
            .shelf(.unshelved(author: "ana")),
            .notificationDue(
                NotificationMessage(
                    calls: ["home-1.1/1/opened"], about: [.ticket(t1)], audience: [.user, .support], isUrgent: true,
                    isFlood: false)),
        ]
    }

    @Test func theirBytesReadBackAndEachHasASentence() throws {
        for event in events {
            let told = fact("2026-05-04T10:00:00Z", .gateway, event)
            #expect(try Fact(canonicalBytes: told.canonicalBytes) == told)
            #expect(!told.sentence.isEmpty)
        }
    }

    @Test func anOccurrenceThatIsNotDoubtfulHasTheBytesThatItAlwaysHad() {
        let told = fact("2026-05-04T10:00:00Z", .gateway, .alarmRaised(occurrence()))
        let text = String(decoding: told.canonicalBytes, as: UTF8.self)
        #expect(text.contains("""
            "event":{"alarm":"cellVoltageHigh","class":"overVoltage","device":"pack-1","explanation":"Cell 3 of pack-1 \
            is at 3.70 V.","fault":"cellOverVoltage","occurrence":"pack-1/cellVoltageHigh/3#1","place":3,\
            "routing":"K1","severity":"protection"}
            """))
    }

    @Test func factsAddedOneByOneGiveTheTicketThatAllGiveAtOnce() throws {
        let facts = [
            opened("2026-05-04T10:00:00Z"), accepted("2026-05-04T10:00:00Z"),
            fact("2026-05-04T10:00:40Z", .gateway, events[0]), fact("2026-05-04T10:01:00Z", .gateway, events[2]),
            fact("2026-05-04T10:06:20Z", .gateway, events[1]), cleared("2026-05-04T10:06:20Z"),
            fact("2026-05-04T10:16:20Z", .gateway, events[5]), responded("2026-05-04T11:00:00Z"),
            opened("2026-05-04T12:00:00Z", 2), fact("2026-05-04T12:00:00Z", .gateway, events[6]),
            fact("2026-05-04T12:30:00Z", .desk, events[7]), diagnosedOnSite("2026-05-05T10:00:00Z", partner: nil),
        ]
        var book = TicketBook(site: SiteID("home-1"), documents: documents)
        for fact in facts { book.adopt([fact]) }
        #expect(book.tickets[t1] == ticket(facts))
        // One that comes late and out of its order is told where it belongs.
        let late = responded("2026-05-04T10:30:00Z", evidence: "call-7", recordedAt: "2026-05-05T11:00:00Z")
        book.adopt([late])
        #expect(book.tickets[t1] == ticket(facts + [late]))
    }

    @Test func theTicketKnowsItsRootWhatFollowsAndWhatCameFirst() throws {
        let told = try #require(ticket([
            opened("2026-05-04T10:00:00Z"), accepted("2026-05-04T10:00:00Z"),
            fact("2026-05-04T10:00:10Z", .gateway, events[2]), cleared("2026-05-04T10:05:00Z"),
        ]))
        #expect(told.root == occurrence().id)
        #expect(told.rootClearedAt == instant("2026-05-04T10:05:00Z"))
        #expect(told.firstOut == attached.id)
        #expect(told.derived.keys.map(\.text) == ["pack-1/maker.trip#1"])
        #expect(told.hasActiveAlarm)
        #expect(!told.selfCleared)
        #expect(told.calls.map(\.id) == ["home-1.1/1/opened"])
    }

    @Test(arguments: [
        ("", "known", "2026-05-04T20:00:00Z", Ineffective.unnamedAuthor),
        ("ana", "", "2026-05-04T20:00:00Z", .noReason),
        ("ana", "known", "2026-05-04T11:00:00Z", .shelfTime), ("ana", "known", "2026-05-05T11:00:01Z", .shelfTime),
    ])
    func aShelvingThatMayNotBeIsKeptAndDoesNotCount(
        author: String, reason: String, until: String, objection: Ineffective
    ) throws {
        let shelf = ShelfEvent.shelved(author: author, reason: reason, until: instant(until))
        let told = try #require(ticket([
            opened("2026-05-04T10:00:00Z"), accepted("2026-05-04T10:00:00Z"),
            fact("2026-05-04T11:00:00Z", .desk, .shelf(shelf)),
        ]))
        #expect(told.objection(to: "Shelved") == objection)
        #expect(told.shelvedUntil == nil)
    }
}
