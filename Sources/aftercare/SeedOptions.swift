internal import ArgumentParser
internal import Rehearsal
internal import Terms

/// Which scenarios seeds pick. A file says all of it itself.
struct SeedOptions: ParsableArguments {
    @Option(help: "The first seed, 1 if left out.")
    var seed: UInt64?

    @Option(help: "How many seeds, 1 if left out.")
    var seeds: Int?

    @Option(help: "Days of a random scenario, 1 to \(Scenario.mostDays); 7 if left out.")
    var days: Int?

    @Option(
        help: ArgumentHelp(
            "How long a step of a random scenario is where nothing happens, 1s to 1h; "
                + "\(Scenario.usualPace.text) if left out.", valueName: "time"))
    var pace: String?

    func checked(besideFile: Bool) throws -> PickedSeeds {
        guard !besideFile || seed == nil && seeds == nil && days == nil && pace == nil else {
            throw ExitStatus.misuse(
                "a file says its own seed, days and pace: leave out --seed, --seeds, --days and --pace")
        }
        let (first, count, days) = (seed ?? 1, seeds ?? 1, days ?? 7)
        guard (1...Scenario.mostDays).contains(days), count >= 1, first <= UInt64.max - UInt64(count) else {
            throw ExitStatus.misuse("--days is 1 to \(Scenario.mostDays), and --seeds at least 1")
        }
        guard let pace = pace.map(Milliseconds.init(text:)) ?? Scenario.usualPace, Scenario.paces.contains(pace) else {
            throw ExitStatus.misuse("--pace is a time from 1s to 1h")
        }
        return PickedSeeds(first: first, count: count, days: days, pace: pace)
    }
}

/// Seeds one after another, and what is the same for all of them.
struct PickedSeeds: Sendable {
    var first: UInt64
    var count: Int
    var days: Int
    var pace: Milliseconds

    /// - Parameter offset: from 0, below `count`.
    func scenario(_ offset: Int) -> Scenario { Scenario(seed: first + UInt64(offset), days: days, pace: pace) }
}
