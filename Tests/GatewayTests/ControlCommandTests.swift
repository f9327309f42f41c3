import Engine
import Gateway
import Terms
import Testing

struct ControlCommandTests {
    private func checked(_ action: ControlCommand.Action) throws -> TicketAction {
        try ControlCommand(ticket: "home-1.1", action: action, author: "ana", at: nil, evidence: nil).checked().action
    }

    @Test func aTimeToPutATicketAsideIsReadAsTheConfigurationReadsThem() throws {
        guard case .shelve("known", let time) = try checked(.shelve(reason: "known", time: "1h30min")) else {
            Issue.record("another action")
            return
        }
        #expect(time == .minutes(90))
        for text in ["8 hours", "8", "-1h", ""] {
            #expect(throws: UnreadableConfiguration.self) { try checked(.shelve(reason: "known", time: text)) }
        }
    }

    @Test func aReasonIsBounded() {
        let reason = String(repeating: "x", count: 2_001)
        #expect(throws: UnreadableConfiguration.self) { try checked(.shelve(reason: reason, time: "8h")) }
    }
}
