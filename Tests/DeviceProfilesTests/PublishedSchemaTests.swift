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
            ("function: 6", "function: 16"), ("address: 36896", "address: 40100"), ("address: 36896", "address: 8191"),
            ("select: w", "selects: w"), ("values: [0, 2]", "values: []"), ("values: [0, 2]", "values: [2, 2]"),
            ("settle: 2s", "settle: 2"), ("proof: {function: 3", "proof: {function: 1"),
            ("address: 20", "address: 65536"), ("bit: 3, ", ""), ("clear: manual", "clear: never"),
        ]
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("aftercare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // A folder that stays behind in /tmp harms nothing.
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [String] = []
        for (index, (old, new)) in ([("title:", "title:")] + changes).enumerated() {
            let text = sound.replacing(old, with: new, maxReplacements: 1)
            let file = folder.appendingPathComponent("\(index)").path
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            files.append(file)
            // What exactly is wrong is tested elsewhere.
            let isSound = (try? readProfile(text, name: "small")) != nil
            #expect(isSound == (index == 0), "\(new)")
        }
        let verdicts = try verdicts(files)
        for (index, file) in files.enumerated() {
            #expect(verdicts[file]?.isEmpty == (index == 0), "\(index == 0 ? "sound" : changes[index - 1].1)")
        }
    }
}
