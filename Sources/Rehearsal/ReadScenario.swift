package import StrictYAML
internal import Terms

/// The largest scenario that is read.
package let maximumScenarioBytes = 1_048_576

/// Reads a scenario strictly: whatever is not known is an error with its line, and all errors are thrown at once.
///
/// - Parameter name: how messages name the text, normally its path.
package func readScenario(_ text: String, name: String) throws(InvalidText) -> Scenario {
    let problems = Problems(file: name)
    guard text.utf8.count <= maximumScenarioBytes else {
        problems.add("larger than \(maximumScenarioBytes) bytes")
        throw problems.error
    }
    var reader = ScenarioReader()
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        do throws(BadScenarioLine) {
            try reader.take(line)
        } catch {
            problems.add(error.message, line: index + 1, column: error.column)
        }
    }
    let scenario = Scenario(
        seed: reader.seed ?? 1, days: reader.days ?? 1, start: reader.start ?? Scenario.usualStart,
        pace: reader.pace ?? Scenario.usualPace, happenings: reader.happenings)
    if scenario.happenings.count > Scenario.mostHappenings {
        problems.add("more than \(Scenario.mostHappenings) happenings")
    }
    for happening in scenario.happenings where happening.at >= .days(Int64(scenario.days)) {
        problems.add("\"\(happening.text)\" lies behind the end: the scenario has \(scenario.days) days")
    }
    guard problems.isEmpty else { throw problems.error }
    return scenario
}

/// What is wrong with a line.
private struct BadScenarioLine: Error {
    /// From 1, in characters.
    var column: Int
    var message: String
}

/// Takes a scenario line by line.
private struct ScenarioReader {
    var seed: UInt64?
    var days: Int?
    var start: Instant?
    var pace: Milliseconds?
    var happenings: [Happening] = []

    mutating func take(_ line: Substring) throws(BadScenarioLine) {
        var words = ScenarioWords(line)
        guard let first = words.next(), !first.hasPrefix("#") else { return }
        switch first {
        case "seed":
            guard seed == nil else { throw words.bad("seed is said twice") }
            seed = try words.value("a whole number") { UInt64($0) }
        case "days":
            guard days == nil else { throw words.bad("days is said twice") }
            days = try words.value("a number of days, 1 to \(Scenario.mostDays)") { text in
                Int(text).flatMap { (1...Scenario.mostDays).contains($0) ? $0 : nil }
            }
        case "start":
            guard start == nil else { throw words.bad("start is said twice") }
            start = try words.value("an instant such as 2026-05-04T10:00:00.000Z") { Instant(rfc3339: $0) }
        case "pace":
            guard pace == nil else { throw words.bad("pace is said twice") }
            pace = try words.value("a time from 1s to 1h") { text in
                Milliseconds(text: text).flatMap { Scenario.paces.contains($0) ? $0 : nil }
            }
        case "day": happenings.append(try happening(&words))
        default:
            throw words.bad("unknown line \"\(first)\"\(Self.heads.suggestion(for: first))")
        }
        if let more = words.next() { throw words.bad("unexpected \"\(more)\"") }
    }

    private static let heads = ["seed", "days", "start", "pace", "day"]

    private func happening(_ words: inout ScenarioWords) throws(BadScenarioLine) -> Happening {
        let day = try words.value("a day from 1") { text in
            Int(text).flatMap { (1...Scenario.mostDays).contains($0) ? $0 : nil }
        }
        let clock = try words.value("a time such as 08:15 or 08:15:30", Self.clock)
        let kind = try words.choice("happening", Happening.Kind.allCases.map(\.rawValue)) {
            Happening.Kind(rawValue: $0)
        }
        var happening = Happening(at: .days(Int64(day - 1)) + clock, kind: kind)
        let rule = kind.rule
        if !rule.targets.isEmpty {
            happening.target = try words.choice("target of \(kind.rawValue)", rule.targets) { text in
                rule.targets.contains(text) ? text : nil
            }
        }
        guard rule.lasting != nil else { return happening }
        _ = try words.choice("word", [kind.preposition]) { $0 == kind.preposition ? $0 : nil }
        happening.lasting = try words.value("a time such as 90s or 2h30min, at most 30d") { text in
            Milliseconds(text: text).flatMap { $0 > .zero && $0 <= .days(30) && $0.count % 1_000 == 0 ? $0 : nil }
        }
        return happening
    }

    /// `08:15` or `08:15:30`, since midnight.
    private static func clock(_ text: String) -> Milliseconds? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.count == 2 && $0.allSatisfy(\.isNumber) ? Int64($0) : nil }
        guard numbers.count == parts.count, (2...3).contains(numbers.count), numbers[0] < 24,
            numbers[1...].allSatisfy({ $0 < 60 })
        else { return nil }
        return .hours(numbers[0]) + .minutes(numbers[1]) + .seconds(numbers.count == 3 ? numbers[2] : 0)
    }
}

/// The words of one line, between blanks, taken one after another.
private struct ScenarioWords {
    private let line: Substring
    private var place: Substring.Index
    /// Of the word that was taken last, from 1.
    private var column = 1

    init(_ line: Substring) {
        self.line = line
        place = line.startIndex
    }

    mutating func next() -> String? {
        while place < line.endIndex, line[place].isWhitespace { place = line.index(after: place) }
        column = line.distance(from: line.startIndex, to: place) + 1
        let start = place
        while place < line.endIndex, !line[place].isWhitespace { place = line.index(after: place) }
        return start < place ? String(line[start..<place]) : nil
    }

    mutating func value<Value>(
        _ what: String, _ read: (String) -> Value?
    ) throws(BadScenarioLine) -> Value {
        guard let word = next() else { throw bad("expected \(what)") }
        guard let value = read(word) else { throw bad("\"\(word)\": expected \(what)") }
        return value
    }

    mutating func choice<Value>(
        _ what: String, _ choices: [String], _ read: (String) -> Value?
    ) throws(BadScenarioLine) -> Value {
        guard let word = next() else { throw bad("expected \(choices.joined(separator: ", "))") }
        guard let value = read(word) else { throw bad("unknown \(what) \"\(word)\"\(choices.suggestion(for: word))") }
        return value
    }

    func bad(_ message: String) -> BadScenarioLine { BadScenarioLine(column: column, message: message) }
}
