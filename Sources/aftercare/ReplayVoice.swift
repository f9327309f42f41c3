internal import Replay
internal import Terms

/// What a replay says: paragraphs for people, or one JSON line per ticket.
final class ReplayVoice {
    private let json: Bool
    /// Two sets of rules: what each found is told at the end, side by side.
    private let isComparing: Bool
    private let progress: TerminalProgress
    private(set) var findings: [Finding] = []
    /// Findings so far.
    private(set) var count = 0

    /// A recording that finds more than this has one story to tell.
    private static let mostKept = 10_000

    init(json: Bool, isComparing: Bool, progress: TerminalProgress) {
        self.json = json
        self.isComparing = isComparing
        self.progress = progress
    }

    /// As soon as it is known.
    func tell(_ finding: Finding) throws {
        count += 1
        if findings.count < Self.mostKept { findings.append(finding) }
        guard !isComparing else { return }
        progress.end()
        if json {
            print(try jsonText(finding, pretty: false))
        } else {
            for line in paragraph(finding) { print(line) }
        }
    }

    /// `█████░░░░░  52 %  12 of 24 MB  1 found`
    static func progress(_ done: Int, of size: Int?, findings: Int) -> String {
        let megabytes = "\(done / 1_000_000)" + (size.map { " of \($0 / 1_000_000)" } ?? "") + " MB"
        let bar = size.map { TerminalProgress.bar(done, of: $0) + "  " } ?? ""
        return "\(bar)\(megabytes)  \(findings) found  (Ctrl-C ends it)"
    }

    private struct Counts: Encodable {
        var both: Int
        var onlyA: Int
        var onlyB: Int
    }

    private struct LastLine: Encodable {
        var summary: ReplaySummary
        var against: Counts?
    }

    /// - Parameters:
    ///   - a: What the first set of rules is called.
    ///   - b: And the second.
    func end(_ outcome: ReplayOutcome, a: String, b: String) throws {
        remark(outcome.summary)
        let rows = outcome.comparison?.rows
        let counts = rows.map { rows in
            Counts(
                both: rows.count { $0.side == "both" }, onlyA: rows.count { $0.side == "A" },
                onlyB: rows.count { $0.side == "B" })
        }
        if json {
            for row in rows ?? [] { print(try jsonText(row, pretty: false)) }
            print(try jsonText(LastLine(summary: outcome.summary, against: counts), pretty: false))
            return
        }
        if let rows, let counts {
            print("A is \(a), B is \(b): \(counts.both) in both, \(counts.onlyA) only in A, \(counts.onlyB) only in B")
            if !rows.isEmpty { print("") }
            for line in table(rows) { print(line) }
            print("")
        }
        for line in summary(outcome.summary, isComparing: rows != nil) { print(line) }
    }

    private func remark(_ summary: ReplaySummary) {
        let ignored = summary.ignoredColumns
        if !ignored.isEmpty {
            let more = ignored.count > 12 ? " and \(ignored.count - 12) more" : ""
            let names = ignored.prefix(12).joined(separator: ", ") + more
            writeError("columns that mean nothing here were left out: \(names)")
        }
        if summary.isCutOff { writeError("the last line breaks off and was left out") }
        if summary.repeated > 0 {
            writeError("\(summary.repeated) lines repeat the time of the line before and were left out")
        }
    }
}

// MARK: - For people

extension ReplayVoice {
    private func paragraph(_ finding: Finding) -> [String] {
        let head = "\(finding.opens.rawValue)  \(finding.routing.rawValue)  \(finding.code)\(finding.place)"
        let shown = finding.opens == .ticket ? Style.red("● \(head)") : Style.yellow("○ \(head)")
        var details = ["class \(finding.faultClass.rawValue)", "severity \(finding.severity.rawValue)"]
        if let state = finding.state { details.append("while \(state)") }
        if let confidence = finding.confidence { details.append("confidence \(Int((confidence * 100).rounded())) %") }
        return [
            "\(shown)  at \(moment(finding.at))", "  \(finding.explanation)",
            Style.dim("  \(details.joined(separator: ", "))"), "",
        ]
    }

    private func table(_ rows: [ReplayComparison.Row]) -> [String] {
        guard !rows.isEmpty else { return [] }
        return Table(["IN", "OPENS", "CLASS", "FAULT", "A", "B", "B IS"]).rendered(
            rows.map { row in
                let one = row.a ?? row.b
                return [
                    row.side, one?.opens.rawValue ?? "", one?.routing.rawValue ?? "",
                    "\(one?.code.text ?? "")\(one?.place ?? "")", row.a.map { moment($0.at) } ?? "–",
                    row.b.map { moment($0.at) } ?? "–", row.shift.map(shift) ?? "–",
                ]
            })
    }

    private func shift(_ shift: Milliseconds) -> String {
        if shift == .zero { return "as early" }
        return Milliseconds(abs(shift.count)).text + (shift > .zero ? " later" : " earlier")
    }

    /// Since the first frame of a table that begins at 0; the instant where it counts from 1970.
    private func moment(_ at: Instant) -> String {
        at.milliseconds < 1_000_000_000_000 ? Milliseconds(at.milliseconds / 1_000 * 1_000).text : at.rfc3339
    }

    private func summary(_ summary: ReplaySummary, isComparing: Bool) -> [String] {
        let span = summary.first.flatMap { first in summary.last.map { $0 - first } } ?? .zero
        let every = summary.interval.map { ", taken as one every \($0.text)" } ?? ""
        let left = summary.thinned > 0 ? "; \(summary.thinned) left out" : ""
        var lines = [
            Style.bold("\(grouped(summary.frames)) frames")
                + " of \(summary.cells) cells and \(summary.probes) probes over "
                + "\(Milliseconds(span.count / 1_000 * 1_000).text)\(every)\(left)",
        ]
        if !isComparing {
            lines.append(
                "\(counted(summary.tickets, "ticket")), \(counted(summary.notices, "notice")), "
                    + counted(summary.suspectReadings, "suspect reading"))
        }
        let bytes = summary.parse.megabytesPerSecond.map { "\(Int($0)) MB/s, " } ?? ""
        lines.append(
            "read in \(seconds(summary.parse.seconds)) (\(bytes)\(millions(summary.parse.cellSamplesPerSecond))), "
                + "judged in \(seconds(summary.detection.seconds)) "
                + "(\(millions(summary.detection.cellSamplesPerSecond)))")
        return lines
    }

    private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
    private func seconds(_ seconds: Double) -> String { "\((seconds * 100).rounded() / 100) s" }
    private func millions(_ rate: Double) -> String { "\((rate / 1e5).rounded() / 10) million cell samples/s" }

    /// `31 536 000`
    private func grouped(_ number: Int) -> String {
        var digits = Array("\(number)")
        for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert("\u{202F}", at: place) }
        return String(digits)
    }
}

extension Finding {
    /// `, cell 13`
    var place: String { cell.map { ", cell \($0)" } ?? probe.map { ", probe \($0)" } ?? "" }
}
