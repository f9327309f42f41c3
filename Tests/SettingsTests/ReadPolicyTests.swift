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
        #expect(policy.name == "default" && policy.version == 1 && policy.documentHash == hash)
        let day = Milliseconds.hours(24)
        #expect(
            policy.rules == [
                .response: SupportPolicy.Rule(limit: day, warnings: [50, 75, 90]),
                .diagnosisA: SupportPolicy.Rule(limit: day + day, warnings: [50, 75, 90]),
                .diagnosisB: SupportPolicy.Rule(limit: day + day, warnings: [50, 75, 90]),
                .remoteSupport: SupportPolicy.Rule(limit: day, warnings: [75]),
                .elimination: SupportPolicy.Rule(limit: nil, warnings: []),
                .statusReport: SupportPolicy.Rule(limit: day, warnings: [75]),
            ])
        #expect(policy.reopenWindow == .hours(720))
        #expect(policy.lateEntryTolerance == .minutes(15))
    }

    @Test(arguments: [
        ("[50, 75, 90]", "[75, 50, 90]", "8:13: clocks.response: warnings: percents must ascend"),
        ("[50, 75, 90]", "[50, 50, 90]", "8:13: clocks.response: warnings: percents must ascend"),
        ("[50, 75, 90]", "[0, 75]", "8:37: clocks.response.warnings[0]: 0 is outside 1 to 99"),
        ("[50, 75, 90]", "[50, 100]", "8:41: clocks.response.warnings[1]: 100 is outside 1 to 99"),
        ("limit: 24h, ", "", "8:13: clocks.response: warnings need a limit"),
        ("24h", "1d12", "8:21: clocks.response.limit: \"1d12\" is no length of time"),
        ("24h", "0", "8:21: clocks.response.limit: 0 is outside 1s to 87600h"),
        ("elimination: {}\n", "", "8:3: clocks: key \"elimination\" is missing"),
        ("elimination:", "eliminaton:", "16:3: clocks: unknown key \"eliminaton\"; did you mean \"elimination\"?"),
        ("version: 1", "version: one", "4:10: version: a whole number expected, got \"one\""),
        ("policy: default", "policy: my policy", "3:9: policy: \"my policy\": a name has"),
        ("reopenWindow: 30d", "reopenWindow: -30d", "21:15: reopenWindow: \"-30d\" is no length of time"),
        ("15min", "8d", "23:21: lateEntryTolerance: 8d is outside"),
    ])
    func aPromiseThatIsNotClearIsRefusedWithItsPlace(part: String, replacement: String, problem: String) throws {
        let found = try problems(replacing: part, with: replacement)
        #expect(found.contains { $0.hasPrefix("policy.yaml:\(problem)") }, "\(found)")
    }
}
