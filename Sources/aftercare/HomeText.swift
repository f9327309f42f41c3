internal import Engine
internal import ServiceLevel
internal import Terms

/// Orders, visits and documents in words, for the terminal.
enum HomeText {
    /// Everything about one order.
    static func order(_ order: OrderSnapshot) -> [String] {
        var lines = [Style.bold("Order \(order.id)") + (order.isOpen ? "" : "  delivered")]
        if let place = order.place { lines.append("to \(place)" + (order.method.map { ", \($0)" } ?? "")) }
        lines += TicketText.clocks(order.clocks)
        lines += ["", "What happened:"] + order.facts.map(TicketText.fact)
        return lines + [""]
    }

    /// The home as a whole.
    static func home(_ home: HomeSnapshot) -> [String] {
        visits(home) + ["", "What happened:"] + home.facts.suffix(shownFacts).map(TicketText.fact)
    }

    private static let shownFacts = 20

    static func visits(_ home: HomeSnapshot) -> [String] {
        guard let commissioned = home.commissionedAt else {
            return ["\(home.site) was not handed over yet: no visits are planned"]
        }
        let handed = "handed over \(Instant(milliseconds: commissioned).rfc3339)"
        let ends = "warranty ends \(home.warrantyEnds ?? "on a day unknown")"
        let head = Style.bold("Home \(home.site)") + "  \(handed)  \(ends)"
        let rows = home.visits.map { visit in
            let state =
                switch visit.clock.status {
                case "met": Style.green("done")
                case "breached": visit.clock.stop == nil ? Style.red("overdue") : Style.yellow("done late")
                default: visit.clock.status == "running" ? "planned" : visit.clock.status
                }
            let done = visit.clock.stop.map { Instant(milliseconds: $0).rfc3339 } ?? "–"
            return [visit.id, visit.day, done, state]
        }
        return [head, ""] + Table(["VISIT", "THROUGH", "DONE", "STATE"]).rendered(rows)
    }

    static func documents(_ documents: [ShelvedDocument]) -> [String] {
        guard !documents.isEmpty else { return ["the shelf has no document for the devices of this home"] }
        return Table(["DOCUMENT", "VERSION", "RECEIVED BY", "TITLE"]).rendered(
            documents.map { document in
                let nobody = document.isRequired ? Style.red("nobody") : "nobody (not required)"
                let receipt = document.receivedBy ?? nobody
                return [document.id, document.version, receipt, document.title]
            })
    }
}
