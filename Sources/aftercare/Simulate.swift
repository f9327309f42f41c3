internal import ArgumentParser
internal import DeviceProfiles
internal import Gateway
internal import Rehearsal
internal import Settings
internal import Storage
internal import StrictYAML
internal import Terms

/// The whole daemon under virtual time, with trouble that a seed picks.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Let a simulated box live through trouble, and check it after every step.",
        discussion: """
            The real engine, detection rules and promise run in one loop under virtual time, with a home, a disk, \
            a network and people that misbehave. No clock is read, and nothing is waited for. What must hold after \
            every step stands in docs/simulation.md. A failure prints the shortest scenario that still fails; feed \
            it back as a file.

              aftercare simulate --seed 4711                 what this seed picks, for 7 days
              aftercare simulate --seed 1 --seeds 10000      many seeds, one after another
              aftercare simulate broken.scenario             a file

            A scenario is a text. Days count from 1, times from the start:

              # The disk is full while a cell is too high.
              seed 4711
              days 2
              start 2026-03-27T02:00:00.000Z
              day 1 08:15 over-voltage pack-1 for 2h
              day 1 08:20:30 disk-full for 40min
              day 1 09:00 crash after-commit for 30s
              day 2 10:00 respond oldest

            What may happen:
            \(happeningsHelp.map { "  \($0)" }.joined(separator: "\n"))

            Exit status: 0 everything held, 1 something did not, 2 a file or an option cannot be read.
            """)

    @Argument(help: "A scenario; without it a seed picks what happens.")
    var file: String?

    @OptionGroup var seeds: SeedOptions

    @Option(
        help: ArgumentHelp(
            "A bug of the simulated shell, to see that it is found: "
                + "\(PlantedBug.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "bug"))
    var plant: String?

    @Option(
        help: ArgumentHelp(
            "The directory with policy.yaml and detection/. Without it: what was installed with this program.",
            valueName: "directory"))
    var config: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let documents = try rehearsalDocuments()
        let planted = try plant.map { try named($0, PlantedBug.allCases, "--plant") }
        let picked = try seeds.checked(besideFile: file != nil)
        let report =
            if let file { try Self.report(of: scenario(at: file), documents, planted) }
            else { await Self.report(of: picked, documents, planted) }
        try output.show(report) { report.lines }
        if report.failure != nil { throw ExitStatus.no() }
    }

    private static func report(
        of scenario: Scenario, _ documents: RehearsalDocuments, _ planted: PlantedBug?
    ) -> SimulationReport {
        var report = SimulationReport()
        report.add(scenario.rehearse(documents, planted: planted), of: scenario, documents, planted)
        return report
    }

    /// A few seeds at once, told in their order up to the first one that broke something.
    private static func report(
        of seeds: PickedSeeds, _ documents: RehearsalDocuments, _ planted: PlantedBug?
    ) async -> SimulationReport {
        let progress = TerminalProgress()
        let report = await withTaskGroup(of: (Int, RehearsalOutcome).self) { group in
            var report = SimulationReport()
            var outcomes: [Int: RehearsalOutcome] = [:]
            var (begun, told) = (0, 0)
            while told < seeds.count, report.failure == nil {
                while begun < seeds.count, begun - told < seedsAtOnce {
                    let (place, next) = (begun, seeds.scenario(begun))
                    group.addTask { (place, next.rehearse(documents, planted: planted)) }
                    begun += 1
                }
                if let outcome = outcomes.removeValue(forKey: told) {
                    report.add(outcome, of: seeds.scenario(told), documents, planted)
                    told += 1
                    progress.show("\(TerminalProgress.bar(told, of: seeds.count))  \(told) of \(seeds.count) seeds")
                } else if let (place, outcome) = await group.next() {
                    outcomes[place] = outcome
                }
            }
            return report
        }
        progress.end()
        return report
    }

    /// Enough for the cores of a small machine; those behind a failure were run for nothing.
    private static let seedsAtOnce = 6

    private func named<Choice: RawRepresentable>(
        _ text: String, _ choices: [Choice], _ option: String
    ) throws -> Choice where Choice.RawValue == String {
        guard let choice = choices.first(where: { $0.rawValue == text }) else {
            throw ExitStatus.misuse("\(option) \(text) is not known\(choices.map(\.rawValue).suggestion(for: text))")
        }
        return choice
    }

    private func rehearsalDocuments() throws -> RehearsalDocuments {
        let directory = try config.map(configurationDirectory) ?? shippedDirectory()
        guard let rules = try directory.readRules()[.lfp] else {
            throw ExitStatus.misuse("\(directory.path)/detection has no rules for LFP")
        }
        let name = "\(directory.path)/policy.yaml"
        let policy = try ConfigurationDirectory.policy(try bytes(of: name, upTo: maximumYAMLBytes), name: name)
        return RehearsalDocuments(rules: rules, policy: policy)
    }

    private func scenario(at path: String) throws -> Scenario {
        guard let text = String(validating: try bytes(of: path, upTo: maximumScenarioBytes), as: UTF8.self) else {
            throw ExitStatus.misuse("\(path): not UTF-8")
        }
        return try readScenario(text, name: path)
    }

    private func bytes(of path: String, upTo limit: Int) throws -> [UInt8] {
        let read: [UInt8]?
        do throws(WholeFile.Trouble) {
            // One byte more tells a file that is too large from one that just fits.
            read = try WholeFile(path: path).readAll(upTo: limit + 1)
        } catch {
            throw ExitStatus.misuse("\(error)")
        }
        guard let read else { throw ExitStatus.misuse("\(path): there is no such file") }
        guard read.count <= limit else { throw ExitStatus.misuse("\(path) is larger than \(limit) bytes") }
        return read
    }
}
