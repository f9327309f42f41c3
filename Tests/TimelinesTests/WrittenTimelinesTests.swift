import Foundation
import ServiceLevel
import StrictYAML
import Terms
import TestPeers
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

    @Test func everyExpectationIsMet() throws {
        var passed = 0
        for (name, text) in try writtenTimelines() {
            let report = try readTimeline(text, name: name).check(Shipped.documents)
            for failure in report.failures {
                Issue.record("\(failure.mismatches.line(file: name, line: failure.line))")
            }
            passed += report.passed
        }
        #expect(passed > 300)
    }

    @Test func theExampleOfTheDocumentationIsTrue() throws {
        let document = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/timelines.md")
        let blocks = try String(contentsOf: document, encoding: .utf8).components(separatedBy: "```timeline\n")
        let example = try #require(blocks.last?.components(separatedBy: "```").first)
        let report = try readTimeline(example, name: "example").check(Shipped.documents)
        #expect(report.failures == [] && report.passed == 5)
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
        var random = Dice(seed: 20_260_504)
        var refused = 0
        for (name, text) in try writtenTimelines() {
            for _ in 0..<20 {
                var bytes = Array(text.utf8)
                for _ in 0..<random.roll(4) + 1 {
                    bytes[random.roll(bytes.count)] = UInt8(random.roll(256))
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
