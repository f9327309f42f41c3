internal import Yams

/// The largest text that is read: far above any real configuration, far below what could hurt.
package let maximumYAMLBytes = 1_048_576

/// Reads one YAML document strictly.
///
/// `read` gets the root and returns the value, or nil after it has reported why. Every problem is collected, unknown
/// and missing keys included, and thrown at once. Anchors, aliases and a second document are refused: they make a
/// file say something other than what a person sees.
///
/// - Parameter name: How messages name the text, normally its path.
package func readYAML<Value>(
    _ text: String, name: String, _ read: (YAMLValue) -> Value?
) throws(InvalidText) -> Value {
    let problems = Problems(file: name)
    guard text.utf8.count <= maximumYAMLBytes else {
        problems.add("larger than \(maximumYAMLBytes) bytes")
        throw problems.error
    }
    reportUnreadable(text, problems)
    guard problems.isEmpty, let root = compose(text, problems) else { throw problems.error }
    let value = read(YAMLValue(node: root, path: "", problems: problems))
    guard problems.isEmpty, let value else {
        if problems.isEmpty { problems.add("cannot be used, and no reason was given: please report this") }
        throw problems.error
    }
    return value
}

/// Reports every character that YAML does not allow in a text, and the byte order mark in its middle.
private func reportUnreadable(_ text: String, _ problems: Problems) {
    var line = 1
    var column = 1
    for (index, scalar) in text.unicodeScalars.enumerated() {
        switch scalar.value {
        case 0x0A:
            line += 1
            column = 0
        case 0x09, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xFEFE, 0xFF00...0xFFFD, 0x10000...: break
        case 0xFEFF where index == 0: break
        default:
            let code = String(scalar.value, radix: 16, uppercase: true)
            problems.add("not readable text: character U+\(code) is not allowed", line: line, column: column)
        }
        column += 1
    }
}

/// The root of the text's one document; nil after it was reported why there is none.
private func compose(_ text: String, _ problems: Problems) -> Node? {
    // Yams compares a mapping's keys with all that their aliases stand for, which a few hundred bytes can make take
    // years. So the anchors are looked for first, in a copy where no star makes an alias. Without anchors no alias
    // is defined.
    if text.utf8.contains(UInt8(ascii: "&")), text.utf8.contains(UInt8(ascii: "*")) {
        let withoutAliases = text.split(separator: "*", omittingEmptySubsequences: false).joined(separator: "\u{E000}")
        _ = composeDocument(withoutAliases, problems)
        guard problems.isEmpty else { return nil }
    }
    let root = composeDocument(text, problems)
    return problems.isEmpty ? root : nil
}

private func composeDocument(_ text: String, _ problems: Problems) -> Node? {
    do {
        let parser = try Parser(yaml: text)
        guard let root = try parser.singleRoot() else {
            problems.add("empty: nothing is configured here")
            return nil
        }
        // Nodes hold their anchors weakly: the parser owns them and must outlive the look at them.
        withExtendedLifetime(parser) { reportAnchors(root, problems) }
        return root
    } catch {
        problems.report(error)
        return nil
    }
}

extension Problems {
    fileprivate func report(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let whileDoing = context.map { " (\($0.text))" } ?? ""
            add("not YAML: \(problem)\(whileDoing)", line: mark.line, column: mark.column)
        case .reader(let problem, let offset, _, _):
            add("not readable text: \(problem)" + (offset.map { " at byte \($0)" } ?? ""))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let keys = duplicates.map { "\"\($0)\"" }.joined(separator: ", ")
            add("key written twice: \(keys)", line: context.mark.line, column: context.mark.column)
        default:
            add("not YAML: \(error)")
        }
    }
}

/// Reports every anchor and does not look below it, so that nested aliases cannot make the walk explode.
private func reportAnchors(_ node: Node, _ problems: Problems) {
    if let anchor = node.anchor {
        let line = node.mark?.line ?? 0
        problems.add("anchor \"\(anchor.rawValue)\": write the value out", line: line, column: node.mark?.column ?? 0)
        return
    }
    switch node {
    case .mapping(let mapping):
        for (key, value) in mapping {
            reportAnchors(key, problems)
            reportAnchors(value, problems)
        }
    case .sequence(let sequence):
        for element in sequence { reportAnchors(element, problems) }
    case .scalar, .alias:
        return
    }
}
