internal import ServiceLevel
package import Terms

/// A call as its id tells it: which ticket, which cycle, and what happened.
package struct ToldCall: Hashable, Sendable {
    package var ticket: TicketID
    package var cycle: Int
    package var kind: NotificationCall.Kind

    /// Reads `home-1.3/1/opened`, `home-1.3/1/response/warn50`; nil for anything else, such as a newer program's.
    package init?(id: String) {
        let parts = id.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3 || parts.count == 4, let cycle = Int(parts[1]), cycle > 0 else { return nil }
        ticket = TicketID(String(parts[0]))
        self.cycle = cycle
        if parts.count == 3 {
            switch parts[2] {
            case "opened": kind = .opened
            case "safety": kind = .safety
            case "escalated": kind = .escalated
            default: return nil
            }
        } else {
            guard let clock = Clock(rawValue: String(parts[2])) else { return nil }
            if parts[3] == "breach" {
                kind = .clock(clock, percent: nil)
            } else {
                guard parts[3].hasPrefix("warn"), let percent = Int(parts[3].dropFirst(4)) else { return nil }
                kind = .clock(clock, percent: percent)
            }
        }
        guard NotificationCall(ticket: ticket, cycle: cycle, kind: kind, at: Instant(milliseconds: 0)).id == id else {
            return nil
        }
    }

    /// What is worth saying of several calls: of each clock only the highest step, since the lower ones have passed.
    package static func highest(of ids: [String]) -> [ToldCall] {
        var result: [ToldCall] = []
        for call in ids.compactMap(ToldCall.init(id:)) {
            guard case .clock(let clock, let percent) = call.kind else {
                result.append(call)
                continue
            }
            let same = result.firstIndex { $0.ticket == call.ticket && $0.cycle == call.cycle && $0.kind.isOf(clock) }
            guard let same else {
                result.append(call)
                continue
            }
            if result[same].kind.step < (percent ?? NotificationCall.Kind.breachStep) { result[same] = call }
        }
        return result
    }
}

extension NotificationCall.Kind {
    /// Above every percentage.
    fileprivate static let breachStep = Int.max

    fileprivate func isOf(_ clock: Clock) -> Bool { if case .clock(clock, _) = self { true } else { false } }

    fileprivate var step: Int { if case .clock(_, let percent) = self { percent ?? Self.breachStep } else { 0 } }
}
