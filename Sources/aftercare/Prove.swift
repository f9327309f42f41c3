internal import ArgumentParser
internal import Gateway
internal import Proof
internal import Storage
internal import Terms

/// A ticket's proof as one file.
struct Prove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the proof of a ticket: its facts, its policy and every verdict, in one file.",
        discussion: """
            Whoever has the file can check it without us: `aftercare verify FILE`, or verify.py, a second program that \
            needs nothing but Python. It holds every fact of the log from the ticket's first one on, since each fact's \
            hash covers the facts before it; what else happened at the site meanwhile is in it, too. docs/proof.md \
            describes the file.

            The heads that it prints are worth keeping elsewhere: `verify --head` finds them in a later proof, unless \
            the log was written anew.

            Examples:
              aftercare prove home-1.3 --out home-1.3.proof.json
              aftercare prove home-1.3 --out whole.json --whole --with-evidence
            """)

    @Argument(help: "The ticket's number, such as home-1.3.")
    var ticket: String

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
    var out: String

    @Flag(help: "Begin with the first fact of the ledger: any head that was ever printed can be found in it.")
    var whole = false

    @Flag(help: "Put the kept evidence into the file, not its hashes alone.")
    var withEvidence = false

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let request = ControlRequest.prove(ticket: ticket, whole: whole, withEvidence: withEvidence)
        guard case .proof(let text) = try await askDaemon(request, options) else { throw unexpectedAnswer }
        let bytes = Array(text.utf8)
        let summary: ProofSummary
        do {
            // What does not verify here would not verify anywhere.
            summary = try checkProof(bytes)
        } catch {
            throw ExitStatus.no("the proof of \(ticket) does not hold, so it was not written:", error.description)
        }
        do {
            try WholeFile(path: out).replace(with: bytes)
        } catch {
            throw ExitStatus.misuse("\(error)")
        }
        print("\(out): \(bytes.count) bytes")
        for line in ProofText.summary(summary) { print(line) }
    }
}
