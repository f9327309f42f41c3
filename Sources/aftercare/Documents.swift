internal import ArgumentParser
internal import Engine
internal import Gateway
internal import ServiceLevel
internal import Ticketing

/// The documents that belong to the home's devices.
struct Documents: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show which documents the user is to receive, and record that they did.",
        discussion: """
            The shelf is documents.yaml beside the configuration (docs/documents.md). A handover waits for the receipt \
            of every required one.

            Example:
              aftercare documents list
              aftercare documents deliver spec-b3-plus --to 'M. Weber' --by Li
            """,
        subcommands: [List.self, Deliver.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Every document of this home's devices, and who received it; exit status 1 where one is missing.")

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let configuration = try options.read()
            guard case .home(let home, _) = try await askDaemon(.home, options) else { throw unexpectedAnswer }
            guard let shelf = configuration.shelf else {
                throw ExitStatus.no("no documents.yaml lies beside the configuration: nothing is to be received")
            }
            let rows = shelf.documents(for: configuration.profiles(home)).map { document in
                ShelvedDocument(document, receipts: home.receipts)
            }
            try output.show(rows) { HomeText.documents(rows) }
            if rows.contains(where: { $0.isRequired && $0.receivedBy == nil }) {
                throw ExitStatus.no("a required document has no receipt")
            }
        }
    }

    struct Deliver: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Somebody received a document of the shelf.")

        @Argument(help: "The document's id.") var document: String
        @Option(help: "Who received it.") var to: String
        @OptionGroup var entry: EntryOptions

        func run() async throws {
            guard let shelf = try entry.options.read().shelf else {
                throw ExitStatus.misuse("no documents.yaml lies beside the configuration")
            }
            guard let found = shelf.documents.first(where: { $0.id == document }) else {
                let known = shelf.documents.map(\.id).joined(separator: ", ")
                throw ExitStatus.misuse("there is no document \"\(document)\"; known: \(known)")
            }
            try await entry.enter(
                .documentDelivered(
                    DeliveredDocument(id: found.id, sha256: found.sha256, version: found.version, recipient: to)))
        }
    }
}

/// A document of the shelf, and who received it in this very version.
struct ShelvedDocument: Encodable {
    let id: String
    let title: String
    let version: String
    let isRequired: Bool
    let receivedBy: String?

    init(_ document: DocumentShelf.Document, receipts: [ReceiptSnapshot]) {
        id = document.id
        title = document.title
        version = document.version
        isRequired = document.isRequired
        receivedBy = receipts.last {
            $0.id == document.id && $0.version == document.version && $0.sha256.lowercased() == document.sha256
        }?.recipient
    }
}
