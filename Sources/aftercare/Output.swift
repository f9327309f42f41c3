internal import ArgumentParser
internal import FoundationEssentials
internal import Glibc

/// How a command prints: for people, or as JSON with sorted keys.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON instead of text.")
    var json = false

    /// Prints `value` as JSON, or the lines that `text` gives.
    func show(_ value: some Encodable, text: () -> [String]) throws {
        if json {
            print(try jsonText(value, pretty: true))
        } else {
            for line in text() { print(line) }
        }
    }
}

/// JSON with sorted keys: indented for people, on one line for streams.
func jsonText(_ value: some Encodable, pretty: Bool) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = pretty ? [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        : [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// Columns that are as wide as their widest cell.
struct Table {
    let head: [String]

    init(_ head: [String]) { self.head = head }

    /// The head and one line per row; the last column is not padded.
    func rendered(_ rows: [[String]]) -> [String] {
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        return ([head] + rows).map { row in
            row.enumerated().map { column, cell in
                column == row.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 2)
            }.joined()
        }
    }
}

/// Colours and weight, on a terminal only.
enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"

    static let isTerminal = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil

    func callAsFunction(_ text: String) -> String {
        Self.isTerminal ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
