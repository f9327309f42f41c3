import Foundation
import Rehearsal
import TestPeers
import Testing

/// The command as a user runs it.
@Suite("aftercare simulate")
struct SimulateCommandTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("simulate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func run(_ arguments: String...) throws -> (status: Int32, output: String) {
        try Program.run(["simulate"] + arguments)
    }

    private func object(_ output: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    }

    @Test func twoProcessesComeToTheSameLedger() throws {
        // Each process hashes by a seed of its own: no order of a dictionary may reach the ledger.
        let outputs = try (0..<3).map { _ in try run("--seed", "11", "--pace", "10min", "--json") }
        #expect(outputs.allSatisfy { $0.status == 0 })
        let ledgers = try outputs.map { try object($0.output)["ledger"] as? String }
        #expect(Set(ledgers).count == 1 && ledgers[0]?.count == 64)
    }

    @Test func whatIsFoundCanBeFedBack() throws {
        let found = try run(
            "--seed", "1", "--seeds", "50", "--pace", "10min", "--plant", "swallowed-refusal", "--json")
        #expect(found.status == 1)
        let failure = try #require(try object(found.output)["failure"] as? [String: Any])
        #expect(failure["rule"] as? String == "not-in-ledger")
        #expect(failure["version"] is String && failure["seed"] is Int)
        let scenario = try #require(failure["scenario"] as? String)
        let path = folder.appendingPathComponent("found.scenario").path
        try scenario.write(toFile: path, atomically: true, encoding: .utf8)
        let again = try run(path, "--plant", "swallowed-refusal")
        #expect(again.status == 1)
        #expect(again.output.contains("broke the rule not-in-ledger"))
        #expect(again.output.contains("The shortest scenario that shows it:"))
        let healthy = try run(path)
        #expect(healthy.status == 0)
        #expect(healthy.output.contains("everything held"))
    }

    @Test func whatCannotBeReadEndsWith2AndSaysWhere() throws {
        let path = folder.appendingPathComponent("bad.scenario").path
        try "day 1 08:15 over-voltag pack-1 for 2h\n".write(toFile: path, atomically: true, encoding: .utf8)
        let bad = try run(path)
        #expect(bad.status == 2)
        #expect(bad.output.contains("\(path):1:13: unknown happening \"over-voltag\"; did you mean \"over-voltage\"?"))
        #expect(try run("\(path).gone").status == 2)
        let both = try run(path, "--pace", "10min")
        #expect(both.status == 2 && both.output.contains("a file says its own seed, days and pace"))
        for wrong in [["--days", "0"], ["--seeds", "0"], ["--plant", "x"], ["--pace", "2h"], ["--config", "/nowhere"]] {
            #expect(try Program.run(["simulate"] + wrong).status == 2, "\(wrong)")
        }
    }

    @Test func theExampleOfTheHelpAndOfThePageHolds() throws {
        let (status, output) = try run("--help")
        #expect(status == 0)
        for kind in Happening.Kind.allCases { #expect(output.contains("  \(kind.rawValue)")) }
        let page = try Shipped.text("docs/simulation.md")
        let example = try #require(page.components(separatedBy: "```scenario\n").dropFirst().first?
            .components(separatedBy: "```").first)
        for line in example.split(separator: "\n") { #expect(output.contains(line)) }
        #expect(try readScenario(example, name: "docs/simulation.md").complaint() == "")
        for bug in PlantedBug.allCases { #expect(page.contains("`\(bug.rawValue)`")) }
        for rule in Violation.Rule.allCases { #expect(page.contains("`\(rule.rawValue)`")) }
    }
}
