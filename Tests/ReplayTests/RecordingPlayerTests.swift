import Detection
import Foundation
import Polling
import Replay
import Terms
import TestPeers
import Testing

@Suite struct RecordingPlayerTests {
    /// Cell 3 stands above every maker's limit from the second minute on.
    private static let overVoltage = table(frames: 1_800) { index, frame in
        if index >= 60 { frame.millivolts[2] = 3_700 + index % 2 }
    }

    @Test func aHealthyPackOpensNothing() throws {
        let replayed = try Replayed(table(frames: 2_000))
        #expect(replayed.findings.isEmpty)
        #expect(replayed.summary.frames == 2_000)
        #expect(replayed.summary.cells == 4)
        #expect(replayed.summary.probes == 2)
        #expect(replayed.summary.interval == .seconds(1))
        #expect(replayed.summary.last == Instant(milliseconds: 1_999_000))
    }

    @Test func aFaultOpensItsTicketOnceAndNamesTheCell() throws {
        let replayed = try Replayed(Self.overVoltage)
        let tickets = replayed.findings.filter { $0.faultClass == .overVoltage }
        let ticket = try #require(tickets.first)
        #expect(tickets.count == 1)
        #expect(ticket.opens == .ticket)
        #expect(ticket.cell == 3)
        #expect(ticket.probe == nil)
        #expect(ticket.routing == .k1)
        // 15 minutes of K1 after the alarm, which comes seconds after the fault.
        #expect(ticket.seconds > 960 && ticket.seconds < 970)
        #expect(replayed.summary.tickets == replayed.findings.count { $0.opens == .ticket })
    }

    @Test func aHotProbeIsNamedAsAProbe() throws {
        let replayed = try Replayed(
            table(frames: 600) { index, frame in frame.celsius[1] = 25 + Double(min(index, 500)) / 10 })
        let ticket = try #require(replayed.findings.first { $0.routing == .k0 })
        #expect(ticket.probe == 2)
        #expect(ticket.cell == nil)
    }

    @Test func aGapInTheFileIsNoLostSource() throws {
        let first = table(frames: 100)
        let second = table(frames: 100, start: 900_000).split(separator: "\n").dropFirst().joined(separator: "\n")
        let replayed = try Replayed(first + second + "\n")
        #expect(replayed.findings.isEmpty)
        #expect(replayed.summary.frames == 200)
    }

    @Test func whatFallsDueInAGapIsToldAtItsTime() throws {
        let alarm = table(frames: 100) { index, frame in if index >= 60 { frame.millivolts[2] = 3_700 + index % 2 } }
        let replayed = try Replayed(alarm + "900000,3290,3291,3290,3292,24.5,25,10,55\n")
        let ticket = try #require(replayed.findings.first { $0.faultClass == .overVoltage })
        #expect(ticket.seconds < 1_000)
    }

    @Test func frozenDataIsANotice() throws {
        let replayed = try Replayed(
            table(frames: 2_400) { index, frame in
                if index > 200 { (frame.millivolts, frame.amperes) = ([3_290, 3_291, 3_290, 3_292], 10) }
            })
        #expect(replayed.findings.map(\.faultClass) == [.frozen])
        #expect(replayed.findings.map(\.opens) == [.notice])
        #expect(replayed.summary.tickets == 0)
        #expect(replayed.summary.notices == 1)
    }

    @Test func everyKeyOfALineIsThereAndWhatIsUnknownIsNull() throws {
        let replayed = try Replayed(Self.overVoltage)
        let ticket = try #require(replayed.findings.first { $0.faultClass == .overVoltage })
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(ticket)) as? [String: Any]
        #expect(
            Set(try #require(json).keys) == [
                "t_s", "opens", "class", "routing", "code", "severity", "cell", "probe", "state", "confidence",
                "explanation", "evidence",
            ])
        #expect(json?["t_s"] as? Double == ticket.seconds)
        #expect(json?["class"] as? String == "overVoltage")
        #expect(json?["code"] as? String == "cellOverVoltage")
        #expect(json?["cell"] as? Int == 3)
        #expect(json?["probe"] is NSNull)
    }

    @Test func theSummaryHasEveryKey() throws {
        let summary = try Replayed(table(frames: 20)).summary
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(summary)) as? [String: Any]
        #expect(
            Set(try #require(json).keys) == [
                "frames", "cells", "probes", "first_s", "last_s", "interval_s", "thinned", "repeated", "tickets",
                "notices", "suspectReadings", "bytes", "ignoredColumns", "isCutOff", "parse", "detection", "seconds",
                "cellSamplesPerSecond",
            ])
    }

    @Test func wildReadingsAreCountedAsSuspectAndOpenNothing() throws {
        let replayed = try Replayed(
            table(frames: 600) { index, frame in
                if index % 100 == 50 { frame.millivolts[1] = [0, 65_535, 53_000][index / 100 % 3] }
            })
        #expect(replayed.findings.isEmpty)
        #expect(replayed.summary.suspectReadings >= 6)
    }

    @Test func theCurvesOfATicketAreThereForWhoWantsThem() throws {
        let bytes = Array(Self.overVoltage.utf8)
        let kept = try Replayed(bytes, keepsEvidence: true)
        let hash = try #require(kept.findings.first { $0.faultClass == .overVoltage }?.evidence)
        #expect(hash.count == 64)
        #expect(kept.evidence[hash] != nil)
        #expect(try Replayed(bytes).evidence.isEmpty)
    }

    @Test func aThinnedTableIsJudgedAsOneOfItsInterval() throws {
        let replayed = try Replayed(Self.overVoltage, spacing: .seconds(20))
        #expect(replayed.summary.frames == 90)
        #expect(replayed.summary.thinned == 1_710)
        #expect(replayed.summary.interval == .seconds(20))
        #expect(replayed.findings.contains { $0.cell == 3 && $0.faultClass == .overVoltage })
    }

    @Test(arguments: ["", "\n\n", "\u{FEFF}"]) func nothingIsNoTable(text: String) {
        let error = #expect(throws: InvalidRecording.self) { try Replayed(text) }
        #expect(error?.description == "pack.csv: there is nothing in it")
    }

    @Test func aTableWithoutFramesIsOne() throws {
        let summary = try Replayed("t_s,v01_mv\n").summary
        #expect(summary.frames == 0)
        #expect(summary.first == nil)
        #expect(summary.cells == 1)
    }
}

