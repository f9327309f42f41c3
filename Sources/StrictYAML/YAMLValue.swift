internal import Yams

/// One value of a document with its place. Every reading method returns nil after it has reported what is wrong.
package struct YAMLValue {
    let node: Node
    /// Keys and indices from the root, for messages: `lines[0].devices[1].unit`.
    package let path: String
    let problems: Problems

    /// Reports a problem at this value's place.
    package func report(_ message: String) {
        let subject = path.isEmpty ? "" : "\(path): "
        problems.add(subject + message, line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
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

    /// Text of 1 to 4096 characters without control characters.
    package func string() -> String? {
        guard let text = scalar("text") else { return nil }
        guard text.utf8.count <= 4_096 else { return refuse("text is longer than 4096 bytes") }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f || $0 == "\n" }) else {
            return refuse("text has control characters")
        }
        return text
    }

    /// A whole number, decimal or hexadecimal (`0x891C`), within `range`.
    package func integer(in range: ClosedRange<Int>) -> Int? {
        guard let text = scalar("a whole number") else { return nil }
        let number = text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
        guard let number else { return refuse("a whole number expected, got \(kind)") }
        guard range.contains(number) else {
            return refuse("\(number) is outside \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A finite number within `range`, decimal or a whole hexadecimal one (`0xAF7C`).
    package func number(in range: ClosedRange<Double> = -1e15...1e15) -> Double? {
        guard let text = scalar("a number") else { return nil }
        let whole = text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16).map(Double.init) : Double(text)
        guard let number = whole, number.isFinite else { return refuse("a number expected, got \(kind)") }
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
        return mapping.map { key, value in
            (key.string ?? "", YAMLValue(node: value, path: join(key.string ?? "?"), problems: problems))
        }
    }

    func join(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
    var collectedProblems: Problems { problems }
}
