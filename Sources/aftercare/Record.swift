internal import ArgumentParser
internal import Commissioning
internal import DeviceProfiles
internal import Gateway
internal import Modbus
internal import Polling
internal import Terms

/// Raw registers over time, for support and for new profiles.
struct Record: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Record a device's raw registers into a file.",
        discussion: """
            With a profile it records what identifies the device, its texts and everything that the profile reads. \
            With --ranges it records any registers: it asks for blocks and halves those that the device refuses, until \
            it is known which registers can be read. A profile that names no register yet stands for \
            --ranges 3/0-999,4/0-999. It only reads. A line that the running daemon owns is recorded through the daemon.

            The file is text, one line a request; it grows with every sweep and ends at Ctrl-C, after --for or after \
            --sweeps. It can stand in for the device:
              aftercare read --device capture:///path/to/FILE --unit N

            Examples:
              aftercare record --device tcp://192.0.2.10:502 --unit 247 --for 10m --out pack.capture
              aftercare record --device 'rtu:///dev/ttyUSB0?baud=9600' --unit 1 --ranges 3/0-999,4/0-999 --sweeps 1 \
            --out unknown.capture

            Exit status: 0 recorded, 2 usage, 3 the device did not answer.
            """)

    @Option(help: "tcp://host:port, rtutcp://host:port or rtu:///dev/ttyUSB0?baud=9600&parity=N&stopbits=1")
    var device: String

    @Option(help: "The device's unit id, 0 to 255.")
    var unit: UInt8 = 1

    @Option(help: "A profile's name, or auto to find out. (default: auto, none with --ranges)")
    var profile: String?

    @Option(help: "Registers to record: function/first-last, with commas between: 3/35000-35124,4/0-99")
    var ranges: String?

    @Option(help: "Between the starts of two sweeps: 1s, 500ms, 5min.")
    var interval = "1s"

    @Option(name: .customLong("for"), help: "How long to record: 10m, 2h. (default: until Ctrl-C)")
    var duration: String?

    @Option(help: "How many sweeps to record.")
    var sweeps: Int?

    @Option(help: "The file to write.")
    var out: String

    @Flag(help: "Overwrite the file if it is there.")
    var force = false

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        // What is wrong with the options is told before any profile is read.
        _ = try recorder(nil)
        let library = try options.readLibrary(for: profileName ?? "auto")
        let recorder = try recorder(library)
        let source = try source(library)
        let progress = TerminalProgress()
        let label = try label()
        let (out, force) = (out, force)
        let ended: (summary: RecordSummary, failure: ReadFailureText?)
        do {
            let summary = try await untilInterrupted {
                let file = try CaptureFile(path: out, device: label, overwrites: force)
                return try await recorder.run(
                    time: SystemTimeSource(), into: file, ask: { try await source.ask($0) },
                    progress: { summary in progress.show(Self.line(summary)) })
            }
            ended = (summary, nil)
        } catch let end as RecordingEnded {
            ended = (end.summary, end.failure)
        } catch let error as UnwritableFile {
            progress.end()
            throw ExitStatus.misuse(error.description)
        }
        progress.end()
        try output.show(ended.summary) { lines(of: ended.summary) }
        if let failure = ended.failure {
            throw ExitStatus.noAnswer(
                "\(device), unit \(unit): \(failure.text)",
                "record its registers without a profile: --ranges 3/0-124,4/0-124")
        }
        if ended.summary.answered == 0 {
            throw ExitStatus.noAnswer("\(device), unit \(unit): no register could be read")
        }
    }

    private static func line(_ summary: RecordSummary) -> String {
        "sweep \(summary.sweeps)  \(summary.requests) requests, \(summary.failed) failed, "
            + "\(summary.refused) refused  \(summary.bytes) bytes  (Ctrl-C ends it)"
    }

    private func lines(of summary: RecordSummary) -> [String] {
        var lines = [
            "\(Style.bold(out)): \(summary.sweeps) \(summary.sweeps == 1 ? "sweep" : "sweeps"), \(summary.bytes) bytes"
                + (summary.profile.map { ", profile \($0)" } ?? ""),
            "\(summary.answered) requests answered, \(summary.refused) refused, \(summary.failed) failed",
        ]
        if !summary.refusedRegisters.isEmpty {
            let shown = summary.refusedRegisters.prefix(20).joined(separator: ", ")
            let more = summary.refusedRegisters.count - 20
            lines.append("the device refuses \(shown)" + (more > 0 ? " and \(more) more" : ""))
        }
        lines.append("look at it: aftercare read --device capture://\(absolute(out)) --unit \(unit)")
        return lines
    }

    private func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : currentDirectory() + "/" + path
    }
}

// MARK: - What the options say

extension Record {
    /// The profile's name; nil where only registers are recorded.
    private var profileName: String? { profile ?? (ranges == nil ? "auto" : nil) }

