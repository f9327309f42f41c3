internal import Engine

/// The whole site in one sentence.
struct SiteState: Equatable {
    /// How much it concerns the reader; the raw value is the page's style class.
    enum Mood: String {
        case well, watch, trouble, danger
    }

    var mood: Mood
    var sentence: String
    /// What is true besides.
    var further: [String]

    init(_ site: SiteSnapshot) {
        let open = site.tickets.filter(\.isOpen).sorted { $0.routing < $1.routing }
        let lost = site.devices.filter { $0.state == .lost }.map(\.name)
        var remarks: [String] = []
        for ticket in open {
            for clock in ticket.clocks where clock.status == "breached" {
                remarks.append("A promise was missed: \(Wording.clock(clock.clock).title) of \(ticket.id).")
            }
        }
        if !site.unreached.isEmpty {
            let whom = Set(site.unreached.map(\.audience)).sorted().joined(separator: ", ")
            remarks.append("No channel of notification works for \(whom): tell them yourself.")
        }
        if site.clockTrust != "synced" {
            remarks.append(
                "The box's clock is not confirmed (\(site.clockTrust)): times are the earliest that they can be.")
        }
        let lostSentence = lost.isEmpty ? nil : "Data lost from \(Self.list(lost))"
        guard let first = open.first else {
            (mood, sentence) = lostSentence.map { (.trouble, $0) } ?? Self.quietState(site)
            further = remarks
            return
        }
        mood = first.routing == "K0" ? .danger : .trouble
        let explanation =
            first.explanation.isEmpty ? "\(first.code) on \(first.device)" : Self.firstClause(first.explanation)
        sentence =
            open.count == 1 ? "1 open ticket: \(explanation)" : "\(open.count) open tickets, first: \(explanation)"
        // A lost source with a ticket of its own is already told.
        let untold = lost.filter { name in !open.contains { $0.device == name && $0.routing == "K3" } }
        further = (untold.isEmpty ? [] : ["Data lost from \(Self.list(untold))."]) + remarks
    }

    private static func quietState(_ site: SiteSnapshot) -> (Mood, String) {
        if let alarm = site.alarms.first {
            let others = site.alarms.count - 1
            return (.watch, "Watching: \(firstClause(alarm.explanation))" + (others > 0 ? " (and \(others) more)" : ""))
        }
        let late = site.devices.filter { $0.state == .stale }.map(\.name)
        if !late.isEmpty { return (.watch, "Some values are late from \(list(late))") }
        let starting = site.devices.filter { $0.state == .starting }.map(\.name)
        if !starting.isEmpty { return (.watch, "Waiting for the first values from \(list(starting))") }
        if site.devices.isEmpty { return (.watch, "No device is configured yet") }
        return (.well, "All well")
    }

    /// What is read from across the room: the text up to its first full stop or semicolon, at most 140 characters.
    static func firstClause(_ text: String) -> String {
        let ends = ["; ", ". "].compactMap { text.firstRange(of: $0)?.lowerBound }
        let clause = text[..<(ends.min() ?? text.endIndex)]
        let trimmed = clause.hasSuffix(".") ? clause.dropLast() : clause
        return trimmed.count > 140 ? trimmed.prefix(139) + "…" : String(trimmed)
    }

    /// `a`, `a and b`, `a, b and 3 more`.
    static func list(_ names: [String]) -> String {
        switch names.count {
        case 0: ""
        case 1: names[0]
        case 2: "\(names[0]) and \(names[1])"
        default: "\(names[0]), \(names[1]) and \(names.count - 2) more"
        }
    }
}
