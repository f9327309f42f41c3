import Foundation
import Proof
import ServiceLevel
import Terms
import TestPeers
import Testing
import Ticketing

struct ProofTests {
    private let verifier: Verifier

    init() throws { verifier = try Verifier() }

    /// Of the story with one ticket every byte is changed; of that with two, which is longer, each 13th. The second
    /// verifier looks at a quarter of them.
    @Test(arguments: [(Story.plain, 1), (Story.linked, 13)])
    func everyByteOfAProofIsVouchedForByBothVerifiers(story: Story, step: Int) async throws {
        let proof = try makeProof(story.content(withEvidence: true))
        #expect(problem(proof) == nil)
        let document = try CanonicalDocument(proof, maximumBytes: 1 << 20, maximumParts: 1 << 20)
        let rows = try #require(document.root["rows"]?.elements).map(\.range)
        let sample = try await onAllCores(stride(from: 0, to: proof.count, by: step)) {
            index -> (file: String, row: Int?, byte: Int)? in
            var changed = proof
            changed[index] ^= index % 3 == 0 ? 0x80 : 0x01
            let row = rows.firstIndex { $0.contains(index) }.map { $0 + 1 }
            let found = try #require(problem(changed), "byte \(index)")
            if let row {
                let named = try #require(found.firstRange(of: "row \(row)"), "byte \(index): \(found)")
                // Row 1 is not row 10.
                #expect(found[named.upperBound...].first?.isNumber != true, "byte \(index): \(found)")
            }
            guard index % (4 * step) == 0 else { return nil }
            return (try verifier.write(changed, "\(index).json"), row, index)
        }.compactMap { $0 }
        let parts = stride(from: 0, to: sample.count, by: 500).map { sample[$0..<min($0 + 500, sample.count)] }
        _ = try await onAllCores(parts) { part in
            let (_, complaints, _) = try verifier.run(part.map(\.file))
            for (file, row, byte) in part {
                let complaint = try #require(complaints[file], "byte \(byte)")
                if let row { #expect(complaint.contains("row \(row)"), "byte \(byte): \(complaint)") }
            }
        }
    }

    @Test func aChainThatWasWrittenAnewIsRefusedByItsHead() throws {
        let story = Story.plain
        let printed = story.rows().rows[story.facts.count - 1].hash
        let proof = try makeProof(story.content())
        #expect(try checkProof(proof, head: printed).headPlace == "desk fact 6 of epoch 1")
        var forged = story
        forged.replace(5, with: .firstResponse(author: "Ana", channel: .mail, evidence: nil))
        let anew = try makeProof(forged.content())
        // The forger computed everything anew: the file holds, and only the printed head tells.
        #expect(problem(anew) == nil)
        #expect(problem(anew, head: printed)?.contains("no row of this proof has it") == true)
        let (whole, other) = (try verifier.write(proof, "whole.json"), try verifier.write(anew, "anew.json"))
        #expect(try verifier.run([whole, "--head", printed.description]).status == 0)
        #expect(try verifier.run([other]).status == 0)
        let (status, complaints, _) = try verifier.run([other, "--head", printed.description])
        #expect(status == 1)
        #expect(complaints[other]?.contains("no row of this proof has it") == true)
    }

    @Test func aProofMayBeginWithTheFirstFactThatItNeeds() throws {
        let story = Story.plain
        let proof = try makeProof(story.content(from: 1))
        #expect(try checkProof(proof).rows == story.facts.count - 1)
        #expect(try verifier.run([try verifier.write(proof, "late.json")]).status == 0)
        // What stands before the anchor cannot be found in it.
        #expect(problem(proof, head: story.rows().rows[0].hash) != nil)
    }

    @Test(arguments: [
        (#""status":"breached""#, #""status":"met""#, "verdict of cycle 1, response: status"),
        (#""overrun":3600000"#, #""overrun":3600001"#, "verdict of cycle 1, response: overrun"),
        (#""state":"closed""#, #""state":"draft""#, "ticket: state"),
        (#"{"countsAt":1700000000000,"#, #"{"countsAt":1700000000001,"#, "told 1: countsAt"),
        (#""part":"before""#, #""part":"after""#, "evidence 1: part"),
        (#""calendars":[]"#, #""calendars":[1]"#, "calendar"),
        (#""format":"aftercare proof 1""#, #""format":"aftercare proof 2""#, "format"),
        (#"reopenWindow: 30d"#, #"reopenWindow: 31d"#, "policy 1"),
        (#""site":"home-1""#, #""site":"home-2""#, "site"),
        (#""unbound":{"#, #""unbound":{"a":1,"#, "\"a\" is not known"),
        (#""zone":"Europe/Berlin"}"#, #""zone":1}"#, "unbound: zone is"),
        (#""warranty":[]"#, #""warranty":[],"x":1"#, "\"x\" is not known"),
    ])
    func whatDoesNotFollowFromTheRowsIsNamedEvenWithAFittingSeal(old: String, new: String, name: String) throws {
        let proof = try makeProof(Story.plain.content())
        #expect(problem(try forged(proof, "\"site\":", "\"site\":")) == nil)
        let changed = try forged(proof, old, new)
        let found = try #require(problem(changed))
        #expect(found.contains(name), "\(found)")
        let file = try verifier.write(changed, "forged.json")
        let (status, complaints, _) = try verifier.run([file])
        #expect(status == 1)
        #expect(complaints[file]?.contains(name) == true, "\(complaints)")
    }

    @Test func aTicketThatNoFactBindsIsJudgedByTheNamedPolicy() throws {
        var story = Story.plain
        story.drop(2)
        let proof = try makeProof(story.content())
        #expect(try checkProof(proof).isPolicyBound == false)
        #expect(try verifier.run([try verifier.write(proof, "unbound.json")]).status == 0)
    }

    @Test func withoutAFactThatOpensTheTicketThereIsNoProof() throws {
        #expect(throws: ProofTrouble.self) { try makeProof(Story.plain.content(from: 4)) }
    }

    @Test(arguments: [
        "", "{", "[]", "\"aftercare proof 1\"", "{\"format\":\"aftercare proof 1\"}", "\u{0}",
        String(repeating: "[", count: 1_000_000), String(repeating: "{\"a\":", count: 100_000),
        "[" + String(repeating: "1,", count: 100_000) + "1]", "9999999999999999999999999", "{\"format\":1}",
    ])
    func whatIsNoProofIsRefusedAndNothingBreaks(text: String) throws {
        #expect(problem(Array(text.utf8)) != nil)
        let file = try verifier.write(Array(text.utf8), "hostile.json")
        let (status, complaints, lines) = try verifier.run([file])
        #expect(status == 1 && complaints.count == 1 && lines.count == 1, "\(lines.suffix(2))")
    }

    @Test(arguments: [Int64.max, Int64.min, 1 << 54, -(1 << 54)])
    func instantsBeyondReasonAreRefusedBeforeAnythingIsAddedToThem(milliseconds: Int64) throws {
        var story = Story.plain
        story.replace(3, with: .deskAccepted(receivedAt: Instant(milliseconds: milliseconds), authorisation: nil))
        let trouble = #expect(throws: ProofTrouble.self) { try makeProof(story.content()) }
        #expect(trouble?.problems.first?.contains("desk fact 2 of epoch 1") == true)
        // As a forger would write it: the chain holds, the number is in it.
        let proof = try forged(
            try makeProof(Story.plain.content()), "\"madeAt\":", "\"madeAt\":\(milliseconds),\"x\":")
        #expect(problem(proof) != nil)
    }

    @Test func randomDamageNeverBreaksTheReader() throws {
        let proof = try makeProof(Story.plain.content(withEvidence: true))
        var dice = Dice(seed: 20_260_504)
        for round in 0..<3_000 {
            var changed = proof
            for _ in 0...dice.roll(6) {
                let place = dice.roll(changed.count)
                switch dice.roll(3) {
                case 0: changed[place] = UInt8(dice.roll(256))
                case 1: changed.remove(at: place)
                default: changed.insert(dice.one(of: Array("{}[]\",:0-9\\u".utf8)), at: place)
                }
            }
            #expect(problem(changed) != nil || changed == proof, "round \(round)")
        }
    }
}
