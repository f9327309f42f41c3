import Foundation
import StrictYAML
import TestPeers
import Testing

@testable import DeviceProfiles

private let profiles = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("config/profiles")

/// What the schema that editors use says of files: nothing where they are sound.
private func verdicts(_ files: [String]) throws -> [String: String] {
    let schema = profiles.appendingPathComponent("profile.schema.json").path
    let (status, lines) = try PeerPython.run("schema_check.py", [schema] + files)
    #expect(status == 0)
    return Dictionary(
        uniqueKeysWithValues: lines.map { line in
            let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts.last ?? ""))
        })
}

@Suite struct PublishedSchemaTests {
    @Test func everyShippedProfileIsSoundForEditorsToo() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: profiles.path)
            .filter { $0.hasSuffix(".yaml") }.map { profiles.appendingPathComponent($0).path }
        let verdicts = try verdicts(files)
        #expect(verdicts.count == files.count)
        for (file, verdict) in verdicts { #expect(verdict.isEmpty, "\(file): \(verdict)") }
    }

    /// Each line of a sound profile is broken in turn: what the reader refuses for its form, the schema refuses too.
    @Test func whatTheReaderRefusesForItsFormTheSchemaRefusesToo() throws {
        let sound = """
            profile: small
            title: A small device
            status: unverified
            sources: {manual: "a manual"}
            line: {unit: 7, timeout: 500ms}
            limits: {registers: 10, readable: [{function: 3, from: 0, to: 99}]}
            identity: [{function: 3, address: 4, type: u16, equals: 0xAF7C}]
            serial: {function: 3, address: 40, registers: 5, byteOrder: low}
            advice: {hot: {severity: safety, routing: K0, consequence: "It is hot.", remedy: "Go away."}}
            writes: [{name: w, function: 6, address: 36896, values: [0, 3], reason: It chooses., source: manual}]
            pages:
              - select: w
                values: [0, 2]
                settle: 2s
                interval: 10min
                proof: {function: 3, address: 60}
                points: [{source: manual, function: 3, rows: [{name: c.#, address: 61, type: u16}]}]
            points:
              - source: manual
                function: 3
                rows:
                  - {name: a, address: 5, type: u16, bits: [0, 7], labels: {0: off}}
                  - {name: b.#, address: 10, type: u32, repeat: {count: 2, stride: 2}, sentinels: [0xFFFF]}
            alarms:
              - source: manual
                function: 3
                address: 20
                rows: [{bit: 3, code: a.b, name: A, advice: hot, clear: manual}]
            """
        let changes = [
            ("title:", "titel:"), ("status: unverified", "status: sure"), ("unit: 7", "unit: 700"),
            ("timeout: 500ms", "timeout: 500"), ("registers: 10", "registers: 126"),
            ("function: 3, from", "function: 6, from"),
            ("equals: 0xAF7C", "equal: 3"), ("routing: K0", "routing: K9"), ("type: u32", "type: u33"),
            ("bits: [0, 7]", "bits: [0]"), ("count: 2", "count: 0"),
            ("sentinels: [0xFFFF]", "sentinels: [1, 2, 3, 4, 5]"),
            ("function: 6", "function: 15"), ("address: 36896", "address: 40100"), ("address: 36896", "address: 8191"),
            ("select: w", "selects: w"), ("values: [0, 2]", "values: []"), ("values: [0, 2]", "values: [2, 2]"),
            ("settle: 2s", "settle: 2"), ("proof: {function: 3", "proof: {function: 1"),
            ("address: 20", "address: 65536"), ("bit: 3, ", ""), ("clear: manual", "clear: never"),
            ("byteOrder: low", "byteOrder: middle"), ("type: u32,", "type: u32, byteOrder: low,"),
            ("address: 20", "address: 20\n    byteOrder: low"), ("registers: 10", "addressing: bits"),
        ]
        try judge(sound, changes)
    }

    @Test func aSunSpecTextIsJudgedAlikeByBoth() throws {
        let sound = """
            profile: small
            title: A small device
            status: unverified
            sources: {models: "the models"}
            limits: {registers: 100}
            sunspec: {bases: [40000, 0]}
            models:
              - id: 1
                length: 66
                source: models
                points:
                  - {name: device.maker, offset: 2, type: string, registers: 16, id: Mn}
              - id: [804, 805]
                length: 46
                source: models
                numberedBy: [2]
                points:
                  - {name: module.#.current, offset: 5, type: i16, scaleFactor: 47, unit: A}
                  - {name: module.#.state, offset: 6, type: enum16, labels: {1: on}}
                  - {name: module.#.part, offset: 7, type: u16, bits: [0, 3], labels: {1: on}}
                alarms:
                  - {offset: 8, width: 32, rows: [{bit: 3, code: a.#, name: "A #", severity: warning, routing: K4,
                     consequence: "C.", remedy: "R."}]}
                group:
                  length: 16
                  countAt: 3
                  points: [{name: module.#.cell.#.voltage, offset: 48, type: u16, sentinel: 0}]
                  group:
                    length: 2
                    words: [a, b]
                    points: [{name: module.#.cell.#.part.#, offset: 64, type: u16}]
            """
        try judge(sound, [
            ("[40000, 0]", "[]"), ("[40000, 0]", "[65001]"), ("[40000, 0]", "[40000, -1]"), ("bases", "base"),
            ("sunspec: {bases: [40000, 0]}\n", ""), ("models:\n", "model:\n"),
            ("limits: {registers: 100}", "limits: {addressing: bytes}"), ("limits:", "serial:"),
            ("limits: {registers: 100}", "points: []"), ("limits: {registers: 100}", "alarms: []"),
            ("limits: {registers: 100}", "writes: []"), ("id: 1\n", "id: 0\n"), ("id: 1\n", "id: 65535\n"),
            ("[804, 805]", "[]"), ("[804, 805]", "[804, x]"), ("length: 66", "length: 0"),
            ("length: 66", "length: 10001"), ("    length: 66\n", ""), ("numberedBy: [2]", "numberedBy: [1]"),
            ("numberedBy: [2]", "numberedBy: [2, 3, 4]"), ("countAt: 3", "countAt: 1"),
            ("countAt: 3", "countsAt: 3"), ("countAt: 3", "countAt: 3\n      words: [a]"),
            ("        words: [a, b]\n", ""),
            ("length: 16", "length: 1001"), (", registers: 16", ""), ("type: i16", "type: i16, registers: 1"),
            ("type: i16", "type: bit"), ("type: i16", "type: bits, registers: 3"), ("offset: 5", "address: 5"),
            ("offset: 5", "offset: 5, function: 3"), ("type: enum16", "type: u16"),
            ("type: u16, bits", "type: f32, bits"),
            ("unit: A", "unit: A, repeat: 3"), ("sentinel: 0", "sentinel: 0, sentinels: [1]"),
            ("sentinel: 0", "repeat: {count: 2, stride: 1}"), ("bit: 3", "bit: 3, value: 3"), ("bit: 3, ", ""),
            ("bit: 3", "bit: 64"), ("width: 32", "width: 65"), ("countAt: 3", "countAt: 3\n      countsOn: 1"),
        ])
    }

    @Test func threeGroupsStandOneInsideTheOtherAndNoMore() throws {
        func groups(_ depth: Int, of all: Int) -> String {
            let indent = String(repeating: "  ", count: depth)
            let name = String(repeating: "a#", count: depth)
            let here = """
                \(indent)group:
                \(indent)  length: 1
                \(indent)  countAt: 2
                \(indent)  points: [{name: \(name), offset: \(10 + depth), type: u16}]

                """
            return depth == all ? here : here + groups(depth + 1, of: all)
        }
        func text(_ depth: Int) -> String {
            """
            profile: small
            title: A small device
            status: unverified
            sources: {models: "the models"}
            sunspec: {bases: [40000]}
            models:
            - id: 705
              length: 9
              source: models
              points: [{name: a, offset: 2, type: u16}]
            \(groups(1, of: depth))
            """
        }
        try judge(text(3), [(groups(1, of: 3), groups(1, of: 4))])
    }

    /// A sound text and each change of it: the reader and the schema say the same.
    private func judge(_ sound: String, _ changes: [(String, String)]) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("aftercare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // A folder that stays behind in /tmp harms nothing.
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        for (index, (old, new)) in ([("title:", "title:")] + changes).enumerated() {
            let text = sound.replacing(old, with: new, maxReplacements: 1)
            #expect((text == sound) == (index == 0), "\(old) is not there")
            let file = folder.appendingPathComponent("\(index)").path
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            files.append(file)
            // What exactly is wrong is tested elsewhere.
            let isSound = (try? readProfile(text, name: "small")) != nil
            #expect(isSound == (index == 0), "\(new)")
        }
        let verdicts = try verdicts(files)
        for (index, file) in files.enumerated() {
            let what = index == 0 ? "sound" : changes[index - 1].1
            #expect(verdicts[file]?.isEmpty == (index == 0), "\(what): \(verdicts[file] ?? "")")
        }
    }
}
