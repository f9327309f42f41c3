internal import ArgumentParser
internal import Gateway
@preconcurrency internal import Glibc

/// The command line. Exit status: 0 done, 1 the answer is "no", 2 usage or configuration, 3 no answer from a device.
@main
struct Aftercare {
    static func main() async {
        // A peer that goes away is an error of one write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // Whoever reads a pipe sees a line when it is said, not when four thousand bytes have come together.
        setvbuf(stdout, nil, _IOLBF, 0)
        do {
            var command = try Root.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            leave(error)
        }
    }

    private static func leave(_ error: any Error) -> Never {
        if let status = ExitStatus(error) {
            for line in status.message { writeError(line) }
            exit(status.code)
        }
        let code = Root.exitCode(for: error)
        let text = Root.fullMessage(for: error)
        if code == .success {
            print(text)
            exit(0)
        }
        writeError(text)
        exit(code == .validationFailure ? 2 : code.rawValue)
    }
}

struct Root: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aftercare",
        abstract: "Watches home batteries and keeps the maker's after-sales promise.",
        discussion: """
            It polls inverters and batteries over Modbus, finds faults, opens tickets by itself and runs their \
            clocks: respond within 24 hours, diagnose within 48, eliminate, report. It writes nothing to a device \
            but what the configuration allows by name.

            First steps:
              aftercare demo                                   see it happen on a simulated home
              aftercare scan                                   find devices on the serial ports
              aftercare scan --subnet 192.168.1.0/24           find devices on the network
              aftercare read --device tcp://192.0.2.10:502 --unit 247
                                                               read your own device once
              aftercare replay week.csv.gz --chemistry LFP     see what it would have found in recorded data
              aftercare gateway --config gateway.yaml --check  check a configuration
              aftercare gateway --config gateway.yaml          watch
              aftercare lines                                  see how its lines do
              aftercare doctor                                 say what is wrong with this box, and what to type

            Exit status: 0 done, 1 the answer is no, 2 usage or configuration error, 3 the device did not answer.
            """,
        version: programVersion,
        subcommands: [
            Demo.self, ScanCommand.self, Read.self, Record.self, ReplayCommand.self, GatewayCommand.self, Lines.self,
            Doctor.self,
            Tickets.self, Orders.self, Visits.self, Documents.self, RosterCommand.self, Usage.self,
            WarrantyCommand.self, TimelineCommand.self, SimulateCommand.self, Prove.self, Verify.self, Backup.self,
            Restore.self, Profiles.self, Alarms.self,
        ])
}
