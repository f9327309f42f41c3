internal import ArgumentParser
internal import BoxCheck
internal import Gateway
internal import Glibc
internal import Terms

/// Says what is wrong with this box, and what to do.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is wrong with this box, and what to type.",
        discussion: """
            Run it first when something does not work, and once more when you leave. It looks at the configuration, \
            the daemon, the lines and their ports, the clock, the disk, the ledger, the channels of notification, the \
            unit and the box, and prints one line for each check:

              ok       nothing to do
              warning  it works, and may not for long
              TROUBLE  something is not watched, not kept or not told
              skipped  it was not checked, and why

            Below a warning or a trouble stands what to do and, behind a $, what to type. A word in capital letters is \
            yours to replace. Begin with the first trouble: others often follow from it.

            It only looks. It opens no serial port, sends no message, changes no file and does not hold up the daemon; \
            a device on the network is tried only where no daemon runs. No check takes longer than 5 seconds. With \
            sudo it sees more: who has a port open, and what only the daemon's user may read.

            Examples:
              sudo aftercare doctor
              sudo aftercare doctor --config /etc/aftercare/gateway.yaml
              sudo aftercare doctor --json > doctor.json   for support; without secrets

            Exit status: 0 no trouble, warnings or not; 1 at least one trouble; 2 usage.
            """)

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let time = SystemTimeSource()
        let began = time.now().wall
        let examination = Examination(file: options.config, time: time)
        let text = DoctorText(width: terminalWidth())
        var findings: [Finding] = []
        for area in Finding.Area.allCases {
            let found = examination.findings(of: area)
            findings += found
            // Each area is shown as soon as it is done: some wait for the network.
            if !output.json { for line in text.lines(of: area, found) { print(line) } }
        }
        let report = BoxReport(
            version: programVersion, checkedAt: began, configuration: options.config, findings: findings)
        try output.show(report) { text.closing(report.counts) }
        if report.counts.trouble > 0 { throw ExitStatus.no() }
    }
}

/// Columns of the terminal; 80 where there is none, and never fewer than 40 or more than 100, which nobody reads well.
private func terminalWidth() -> Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return min(max(Int(size.ws_col), 40), 100)
}
