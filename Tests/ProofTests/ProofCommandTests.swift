import Foundation
import Proof
import Storage
import Terms
import TestPeers
import Testing
import Ticketing

/// `aftercare prove` and `aftercare verify`, as they are run at a box whose daemon does not run.
struct ProofCommandTests {
    private let verifier: Verifier

    init() throws {
        verifier = try Verifier()
        let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("config").path
        for name in ["policy.yaml", "profiles", "detection"] {
            try FileManager.default.copyItem(atPath: "\(shipped)/\(name)", toPath: "\(verifier.folder)/\(name)")
        }
        let gateway = """
            site: {id: home-1, zone: Europe/Berlin, standingAuthorisation: 2026-05-04}
            dataDirectory: \(verifier.folder)/data
            controlSocket: \(verifier.folder)/control.sock
            lines:
              - name: line
                url: tcp://127.0.0.1:1
                devices:
                  - {name: hybrid, unit: 247, profile: goodwe-et, interval: 1s}
            """
        _ = try verifier.write(Array(gateway.utf8), "gateway.yaml")
        let story = Story.plain
        let documents = [
            LedgerDocument(kind: .policy, content: StoryDocuments.policy),
            LedgerDocument(kind: .evidence, content: story.evidence),
        ]
        try fill("data", LedgerEntry(facts: story.facts, documents: documents))
    }

    /// A new ledger with something in it.
    private func fill(_ directory: String, _ entry: LedgerEntry) throws {
        let ledger = try Ledger(directory: try DataDirectory(path: "\(verifier.folder)/\(directory)"))
        _ = try ledger.load()
        try ledger.append(entry)
    }

    private var config: [String] { ["--config", "\(verifier.folder)/gateway.yaml"] }
    private var file: String { "\(verifier.folder)/proof.json" }
    private var ledgerPath: String { "\(verifier.folder)/data/ledger.sqlite" }

    private func aftercare(_ arguments: String...) throws -> (status: Int32, output: String) {
        try Program.run(arguments)
    }

    private func prove(_ more: String...) throws -> (status: Int32, output: String) {
        try Program.run(["prove", "home-1.3", "--out", file] + more + config)
    }

    @Test func aProofIsWrittenAndCheckedWithoutTheBox() throws {
        let (status, output) = try prove()
        #expect(status == 0, "\(output)")
        // The warnings, the breach of the answer and a day without progress fell due while nobody watched, and were
        // written first.
        #expect(output.contains("head of desk: \(6 + 5) facts, "), "\(output)")
        let verified = try aftercare("verify", file, "--head", Story.plain.rows().rows[9].hash.description)
        #expect(verified.output.contains("the printed head is desk fact 6 of epoch 1"), "\(verified.output)")
        #expect(verified.status == 0 && verified.output.contains("the proof holds"), "\(verified.output)")
        #expect(try verifier.run([file]).status == 0)
        // From the first fact of the ticket on; the alarm before it is left out.
        #expect(verified.output.contains("\(9 + 5) facts of the log"), "\(verified.output)")
    }

    @Test func aWholeProofWithItsEvidenceHoldsEveryHeadThatWasPrinted() throws {
        #expect(try prove("--whole", "--with-evidence").status == 0)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains(#"{\"frames\":[1,2,3]}"#))
        for row in Story.plain.rows().rows {
            #expect(try aftercare("verify", file, "--head", row.hash.description).status == 0)
        }
        let strange = ChainHash.of([1]).description
        let (status, output) = try aftercare("verify", file, "--head", strange)
        #expect(status == 1 && output.contains("no row of this proof has it"), "\(output)")
        #expect(try aftercare("verify", file, "--head", "abc").status == 2)
        #expect(try aftercare("verify", "\(file).missing").status == 2)
    }

    @Test func theRowsOfALinkedTicketComeAlong() throws {
        let documents = StoryDocuments.policies.map { LedgerDocument(kind: .policy, content: $0) }
            + StoryDocuments.calendars.map { LedgerDocument(kind: .calendar, content: $0) }
        try fill("linked", LedgerEntry(facts: Story.linked.facts, documents: documents))
        let gateway = try String(contentsOfFile: "\(verifier.folder)/gateway.yaml", encoding: .utf8)
            .replacing("\(verifier.folder)/data", with: "\(verifier.folder)/linked")
        _ = try verifier.write(Array(gateway.utf8), "gateway.yaml")
        let (status, output) = try prove()
        #expect(status == 0, "\(output)")
        let (verified, text) = try aftercare("verify", file)
        // From the user's call on, which is the other ticket's fact; from the box's own notification it is in time.
        #expect(verified == 0 && text.contains("breached, over by 30min"), "\(text)")
        #expect(try verifier.run([file]).status == 0)
    }

    @Test func aTicketThatIsNotThereHasNoProof() throws {
        let (status, output) = try Program.run(["prove", "home-1.9", "--out", file] + config)
        #expect(status == 2 && output.contains("home-1.3"), "\(output)")
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func whereNoLedgerLiesNoneIsMade() throws {
        let data = "\(verifier.folder)/data"
        try FileManager.default.removeItem(atPath: data)
        let (status, output) = try Program.run(["verify"] + config)
        #expect(status == 2 && output.contains("\(data)/ledger.sqlite"), "\(output)")
        #expect(!FileManager.default.fileExists(atPath: data))
    }

    @Test func theLedgerIsCheckedAndAChangedFactIsNamed() throws {
        let head = Story.plain.rows().rows[9].hash.description
        let (status, output) = try Program.run(["verify", "--head", head] + config)
        #expect(status == 0 && output.contains("the printed head is desk fact 6"), "\(output)")
        let foreign = try Program.run(["verify", "--head", ChainHash.of([1]).description] + config)
        #expect(foreign.status == 1 && foreign.output.contains("no fact has the hash"), "\(foreign.output)")

        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: ledgerPath)))
        let mail = try #require(bytes.firstRange(of: Array("mail-1".utf8)))
        bytes[mail.lowerBound] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: ledgerPath))
        let changed = try Program.run(["verify"] + config)
        #expect(changed.status == 1 && changed.output.contains("desk fact 5 of epoch 1"), "\(changed.output)")
    }

    @Test func aChangedDocumentOfTheLedgerIsNamed() throws {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: ledgerPath)))
        let frames = try #require(bytes.firstRange(of: Array("\"frames\"".utf8)))
        bytes[frames.lowerBound + 1] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: ledgerPath))
        let (status, output) = try Program.run(["verify"] + config)
        #expect(status == 1 && output.contains("document \(Story.plain.evidenceHash)"), "\(output)")
    }

    @Test func anOpenTicketThatTheTableDoesNotHaveIsNamed() throws {
        let directory = try DataDirectory(path: "\(verifier.folder)/data")
        let ledger = try Ledger(directory: directory)
        _ = try ledger.load()
        let key = FaultKey(site: Story.site, device: "B9", code: FaultCode("overTemperature"))
        try ledger.append(LedgerEntry(facts: [], opened: [key: TicketID("home-1.7")]))
        let trouble = #expect(throws: LedgerError.self) { try ledger.checkOpenTickets([:]) }
        #expect(trouble?.message.contains("home-1/B9/overTemperature") == true)
        try ledger.checkOpenTickets([key.description: "home-1.7"])
    }
}
