/// A word of a line: `desk`, or `author=ana`.
struct LineWord: Hashable {
    /// From 1, in Unicode scalars.
    var column: Int
    /// As a whole, without quotation marks.
    var text: String
    /// What stands before the first equals sign; nil without one.
    var key: String?
    /// What stands behind it, or all of it.
    var value: String
    /// Whether the value stood in quotation marks, and may be empty.
    var isQuoted: Bool
}

/// What is wrong with a line.
struct BadLine: Error {
    /// From 1, in Unicode scalars.
    var column: Int
    var message: String
}

/// The words of a line, between blanks. A whole word or a whole value may stand in double quotation marks, to hold
/// blanks; there `\"` is a quotation mark and `\\` a backslash.
func lineWords(_ line: Substring) throws(BadLine) -> [LineWord] {
    var splitter = WordSplitter(scalars: Array(line.unicodeScalars))
    var words: [LineWord] = []
    while let word = try splitter.next() { words.append(word) }
    return words
}

private struct WordSplitter {
    let scalars: [Unicode.Scalar]
    private var place = 0

    init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var isAtEnd: Bool { place >= scalars.count }
    private var isAtBlank: Bool { !isAtEnd && (scalars[place] == " " || scalars[place] == "\t") }

    mutating func next() throws(BadLine) -> LineWord? {
        while isAtBlank { place += 1 }
        if isAtEnd { return nil }
        let column = place + 1
        var (head, key) = ("", String?.none)
        while !isAtEnd, !isAtBlank {
            let scalar = scalars[place]
            if scalar == "\"" {
                guard head.isEmpty else {
                    throw BadLine(column: place + 1, message: "a quotation mark stands only around a whole value")
                }
                let value = try quoted()
                return LineWord(
                    column: column, text: key.map { "\($0)=\(value)" } ?? value, key: key, value: value, isQuoted: true)
            }
            try check(scalar)
            place += 1
            if scalar == "=", key == nil {
                (key, head) = (head, "")
            } else {
                head.unicodeScalars.append(scalar)
            }
        }
        return LineWord(
            column: column, text: key.map { "\($0)=\(head)" } ?? head, key: key, value: head, isQuoted: false)
    }

    /// What stands between two quotation marks; behind the second then.
    private mutating func quoted() throws(BadLine) -> String {
        let start = place + 1
        place += 1
        var value = ""
        while !isAtEnd {
            let scalar = scalars[place]
            try check(scalar)
            place += 1
            switch scalar {
            case "\"":
                guard isAtEnd || isAtBlank else {
                    throw BadLine(column: place + 1, message: "a blank must follow the closing quotation mark")
                }
                return value
            case "\\":
                guard !isAtEnd, scalars[place] == "\"" || scalars[place] == "\\" else {
                    throw BadLine(column: place, message: #"in quotation marks write \\ for a backslash"#)
                }
                value.unicodeScalars.append(scalars[place])
                place += 1
            default: value.unicodeScalars.append(scalar)
            }
        }
        throw BadLine(column: start, message: "the closing quotation mark is missing")
    }

    /// What cannot be seen has no place in a test that people read.
    private func check(_ scalar: Unicode.Scalar) throws(BadLine) {
        switch scalar.properties.generalCategory {
        case .control where scalar != "\t", .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
            let code = String(scalar.value, radix: 16, uppercase: true)
            throw BadLine(column: place + 1, message: "character U+\(code) is not allowed")
        default: return
        }
    }
}
