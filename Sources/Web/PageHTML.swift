internal import Engine
internal import Terms

/// The page as HTML, complete without a script.
enum PageHTML {
    /// - Parameter reported: the ticket that has what the reader just reported; shown where it is open.
    static func document(_ site: SiteSnapshot, reported: String? = nil) -> Markup {
        let open = site.tickets.filter(\.isOpen).count
        let title = (open > 0 ? "(\(open)) " : "") + "\(site.site) · Aftercare"
        let receipt = site.tickets.first { $0.id == reported && $0.isOpen }.map { ReportHTML.receipt(of: $0) }
        return shell(
            title: title, body: "\(receipt)<div id=\"live\">\(main(site))</div>\(connection)\(announcer)\(script)")
    }

    /// What changes: header, state, tickets, devices, footer. The script exchanges it in place.
    static func main(_ site: SiteSnapshot) -> Markup {
        let clock = LocalClock(zone: site.zone)
        let open = site.tickets.filter(\.isOpen).sorted { $0.routing < $1.routing }
        let earlier = site.tickets.filter { !$0.isOpen }
        let untold = site.alarms.filter { alarm in
            !open.contains { $0.device == alarm.device && $0.code == alarm.code }
        }
        let devices = site.devices.map { DeviceHTML(device: $0, now: site.now, clock: clock).card }
        return """
            \(header(site, clock))
            <main id="content">
            \(state(SiteState(site)))
            \(section("tickets", "Open tickets", open.map { TicketHTML(ticket: $0, now: site.now, clock: clock).card }))
            \(alarms(untold, clock))
            \(ReportHTML.form)
            \(section("devices", "Devices", devices))
            \(earlierTickets(earlier, site.now, clock))
            </main>
            \(footer(site, clock))
            """
    }

    static func notFound(path: String) -> Markup {
        let shown = String(path.prefix(200))
        return shell(
            title: "Not found · Aftercare",
            body: """
                <main id="content"><section class="state watch"><h1>There is nothing at this address</h1>
                <p><code>\(shown)</code> is no page of this box, or what it showed is gone.</p>
                <p><a href="/">Show the site</a></p></section></main>
                """)
    }

    private static func shell(title: String, body: Markup) -> Markup {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>\(title)</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="/assets/page.css">
        </head><body><a class="skip" href="#content">To the content</a>
        \(body)
        </body></html>
        """
    }

    private static let connection: Markup =
        "<div id=\"connection\" class=\"connection\" role=\"status\" hidden></div>"
    private static let announcer: Markup = "<div id=\"announcer\" class=\"unseen\" aria-live=\"assertive\"></div>"
    private static let script: Markup = "<script src=\"/assets/page.js\" defer></script>"

    private static func header(_ site: SiteSnapshot, _ clock: LocalClock) -> Markup {
        let offset = clock.offsetSeconds(at: site.now)
        return """
            <header class="top" id="top" data-now="\(site.now)" data-offset="\(offset)">
            <div class="site"><img src="/assets/icon.svg" alt="" width="30" height="30">
            <div><p class="name"><bdi>\(site.site)</bdi></p><p class="quiet">Aftercare watches this home's \
            battery</p></div></div>
            <div class="clock"><p class="local"><span class="day">\(clock.date(site.now))</span>
            <span data-time="local">\(clock.timeWithSeconds(site.now))</span></p>
            <p class="quiet">\(clock.zoneName) · <span data-time="utc">\(utcTime(site.now))</span> \
            UTC</p></div></header>
            """
    }

    private static func utcTime(_ milliseconds: Int64) -> String {
        String(Instant(milliseconds: milliseconds).rfc3339.dropFirst(11).prefix(8))
    }

    private static func state(_ state: SiteState) -> Markup {
        let further = state.further.map { "<li>\($0)</li>" as Markup }.joined()
        return """
            <section class="state \(state.mood.rawValue)" id="state"><h1>\(Wording.unbroken(state.sentence))</h1>
            <ul class="further">\(further)</ul></section>
            """
    }

    private static func section(_ id: Markup, _ title: Markup, _ cards: [Markup]) -> Markup? {
        guard !cards.isEmpty else { return nil }
        return """
            <section id="\(id)" aria-labelledby="\(id)-title"><h2 \
            id="\(id)-title">\(title)</h2>\(cards.joined())</section>
            """
    }

    private static func alarms(_ alarms: [AlarmSnapshot], _ clock: LocalClock) -> Markup? {
        guard !alarms.isEmpty else { return nil }
        let rows = alarms.map { alarm -> Markup in
            """
            <li><span class="pill \(Self.styleClass(alarm.routing))">\(Wording.routing(alarm.routing))</span>
            <span><bdi>\(alarm.explanation)</bdi> <span class="quiet">\(alarm.device) · since \
            \(clock.element(alarm.raisedAt))</span></span></li>
            """
        }
        return """
            <section id="alarms" aria-labelledby="alarms-title"><h2 id="alarms-title">Being watched</h2>
            <div class="card"><ul class="alarms">\(rows.joined())</ul></div></section>
            """
    }

    private static func earlierTickets(_ tickets: [TicketSnapshot], _ now: Int64, _ clock: LocalClock) -> Markup? {
        guard !tickets.isEmpty else { return nil }
        let rows = tickets.map { TicketHTML(ticket: $0, now: now, clock: clock).line }
        return """
            <details class="earlier" id="earlier"><summary><h2>Earlier tickets (\(tickets.count))</h2></summary>
            \(rows.joined())</details>
            """
    }

    private static func footer(_ site: SiteSnapshot, _ clock: LocalClock) -> Markup {
        """
        <footer class="bottom" id="bottom"><p><strong>The box is no fire alarm.</strong> If you see smoke or fire, \
        or smell something burning:
        leave the house and call the emergency number.</p>
        <p class="quiet">This page shows, and takes your report; nothing else can be done here.
        Times are in \(clock.zoneName) \
        (\(clock.offsetName(at: site.now))).
        The box's clock is \(site.clockTrust).</p></footer>
        """
    }

    /// The style class of a routing class; nothing that comes from outside ends up in a class name.
    static func styleClass(_ routing: String) -> Markup {
        switch routing {
        case "K0": "danger"
        case "K1", "K2", "K6", "K7": "trouble"
        default: "watch"
        }
    }
}
