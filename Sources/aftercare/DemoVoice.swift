internal import Engine
internal import Simulation
internal import Synchronization
internal import Terms
internal import Ticketing

/// What the demonstration says on the terminal: plain words, or one JSON line per event.
final class DemoVoice: Sendable {
    let json: Bool
    /// The simulated instant at which the demonstration began.
    let start: Instant

    /// Tickets that were told already: what comes later joins them.
    private let known = Mutex<Set<TicketID>>([])

    init(json: Bool, start: Instant) {
        self.json = json
        self.start = start
    }

    private struct Event: Encodable {
        var event: String
        var at: String?
        var ticket: String?
        var text: String
        var url: String?
        var tickets: [TicketSnapshot]?
    }

    func begin(home: ServedHome, fault: HomeFault, speed: Int64) {
        let text = "A home with two battery packs and a hybrid inverter, simulated behind a real Modbus TCP server on "
            + "127.0.0.1:\(home.port). The gateway polls it every second"
            + (speed == 1 ? "." : "; time passes \(speed) × as fast.")
        say("start", text) {
            [Style.bold("aftercare demo"), text, "In ten seconds: \(fault.summary)", "Ctrl-C ends it.", ""]
        }
    }

    func pageIsServed(port: Int) {
        let url = "http://127.0.0.1:\(port)/"
        if json {
            emit(Event(event: "page", text: "the page is served", url: url))
        } else {
            print("Look at it: \(Style.bold(url))\n")
        }
    }

    func faultBegins(_ fault: HomeFault) {
        say("fault", fault.summary) { [Style.yellow("⚡ \(fault.summary)")] }
    }

    /// One fact of the ledger.
    func tell(_ fact: Fact) {
        if json {
            emit(
                Event(
                    event: fact.event.name, at: fact.at.rfc3339, ticket: fact.ticket?.text, text: fact.sentence))
            return
        }
        let clock = "[\(sinceStart(fact.at))] "
        switch fact.event {
        case .faultOpened(_, let occurrence):
            guard let ticket = fact.ticket else { return }
            let isNew = known.withLock { $0.insert(ticket).inserted }
            let text = "● Ticket \(ticket) (\(occurrence.routing.rawValue)): \(occurrence.explanation)"
            print(clock + (isNew ? Style.red(Style.bold(text)) : "  joins ticket \(ticket), which is open"))
        case .deskAccepted: print(clock + "  received; answer within 24 h, diagnosis within 48 h: the clocks run")
        case .evidenceAttached: print(clock + "  the curves that led to it are kept with the ticket")
        case .policyBound: return
        case .alarmRaised: print(clock + Style.yellow(fact.sentence))
        case .alarmCleared: print(clock + Style.green(fact.sentence))
        default: print(clock + fact.sentence)
        }
    }

    /// One line of live values per device.
    func tellState(_ site: SiteSnapshot) {
        guard !json else { return }
        let devices = site.devices.map { device in
            "\(device.name) " + (device.state == .live ? values(of: device) : device.state.rawValue)
        }
        print(Style.dim("[\(sinceStart(Instant(milliseconds: site.now)))] " + devices.joined(separator: "  |  ")))
    }

    /// The tickets at the end of `--until ticket`.
    func tellTickets(_ site: SiteSnapshot) {
        if json {
            emit(Event(event: "tickets", text: "\(site.tickets.count) open", tickets: site.tickets))
        } else {
            for ticket in site.tickets { print("\n" + TicketText.whole(ticket).joined(separator: "\n")) }
        }
    }

    private func values(of device: DeviceSnapshot) -> String {
        func value(_ name: String) -> Double? { device.points.first { $0.name == name }?.value }
        let hottest = device.points.filter { $0.name.hasPrefix("cell.") && $0.name.hasSuffix(".temperature") }
            .compactMap(\.value).max()
        let shown: [(Double?, String)] = [
            (value("pack.voltage"), "V"), (value("pack.current"), "A"), (value("pack.soc"), "%"),
            (hottest ?? value("inverter.temperature"), "°C"),
        ]
        // Plus zero: a current that rounds to -0.0 is none.
        return shown.compactMap { value, unit in value.map { "\(($0 * 10).rounded() / 10 + 0) \(unit)" } }
            .joined(separator: " ")
    }

    private func say(_ event: String, _ text: String, lines: () -> [String]) {
        if json {
            emit(Event(event: event, text: text))
        } else {
            for line in lines() { print(line) }
        }
    }

    private func emit(_ event: Event) {
        do {
            print(try jsonText(event, pretty: false))
        } catch {
            writeError("an event cannot be written as JSON: \(error)")
        }
    }

    /// `0:41`, minutes and seconds of simulated time.
    private func sinceStart(_ instant: Instant) -> String {
        let seconds = max(0, (instant - start).count / 1_000)
        return "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
    }
}
