import Engine
import Testing

@testable import Web

@Suite struct PageTests {
    private let rich = RichSite()

    @Test("a site without trouble says so")
    func allWell() {
        var site = rich.snapshot
        site.tickets = [rich.closedTicket]
        site.alarms = []
        site.devices.removeLast()
        let state = SiteState(site)
        #expect(state == SiteState(site))
        #expect(state.sentence == "All well")
        #expect(state.mood == .well)
        #expect(state.further.isEmpty)
    }

    @Test("the sentence names the most urgent ticket, and a missed promise beside it")
    func openTickets() {
        let state = SiteState(rich.snapshot)
        #expect(state.sentence == "2 open tickets, first: Cell 8 of pack-1 is at 61 °C")
        #expect(state.mood == .danger)
        #expect(state.further == ["A promise was missed: Response of home-1.4."])
    }

    @Test("lost, late and starting devices are told, in this order")
    func deviceStates() {
        var site = rich.snapshot
        site.tickets = []
        site.alarms = []
        #expect(SiteState(site).sentence == "Data lost from pack-2")
        site.devices[2].state = .stale
        #expect(SiteState(site).sentence == "Some values are late from pack-2")
        site.devices[2].state = .starting
        #expect(SiteState(site).sentence == "Waiting for the first values from pack-2")
        site.clockTrust = "unset"
        #expect(
            SiteState(site).further
                == ["The box's clock is not confirmed (unset): times are the earliest that they can be."])
        site.unreached = ["user", "support", "user"].map { UnreachedSnapshot(message: "m", audience: $0) }
        let untold = "No channel of notification works for support, user: tell them yourself."
        #expect(SiteState(site).further.first == untold)
        site.unreached = []
        site.devices = []
        #expect(SiteState(site).sentence == "No device is configured yet")
    }

    @Test("a value that is absent never looks like a number")
    func absentValues() {
        let absent = PointSnapshot(name: "pack.soc", value: nil, unit: "%", quality: "bad")
        #expect(PointText.value(absent) == "no value (bad)")
        let suspect = PointSnapshot(name: "pack.soc", value: 12, unit: "%", quality: "suspect")
        #expect(PointText.value(suspect) == "12.0 % (suspect)")
        let card = DeviceHTML(device: rich.pack2, now: rich.now, clock: LocalClock(zone: "Europe/Berlin")).card.text
        #expect(card.contains("no value <small>(bad)</small>"))
        #expect(card.contains("no cell voltage was read"))
        #expect(!card.contains(">0<"))
    }

    @Test("a device tells how its requests do, where that is known")
    func wire() {
        func card(_ wire: WireSnapshot?) -> String {
            var device = rich.pack1
            device.wire = wire
            return DeviceHTML(device: device, now: rich.now, clock: LocalClock(zone: "Europe/Berlin")).card.text
        }
        #expect(!card(nil).contains("of requests answered"))
        let unasked = card(WireSnapshot(answeredPercent: nil, medianMilliseconds: nil, silentSince: nil))
        #expect(!unasked.contains("answered"))
        let well = card(WireSnapshot(answeredPercent: 99.98, medianMilliseconds: 12.4, silentSince: nil))
        #expect(well.contains("99.98 % of requests answered · half of them within 12 ms</p>"))
        let silent = card(WireSnapshot(answeredPercent: 0, medianMilliseconds: nil, silentSince: rich.now - 90_000))
        #expect(silent.contains("0.0 % of requests answered · silent for <span data-since="))
        #expect(silent.contains(">1 min 30 s</span>"))
    }

    @Test("a safety ticket tells to leave and to call for help; another does not")
    func emergency() {
        let clock = LocalClock(zone: "Europe/Berlin")
        let safety = TicketHTML(ticket: rich.hotCell, now: rich.now, clock: clock).card.text
        let other = TicketHTML(ticket: rich.lostPack, now: rich.now, clock: clock).card.text
        #expect(safety.contains("class=\"emergency\"") && safety.contains("call the emergency number"))
        #expect(!other.contains("class=\"emergency\""))
        #expect(PageHTML.main(rich.snapshot).text.contains("<strong>The box is no fire alarm.</strong>"))
    }

    @Test("a start that nobody timed is an interval, and one instant only where it is known")
    func uncertainStart() {
        var ticket = rich.hotCell
        func texts(_ began: UncertainInstant?) -> [String] {
            ticket.began = began
            let page = TicketHTML(ticket: ticket, now: rich.now, clock: LocalClock(zone: "UTC"))
            // Without the elements around the instants.
            return [page.card.text, page.line.text].map { $0.replacing(#/<\/?time[^>]*>/#, with: "") }
        }
        let (early, late) = (rich.now - 90_000_000, rich.now - 3_600_000)
        #expect(texts(nil)[0].contains("<span>since "))
        for text in texts(UncertainInstant(earliest: early, latest: nil)) {
            #expect(text.contains("Sun 3 May 09:00 or later") && !text.contains("<span>since"))
        }
        for text in texts(UncertainInstant(earliest: early, latest: late)) {
            #expect(text.contains("between Sun 3 May 09:00 and Mon 4 May 09:00"))
        }
        #expect(texts(UncertainInstant(earliest: late, latest: late))[0].contains("<span>since Mon 4 May 09:00</span>"))
    }

    @Test("a fact that does not count is struck, with its reason")
    func ineffectiveFact() {
        let text = TicketHTML(ticket: rich.hotCell, now: rich.now, clock: LocalClock(zone: "UTC")).card.text
        #expect(text.contains("<s>Support answered.</s>"))
        #expect(text.contains("Does not count: an automatic reply is no answer by a named person"))
    }

    @Test("each clock says what is left, missed, kept or not begun")
    func clockFigures() {
        let clocks = rich.hotCell.clocks
        #expect(ClocksHTML.figure(clocks[0]) == "kept")
        #expect(ClocksHTML.figure(clocks[1]) == "34 h 40 min left")
        #expect(ClocksHTML.figure(clocks[2]) == "not started")
        #expect(ClocksHTML.figure(clocks[4]) == "13 h 20 min")
        #expect(ClocksHTML.figure(rich.lostPack.clocks[0]) == "2 h 00 min late")
        #expect(ClocksHTML.percent(of: clocks[1]) == 27)
        #expect(ClocksHTML.percent(of: rich.lostPack.clocks[0]) == 100)
        let text = ClocksHTML(clocks: clocks, now: rich.now, clock: LocalClock(zone: "Europe/Berlin")).grid?.text ?? ""
        #expect(text.contains("Tue 5 May 22:40") && text.contains("(Tue 5 May 20:40 UTC)"))
        #expect(text.ranges(of: "data-deadline=").count == 2)
    }

    @Test(
        "every state of the life cycle has its step",
        arguments: [
            "draft", "tendered", "received", "remoteSupport", "awaitingOnSite", "onSiteDiagnosis", "diagnosed",
            "eliminating", "eliminated", "reported", "closed",
        ])
    func steps(state: String) {
        var ticket = rich.hotCell
        ticket.state = state
        let text = TicketHTML(ticket: ticket, now: rich.now, clock: LocalClock(zone: "UTC")).card.text
        #expect(text.ranges(of: "aria-current=\"step\"").count == 1)
    }

    @Test("probes are drawn with the cells only where each cell has one")
    func probes() {
        #expect(CellStrip(points: rich.pack1.points).probes.isEmpty)
        let few =
            rich.pack1.points.filter { !$0.name.hasSuffix("temperature") }
            + [PointSnapshot(name: "cell.2.temperature", value: 20, unit: "°C", quality: "good")]
        let strip = CellStrip(points: few)
        #expect(strip.cells.count == 16)
        #expect(strip.cells.allSatisfy { $0.celsius == nil })
        #expect(strip.probes.count == 1)
    }

    @Test("local time follows the zone's summer time; an unknown zone is named and shown in UTC")
    func zones() {
        let berlin = LocalClock(zone: "Europe/Berlin")
        #expect(berlin.dateTime(RichSite.noon) == "Mon 4 May 12:00")
        #expect(berlin.offsetName(at: RichSite.noon) == "UTC+2")
        #expect(berlin.offsetName(at: RichSite.noon - 120 * 86_400_000) == "UTC+1")
        #expect(LocalClock(zone: "Asia/Kolkata").offsetName(at: 0) == "UTC+5:30")
        #expect(LocalClock(zone: "America/St_Johns").dateTime(0) == "Wed 31 Dec 20:30")
        #expect(LocalClock(zone: "Mars/Olympus").zoneName == "UTC (the zone 'Mars/Olympus' is unknown)")
        #expect(LocalClock(zone: "Mars/Olympus").time(RichSite.noon) == "10:00")
    }

    @Test("instants from before 1970 and from beyond 9999 break nothing")
    func absurdInstants() throws {
        for absurd in [Int64.min, -1, .max] {
            var site = rich.snapshot
            site.now = absurd
            site.devices[0].heardAt = absurd
            site.alarms[0].raisedAt = absurd
            site.tickets[0].openedAt = absurd
            site.tickets[0].facts[0].at = absurd
            for index in site.tickets[0].clocks.indices {
                site.tickets[0].clocks[index].start = absurd
                site.tickets[0].clocks[index].deadline = absurd
                site.tickets[0].clocks[index].elapsed = absurd
                site.tickets[0].clocks[index].remaining = absurd
                site.tickets[0].clocks[index].overrun = absurd
                site.tickets[0].clocks[index].limit = absurd
            }
            try expectWellFormed(PageHTML.main(site.bounded()).text)
        }
    }

    @Test("a huge site is cut to the limits")
    func bounds() {
        var site = rich.snapshot
        site.devices = Array(repeating: rich.pack1, count: 1_000)
        site.tickets = Array(repeating: rich.hotCell, count: 1_000)
        site.tickets[0].facts = Array(repeating: rich.hotCell.facts[0], count: 5_000)
        site.site = String(repeating: "e\u{301}", count: 1_000_000)
        let bounded = site.bounded()
        #expect(bounded.devices.count == PageLimit.devices)
        #expect(bounded.tickets.count == PageLimit.tickets)
        #expect(bounded.tickets[0].facts.count == PageLimit.facts)
        #expect(bounded.site.unicodeScalars.count == PageLimit.text + 1)
    }
}
