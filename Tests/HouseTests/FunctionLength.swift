/// How long functions are, found by counting braces in masked code.
struct FunctionLength: Equatable {
    var name: String
    var line: Int
    /// From the line of the declaration to the one of its closing brace.
    var lines: Int

    /// Every function, initialiser, subscript and computed property that has a body.
    static func all(in text: SwiftText) -> [FunctionLength] {
        var counter = BraceCounter()
        for (index, line) in text.code.enumerated() { counter.take(line, number: index + 1) }
        return counter.found
    }
}

private struct BraceCounter {
    var found: [FunctionLength] = []
    private var open: [(name: String, line: Int)?] = []
    /// A declaration whose body has not begun, and the depth of parentheses that it stands in.
    private var pending: (name: String, line: Int, depth: Int, endsWithLine: Bool)?
    private var parentheses = 0

    private static let words: Set<String> = ["func", "init", "deinit", "subscript", "var"]

    mutating func take(_ line: String, number: Int) {
        var previous: UInt8?
        var rest = line.utf8[...]
        while let byte = rest.first {
            if byte.isPartOfName {
                let word = rest.prefix(while: \.isPartOfName)
                rest = rest[word.endIndex...]
                // `x.init(…)` is a call, not a declaration.
                if previous != UInt8(ascii: "."), let text = String(word), Self.words.contains(text) {
                    let name = rest.drop { $0 == UInt8(ascii: " ") }.prefix(while: \.isPartOfName)
                    let shown = String(name).flatMap { $0.isEmpty ? nil : $0 } ?? text
                    pending = (shown, number, parentheses, endsWithLine: text == "var")
                }
                previous = UInt8(ascii: "a")
                continue
            }
            take(byte, number)
            if byte != UInt8(ascii: " ") { previous = byte }
            rest = rest.dropFirst()
        }
        if let waiting = pending, waiting.endsWithLine, parentheses == waiting.depth { pending = nil }
    }

    private mutating func take(_ byte: UInt8, _ number: Int) {
        switch Character(UnicodeScalar(byte)) {
        case "(", "[": parentheses += 1
        case ")", "]": parentheses -= 1
        case "{":
            if let waiting = pending, waiting.depth == parentheses {
                open.append((waiting.name, waiting.line))
                pending = nil
            } else {
                open.append(nil)
            }
        case "}":
            // A requirement of a protocol has no body: its type ends first.
            if pending?.depth == parentheses { pending = nil }
            if let closed = open.popLast(), let function = closed {
                found.append(
                    FunctionLength(name: function.name, line: function.line, lines: number - function.line + 1))
            }
        default: break
        }
    }
}
