internal import Engine
internal import Terms

/// A ticket's promise clocks, each a labelled bar.
struct ClocksHTML {
    let clocks: [ClockSnapshot]
    let now: Int64
    let clock: LocalClock

    var grid: Markup? {
        // Most tickets have nothing to deliver, and no terms that ask to tell the maker.
        let shown = clocks.filter { view in
            view.status != "notApplicable" || view.clock != "makerNotice" && view.clock != "delivery"
        }
        guard !shown.isEmpty else { return nil }
        return "<ul class=\"clocks\" aria-label=\"Promises\">\(shown.map(item).joined())</ul>"
    }

    private func item(_ view: ClockSnapshot) -> Markup {
        let words = Wording.clock(view.clock)
        let limit = view.limit.map { " \(Self.limitName($0))" } ?? ""
        return """
            <li class="promise \(Self.styleClass(view))"\(ticking(view))>
            <p class="title"><strong>\(words.title)\(limit)</strong> <span class="quiet">\(words.meaning)</span></p>
            <p class="figure" data-part="figure">\(Self.figure(view))</p>
            \(bar(view))
            <p class="quiet due">\(due(view))</p></li>
            """
    }

    /// What the script needs to go on counting between two snapshots.
    private func ticking(_ view: ClockSnapshot) -> Markup? {
        guard view.status == "running" || view.status == "breached", view.stop == nil, let start = view.start else {
            return nil
        }
        let deadline: Markup? = view.deadline.map { " data-deadline=\"\($0)\"" }
        return " data-start=\"\(start)\"\(deadline) data-elapsed=\"\(view.elapsed)\""
    }

    /// The one number to read from afar.
    static func figure(_ view: ClockSnapshot) -> String {
        switch view.status {
        case "waiting": "not started"
        case "running":
            view.limit == nil ? Wording.duration(view.elapsed) : "\(Wording.duration(view.remaining)) left"
        case "met": view.limit == nil ? "done in \(Wording.duration(view.elapsed))" : "kept"
        case "breached": "\(Wording.duration(view.overrun)) late"
        case "notApplicable": "not needed"
        default: view.status
        }
    }

    private func due(_ view: ClockSnapshot) -> Markup {
        if view.status == "notApplicable" || view.status == "waiting" { return Self.waitingFor(view) }
        let used: Markup? = view.limit.map {
            "<span data-part=\"used\">\(Wording.duration(view.elapsed))</span> of \(Self.limitName($0)) · "
        }
        guard let deadline = view.deadline else {
            return view.start.map { "since \(clock.element($0))" } ?? Markup.empty
        }
        let stop: Markup? = view.stop.map { "done \(clock.element($0)) · " }
        return "\(used)\(stop)due \(clock.element(deadline)) <span class=\"utc\">(\(LocalClock.utc(deadline)))</span>"
    }

    private static func waitingFor(_ view: ClockSnapshot) -> Markup {
        guard view.status == "waiting" else { return "nothing to wait for in this round" }
        switch view.clock {
        case "diagnosisB": return "starts when remote support could not solve it"
        case "remoteSupport": return "starts with the first answer"
        case "statusReport": return "starts when the fault is eliminated"
        default: return "starts when the ticket is received"
        }
    }

    /// The bar in hundredths of the limit, with warn marks at 50, 75 and 90 %.
    private func bar(_ view: ClockSnapshot) -> Markup? {
        guard let limit = view.limit, limit > 0 else { return nil }
        let share = Self.percent(of: view)
        let marks = [50, 75, 90].map {
            "<rect class=\"warn\" x=\"\($0)%\" y=\"0\" width=\"2\" height=\"100%\"/>" as Markup
        }
        return """
            <svg class="bar" width="100%" height="10" role="img" aria-label="\(share) % of the time is used">
            <rect class="track" width="100%" height="100%" rx="5"/>
            <rect class="fill" data-part="fill" width="\(share)%" height="100%" rx="5"/>\(marks.joined())</svg>
            """
    }

    /// 0 to 100, rounded down; for drawing only, no verdict hangs on it.
    static func percent(of view: ClockSnapshot) -> Int64 {
        guard let limit = view.limit, limit > 0, view.status != "waiting", view.status != "notApplicable" else {
            return 0
        }
        if view.status == "breached" { return 100 }
        let elapsed = min(max(0, view.elapsed), limit)
        return Int64(Double(elapsed) / Double(limit) * 100)
    }

    static func styleClass(_ view: ClockSnapshot) -> Markup {
        switch view.status {
        case "running":
            guard view.limit != nil else { return "running" }
            let share = percent(of: view)
            return share >= 90 ? "running late" : share >= 50 ? "running warned" : "running"
        case "met": return "met"
        case "breached": return "breached"
        default: return "idle"
        }
    }

    /// `24 h`, `90 min`.
    static func limitName(_ milliseconds: Int64) -> String {
        milliseconds % 3_600_000 == 0 ? "\(milliseconds / 3_600_000) h" : Milliseconds(milliseconds).text
    }
}
