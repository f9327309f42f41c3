import Foundation
import Settings
import StrictYAML
import Testing

/// Every reader of this room, by the shipped file that it reads.
private let readers: [String: @Sendable (String) throws(InvalidText) -> Void] = [
    "gateway.yaml": { (text) throws(InvalidText) in
        _ = try readGatewaySettings(text, name: "f", profiles: ["goodwe-et"])
    },
    "policy.yaml": { (text) throws(InvalidText) in _ = try readPolicy(text, name: "f", documentHash: "0") },
    "detection/lfp.yaml": { (text) throws(InvalidText) in _ = try readDetectionRules(text, name: "f") },
    "detection/nmc.yaml": { (text) throws(InvalidText) in _ = try readDetectionRules(text, name: "f") },
    "warranty/sungrow-au.yaml": { (text) throws(InvalidText) in
        _ = try readWarrantyTerms(text, name: "f", documentHash: "0")
    },
    "warranty/franklinwh.yaml": { (text) throws(InvalidText) in
        _ = try readWarrantyTerms(text, name: "f", documentHash: "0")
    },
    "calendars/DE-2026.yaml": { (text) throws(InvalidText) in _ = try readCalendar(text, name: "f", documentHash: "") },
    "calendars/CN-2026.yaml": { (text) throws(InvalidText) in _ = try readCalendar(text, name: "f", documentHash: "") },
]

@Suite struct MutatedFilesTests {
    @Test(arguments: readers.keys.sorted())
    func aMutatedFileIsReadOrRefusedWithAReasonAndNeverCrashes(file: String) throws {
        let read = try #require(readers[file])
        let text = try shippedText(file)
        try read(text)
        let words = ["9", "-", "0", "9999-12-31", "99999999999999999999", "~", "[]", "{}", "\"", ": ", "\n"]
        // A linear congruence after Knuth (MMIX), its high bits. `make fuzz` sets rounds and seed.
        let environment = ProcessInfo.processInfo.environment
        let rounds = Int(environment["AFTERCARE_FUZZ_ROUNDS"] ?? "") ?? 1
        var state = UInt64(environment["AFTERCARE_FUZZ_SEED"] ?? "") ?? 4
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var refused = 0
        for _ in 0..<400 * rounds {
            var bytes = Array(text.utf8)
            for _ in 0...next(3) {
                let place = next(bytes.count)
                bytes.replaceSubrange(place..<min(bytes.count, place + next(12)), with: words[next(words.count)].utf8)
            }
            do throws(InvalidText) {
                try read(String(decoding: bytes, as: UTF8.self))
            } catch {
                refused += 1
                #expect(!error.problems.isEmpty)
                #expect(error.problems.allSatisfy { $0.file == "f" && !$0.message.contains("please report") })
            }
        }
        #expect(refused > 100)
    }
}
