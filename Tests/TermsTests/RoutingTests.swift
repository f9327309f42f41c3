import Terms
import Testing

@Suite struct RoutingTests {
    @Test func everyClassButTheGridEventOpensATicket() {
        #expect(Routing.allCases.filter { !$0.opensTicket } == [.k4])
    }

    @Test func onlyFaultsOfTheProductStartTheDiagnosisClocks() {
        #expect(Routing.allCases.filter(\.startsDiagnosis) == [.k0, .k1, .k2, .k6, .k7])
    }

    @Test func noClassDiagnosesWithoutATicket() {
        #expect(Routing.allCases.allSatisfy { $0.opensTicket || !$0.startsDiagnosis })
    }

    @Test func classesAreWrittenAsK0ToK7() {
        #expect(Routing.allCases.map(\.rawValue) == (0...7).map { "K\($0)" })
    }
}
