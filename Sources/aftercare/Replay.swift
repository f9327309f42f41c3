internal import ArgumentParser
internal import Detection
internal import DeviceProfiles
internal import Gateway
internal import Modbus
internal import Polling
internal import Replay
internal import Terms

/// Detection over recorded data.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run detection over recorded data and show which tickets it would have opened.",
        discussion: """
            The frames go through the same chain as in the daemon: integrity guard, detectors, alarms, faults, \
            tickets. Nothing is kept and nobody is told. A gap in the data is no lost source.

            FILE is a table (CSV, plain or .gz), a capture of `aftercare record`, or - for standard input. The first \
            line of a table names its columns, in any order: t_s (seconds), v01_mv to v400_mv (cells, mV), t01_c to \
            t400_c (probes, °C), i_a (A, above 0 charges), soc_pct, balancing_mask (0x6fff; bit 0 is cell 1). A \
            missing column or an empty field was not read; other columns are left out and named once.

            Whose limits count: --chemistry LFP or NMC takes the shipped rules, --site those of a home and one of its \
            devices, --rules any file of detection/. A capture's chemistry is its profile's where nothing is said.

            With --json each ticket and notice is a line of its own as soon as it is known, and the last line is \
            {"summary": …}. Cells and probes count from 1; what is not known is null; evidence is the SHA-256 of the \
            curves that the ticket would keep.

            Examples:
              aftercare replay week.csv.gz --chemistry LFP --capacity-ah 50
              aftercare replay week.csv.gz --site /etc/aftercare/gateway.yaml --device pack-1 --json
              ssh box cat day.csv.gz | aftercare replay - --chemistry NMC --sample-seconds 20
              aftercare replay pack.capture --profile seplos-v3 --evidence curves/
              aftercare replay week.csv.gz --rules lfp.yaml --against lfp-new.yaml   what would a change do?

            Exit status: 0 done, with tickets or without; 1 with --against: one set of rules opens something that the \
            other does not; 2 usage, or a file that cannot be read.
            """)

    @Argument(help: "A table, a capture, or - for standard input.")
    var file: String

    @Option(help: ArgumentHelp("A home's gateway.yaml: its device gives chemistry, capacity, rules and interval.",
        valueName: "file"))
    var site: String?

    @Option(help: "Which device of --site; its first battery if left out.")
    var device: String?

    @Option(help: "LFP or NMC: whose limits count.")
    var chemistry: String?

    @Option(name: .customLong("capacity-ah"), help: "What the pack holds, 1 to 10000 Ah.")
    var capacity: Double?

    @Option(help: "Take only frames that lie at least so far apart, in seconds.")
    var sampleSeconds: Double?

    @Option(help: ArgumentHelp("Detection parameters in place of the shipped ones.", valueName: "file"))
    var rules: String?

    @Option(help: ArgumentHelp("A second file of parameters, to compare with the first.", valueName: "file"))
    var against: String?

    @Option(help: "For a capture: a profile's name, or auto to find out.")
    var profile = "auto"

    @Option(help: "For a capture: the unit id; the one that is asked first if left out.")
    var unit: UInt8?

    @Option(help: ArgumentHelp("Write each ticket's curves there as SVG.", valueName: "directory"))
    var evidence: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let capacity, !(1...10_000).contains(capacity) {
            throw ValidationError("--capacity-ah \(capacity) is outside 1 to 10000")
        }
        if let sampleSeconds, !(0.001...86_400).contains(sampleSeconds) {
            throw ValidationError("--sample-seconds \(sampleSeconds) is outside 0.001 to 86400")
        }
        if device != nil, site == nil { throw ValidationError("--device names a device of --site") }
        if let chemistry, Chemistry(rawValue: chemistry) == nil {
            throw ValidationError("--chemistry \(chemistry) is not known; LFP or NMC")
        }
    }

    func run() async throws {
        let source = ReplaySource(
            site: site, device: device, chemistry: chemistry.flatMap(Chemistry.init), capacity: capacity, rules: rules,
            against: against, spacing: Milliseconds(Int64(((sampleSeconds ?? 0) * 1_000).rounded())),
            keepsEvidence: evidence != nil)
        let progress = TerminalProgress()
        defer { progress.end() }
        let voice = ReplayVoice(json: output.json, isComparing: against != nil, progress: progress)
        var outcome: ReplayOutcome
        switch try read(source, voice, progress) {
        case .table(let done): outcome = done
        case .capture(let capture): outcome = try await replay(capture, source, voice)
        }
        progress.end()
        try voice.end(outcome, a: rules ?? site ?? "the shipped rules", b: against ?? "")
        if let evidence { try EvidenceDirectory(path: evidence).write(outcome) }
        if outcome.comparison?.differs == true { throw ExitStatus.no("the two sets of rules open different tickets") }
    }

    private enum Content {
        case table(ReplayOutcome)
        case capture(Capture)
    }

    private func read(
        _ source: ReplaySource, _ voice: ReplayVoice, _ progress: TerminalProgress
    ) throws -> Content {
        let input = try RecordingFile(path: file)
        var player = RecordingPlayer(
            file: file, spacing: source.spacing, settings: source.tableSettings, time: SystemTimeSource(),
            tell: voice.tell)
        let size = input.size
        try input.read { bytes, done in
            try player.take(bytes)
            progress.show(ReplayVoice.progress(done, of: size, findings: voice.count))
        }
        let ending = try player.finish()
        switch ending {
        case .capture(let capture): return .capture(capture)
        case .done(let summary):
            return .table(
                ReplayOutcome(
                    summary: summary, findings: voice.findings, comparison: player.comparison,
                    evidence: player.evidence))
        }
    }

    private func replay(
        _ capture: Capture, _ source: ReplaySource, _ voice: ReplayVoice
    ) async throws -> ReplayOutcome {
        guard let unit = unit ?? ReplayedCapture.firstUnit(of: capture) else {
            throw ExitStatus.misuse("\(file): the capture holds no request; record it again")
        }
        let library = try source.library()
        let choice = try library.readableChoice(named: profile)
        let description: DeviceDescription
        do throws(ReadFailure) {
            description = try await readOnce(capture, unit: unit, profile: choice, time: SystemTimeSource()).device
        } catch {
            throw ExitStatus.misuse(
                "\(file), unit \(unit): what this device is cannot be told from the capture: \(error)",
                "name its profile: --profile NAME (`aftercare profiles list`)")
        }
        let settings = try source.settings(profile: description.profile, library: library)
        let map = description.map
        var replayed = ReplayedCapture(
            capture, unit: unit, map: map, serial: description.serial, settings: settings, time: SystemTimeSource()
        ) { interval, rules in
            map.watched(
                name: settings.device, link: .lan, interval: interval, rules: rules,
                capacity: settings.capacityAmpereHours)
        }
        let summary = try replayed.replay(tell: voice.tell)
        return ReplayOutcome(
            summary: summary, findings: voice.findings, comparison: replayed.comparison, evidence: replayed.evidence)
    }
}

/// What came of a replay.
struct ReplayOutcome {
    var summary: ReplaySummary
    /// Of the first set of rules, in their order.
    var findings: [Finding]
    var comparison: ReplayComparison?
    /// Curves as canonical bytes, by their SHA-256.
    var evidence: [String: [UInt8]]
}
