internal import ArgumentParser
internal import Engine
internal import Foundation
internal import Gateway
internal import Settings
internal import Storage
internal import Ticketing
internal import Web

extension Tickets {
    struct Evidence: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write what was kept with a ticket: the documents and their drawings.",
            discussion: """
                For each piece of evidence it writes TICKET-1-before.json, the document byte for byte as its SHA-256 \
                in the ledger names it (sha256sum shows the same), and TICKET-1-before.svg, its drawing. \
                docs/evidence.md describes the documents.

                Example:
                  aftercare tickets evidence home-1.3 --out case-3
                """)

        @Argument(help: "The ticket's number, such as home-1.3.")
        var ticket: String

        @Option(help: ArgumentHelp("The directory to write into; it is made if it is missing.", valueName: "directory"))
        var out: String

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard case .evidence(let files) = try await askDaemon(.evidence(ticket: ticket), options) else {
                throw unexpectedAnswer
            }
            let zone = try options.readSettings().site.zone
            let written = try EvidenceFolder(path: out, zone: zone).write(files, of: ticket)
            try output.show(written) { TicketText.evidence(written, of: ticket) }
            guard !files.isEmpty else { throw ExitStatus.no("nothing was kept with \(ticket)") }
            guard written.allSatisfy({ $0.document != nil }) else {
                throw ExitStatus.no("the ledger does not have all that the facts name")
            }
        }
    }
}

/// A piece of evidence and where it was written.
struct WrittenEvidence: Encodable {
    var sha256: String
    var title: String
    var part: String
    var at: Int64
    /// Nil where the ledger does not have the document.
    var document: String?
    /// Nil where the document is none that can be drawn.
    var drawing: String?
}

/// The directory that evidence is written into.
struct EvidenceFolder {
    let path: String
    /// The site's IANA zone.
    let zone: String

    func write(_ files: [EvidenceFile], of ticket: String) throws -> [WrittenEvidence] {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            return try files.enumerated().map { index, file in try write(file, number: index + 1, of: ticket) }
        } catch let error as WholeFile.Trouble {
            throw ExitStatus.misuse("\(error)")
        } catch {
            throw ExitStatus.misuse("\(path): cannot be made: \(error.localizedDescription)")
        }
    }

    private func write(_ file: EvidenceFile, number: Int, of ticket: String) throws -> WrittenEvidence {
        var written = WrittenEvidence(
            sha256: file.kept.sha256, title: file.kept.title, part: file.kept.part.rawValue, at: file.kept.at)
        guard let content = file.content.map({ Array($0.utf8) }) else { return written }
        // A ticket's number has nothing in it that a path would take for more than a name; a stranger's might.
        let name = ticket.map { $0 == "/" || $0.isNewline ? "_" : $0 }
        let stem = "\(path)/\(String(name))-\(number)-\(file.kept.part.rawValue)"
        try WholeFile(path: stem + ".json").replace(with: content)
        written.document = stem + ".json"
        if let evidence = KeptEvidence(bytes: content) {
            let drawing = EvidenceSVG.text(evidence, zone: zone, isNarrow: false)
            try WholeFile(path: stem + ".svg").replace(with: Array(drawing.utf8))
            written.drawing = stem + ".svg"
        }
        return written
    }
}
