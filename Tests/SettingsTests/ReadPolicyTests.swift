import Foundation
import ServiceLevel
import Settings
import StrictYAML
import Terms
import Testing

private let hash = String(repeating: "ab", count: 32)

private func problems(replacing part: String, with replacement: String) throws -> [String] {
    let text = try shippedText("policy.yaml")
    let place = try #require(text.range(of: part), "the file has changed")
    do throws(InvalidText) {
        let changed = text.replacingCharacters(in: place, with: replacement)
        _ = try readPolicy(changed, name: "policy.yaml", documentHash: hash)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

@Suite struct ReadPolicyTests {
    @Test func theShippedPolicyIsTheCommitment() throws {
        let policy = try readPolicy(try shippedText("policy.yaml"), name: "policy.yaml", documentHash: hash)
        #expect(policy.name == "default" && policy.version == 2 && policy.documentHash == hash)
        let day = Milliseconds.hours(24)
        #expect(
            policy.rules == [
                .response: SupportPolicy.Rule(limit: day, warnings: [50, 75, 90]),
                .diagnosisA: SupportPolicy.Rule(limit: day + day, warnings: [50, 75, 90]),
                .diagnosisB: SupportPolicy.Rule(limit: day + day, warnings: [50, 75, 90]),
                .remoteSupport: SupportPolicy.Rule(limit: day, warnings: [75]),
                .elimination: SupportPolicy.Rule(
                    limit: .stopwatch, warnings: [.noProgress(.hours(24)), .noProgress(.hours(72))]),
                .statusReport: SupportPolicy.Rule(limit: day, warnings: [75]),
                .makerNotice: agreed([14, 7, 2]),
                .contractSigning: SupportPolicy.Rule(limit: .workingDays(2), warnings: [.lastDay]),
                .productionStart: SupportPolicy.Rule(limit: .workingDays(3), warnings: [.lastDay]),
                .contractCompletion: agreed([3, 1]), .delivery: agreed([3, 1]), .followUpVisit: agreed([30, 7]),
            ])
        #expect(policy.reminders == [.days(1), .days(2), .days(4), .days(8)])
        #expect(
            policy.followUps
                == FollowUpPlan(days: [7, 30], months: [6], isYearly: true, daysBeforeWarrantyEnds: 90))
        #expect(policy.reopenWindow == .hours(720))
        #expect(policy.lateEntryTolerance == .minutes(15))
    }

    private func agreed(_ days: [Int]) -> SupportPolicy.Rule {
        SupportPolicy.Rule(limit: .agreed, warnings: days.map { .daysBefore($0) })
    }

    @Test func aTextOfTheFirstEditionIsStillRead() throws {
        let text = """
            policy: default
            version: 1
            clocks:
              response: {limit: 24h}
              diagnosisA: {limit: 48h}
              diagnosisB: {limit: 48h}
              remoteSupport: {limit: 24h}
              elimination: {}
              statusReport: {limit: 24h}
            reopenWindow: 30d
            lateEntryTolerance: 15min
            """
        let policy = try readPolicy(text, name: "policy.yaml", documentHash: hash)
        #expect(policy.rules.count == 6 && policy.rules[.delivery] == nil)
        #expect(policy.reminders.isEmpty && policy.followUps == FollowUpPlan())
    }

    @Test(arguments: [
        ("[50, 75, 90]", "[75, 50, 90]", "8:13: clocks.response: warnings: percents must ascend"),
        ("[50, 75, 90]", "[50, 50, 90]", "8:13: clocks.response: warnings: percents must ascend"),
        ("[50, 75, 90]", "[0, 75]", "8:37: clocks.response.warnings[0]: 0 is outside 1 to 99"),
        ("[50, 75, 90]", "[50, 100]", "8:41: clocks.response.warnings[1]: 100 is outside 1 to 99"),
        ("limit: 24h, ", "", "8:13: clocks.response: warnings need a limit"),
        ("24h", "1d12", "8:21: clocks.response.limit: \"1d12\" is no length of time"),
        ("24h", "0", "8:21: clocks.response.limit: 0 is outside 1s to 87600h"),
        ("elimination: {noProgress: [24h, 72h]}\n", "", "8:3: clocks: key \"elimination\" is missing"),
        ("elimination:", "eliminaton:", "17:3: clocks: unknown key \"eliminaton\"; did you mean \"elimination\"?"),
        ("version: 2", "version: one", "4:10: version: a whole number expected, got \"one\""),
        ("policy: default", "policy: my policy", "3:9: policy: \"my policy\": a name has"),
        ("reopenWindow: 30d", "reopenWindow: -30d", "40:15: reopenWindow: \"-30d\" is no length of time"),
        ("[24h, 72h]", "[72h, 24h]", "17:29: clocks.elimination.noProgress: the times must ascend"),
        ("{workingDays: 2,", "{workingDays: 0,", "23:34: clocks.contractSigning.workingDays: 0 is outside 1 to 250"),
        ("[14, 7, 2]", "[2, 7]", "21:16: clocks.makerNotice: warnDaysBefore: days must descend"),
        ("[7, 30]", "[30, 7]", "34:12: followUps: days must ascend"),
        ("15min", "8d", "42:21: lateEntryTolerance: 8d is outside"),
    ])
    func aPromiseThatIsNotClearIsRefusedWithItsPlace(part: String, replacement: String, problem: String) throws {
        let found = try problems(replacing: part, with: replacement)
        #expect(found.contains { $0.hasPrefix("policy.yaml:\(problem)") }, "\(found)")
    }
}
