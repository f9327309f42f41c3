internal import Yams

/// One value of a document with its place. Every reading method returns nil after it has reported what is wrong.
package struct YAMLValue {
    let node: Node
    /// Keys and indices from the root, for messages: `lines[0].devices[1].unit`.
    package let path: String
    let problems: Problems

    /// Reports a problem at this value's place.
    package func report(_ message: @autoclosure () -> String) {
        let subject = path.isEmpty ? "" : "\(path): "
        problems.add(subject + message(), line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
    }

    /// Like `report`, for use in an expression that must give a value.
    package func refuse<T>(_ message: String) -> T? {
        report(message)
        return nil
    }

    private var kind: String {
        switch node {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "\"\(scalar.string.prefix(60))\""
        case .alias: "an alias"
        }
    }

    private func scalar(_ wanted: String) -> String? {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty else {
            return refuse("\(wanted) expected, got \(kind)")
        }
        return scalar.string
    }

    /// Text of 1 to 4096 bytes without control characters; line feeds are allowed.
    package func string() -> String? {
        guard let text = scalar("text") else { return nil }
        guard text.utf8.count <= 4_096 else { return refuse("text is longer than 4096 bytes") }
        let isControl = { (scalar: Unicode.Scalar) in
            switch scalar.properties.generalCategory {
            case .control: scalar != "\n"
            case .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
        guard !text.unicodeScalars.contains(where: isControl) else {
            return refuse("text has control characters")
        }
        return text
    }

    /// A whole number, decimal or hexadecimal (`0x891C`), within `range`.
    package func integer(in range: ClosedRange<Int>) -> Int? {
        guard let text = scalar("a whole number") else { return nil }
        let number = text.hasPrefix("0x") ? Self.hexadecimal(text) : Int(text)
        guard let number else { return refuse("a whole number expected, got \(kind)") }
        guard range.contains(number) else {
            return refuse("\(number) is outside \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// `0x` and digits: `Int` would also take a sign between them.
    private static func hexadecimal(_ text: String) -> Int? {
        let digits = text.dropFirst(2)
        guard text.hasPrefix("0x"), digits.allSatisfy(\.isHexDigit) else { return nil }
        return Int(digits, radix: 16)
    }

    /// A finite number within `range`, decimal or a whole hexadecimal one (`0xAF7C`).
    package func number(in range: ClosedRange<Double> = -1e15...1e15) -> Double? {
        guard let text = scalar("a number") else { return nil }
        // `Double` would also take hexadecimal fractions.
        let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }
        let number = isDecimal ? Double(text) : Self.hexadecimal(text).map(Double.init)
        guard let number, number.isFinite else { return refuse("a number expected, got \(kind)") }
        guard range.contains(number) else {
            return refuse("\(text) is outside \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// `true` or `false`, and no other spelling.
    package func boolean() -> Bool? {
        switch scalar("true or false") {
        case "true": true
        case "false": false
        case nil: nil
        default: refuse("true or false expected, got \(kind)")
        }
    }

    /// One of the raw values of an enumeration, with a suggestion where none matches.
    package func oneOf<Choice>(_ type: Choice.Type) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let text = scalar("a word") else { return nil }
        guard let choice = Choice(rawValue: text) else {
            return refuse("\"\(text)\" is not known" + Choice.allCases.map(\.rawValue).suggestion(for: text))
        }
        return choice
    }

    /// Whether it is a list, for keys that may also hold a single value.
    package var isList: Bool {
        if case .sequence = node { return true }
        return false
    }

    /// Whether it is this very word, for keys that may also hold something else.
    package func isWord(_ word: String) -> Bool {
        if case .scalar(let scalar) = node { return scalar.string == word }
        return false
    }

    /// The elements of a list of at most `limit`, each read by `read`; nil when one of them could not be read.
    package func list<Element>(upTo limit: Int, _ read: (YAMLValue) -> Element?) -> [Element]? {
        guard case .sequence(let sequence) = node else { return refuse("a list expected, got \(kind)") }
        guard sequence.count <= limit else { return refuse("\(sequence.count) entries, at most \(limit) are allowed") }
        let elements = sequence.enumerated().map { index, node in
            read(YAMLValue(node: node, path: "\(path)[\(index)]", problems: problems))
        }
        let readable = elements.compactMap { $0 }
        return readable.count == elements.count ? readable : nil
    }

    /// The keys of a mapping, read by `read`; a key that `read` did not ask for is reported with a suggestion.
    package func mapping<Value>(_ read: (YAMLMapping) -> Value?) -> Value? {
        guard case .mapping(let mapping) = node else { return refuse("a mapping expected, got \(kind)") }
        let reader = YAMLMapping(self, mapping)
        let value = read(reader)
        reader.reportUnknownKeys()
        return value
    }

    /// Every key and value of a mapping whose keys are free names, in the order of the text.
    package func entries(upTo limit: Int) -> [(key: String, value: YAMLValue)]? {
        guard case .mapping(let mapping) = node else { return refuse("a mapping expected, got \(kind)") }
        guard mapping.count <= limit else { return refuse("\(mapping.count) entries, at most \(limit) are allowed") }
        var seen: Set<String> = []
        for (key, _) in mapping where !seen.insert(key.string ?? "").inserted { reportKeyTwice(key.string ?? "", key) }
        return mapping.map { key, value in
            (key.string ?? "", YAMLValue(node: value, path: join(key.string ?? "?"), problems: problems))
        }
    }

    func reportKeyTwice(_ name: String, _ key: Node) {
        let place = key.mark ?? node.mark
        problems.add("key written twice: \"\(name.prefix(60))\"", line: place?.line ?? 0, column: place?.column ?? 0)
    }

    func join(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    var collectedProblems: Problems { problems }
}
