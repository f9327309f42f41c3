import Foundation
import TestPeers
import Testing

/// `aftercare timeline`, as it is run by whoever changes the policy.
@Suite final class TimelineCommandTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("timeline-\(UUID().uuidString)").path
    private let config: String
    private let timelines: String

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        timelines = tests.appendingPathComponent("Timelines").path
        config = tests.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("config").path
    }

    // Nothing depends on whether it can be removed.
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ name: String, _ text: String) throws -> String {
        let path = "\(folder)/\(name)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func check(_ arguments: String...) throws -> (status: Int32, output: String) {
        try Program.run(["timeline", "check"] + arguments)
    }

    private let kept = """
        at 2026-05-04T10:00:00.000Z desk t1 DeskAccepted
        at 2026-05-05T09:59:59.999Z desk t1 FirstResponse author=ana
        expect 2026-05-06T10:00:00.000Z t1 clock response status=met
        """

    @Test func aDirectoryIsAllOfItsTimelines() throws {
        let (status, output) = try check(timelines)
        #expect(status == 0 && output.hasSuffix(" passed, 0 failed"), "\(output)")
        #expect(try check(folder).status == 2)
    }

    @Test func whatIsNotMetIsALineAndTheOthersAreCounted() throws {
        let path = try write("broken.timeline", kept + "\nexpect 2026-05-06T10:00:00.000Z t1 ticket state=closed\n")
        let (status, output) = try check(path)
        #expect(status == 1)
        #expect(output == "\(path):4: expected state=closed, got state=awaitingOnSite\n1 passed, 1 failed")
        let json = try check(path, "--json")
        #expect(json.status == 1 && json.output.contains("\"expected\" : \"state=closed\""), "\(json.output)")
    }

    @Test func aFileThatCannotBeReadKeepsNoOtherFromBeingEvaluated() throws {
        let good = try write("good.timeline", kept)
        let bad = try write("bad.timeline", "at 2026-05-04T10:00:00.000Z desk t1 DeskAcepted\n")
        let (status, output) = try check(bad, "\(folder)/missing.timeline", good)
        #expect(status == 2)
        #expect(output.contains("\(bad):1:37: unknown fact \"DeskAcepted\"; did you mean"), "\(output)")
        #expect(output.contains("\(folder)/missing.timeline: there is no such file"), "\(output)")
        #expect(output.contains("1 passed, 0 failed") && output.contains("2 files could not be evaluated"), "\(output)")
    }

    @Test func aPolicyOfOnesOwnLiesBesideTheTimeline() throws {
        let shipped = try String(contentsOfFile: "\(config)/policy.yaml", encoding: .utf8)
        let shorter = shipped.replacingOccurrences(of: "response: {limit: 24h", with: "response: {limit: 23h")
        #expect(shorter != shipped)
        _ = try write("policy.yaml", shorter)
        let own = try write("own.timeline", "policy policy.yaml\n" + kept)
        let usual = try write("usual.timeline", kept)
        #expect(try check(own).output == "\(own):4: expected status=met, got status=breached\n0 passed, 1 failed")
        #expect(try check(usual).status == 0)
        // A whole directory with changes is tried against everything that was promised.
        let changed = try check(usual, "--config", folder)
        #expect(changed.status == 1, "\(changed.output)")
        #expect(try check(usual, "--config", "\(folder)/policy.yaml").status == 1)
        #expect(try check(usual, "--config", "\(folder)/missing").status == 2)
        let missing = try write("missing.timeline", "policy missing.yaml\ncalendar XX-2026\n" + kept)
        let (status, output) = try check(missing)
        #expect(status == 2 && output.contains("\(missing):1:1: policy missing.yaml: there is no "), "\(output)")
        #expect(output.contains("\(missing):2:1: calendar XX-2026: there is no "), "\(output)")
        #expect(try check(usual, "--config", "/").status == 2)
    }

    @Test func everyZoneOfTheMachinePrintsTheSameBytes() async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: timelines).sorted()
        let failing = try write(
            "failing.timeline", kept + "\nexpect 2026-05-06T10:00:00.000Z t1 clock response stop=none")
        let commands =
            [["check", failing, timelines]] + names.map { ["show", "\(timelines)/\($0)"] }.prefix(100)
        let zones = [
            "UTC", "America/Los_Angeles", "Asia/Kolkata", "Asia/Shanghai", "Pacific/Kiritimati", "Europe/Berlin",
        ]
        _ = try await onAllCores(commands) { command in
            var outputs: Set<String> = []
            for zone in zones {
                let (status, output) = try Program.run(["timeline"] + command, variables: ["TZ": zone])
                #expect(status == (command[0] == "check" ? 1 : 0), "\(output)")
                outputs.insert(output)
            }
            #expect(outputs.count == 1, "\(command)")
        }
    }

    @Test func statesClocksAndStepsAreShown() throws {
        let path = try write("kept.timeline", kept)
        let (status, output) = try Program.run(["timeline", "show", path, "--at", "2026-05-05T11:00:00.000+02:00"])
        #expect(status == 0)
        #expect(output.hasPrefix("as of 2026-05-05T09:00:00.000Z\n"), "\(output)")
        #expect(output.contains("Ticket t1  received, cycle 1") && output.contains("1h left"), "\(output)")
        #expect(output.contains("t1       response/warn75") && !output.contains("FirstResponse"), "\(output)")
        #expect(try Program.run(["timeline", "show", path, "--at", "noon"]).status == 2)
    }

    @Test func theHelpTeachesTheGrammar() throws {
        let (status, output) = try check("--help")
        #expect(status == 0)
        #expect(output.contains("expect INSTANT SUBJECT emitted CLOCK/STEP count=N"), "\(output)")
        #expect(output.contains("FirstResponse (ticket) author=TEXT"), "\(output)")
    }
}
