internal import Glibc
internal import Settings
internal import Storage
internal import Terms
package import Ticketing

/// What a check of the whole ledger found in order.
package struct LedgerReport: Codable, Sendable, Equatable {
    /// How far one chain goes.
    package struct Head: Codable, Sendable, Equatable {
        /// gateway or desk
        package var source: String
        package var facts: Int
        /// 64 hexadecimal digits
        package var hash: String
    }

    package var heads: [Head]
    package var documents: Int
    package var openTickets: Int
    /// Where the hash that was asked for stands: `desk fact 7`; nil where none was asked for.
    package var headPlace: String?

    /// Checks the chains, what stands beside them, every document, the tickets that are open, and the file itself.
    init(checking ledger: Ledger, book: TicketBook, head: ChainHash?) throws(LedgerError) {
        try ledger.checkFile()
        let place = try ledger.checkChains(for: head)
        if let head {
            guard let place else {
                throw LedgerError(
                    .corrupt, "ledger: no fact has the hash \(head): it was printed from another chain than this one")
            }
            headPlace = "\(place.source.rawValue) fact \(place.sequence)"
        }
        documents = try ledger.checkDocuments()
        var open: [String: String] = [:]
        for (id, ticket) in book.tickets where ticket.isOpen {
            if let key = ticket.key { open[key.description] = id.text }
        }
        try ledger.checkOpenTickets(open)
        openTickets = book.tickets.values.count { $0.isOpen }
        heads = FactSource.allCases.map { source in
            let head = ledger.head(of: source)
            return Head(source: source.rawValue, facts: head.sequence, hash: head.hash.description)
        }
    }
}

extension SiteConfiguration {
    /// What is promised now, and everything that facts of the ledger are bound to.
    func promiseDocuments(in ledger: Ledger) throws -> PromiseDocuments {
        PromiseDocuments(
            current: promise,
            policies: try ledger.documents(.policy).map {
                try ConfigurationDirectory.policy($0.content, name: "policy \($0.sha256) in the ledger")
            },
            calendars: try ledger.documents(.calendar).map {
                try ConfigurationDirectory.calendar($0.content, name: "calendar \($0.sha256) in the ledger")
            })
    }

    /// Checks the ledger of a site whose daemon does not run. It makes none where there is none, and writes no fact.
    package func checkLedger(head: ChainHash?) throws -> LedgerReport {
        try requireLedger()
        let directory = try DataDirectory(path: settings.dataDirectory)
        return try check(Ledger(directory: directory), head: head)
    }

    func requireLedger() throws(LedgerError) {
        guard access(ledgerPath, F_OK) == 0 else {
            throw LedgerError(
                .notWritable, "\(ledgerPath): \(String(cString: strerror(errno))); dataDirectory names where the "
                    + "ledger lies")
        }
    }

    var ledgerPath: String { settings.dataDirectory + "/ledger.sqlite" }

    /// Reads and checks everything in a ledger of this site.
    func check(_ ledger: Ledger, head: ChainHash?) throws -> LedgerReport {
        let history = try ledger.load()
        var book = TicketBook(site: settings.site.id, documents: try promiseDocuments(in: ledger))
        book.adopt(history)
        return try LedgerReport(checking: ledger, book: book, head: head)
    }
}
