import ServiceLevel
import Terms
import Testing
import Ticketing

@Suite struct PromiseAuditTests {
    private func book(_ facts: [Fact]) -> PromiseBook {
        var book = PromiseBook(documents: documents)
        book.adopt(facts)
        return book
    }

    @Test func aStepThatNobodyWroteIsTold() {
        let book = book([accepted("2026-05-04T10:00:00Z")])
        let inTime = book.audit(at: instant("2026-05-04T22:00:04Z"))
        #expect(inTime.subjects == 1 && inTime.scheduled > 0 && inTime.troubles.isEmpty)
        let late = book.audit(at: instant("2026-05-04T22:00:05Z"))
        #expect(late.troubles.count == 1 && late.troubles[0].contains("response"), "\(late.troubles)")
    }

    @Test func aDocumentThatIsGoneIsTold() {
        let gone = String(repeating: "f", count: 64)
        let bound = FactEvent.policyBound(PolicyBinding(policy: "default", version: 1, documentHash: gone))
        let book = book([accepted("2026-05-04T10:00:00Z"), fact("2026-05-04T10:00:00Z", .desk, bound)])
        let audit = book.audit(at: instant("2026-05-04T11:00:00Z"))
        #expect(audit.troubles.count == 1 && audit.troubles[0].contains(gone), "\(audit.troubles)")
    }
}
