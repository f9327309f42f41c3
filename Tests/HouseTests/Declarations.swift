/// What a file declares, and whether it says what it is for.
extension TidyRules {
    /// A type that the file declares.
    struct DeclaredType {
        var keyword: String
        var name: String
        var line: Int
        /// Whether other rooms see it.
        var isShared: Bool
    }

    /// Every type, with nested ones. Extensions are none.
    var declaredTypes: [DeclaredType] {
        ["struct", "class", "enum", "actor", "protocol"].flatMap { keyword in
            text.places(of: keyword).compactMap { place in
                let name = place.after.drop(while: \.isWhitespace).prefix(while: \.isPartOfName)
                // `class func`, `import struct` and a label are no declarations of a type.
                guard place.after.first == " ", name.first?.isUppercase == true || name.first == "_",
                    place.before.allSatisfy({ $0.isPartOfName || $0.isWhitespace || "@()".contains($0) }),
                    !place.before.contains("import")
                else { return nil }
                return DeclaredType(
                    keyword: keyword, name: String(name), line: place.line, isShared: isShared(place.before))
            }
        }
    }

    /// Functions that only fulfil what a documented protocol asks for; its sentence holds for them, too.
    private static let witnesses: Set<String> = [
        "encode", "hash", "run", "now", "sleep", "enqueue", "asUnownedSerialExecutor", "respond", "next",
        "makeAsyncIterator", "log", "checkIsolated", "isIsolatingCurrentContext",
    ]

    /// Types and functions that other rooms see and that do not say what they are for.
    var undocumented: [Violation] {
        guard text.path.hasPrefix("Sources/") else { return [] }
        let types = declaredTypes.filter { $0.isShared && !isDocumented($0.line) }
            .map { Violation(path: text.path, line: $0.line, message: "\($0.name) does not say what it is for (///)") }
        let functions = text.places(of: "func").compactMap { place -> Violation? in
            let name = place.after.drop(while: \.isWhitespace).prefix(while: \.isPartOfName)
            // An operator explains itself.
            guard isShared(place.before), !name.isEmpty, !Self.witnesses.contains(String(name)),
                !isDocumented(place.line)
            else { return nil }
            return Violation(
                path: text.path, line: place.line, message: "\(name) does not say what it does (///)")
        }
        return types + functions
    }

    private func isShared(_ modifiers: Substring) -> Bool {
        let words = modifiers.split(separator: " ")
        return words.contains("package") || words.contains("public") || words.contains("open")
    }

    /// Whether the line before the declaration and its attributes is a doc comment.
    private func isDocumented(_ line: Int) -> Bool {
        var index = line - 2
        while index >= 0 {
            let text = text.lines[index].drop(while: \.isWhitespace)
            if text.hasPrefix("///") { return true }
            guard text.hasPrefix("@") || text.hasPrefix("#if") || text.hasPrefix("// swift-format-ignore") else {
                return false
            }
            index -= 1
        }
        return false
    }
}
