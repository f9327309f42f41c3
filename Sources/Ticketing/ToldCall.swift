internal import ServiceLevel
internal import Terms

/// A call as its id tells it: what it is about, which cycle, and what happened.
package struct ToldCall: Hashable, Sendable {
    package var subject: Subject
    package var cycle: Int
    package var kind: NotificationCall.Kind

    /// Reads `home-1.3/1/opened`, `home-1.3/1/response/warn50`, `order/A-7/1/delivery/breach`,
    /// `home-1/year3/followUpVisit/before7d`; nil for anything else, such as a newer program's.
    package init?(id: String) {
        var parts = id.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let isOrder = parts.count == 5 && "\(parts[0])/" == Subject.orderPrefix
        if isOrder { parts.removeFirst() }
        guard parts.count == 3 || parts.count == 4 else { return nil }
        if let cycle = Int(parts[1]), cycle > 0 {
            self.cycle = cycle
            subject = isOrder ? .order(OrderID(parts[0])) : .ticket(TicketID(parts[0]))
        } else {
            cycle = 1
            subject = .site(SiteID(parts[0]))
        }
        guard let kind = parts.count == 3 ? Self.news(parts[2]) : Self.step(parts, cycle: cycle, of: subject) else {
            return nil
        }
        self.kind = kind
        let call = NotificationCall(subject, cycle: cycle, kind: kind, at: Instant(milliseconds: 0))
        guard call.id == id else { return nil }
    }

    /// `year3`; nil for what is no visit.
    package var visit: String? { if case .step(let step) = kind { step.run.visit } else { nil } }

    private static func news(_ word: String) -> NotificationCall.Kind? {
        switch word {
        case "opened": .opened
        case "safety": .safety
        case "escalated": .escalated
        case "gap@ever": .rosterGap(nil)
        default:
            if word.hasPrefix("gap@") {
                Int64(word.dropFirst(4)).map { .rosterGap(Instant(milliseconds: $0)) }
            } else if word.hasPrefix("reminder") {
                Milliseconds(text: String(word.dropFirst(8))).map { .reminder($0) }
            } else {
                nil
            }
        }
    }

    private static func step(_ parts: [String], cycle: Int, of subject: Subject) -> NotificationCall.Kind? {
        let words = parts[3].split(separator: "@", maxSplits: 1).map(String.init)
        guard let clock = Clock(rawValue: parts[2]), let word = words.first, let kind = ClockStep.Kind(text: word)
        else { return nil }
        let dueAt = words.count == 2 ? Int64(words[1]).map { Instant(milliseconds: $0) } : nil
        var run = ClockRun(clock, cycle: cycle)
        if case .site = subject { run.visit = parts[1] }
        return .step(RunStep(run: run, kind: kind, dueAt: dueAt))
    }

    /// What is worth saying of several calls: of each clock only the highest step, since the lower ones have passed,
    /// and only the longest silence.
    package static func highest(of ids: [String]) -> [ToldCall] {
        var result: [ToldCall] = []
        for call in ids.compactMap(ToldCall.init(id:)) {
            guard let rank = call.kind.rank else {
                result.append(call)
                continue
            }
            let same = result.firstIndex {
                $0.subject == call.subject && $0.cycle == call.cycle && $0.kind.isOfOneRow(with: call.kind)
            }
            guard let same else {
                result.append(call)
                continue
            }
            if result[same].kind.rank ?? 0 < rank { result[same] = call }
        }
        return result
    }
}

extension NotificationCall.Kind {
    /// Whether one takes the place of the other: steps of one run of a clock, or reminders.
    fileprivate func isOfOneRow(with other: Self) -> Bool {
        switch (self, other) {
        case (.step(let a), .step(let b)): a.run == b.run
        case (.reminder, .reminder): true
        default: false
        }
    }

    /// Higher for what comes later in its row; nil for what has none.
    fileprivate var rank: Int64? {
        switch self {
        case .opened, .safety, .escalated, .rosterGap: nil
        case .reminder(let time): time.count
        case .step(let step):
            switch step.kind {
            case .breach: Int64.max
            case .warning(.percent(let percent)): Int64(percent)
            case .warning(.lastDay): 0
            case .warning(.daysBefore(let days)): -Int64(days)
            case .warning(.noProgress(let time)): (step.dueAt?.milliseconds ?? 0) + time.count
            }
        }
    }
}
