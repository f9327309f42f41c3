import Foundation
import Rehearsal
import Terms
import TestPeers
import Testing

@Suite("A box that lives through trouble")
struct SimulateTests {
    @Test func twoHundredSeedsHold() async throws {
        // Three days with long steps, since a program that is not optimised is slow; `make simulate` takes weeks.
        let complaints = try await onAllCores(1...200) { seed in
            try Scenario(seed: UInt64(seed), days: 3, pace: .minutes(10)).complaint()
        }.filter { !$0.isEmpty }
        #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
    }

    @Test func aQuietWeekWritesNothingButItsDays() throws {
        let outcome = try Scenario(seed: 1, days: 7, happenings: []).rehearsed()
        #expect(outcome.violation == nil)
        #expect(outcome.tickets == 0 && outcome.delivered == 0)
        // Three devices that were identified, and a day of use of each at seven midnights.
        #expect(outcome.facts == 24)
    }

    @Test func seedsSeeWhatTheyAreMeantTo() throws {
        var kinds: Set<Happening.Kind> = []
        for seed in 1...100 { kinds.formUnion(Scenario(seed: UInt64(seed), days: 7).happenings.map(\.kind)) }
        #expect(kinds == Set(Happening.Kind.allCases))
        let outcome = try Scenario(seed: 4, days: 7).rehearsed()
        #expect(outcome.tickets > 0 && outcome.delivered > 0 && outcome.frames > 1_000)
    }

    @Test func everyPlantedBugIsFound() async throws {
        let documents = try Shipped.documents.get()
        _ = try await onAllCores(PlantedBug.allCases) { bug in try Self.expectFound(bug, documents) }
    }

    private static func expectFound(_ bug: PlantedBug, _ documents: RehearsalDocuments) throws {
        let scenarios = (1...1_000).lazy.map { Scenario(seed: $0, days: 7, pace: .minutes(10)) }
        let found = try #require(scenarios.first { $0.rehearse(documents, planted: bug).violation != nil }, "\(bug)")
        let violation = try #require(found.rehearse(documents, planted: bug).violation, "\(bug)")
        #expect(finders[bug]?.contains(violation.rule) == true, "\(bug): \(violation)")
        // Without the bug the same scenario holds.
        #expect(found.rehearse(documents).violation == nil, "\(bug)")

        let shrunk = found.shrunk(documents, planted: bug)
        let isShort = shrunk.happenings.count <= 4 && shrunk.happenings.count < found.happenings.count
        #expect(isShort, "\(bug): \(shrunk.text)")
        let again = try readScenario(shrunk.text, name: "shrunk")
        #expect(again == shrunk, "\(bug)")
        #expect(again.rehearse(documents, planted: bug).violation?.rule == violation.rule, "\(bug)")
    }

    /// Which checks find which bug.
    private static let finders: [PlantedBug: Set<Violation.Rule>] = [
        .lostOutboxRow: [.notInLedger], .doubledTicket: [.doubledTicket],
        .wallClockInElapsed: [.earlyFault, .missedFault, .inventedFault, .backwardsClock],
        .swallowedRefusal: [.notInLedger], .unsyncedCommit: [.restart], .forgottenFlight: [.doubledMessage],
    ]

    @Test func theSameScenarioComesToTheSameLedger() throws {
        let scenario = Scenario(seed: 7, days: 7)
        let first = try scenario.rehearsed()
        #expect(try scenario.rehearsed().digest == first.digest)
        let again = try readScenario(scenario.text, name: "seed 7")
        #expect(try again.rehearsed().digest == first.digest)
        #expect(try Scenario(seed: 8, days: 7).rehearsed().digest != first.digest)
    }

    @Test func whatHoldsIsNotShrunk() throws {
        let scenario = Scenario(seed: 1, days: 1)
        #expect(scenario.shrunk(try Shipped.documents.get()) == scenario)
    }

    @Test func everyWrittenScenarioHolds() throws {
        let folder = Shipped.root.appendingPathComponent("Tests/RehearsalTests/Scenarios")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".scenario") }.sorted()
        #expect(names.count >= 7)
        for name in names {
            let text = try Shipped.text("Tests/RehearsalTests/Scenarios/\(name)")
            #expect(try readScenario(text, name: name).complaint() == "", "\(name)")
        }
    }
}
