internal import ArgumentParser
internal import Gateway
internal import Glibc
internal import Storage

/// A copy of the ledger.
struct Backup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy the ledger into a new file, and check the copy; the daemon goes on meanwhile.",
        discussion: """
            The file holds everything that happened: facts, documents, evidence. It is one SQLite database of all that \
            was on record when the copy began. A file that is there already is not overwritten. The heads that it \
            prints are worth keeping elsewhere: `aftercare verify --head` finds them later.

            Exit status: 0 done, 1 the ledger is not what was written, or the disk refused, 2 usage.

            Example:
              aftercare backup /media/usb/home-1.backup
            """)

    @Argument(help: "The file to write.")
    var file: String

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let configuration = try options.read()
        // Made for its owner alone, whoever made it.
        umask(0o077)
        let report = try answering { try configuration.backUp(to: file) }
        try output.show(report) { ["\(file): the backup holds"] + ProofText.report(report.ledger) }
    }
}

/// A backup in the place of the ledger.
struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a backup in the place of the ledger, which is set aside; the daemon must be stopped.",
        discussion: """
            The backup is checked first; where it does not hold, nothing is changed. The present ledger is never \
            deleted: it lies beside the restored one as ledger.sqlite.replaced-1, and so on. What was put on record \
            after the backup is in that file only. Messages whose delivery was recorded after the backup go out \
            again, under the same ids.

            Exit status: 0 done, 1 the backup is not what was written, or the disk refused, 2 usage, or the daemon runs.

            Example:
              systemctl stop aftercare
              sudo -u aftercare aftercare restore /media/usb/home-1.backup
              systemctl start aftercare
            """)

    @Argument(help: "The backup.")
    var file: String

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let configuration = try options.read()
        guard access(file, R_OK) == 0 else {
            throw ExitStatus.misuse("\(file): \(String(cString: strerror(errno)))")
        }
        umask(0o027)
        let report = try answering { try configuration.restore(from: file) }
        try output.show(report) {
            let aside = report.setAside.map { "the former ledger lies in \($0)" } ?? "there was no ledger before"
            return ["\(file): restored"] + ProofText.report(report.ledger) + [aside]
        }
    }
}

/// A ledger that is not what was written is the answer "no"; one that cannot be used is not.
private func answering(_ act: () throws -> BackupReport) throws -> BackupReport {
    do {
        return try act()
    } catch let error as LedgerError where error.code == .corrupt {
        throw ExitStatus.no(error.description)
    }
}
