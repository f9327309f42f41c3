/// Why a recording cannot be read: where, what, and what to do about it.
package struct InvalidRecording: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file's name, or `-`.
    package let file: String
    /// From 1; nil where no line is to blame.
    package let line: Int?
    package let message: String

    package init(file: String, line: Int? = nil, _ message: String) {
        self.file = file
        self.line = line
        self.message = message
    }

    package var description: String { file + (line.map { ":\($0)" } ?? "") + ": " + message }
}

/// Bytes of a file as a person may see them in a message: at most 40, and nothing that a terminal would obey.
func excerpt(_ bytes: some Collection<UInt8>) -> String {
    let shown = bytes.prefix(40).map { (0x20...0x7E).contains($0) ? Character(UnicodeScalar($0)) : "?" }
    return "\"" + String(shown) + "\"" + (bytes.count > 40 ? "…" : "")
}
