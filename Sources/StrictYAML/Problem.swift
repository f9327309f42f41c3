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

    package var description: String {
        line > 0 ? "\(file):\(line):\(column): \(message)" : "\(file): \(message)"
    }
}

/// Everything that is wrong with a text, in reading order: a person mends a file once, not error by error.
package struct InvalidText: Error, CustomStringConvertible {
    package let problems: [Problem]

    package init(_ problems: [Problem]) {
        self.problems = problems.sorted { ($0.file, $0.line, $0.column) < ($1.file, $1.line, $1.column) }
    }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Collects problems while a text is read.
package final class Problems {
    package let file: String
    package private(set) var all: [Problem] = []

    package init(file: String) { self.file = file }

    package func add(_ message: String, line: Int = 0, column: Int = 0) {
        all.append(Problem(file: file, line: line, column: column, message: message))
    }
}
