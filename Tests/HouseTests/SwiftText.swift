/// One Swift file with its strings and comments told apart from its code.
///
/// It knows nested comments, raw and multi-line strings and the code in their interpolations; that is enough for house
/// rules. It does not know regular-expression literals between slashes, which the house does not use.
struct SwiftText {
    let path: String
    /// The lines as they are.
    let lines: [String]
    /// The same lines, with blanks in the place of comments and of what strings say.
    let code: [String]
    /// Lines in which a comment begins, counted from 1.
    let commented: Set<Int>
    private let places: [String: [Place]]

    init(path: String, _ text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var mask = CodeMask(text)
        code = mask.masked().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        commented = mask.commented
        places = Self.places(in: code)
    }

    /// The file's name without its folder and its ending.
    var name: String {
        let file = path.split(separator: "/").last ?? ""
        return String(file.hasSuffix(".swift") ? file.dropLast(6) : file)
    }

    /// The folder below Sources or Tests that the file lies in.
    var room: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    /// Places at which `word` stands in code as a whole name.
    func places(of word: String) -> [Place] { places[word] ?? [] }

    /// A name in the code, with what stands around it in its line.
    struct Place {
        /// Counted from 1.
        var line: Int
        fileprivate var text: String
        fileprivate var range: Range<String.Index>

        var before: Substring { text[..<range.lowerBound] }
        var after: Substring { text[range.upperBound...] }
        /// The character before the name that is no blank.
        var leading: Character? { before.last { !$0.isWhitespace } }
    }

    /// Looks at bytes, not at characters: the tree has some hundred thousand names.
    private static func places(in code: [String]) -> [String: [Place]] {
        var places: [String: [Place]] = [:]
        for (index, line) in code.enumerated() {
            var rest = line.utf8[...]
            while let start = rest.firstIndex(where: \.isPartOfName) {
                let end = rest[start...].firstIndex { !$0.isPartOfName } ?? rest.endIndex
                places[String(line[start..<end]), default: []].append(
                    Place(line: index + 1, text: line, range: start..<end))
                rest = rest[end...]
            }
        }
        return places
    }
}

extension Character {
    /// Whether the character may stand in a name.
    var isPartOfName: Bool { isLetter || isNumber || self == "_" }
}

extension UInt8 {
    /// Whether the byte may stand in a name; those of letters beyond ASCII may.
    var isPartOfName: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...0xFF: true
        default: false
        }
    }
}

/// Walks over Swift's text and blanks what is not code.
private struct CodeMask {
    private let text: [UInt8]
    private var place = 0
    private var output: [UInt8] = []
    private var line = 1
    private(set) var commented: Set<Int> = []

    init(_ text: String) { self.text = Array(text.utf8) }

    mutating func masked() -> String {
        code(untilParenthesis: false)
        return String(decoding: output, as: UTF8.self)
    }

    private func starts(_ word: String) -> Bool {
        text[place] == word.utf8.first && text[place...].starts(with: word.utf8)
    }

    private mutating func keep() {
        if text[place] == UInt8(ascii: "\n") { line += 1 }
        output.append(text[place])
        place += 1
    }

    /// A blank for every byte; lines stay lines.
    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where place < text.count {
            if text[place] == UInt8(ascii: "\n") { line += 1 }
            output.append(text[place] == UInt8(ascii: "\n") ? text[place] : UInt8(ascii: " "))
            place += 1
        }
    }

    /// Code up to the end of the text, or to the parenthesis that ends an interpolation.
    private mutating func code(untilParenthesis: Bool) {
        var depth = 0
        while place < text.count {
            if starts("//") || starts("/*") { commented.insert(line) }
            if starts("//") {
                while place < text.count, text[place] != UInt8(ascii: "\n") { blank() }
            } else if starts("/*") {
                comment()
            } else if let pounds = poundsBeforeQuote() {
                string(pounds: pounds)
            } else {
                if text[place] == UInt8(ascii: "(") { depth += 1 }
                if text[place] == UInt8(ascii: ")") {
                    depth -= 1
                    if untilParenthesis, depth < 0 { return }
                }
                keep()
            }
        }
    }

    private mutating func comment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                blank(2)
            } else if starts("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && place < text.count
    }

    /// How many number signs stand before a quote that begins here; nil where no string begins.
    private func poundsBeforeQuote() -> Int? {
        var end = place
        while end < text.count, text[end] == UInt8(ascii: "#") { end += 1 }
        return end < text.count && text[end] == UInt8(ascii: "\"") ? end - place : nil
    }

    private mutating func string(pounds: Int) {
        let sign = String(repeating: "#", count: pounds)
        blank(pounds)
        let quote = starts("\"\"\"") ? "\"\"\"" : "\""
        for _ in quote.utf8 { keep() }
        while place < text.count {
            if starts("\\\(sign)(") {
                blank(pounds + 1)
                keep()
                code(untilParenthesis: true)
                if place < text.count { keep() }
            } else if starts("\\\(sign)") {
                blank(pounds + 2)
            } else if starts(quote + sign) {
                for _ in quote.utf8 { keep() }
                blank(pounds)
                return
            } else if quote == "\"", text[place] == UInt8(ascii: "\n") {
                return
            } else {
                blank()
            }
        }
    }
}
