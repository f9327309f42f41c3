import Foundation
import ServiceLevel
import Settings
import StrictYAML
import Terms
import Ticketing
import Timelines

/// The shipped policy and calendars, each read once.
enum Shipped {
    static let documents = DocumentSource { directive throws(InvalidText) in
        guard directive.value == "default" else { throw missing(directive) }
        return try policy.get()
    } calendar: { directive throws(InvalidText) in
        guard let calendar = calendars[directive.value] else { throw missing(directive) }
        return try calendar.get()
    }

    private static let policy = Result { () throws(InvalidText) in
        let (text, hash) = try read("policy.yaml")
        return try readPolicy(text, name: "policy.yaml", documentHash: hash)
    }

    private static let calendars = Dictionary(
        uniqueKeysWithValues: ["CN-2026", "DE-2026"].map { id in
            (
                id,
                Result { () throws(InvalidText) in
                    let (text, hash) = try read("calendars/\(id).yaml")
                    return try readCalendar(text, name: id, documentHash: hash)
                }
            )
        })

    private static func read(_ name: String) throws(InvalidText) -> (text: String, hash: String) {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("config")
        do {
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            return (text, ChainHash.of(Array(text.utf8)).description)
        } catch {
            throw InvalidText([Problem(file: name, message: "\(error)")])
        }
    }

    private static func missing(_ directive: TimelineFile.Directive) -> InvalidText {
        InvalidText([Problem(file: "test", line: directive.line, column: 1, message: "no \(directive.value)")])
    }
}

extension TimelineFile {
    /// The file after everything that it tells, and `more` time.
    func finished(after more: Milliseconds = .zero) throws -> (run: TimelineRun, end: Instant) {
        var run = try run(Shipped.documents)
        let end = (lastInstant ?? Instant(milliseconds: 0)) + more
        try run.advance(to: end)
        return (run, end)
    }
}
