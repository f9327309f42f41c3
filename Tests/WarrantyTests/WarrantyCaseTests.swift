import Foundation
import Settings
import Terms
import Testing
import Warranty

/// Texts beside this file, by their names without `.yaml`.
private func texts(in folder: String) throws -> [String: String] {
    let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasSuffix(".yaml") }
    return try Dictionary(uniqueKeysWithValues: names.map { name in
        (String(name.dropLast(5)), try String(contentsOf: directory.appendingPathComponent(name), encoding: .utf8))
    })
}

/// The policies that the golden cases decide by.
func goldenPolicies() throws -> [WarrantyTerms] {
    try texts(in: "policies").sorted { $0.key < $1.key }.map { name, text in
        try readWarrantyTerms(text, name: "\(name).yaml", documentHash: "0")
    }
}

/// Every golden case.
func goldenCases() throws -> [WarrantyCase] {
    try texts(in: "cases").sorted { $0.key < $1.key }.flatMap { name, text in
        try readWarrantyCases(text, name: "\(name).yaml", onlyPolicy: nil)
    }
}

@Suite struct WarrantyCaseTests {
    @Test func everyGoldenCaseGivesItsSumWordForWord() throws {
        let policies = try goldenPolicies()
        let cases = try goldenCases()
        #expect(cases.count >= 100)
        for each in cases {
            let failure = each.failure(among: policies)
            #expect(failure == nil)
        }
    }

    @Test func theCasesHaveEveryStatusLimitRiskAndMissingFact() throws {
        let policies = try goldenPolicies()
        var names: Set<String> = []
        for each in try goldenCases() {
            let terms = try #require(policies.first { $0.name == each.policy })
            let status = decide(terms, each.unit, on: each.on, claim: each.claim).status
            names.insert(status.name)
            switch status {
            case .inTerm, .disputed: break
            case .atRisk(let risks): names.formUnion(risks.map(\.name))
            case .unknown(let facts): names.formUnion(facts.map(\.name))
            case .expired(let limit): names.insert("expired by \(limit.rawValue)")
            }
        }
        let missing = [
            "inTerm", "atRisk", "unknown", "disputed", "expired", "endsSoon", "throughputNear", "cyclesNear",
            "unregistered", "offlineNear", "temperature", "manufactured", "installed", "commissioned", "invoiced",
            "registered", "offlineDays", "discharged", "charged", "hoursOutside", "usableCapacity", "terms",
            "componentTerms", "claimTerms", "edition", "contradiction",
        ] + CoverageLimit.allCases.map { "expired by \($0.rawValue)" }
        #expect(missing.filter { !names.contains($0) } == [])
    }

    @Test func onlyExpiredIsCharged() throws {
        let policies = try goldenPolicies()
        for each in try goldenCases() {
            let terms = try #require(policies.first { $0.name == each.policy })
            let decision = decide(terms, each.unit, on: each.on, claim: each.claim)
            #expect(decision.actsAsCovered == !each.status.hasPrefix("expired"), "\(each.name)")
        }
    }

    @Test func noSumSaysThatThereIsNoClaim() throws {
        let lines = try goldenCases().flatMap(\.sum)
        let ends = lines.filter { $0.contains("outside the maker's") }
        #expect(ends.count > 30)
        #expect(ends.allSatisfy { $0.contains("voluntary terms because") })
        #expect(ends.allSatisfy { $0.hasSuffix("rights by law may exist beside them") })
        #expect(!lines.contains { $0.contains("no claim") })
    }

    @Test func aCaseThatIsWrongSaysWhere() throws {
        let policies = try goldenPolicies()
        var first = try #require(try goldenCases().first { $0.name == "a day in the middle" })
        #expect(first.failure(among: policies) == nil)
        let sum = first.sum
        first.sum[1] = "2024-05-04 + 10 years = 2034-05-05"
        #expect(
            first.failure(among: policies) == "a day in the middle: line 2 of the sum: expected "
                + "\"2024-05-04 + 10 years = 2034-05-05\", got \"2024-05-04 + 10 years = 2034-05-04\"")
        first.sum = sum.dropLast()
        #expect(
            first.failure(among: policies) == "a day in the middle: line 5 of the sum: expected no such line, got "
                + "\"in term until 2034-05-04\"")
        first.status = "expired(period)"
        #expect(
            first.failure(among: policies)
                == "a day in the middle: expected expired(period), got inTerm: in term until 2034-05-04")
        first.policy = "yeras"
        let failure = try #require(first.failure(among: policies))
        #expect(failure.contains("there is no policy \"yeras\"; there are: components,"))
    }
}