    private func recorder(_ library: ProfileLibrary?) throws -> Recorder {
        let wanted = try (ranges ?? defaultRanges(library)).split(separator: ",").map { text in
            guard let range = RegisterRange(plainText: text) else {
                throw ExitStatus.misuse(
                    "--ranges: \"\(text)\" is no range such as 3/35000-35124: function 1 to 4, then the first and the "
                        + "last address")
            }
            return range
        }
        guard profileName != nil || !wanted.isEmpty else { throw ExitStatus.misuse("--ranges names no register") }
        if let sweeps, sweeps < 1 { throw ExitStatus.misuse("--sweeps \(sweeps) is not 1 or more") }
        let interval = try time(interval, option: "--interval")
        return Recorder(
            followsProfile: profileName != nil, ranges: wanted, interval: interval, sweeps: sweeps,
            duration: try duration.map { try time($0, option: "--for") })
    }

    /// Where most devices have their registers: for a profile that names none.
    private func defaultRanges(_ library: ProfileLibrary?) -> String {
        let profile = profileName.flatMap { library?.profiles[$0] }
        return profile?.namesNoRegister == true ? "3/0-999,4/0-999" : ""
    }

    /// `10m` means minutes here, as everywhere on a command line.
    private func time(_ text: String, option: String) throws -> Milliseconds {
        let spelled = text.hasSuffix("m") ? text + "in" : text
        guard let time = Milliseconds(text: spelled), time > .zero else {
            throw ExitStatus.misuse("\(option): \"\(text)\" is no time such as 1s, 10m or 2h")
        }
        return time
    }

    private func source(_ library: ProfileLibrary) throws -> RecordSource {
        let url = try DeviceURL(text: device)
        // A name that is wrong is told before anything is asked.
        _ = try profileName.map { try library.choice(named: $0) }
        let socket = try options.controlSocket()
        if try ControlClient(path: socket).owns(url) {
            return .daemon(ControlClient(path: socket), url: url.description, unit: unit, profile: profileName)
        }
        let owner = LineOwner(url: url, devices: [], time: SystemTimeSource())
        return .line(owner, unit: unit, profile: profileName, library)
    }

    private func label() throws -> String {
        let started = SystemTimeSource().now().wall.rfc3339
        return "\(try DeviceURL(text: device)) unit=\(unit) profile=\(profileName ?? "none") started=\(started) "
            + "aftercare=\(programVersion)"
    }
}

/// Who is asked: the line itself, or the daemon that owns it.
private enum RecordSource: Sendable {
    case line(LineOwner, unit: UInt8, profile: String?, ProfileLibrary)
    case daemon(ControlClient, url: String, unit: UInt8, profile: String?)

    func ask(_ question: RecordQuestion) async throws -> RecordAnswer {
        switch self {
        case .line(let owner, let unit, let profile, let library):
            return try await ask(question, owner, unit, profile, library)
        case .daemon(let client, let url, let unit, let profile):
            let request =
                switch question {
                case .device: ControlRequest.record(url: url, unit: Int(unit), profile: profile, ranges: [])
                case .ranges(let ranges, let profile):
                    ControlRequest.record(
                        url: url, unit: Int(unit), profile: profile, ranges: ranges.map(AskedRange.init))
                }
            return try answer(client.ask(request))
        }
    }

    private func ask(
        _ question: RecordQuestion, _ owner: LineOwner, _ unit: UInt8, _ profile: String?, _ library: ProfileLibrary
    ) async throws -> RecordAnswer {
        switch question {
        case .device:
            let sweep = await owner.record(unit: unit, profile: try library.choice(named: profile ?? "auto"))
            return RecordAnswer(
                exchanges: sweep.exchanges, profile: sweep.device?.profileName, requests: sweep.requests,
                failure: sweep.failure.map(ReadFailureText.init))
        case .ranges(let ranges, let profile):
            let manners = profile.flatMap { library.profiles[$0]?.line } ?? LineDefaults()
            return RecordAnswer(exchanges: await owner.record(unit: unit, ranges: ranges, line: manners))
        }
    }

    private func answer(_ response: ControlResponse?) throws -> RecordAnswer {
        switch response {
        case .recorded(let document):
            return RecordAnswer(
                exchanges: try document.read(), profile: document.profile,
                requests: document.requests.compactMap(\.range),
                failure: document.failure.map { ReadFailureText(code: $0.code, text: $0.text) })
        case .refused(let message, .noAnswer): throw ExitStatus.noAnswer(message)
        case .refused(let message, _): throw ExitStatus.misuse(message)
        case nil: throw ExitStatus.noAnswer("the daemon has ended; record again to read the line without it")
        case .notOwned: throw ExitStatus.noAnswer("the daemon has given the line up; record again without it")
        case .tickets, .ticket, .evidence, .proof, .ledger, .ledgerIsChanged, .usage, .acted, .orders,
            .home, .reading, .lines,
            .lineReports, .about:
            throw ExitStatus.misuse("the daemon answers something else; use the aftercare command of its version")
        }
    }
}
