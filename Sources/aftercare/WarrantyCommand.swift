internal import ArgumentParser
internal import Gateway
internal import Terms
internal import Warranty

/// Makers' terms, and whether a unit is covered by them.
struct WarrantyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warranty", abstract: "Check makers' warranty terms, and decide for one unit.",
        discussion: """
            Terms are YAML files (config/warranty, docs/warranty.md). A decision is one of:
              inTerm    covered
              atRisk    covered, but an end is near or a condition is in doubt
              unknown   a fact is missing that could change the answer; counts as covered until a person decides
              disputed  a person contests the sum; counts as covered until a person decides
              expired   outside the maker's voluntary terms; rights by law may exist beside them

            Example:
              aftercare warranty check /etc/aftercare/warranty/*.yaml
              aftercare warranty check terms.yaml --cases cases.yaml
              aftercare warranty show --terms terms.yaml --unit pack-1.yaml --on 2030-05-04
            """,
        subcommands: [Check.self, Show.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check terms strictly; with --cases also their golden cases.",
            discussion: """
                Every error of every file is named with its line. Exit status 2 when there is one.

                A golden case is a unit, a day, and the decision with its whole sum, word for word:

                  cases:
                    - case: the last covered day
                      policy: my-terms            # may be left out where one file of terms is given
                      unit: {component: pack, serial: A-1, commissioned: 2024-02-29}
                      on: 2034-02-28
                      claim: defects              # or capacity; defects where it is left out
                      status: atRisk(endsSoon)
                      sum:
                        - commissioned 2024-02-29
                        - 2024-02-29 + 10 years = 2034-02-28
                        - "last covered day: 2034-02-28"
                        - "on 2034-02-28: the last covered day itself"
                        - "in term until 2034-02-28, at risk: it ends with this day"

                One line for each case that fails. Exit status 1 when one does.
                """)

        @Argument(help: "Files of terms.")
        var files: [String]

        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp("Golden cases, which are decided and compared.", valueName: "file"))
        var cases: [String] = []

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let policies = try WarrantyFiles.all(files) { try WarrantyFiles.terms(at: $0) }
            let names = policies.map(\.name)
            if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
                throw ExitStatus.misuse("policy \"\(twice)\" is there twice")
            }
            let golden = try WarrantyFiles.all(cases) { try WarrantyFiles.cases(at: $0, policies: policies) }
                .flatMap { $0 }
            let failures = golden.compactMap { $0.failure(among: policies) }
            let report = WarrantyReport(
                policies: policies.map(TermsRow.init),
                cases: cases.isEmpty ? nil : CaseCount(passed: golden.count - failures.count, failures: failures))
            try output.show(report) { WarrantyText.report(report) }
            guard failures.isEmpty else { throw ExitStatus.no("\(failures.count) of \(golden.count) cases failed") }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show", abstract: "Decide for one unit, and show the sum.",
            discussion: """
                The unit is a YAML file. Only component and serial are needed; what is left out is not known, and the \
                decision says whether that matters:

                  component: pack                  # inverter, pack, bms, communication, accessory
                  serial: A-2
                  model: Example 10
                  nominalCapacity: 10.2 kWh
                  usableCapacity: 9.6 kWh
                  manufactured: 2025-11-03         # also shipped, invoiced, installed, commissioned
                  installed: 2026-02-27
                  registered: 2026-03-01           # or never
                  discharged: 21.4 MWh             # since it was made; also charged
                  cycles: 2229.17                  # full-equivalent
                  offlineDays: 12                  # without a connection to the maker, in sum
                  hoursOutside: 3                  # outside the temperatures of the terms, in sum
                  measuredCapacity: {energy: 8.9 kWh, at: dc}
                  disputed: true                   # a person contests the sum
                  takenOut: {on: 2027-01-31, replacedBy: A-3}
                  earlier:                         # the units whose place it took, with the same keys
                    - {serial: A-1, takenOut: 2026-12-01, installed: 2026-02-27, discharged: 2 MWh}

                With --device what the file leaves out of discharged, charged, cycles, offlineDays and hoursOutside \
                comes from the ledger of the box (docs/usage.md), and the decision says so.
                """)

        @Option(help: ArgumentHelp("The maker's terms.", valueName: "file"))
        var terms: String

        @Option(help: ArgumentHelp("What is known of the unit.", valueName: "file"))
        var unit: String

        @Option(help: ArgumentHelp("The day, such as 2030-05-04; today (UTC) where it is left out.", valueName: "day"))
        var on: String?

        @Option(help: "What is claimed: defects, or a capacity below what was promised.")
        var claim: WarrantyClaim = .defects

        @Option(help: ArgumentHelp("The device whose use is on record here, by its name.", valueName: "name"))
        var device: String?

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let policy = try WarrantyFiles.terms(at: terms)
            var record = try WarrantyFiles.unit(at: unit)
            var use: [String] = []
            if let device { use = try WarrantyUse.fill(&record, from: try await Usage.units(device, options), policy) }
            let decision = decide(policy, record, on: try day(), claim: claim)
            try output.show(DecisionRow(policy, record, decision, use: device == nil ? nil : use)) {
                WarrantyText.decision(policy, record, decision, use: use)
            }
        }

        private func day() throws -> CivilDate {
            guard let on else {
                let today = String(SystemTimeSource().now().wall.rfc3339.prefix(10))
                return CivilDate(text: today) ?? .first
            }
            guard let day = CivilDate(text: on) else {
                throw ExitStatus.misuse("--on \(on) is no day such as 2030-05-04")
            }
            return day
        }
    }
}

extension WarrantyClaim: ExpressibleByArgument {}
