internal import ArgumentParser
internal import StrictYAML
internal import Terms
internal import Timelines

/// Fake-time tests of the promise.
struct TimelineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline", abstract: "Test the promise in fake time: what happened, and what must be true then.",
        discussion: """
            A timeline is a text file. No clock is read, and nothing is waited for.

              # Answered a millisecond late.
              policy default
              at 2026-05-04T10:00:00.000Z desk t1 DeskAccepted
              at 2026-05-05T10:00:00.000Z desk t1 FirstResponse author=ana
              expect 2026-05-05T09:59:59.999Z t1 clock response status=running remaining=1ms
              expect 2026-05-05T10:00:00.000Z t1 clock response status=breached overrun=0
              expect 2026-05-05T10:00:00.000Z t1 emitted response/breach count=1

            Whoever changes policy.yaml checks it with the same command before it counts. docs/timelines.md has it all.

              aftercare timeline check promises/*.timeline
              aftercare timeline check promises --config new-policy
              aftercare timeline show promises/answered.timeline --at 2026-05-05T12:00:00.000Z
            """,
        subcommands: [Check.self, Show.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Evaluate the expectations of timelines.", discussion: timelineGrammar)

        @Argument(help: "Timelines, or directories: all *.timeline in them.")
        var files: [String]

        @OptionGroup var configuration: TimelineConfiguration
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let documents = try configuration.files()
            var report = TimelineCheck()
            for path in try TimelineFiles.expanded(files) {
                do throws(InvalidText) {
                    let file = try TimelineFiles.timeline(at: path)
                    report.add(try file.check(documents.documents(beside: path)), of: path)
                } catch {
                    report.problems += error.problems.map(\.description)
                    report.unread.append(path)
                }
            }
            for problem in report.problems { writeError(problem) }
            try output.show(report) { report.lines }
            if !report.unread.isEmpty {
                let count = report.unread.count
                throw ExitStatus.misuse("\(count) file\(count == 1 ? "" : "s") could not be evaluated")
            }
            if report.failed > 0 { throw ExitStatus.no() }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a timeline comes to: states, clocks and written steps.",
            discussion: """
                Expectations are not evaluated here. Without --at it shows the last instant that the file names.

                  aftercare timeline show answered.timeline --at 2026-05-05T12:00:00.000Z
                """)

        @Argument(help: "The timeline.")
        var file: String

        @Option(help: ArgumentHelp("As of which instant, such as 2026-05-05T12:00:00.000Z.", valueName: "instant"))
        var at: String?

        @OptionGroup var configuration: TimelineConfiguration

        func run() async throws {
            let timeline = try TimelineFiles.timeline(at: file)
            let instant = try at.map { text in
                guard let instant = Instant(rfc3339: text) else {
                    throw ExitStatus.misuse("--at \(text) is no instant such as 2026-05-05T12:00:00.000Z")
                }
                return instant
            }
            guard let instant = instant ?? timeline.lastInstant else {
                throw ExitStatus.misuse("\(file) tells nothing")
            }
            var run = try timeline.run(try configuration.files().documents(beside: file))
            do throws(TooManySteps) {
                try run.advance(to: instant)
            } catch {
                throw ExitStatus.misuse("\(file): \(error)")
            }
            for line in TimelineText.views(run, at: instant) { print(line) }
        }
    }
}

/// Where the shipped documents lie.
struct TimelineConfiguration: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The directory with policy.yaml and calendars/. Without it: what was installed with this program, else \
            ./config.
            """,
            valueName: "directory"))
    var config: String?

    func files() throws -> TimelineFiles { try TimelineFiles(config: config) }
}

/// What came out of all files.
private struct TimelineCheck: Encodable {
    /// An expectation that is not met.
    struct Failure: Encodable {
        var file: String
        var line: Int
        var expected: String
        var got: String
    }

    var passed = 0
    var failed = 0
    var failures: [Failure] = []
    /// Files that could not be evaluated, and why.
    var unread: [String] = []
    var problems: [String] = []

    /// The failures in words, and the count that closes the output.
    var lines: [String] {
        failures.map { "\($0.file):\($0.line): expected \($0.expected), got \($0.got)" }
            + ["\(passed) passed, \(failed) failed"]
    }

    mutating func add(_ report: TimelineReport, of file: String) {
        passed += report.passed
        failed += report.failures.count
        for failure in report.failures {
            failures.append(
                Failure(
                    file: file, line: failure.line,
                    expected: failure.mismatches.map(\.expected).joined(separator: " "),
                    got: failure.mismatches.map(\.got).joined(separator: " ")))
        }
    }
}

private let timelineGrammar = """
    One line for each expectation that is not met, then how many passed and failed. Exit status: 0 all passed, 1 some \
    failed, 2 a file cannot be read; the others are evaluated all the same.

      # comment
      policy default                    the shipped policy.yaml, or a file
      calendar CN-2026                  a shipped calendar, or a file; for working days
      zone Asia/Shanghai                whose local days count for what was agreed on
      at INSTANT WRITER SUBJECT FACT [KEY=VALUE …]
      expect INSTANT SUBJECT clock CLOCK KEY=VALUE …
      expect INSTANT SUBJECT ticket KEY=VALUE …
      expect INSTANT SUBJECT emitted CLOCK/STEP count=N [dueAt=INSTANT]
      expect INSTANT SUBJECT fact FACT[#N] effective=yes|no [reason=WORD]

    INSTANT: 2026-05-04T10:00:00.000Z, or with an offset. WRITER: gateway, desk, user. SUBJECT: a ticket (t1), an \
    order (o1), a site (s1). Durations: 18h30min, 1ms, 0. Texts with blanks stand in "double quotation marks". Lines \
    stand in any order, and an identical line is one fact. Files are looked for beside the timeline, then from here.

    Expectations:
    \(timelineExpectationsHelp.map { "  \($0)" }.joined(separator: "\n"))

    Facts:
    \(timelineFactsHelp.map { "  \($0)" }.joined(separator: "\n"))
    """
