internal import BoxCheck

/// Findings as lines for people.
struct DoctorText {
    /// Columns that there are.
    let width: Int

    /// A column for the mark, wide enough for each.
    private static let markWidth = 7
    private static let mostDetails = 10

    /// One area under its name.
    func lines(of area: Finding.Area, _ findings: [Finding]) -> [String] {
        [Style.bold(area.rawValue)] + findings.flatMap(lines)
    }

    /// How many findings there were of each kind.
    func closing(_ counts: BoxReport.Counts) -> [String] {
        let parts = [
            "\(counts.ok) ok", "\(counts.warning) \(counts.warning == 1 ? "warning" : "warnings")",
            "\(counts.trouble) \(counts.trouble == 1 ? "trouble" : "troubles")", "\(counts.skipped) skipped",
        ]
        let words = parts.joined(separator: ", ")
        if counts.trouble > 0 { return ["", Style.red(words) + ": begin with the first trouble"] }
        if counts.warning > 0 { return ["", Style.yellow(words)] }
        return ["", Style.green(words)]
    }

    private func lines(_ finding: Finding) -> [String] {
        let name = finding.subject.map { "\(finding.title) \($0)" } ?? finding.title
        let mark = Self.mark(finding.level)
        let indent = String(repeating: " ", count: Self.markWidth + 4)
        var lines = wrapped("\(name): \(finding.words)", first: "", rest: indent)
        lines[0] = "  \(mark)  \(lines[0])"
        lines += finding.details.prefix(Self.mostDetails).flatMap {
            wrapped($0, first: indent + "- ", rest: indent + "  ")
        }
        if finding.details.count > Self.mostDetails {
            lines.append("\(indent)- and \(finding.details.count - Self.mostDetails) more: see --json")
        }
        guard let remedy = finding.remedy else { return lines }
        lines += wrapped(remedy.words, first: indent + "→ ", rest: indent + "  ")
        // A command stays whole, so that it can be copied.
        return lines + remedy.commands.map { "\(indent)  $ " + Style.bold($0) }
    }

    private static func mark(_ level: Finding.Level) -> String {
        let word = level == .trouble ? "TROUBLE" : level.rawValue
        let padded = word + String(repeating: " ", count: markWidth - word.count)
        return switch level {
        case .ok: Style.green(padded)
        case .warning: Style.yellow(padded)
        case .trouble: Style.red(padded)
        case .skipped: Style.dim(padded)
        }
    }

    /// The text in lines that fit. The first one has the room that `rest` leaves, since a mark stands before it.
    private func wrapped(_ text: String, first: String, rest: String) -> [String] {
        let room = max(20, width - rest.count)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            if !line.isEmpty, line.count + 1 + word.count > room {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        lines.append(line)
        return lines.enumerated().map { $0.offset == 0 ? first + $0.element : rest + $0.element }
    }
}
