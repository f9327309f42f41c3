import Foundation
import ServiceLevel
import StrictYAML
import Terms
import Testing
import Ticketing
import Timelines

/// The timelines beside this file, by their names.
func writtenTimelines() throws -> [(name: String, text: String)] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Timelines")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".timeline") }
        .sorted().map { ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)) }
}

@Suite("The timelines of the house")
struct WrittenTimelinesTests {
    @Test func everyOneIsReadAndSaysWhatItShows() throws {
        let written = try writtenTimelines()
        #expect(written.count >= 45)
        for (name, text) in written {
            let file = try readTimeline(text, name: name)
            #expect(try file.factsTold().count == file.facts.count, "\(name)")
            #expect(!file.facts.isEmpty && file.expectations.count > 1, "\(name)")
            #expect(text.hasPrefix("# ") && text.components(separatedBy: "\n").filter { $0.hasPrefix("#") }.count == 1)
        }
    }

    @Test func everyClockIsExpectedSomewhere() throws {
        var clocks: Set<Clock> = []
        for (name, text) in try writtenTimelines() {
            for expectation in try readTimeline(text, name: name).expectations {
                if case .clock(let clock, _, _) = expectation.claim { clocks.insert(clock) }
            }
        }
        #expect(Clock.allCases.filter { !clocks.contains($0) } == [])
    }

    @Test func theOrderOfLinesGivesTheSameFacts() throws {
        for (name, text) in try writtenTimelines() {
            let turned = text.split(separator: "\n").reversed().joined(separator: "\n")
            let facts = try readTimeline(text, name: name).factsTold()
            #expect(Set(try readTimeline(turned, name: name).factsTold()) == Set(facts), "\(name)")
        }
    }

    /// A text in which a few bytes went wrong is read or refused; either way each problem has its line.
    @Test func aDamagedTextIsReadOrRefused() throws {
        var random = SplitMix(state: 20_260_504)
        var refused = 0
        for (name, text) in try writtenTimelines() {
            for _ in 0..<20 {
                var bytes = Array(text.utf8)
                for _ in 0..<random.next(below: 4) + 1 {
                    bytes[random.next(below: bytes.count)] = UInt8(random.next(below: 256))
                }
                do throws(InvalidText) {
                    _ = try readTimeline(String(decoding: bytes, as: UTF8.self), name: name)
                } catch {
                    refused += 1
                    #expect(error.problems.allSatisfy { $0.line > 0 && $0.column > 0 }, "\(error)")
                }
            }
        }
        #expect(refused > 100)
    }
}

/// Random numbers that are the same in every run.
private struct SplitMix {
    var state: UInt64

    mutating func next(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(limit))
    }
}
