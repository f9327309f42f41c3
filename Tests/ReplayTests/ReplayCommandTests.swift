import Foundation
import TestPeers
import Testing

/// The command as a user runs it.
@Suite struct ReplayCommandTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("replay-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func write(_ text: String, _ name: String) throws -> String {
        let path = folder.appendingPathComponent(name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func run(_ arguments: String...) throws -> (status: Int32, output: String) {
        try Program.run(["replay"] + arguments)
    }

    private func objects(_ output: String) throws -> [[String: Any]] {
        try output.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    private static let faulty = table(frames: 1_500) { index, frame in
        if index >= 60 { frame.millivolts[2] = 3_700 + index % 2 }
    }

    @Test func aTicketIsALineAndTheSummaryTheLast() throws {
        let path = try write(Self.faulty, "pack.csv")
        let (status, output) = try run(path, "--chemistry", "LFP", "--capacity-ah", "50", "--json")
        #expect(status == 0)
        let lines = try objects(output)
        #expect(lines.contains { $0["class"] as? String == "overVoltage" && $0["cell"] as? Int == 3 })
        #expect((lines.last?["summary"] as? [String: Any])?["frames"] as? Int == 1_500)
        #expect(lines.dropLast().allSatisfy { $0["t_s"] is Double && $0.count == 12 })
    }

    @Test func peopleReadParagraphs() throws {
        let path = try write(Self.faulty.replacing("soc_pct", with: "mood"), "pack.csv")
        let (status, output) = try run(path, "--chemistry", "LFP")
        #expect(status == 0)
        #expect(output.contains("ticket  K1  cellOverVoltage, cell 3"))
        #expect(output.contains("1\u{202F}500 frames of 4 cells and 2 probes over 24min59s"))
        #expect(output.contains("columns that mean nothing here were left out: mood"))
    }

    @Test func whatCannotBeReadEndsWith2AndSaysWhere() throws {
        let path = try write("t_s,v01_mv\n0,3300\n1,3x\n", "bad.csv")
        let bad = try run(path, "--chemistry", "NMC")
        #expect(bad.status == 2)
        #expect(bad.output.contains("\(path):3: v01_mv: \"3x\" is no decimal number"))
        let missing = try run("\(path).gone", "--chemistry", "NMC")
        #expect(missing.status == 2)
        #expect(missing.output.contains("cannot be read: No such file"))
        let mute = try run(path)
        #expect(mute.status == 2)
        #expect(mute.output.contains("--chemistry LFP"))
        for wrong in [["--capacity-ah", "0"], ["--sample-seconds", "-1"], ["--chemistry", "LTO"], ["--device", "x"]] {
            #expect(try Program.run(["replay", path] + wrong).status == 2, "\(wrong)")
        }
    }

    @Test func twoSetsOfRulesThatDifferEndWith1() throws {
        let shipped = root.appendingPathComponent("config/detection/lfp.yaml").path
        let text = try String(contentsOfFile: shipped, encoding: .utf8)
        let rest = text.split(separator: "\n").filter { !$0.contains("cellVoltageHigh:") }
        let deaf = try write(rest.joined(separator: "\n"), "deaf.yaml")
        let path = try write(Self.faulty, "pack.csv")
        let same = try run(path, "--rules", shipped, "--against", shipped, "--json")
        #expect(same.status == 0)
        let (status, output) = try run(path, "--rules", shipped, "--against", deaf, "--json")
        #expect(status == 1)
        let lines = try objects(output.split(separator: "\n").filter { $0.hasPrefix("{") }.joined(separator: "\n"))
        #expect(lines.contains { $0["in"] as? String == "A" })
        #expect((lines.last?["against"] as? [String: Any])?["onlyA"] as? Int ?? 0 > 0)
        let people = try run(path, "--rules", shipped, "--against", deaf)
        #expect(people.output.contains("only in A"))
    }

    @Test func aHomeGivesChemistryCapacityAndName() throws {
        for name in ["policy.yaml", "profiles", "detection"] {
            try FileManager.default.createSymbolicLink(
                at: folder.appendingPathComponent(name),
                withDestinationURL: root.appendingPathComponent("config/\(name)"))
        }
        let site = try write(
            """
            site: {id: home-1, zone: Europe/Berlin}
            dataDirectory: /var/lib/aftercare
            lines:
              - name: home
                url: tcp://192.0.2.10:502
                devices:
                  - {name: hybrid, unit: 1, profile: sunspec}
                  - {name: pack-9, unit: 2, profile: simulated-pack, capacityAh: 50}
            """, "gateway.yaml")
        let path = try write(Self.faulty, "pack.csv")
        let (status, output) = try run(path, "--site", site)
        #expect(status == 0)
        #expect(output.contains("pack-9"))
        let unknown = try run(path, "--site", site, "--device", "pack-8")
        #expect(unknown.status == 2)
        #expect(unknown.output.contains("known: hybrid, pack-9"))
    }

    @Test func theCurvesOfEachTicketAreDrawn() throws {
        let path = try write(Self.faulty, "pack.csv")
        let curves = folder.appendingPathComponent("curves").path
        #expect(try run(path, "--chemistry", "LFP", "--evidence", curves).status == 0)
        let files = try FileManager.default.contentsOfDirectory(atPath: curves)
        #expect(files.contains { $0.hasSuffix("-cellOverVoltage.svg") })
        for file in files {
            #expect(try String(contentsOfFile: "\(curves)/\(file)", encoding: .utf8).contains("<svg"))
        }
    }

    @Test func helpTeachesWithExamples() throws {
        let (status, output) = try run("--help")
        #expect(status == 0)
        #expect(output.contains("aftercare replay week.csv.gz --chemistry LFP --capacity-ah 50"))
    }
}
