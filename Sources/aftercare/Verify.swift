internal import ArgumentParser
internal import Gateway
internal import Proof
internal import Settings
internal import Storage
internal import Ticketing

/// Checks a proof, or the site's own ledger.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a proof, or the ledger of this site: every hash, and every verdict computed anew.",
        discussion: """
            With a file it needs nothing else: no configuration, no daemon, no network. Without one it checks the \
            ledger that the configuration names. --head takes a hash that was printed earlier, by this command or \
            by prove, and kept elsewhere: a chain that was written anew since does not have it. docs/proof.md says \
            what is checked, and what a proof cannot show.

            Exit status: 0 it holds, 1 it does not, and the row or verdict is named, 2 usage.

            Examples:
              aftercare verify home-1.3.proof.json --head 28f75a41f6b5…
              aftercare verify --config /etc/aftercare/gateway.yaml
            """)

    @Argument(help: "The proof; without one the site's ledger is checked.")
    var file: String?

    @Option(help: ArgumentHelp("A printed head: 64 hexadecimal digits.", valueName: "hash"))
    var head: String?

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let hash = head.flatMap { ChainHash(text: $0.lowercased()) }
        guard head == nil || hash != nil else { throw ExitStatus.misuse("--head needs 64 hexadecimal digits") }
        if let file { try verify(file, hash) } else { try await verifyLedger(hash) }
    }

    private func verify(_ file: String, _ hash: ChainHash?) throws {
        let bytes: [UInt8]
        do {
            guard let read = try WholeFile(path: file).readAll(upTo: maximumProofBytes + 1) else {
                throw ExitStatus.misuse("\(file): there is no such file")
            }
            bytes = read
        } catch let trouble as WholeFile.Trouble {
            throw ExitStatus.misuse("\(trouble)")
        }
        do {
            let summary = try checkProof(bytes, head: hash)
            for line in ProofText.summary(summary) { print(line) }
            print("the proof holds")
        } catch {
            for problem in error.problems { writeError("\(file): \(problem)") }
            throw ExitStatus.no("\(file) does not hold")
        }
    }

    private func verifyLedger(_ hash: ChainHash?) async throws {
        let configuration = try options.read()
        let report: LedgerReport
        switch try ControlClient(path: configuration.settings.controlSocket).ask(
            .checkLedger(head: hash?.description))
        {
        case .ledger(let found): report = found
        case .ledgerIsChanged(let message): throw ExitStatus.no(message)
        case .refused(let message, _): throw ExitStatus.misuse(message)
        case nil:
            do {
                report = try configuration.checkLedger(head: hash)
            } catch let error as LedgerError {
                // A ledger that cannot be read was not judged.
                throw error.code == .corrupt ? ExitStatus.no(error.description) : .misuse(error.description)
            }
        default: throw unexpectedAnswer
        }
        for line in ProofText.report(report) { print(line) }
        print("the ledger holds")
    }
}
