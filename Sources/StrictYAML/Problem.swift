/// One thing that is wrong with a text, and where: `gateway.yaml:12:5: unknown key "intervall"; did you mean …`.
package struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// The name of the text, normally its path.
    package var file: String
    /// From 1; 0 where the problem belongs to the text as a whole.
    package var line: Int
    /// From 1, in characters; 0 where the problem belongs to the text as a whole.
    package var column: Int
    /// What is wrong and, where it is known, what to write instead.
    package var message: String

    package init(file: String, line: Int = 0, column: Int = 0, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    fileprivate var order: Int { line > 0 ? line : .max }

    package var description: String {
        line > 0 ? "\(file):\(line):\(column): \(message)" : "\(file): \(message)"
    }
}

/// Everything that is wrong with a text, in reading order, what has no place last: a person mends a file once, not
/// error by error.
package struct InvalidText: Error, CustomStringConvertible {
    package let problems: [Problem]

    package init(_ problems: [Problem]) {
        self.problems = problems.sorted { ($0.file, $0.order, $0.column) < ($1.file, $1.order, $1.column) }
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Problems of one text that are told one by one; what is beyond is counted.
package let maximumProblems = 200

/// Collects problems while a text is read.
package final class Problems {
    package let file: String
    private var told: [Problem] = []
    private var untold = 0

    package init(file: String) { self.file = file }

    package var isEmpty: Bool { told.isEmpty }

    package var error: InvalidText {
        InvalidText(told + (untold > 0 ? [Problem(file: file, message: "and \(untold) more")] : []))
    }

    /// - Parameter message: made only where it is told: a suggestion has its price, and a text may be all errors.
    package func add(_ message: @autoclosure () -> String, line: Int = 0, column: Int = 0) {
        guard told.count < maximumProblems else {
            untold += 1
            return
        }
        told.append(Problem(file: file, line: line, column: column, message: message()))
    }
}
