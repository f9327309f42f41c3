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
        var previous: Character?
        var rest = line[...]
        while let character = rest.first {
            if character.isPartOfName {
                let word = rest.prefix(while: \.isPartOfName)
                rest = rest.dropFirst(word.count)
                // `x.init(…)` is a call, not a declaration.
                if previous != ".", Self.words.contains(String(word)) {
                    let name = rest.drop(while: \.isWhitespace).prefix(while: \.isPartOfName)
                    let shown = name.isEmpty ? String(word) : String(name)
                    pending = (shown, number, parentheses, endsWithLine: word == "var")
                }
                previous = "a"
                continue
            }
            take(character, number)
            if !character.isWhitespace { previous = character }
            rest = rest.dropFirst()
        }
        if let waiting = pending, waiting.endsWithLine, parentheses == waiting.depth { pending = nil }
    }

    private mutating func take(_ character: Character, _ number: Int) {
        switch character {
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