@Suite struct PackedTableTests {
    private let plain = Array(table(frames: 300).utf8)

    @Test func packedIsTheSameAsPlainHoweverItIsCut() throws {
        let packed = gzip(plain)
        #expect(packed.count > 100 && packed.count < plain.count)
        let whole = try Replayed(plain).summary
        for piece in [1, 2, 7, 1_000, 1 << 20] { #expect(try Replayed(packed, piece: piece).summary == whole) }
    }

    @Test func membersThatFollowEachOtherAreOneText() throws {
        let half = plain.count / 2
        let packed = gzip(Array(plain[..<half])) + gzip(Array(plain[half...])) + [0, 0, 0, 0]
        #expect(try Replayed(packed).summary.frames == 300)
        #expect(try Replayed(packed, piece: 3).summary.frames == 300)
    }

    @Test func muchThatPacksIntoLittleComesOutWhole() throws {
        let long = Array(table(frames: 40_000).utf8)
        #expect(try Replayed(gzip(long)).summary.frames == 40_000)
    }

    @Test func everyPlaceToBreakOffIsTold() async throws {
        let packed = gzip(plain)
        _ = try await onAllCores(2..<packed.count) { length in
            #expect(throws: InvalidRecording.self, "cut to \(length)") { try Replayed(Array(packed[..<length])) }
        }
    }

    @Test func damageIsToldAndSoIsWhatFollows() throws {
        var random = SeededRandom(seed: 3)
        let packed = gzip(plain)
        for _ in 0..<200 {
            var damaged = packed
            damaged[10 + Int(random.next() % UInt64(packed.count - 10))] ^= UInt8(1 << (random.next() % 8))
            #expect(throws: InvalidRecording.self) { try Replayed(damaged) }
        }
        let error = #expect(throws: InvalidRecording.self) { try Replayed(packed + Array("more".utf8)) }
        #expect(error?.message.contains("something that is not gzip follows") == true)
    }
}

@Suite struct ReplayComparisonTests {
    private let recording = Array(
        table(frames: 2_400) { index, frame in if index >= 60 { frame.millivolts[2] = 3_700 + index % 2 } }.utf8)

    @Test func theSameRulesFindTheSame() throws {
        let rules = try shippedRules()
        let replayed = try Replayed(recording, rules: [rules, rules])
        let comparison = try #require(replayed.comparison)
        #expect(!comparison.differs)
        #expect(!comparison.rows.isEmpty)
        #expect(comparison.rows.allSatisfy { $0.side == "both" && $0.shift == .zero })
    }

    @Test func whatOnlyOneFindsAndWhatBothFindLaterIsTold() throws {
        let a = try shippedRules()
        var later = a
        later.classes[.k1]?.onDelay = .minutes(20)
        let shifted = try #require(try Replayed(recording, rules: [a, later]).comparison)
        #expect(shifted.rows.first { $0.a?.faultClass == .overVoltage }?.shift == .minutes(5))
        #expect(!shifted.differs)
        var deaf = a
        deaf.alarms[.cellVoltageHigh] = nil
        let onlyA = try #require(try Replayed(recording, rules: [a, deaf]).comparison)
        #expect(onlyA.differs)
        #expect(onlyA.rows.first { $0.a?.faultClass == .overVoltage }?.side == "A")
        let onlyB = try #require(try Replayed(recording, rules: [deaf, a]).comparison)
        #expect(onlyB.rows.first { $0.b?.faultClass == .overVoltage }?.side == "B")
    }

    @Test func aRowSaysEverythingAsJSON() throws {
        let a = try shippedRules()
        var deaf = a
        deaf.alarms[.cellVoltageHigh] = nil
        let comparison = try #require(try Replayed(recording, rules: [a, deaf]).comparison)
        let row = try #require(comparison.rows.first { $0.a?.faultClass == .overVoltage })
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(row)) as? [String: Any]
        #expect(json?["in"] as? String == "A")
        #expect(json?["shift_s"] is NSNull && json?["b"] is NSNull)
        #expect((json?["a"] as? [String: Any])?["cell"] as? Int == 3)
    }
}
