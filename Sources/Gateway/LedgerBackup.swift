internal import Settings
internal import Storage
internal import Terms
internal import Ticketing

/// What a backup holds, or what a restore brought back.
package struct BackupReport: Codable, Sendable, Equatable {
    /// The backup.
    package var file: String
    package var ledger: LedgerReport
    /// Where the ledger lies that was in the restored one's place; nil for a backup, and where there was none.
    package var setAside: String?
}

extension SiteConfiguration {
    /// Copies the site's ledger into a new file and checks the copy. A daemon that runs goes on writing meanwhile.
    package func backUp(to path: String) throws -> BackupReport {
        try requireLedger()
        let report = try Ledger.backUp(ledgerPath, to: path) { try check($0, head: nil) }
        return BackupReport(file: path, ledger: report)
    }

    /// Checks a backup and puts it in the place of the ledger, which is set aside.
    ///
    /// - Throws: `inUse` while a daemon runs; nothing was changed then, nor where the backup does not hold.
    package func restore(from path: String) throws -> BackupReport {
        let directory = try DataDirectory(path: settings.dataDirectory)
        let (report, setAside) = try Ledger.restore(path, to: directory) { backup in
            let report = try check(backup, head: nil)
            try refuseAnotherSite(try backup.load())
            return report
        }
        return BackupReport(file: path, ledger: report, setAside: setAside)
    }

    /// Another home's history would be believed as it stands. The newest fact tells whose it is: a home may have had
    /// another name before.
    private func refuseAnotherSite(_ history: [Fact]) throws(LedgerError) {
        let site = settings.site.id
        for fact in history.reversed() {
            let isOurs: Bool
            switch fact.subject {
            case .site(let id): isOurs = id == site
            case .ticket(let id): isOurs = id.text.hasPrefix("\(site).")
            case .order: continue
            }
            guard !isOurs else { return }
            throw LedgerError(
                .notWritable, "the backup is of another site than \(site), which the configuration names: its newest "
                    + "fact is about \(fact.subject.text). Nothing was changed")
        }
    }
}
