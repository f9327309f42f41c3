package import StrictYAML
internal import ServiceLevel
internal import Terms
internal import Ticketing

/// The largest file that is read.
package let maximumTimelineBytes = 1_048_576
/// The most lines of a file.
package let maximumTimelineLines = 20_000
/// The longest line, in bytes.
package let maximumTimelineLineBytes = 4_096

/// Reads a timeline strictly: whatever is not known is an error with its line, and all errors are thrown at once.
///
/// - Parameter name: how messages name the text, normally its path.
package func readTimeline(_ text: String, name: String) throws(InvalidText) -> TimelineFile {
    let problems = Problems(file: name)
    guard text.utf8.count <= maximumTimelineBytes else {
        problems.add("larger than \(maximumTimelineBytes) bytes")
        throw problems.error
    }
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What follows the last line's end is no line.
    guard lines.count - (lines.last?.isEmpty == true ? 1 : 0) <= maximumTimelineLines else {
        problems.add("more than \(maximumTimelineLines) lines")
        throw problems.error
    }
    var file = TimelineFile(name: name)
    for (index, line) in lines.enumerated() {
        do throws(BadLine) {
            try file.take(line, number: index + 1)
        } catch {
            problems.add(error.message, line: index + 1, column: error.column)
        }
    }
    guard problems.isEmpty else { throw problems.error }
    // What no single key shows is found where facts are made.
    let binding = PolicyBinding(policy: "", version: 1, documentHash: "")
    let bindings = file.boundDocuments.map { ($0, binding) }
    _ = try file.factsTold(bindings: Dictionary(uniqueKeysWithValues: bindings))
    return file
}

extension TimelineFile {
    fileprivate mutating func take(_ bytes: Substring.UTF8View, number: Int) throws(BadLine) {
        guard bytes.count <= maximumTimelineLineBytes else {
            throw BadLine(column: 1, message: "longer than \(maximumTimelineLineBytes) bytes")
        }
        var line = Substring(bytes)
        if line.unicodeScalars.last == "\r" { line.unicodeScalars.removeLast() }
        if number == 1, line.unicodeScalars.first == "\u{FEFF}" { line.unicodeScalars.removeFirst() }
        guard let first = line.unicodeScalars.first(where: { $0 != " " && $0 != "\t" }), first != "#" else { return }
        var words = LineReader(words: try lineWords(line), end: line.unicodeScalars.count + 1)
        let kind = try words.next("policy, calendar, zone, at or expect")
        switch kind.text {
        case "policy": try words.directive(&policy, number)
        case "calendar": try words.directive(&calendar, number)
        case "zone":
            try words.directive(&zone, number) { zone in
                LocalZone(name: zone) == nil ? "\"\(zone)\" is no IANA time zone such as Europe/Berlin" : nil
            }
        case "at": facts.append(try words.fact(line: number))
        case "expect": expectations.append(try words.expectation(line: number))
        default:
            let known = ["policy", "calendar", "zone", "at", "expect"]
            throw BadLine(
                column: kind.column, message: "unknown line \"\(kind.text)\"\(known.suggestion(for: kind.text))")
        }
    }
}

/// The words of one line, taken one after another.
struct LineReader {
    private var words: ArraySlice<LineWord>
    /// The column behind the last one.
    private let end: Int

    init(words: [LineWord], end: Int) {
        self.words = words[...]
        self.end = end
    }

    /// - Parameter what: what stands here, for the message that it does not.
    mutating func next(_ what: String) throws(BadLine) -> LineWord {
        guard let word = words.popFirst() else { throw BadLine(column: end, message: "expected \(what)") }
        return word
    }

    mutating func directive(
        _ directive: inout TimelineFile.Directive?, _ line: Int, objection: (String) -> String? = { _ in nil }
    ) throws(BadLine) {
        let word = try next("a value")
        if let directive {
            throw BadLine(column: 1, message: "said once a file, and already in line \(directive.line)")
        }
        guard !word.text.isEmpty else { throw BadLine(column: word.column, message: "expected a value") }
        if let objection = objection(word.text) { throw BadLine(column: word.column, message: objection) }
        if let more = words.first { throw BadLine(column: more.column, message: "unexpected \"\(more.text)\"") }
        directive = TimelineFile.Directive(line: line, value: word.text)
    }

    mutating func instant() throws(BadLine) -> Instant {
        let word = try next("an instant such as 2026-05-04T10:00:00.000Z")
        guard let instant = Instant(rfc3339: word.text) else {
            throw BadLine(
                column: word.column, message: "\"\(word.text)\" is no instant such as 2026-05-04T10:00:00.000Z")
        }
        return instant
    }

    mutating func subject() throws(BadLine) -> Subject {
        let word = try next("a subject such as t1, o1 or s1")
        guard let subject = Subject(word: word.text) else {
            throw BadLine(
                column: word.column,
                message: "\"\(word.text)\" is no subject: t1 is a ticket, o1 an order, s1 a site; "
                    + "names have letters, digits, - and _")
        }
        return subject
    }

    /// One of a few words.
    mutating func choice(_ what: String, _ choices: some Collection<String>) throws(BadLine) -> LineWord {
        let word = try next("\(what): \(choices.sorted().joined(separator: ", "))")
        guard choices.contains(word.text) else {
            throw BadLine(
                column: word.column, message: "unknown \(what) \"\(word.text)\"\(choices.suggestion(for: word.text))")
        }
        return word
    }

    /// All that is left, as values of keys.
    mutating func values(
        of name: String, _ keys: [KeyRule], _ choices: [KeyChoice] = []
    ) throws(BadLine) -> [KeyedValue] {
        var values: [KeyedValue] = []
        while let word = words.popFirst() {
            guard let key = word.key else {
                throw BadLine(column: word.column, message: "expected key=value, not \"\(word.text)\"")
            }
            guard let rule = keys.first(where: { $0.name == key }) else {
                let allowed = keys.isEmpty ? "; it has no keys" : keys.map(\.name).suggestion(for: key)
                throw BadLine(column: word.column, message: "unknown key \"\(key)\" of \(name)\(allowed)")
            }
            guard !values.contains(where: { $0.key == key }) else {
                throw BadLine(column: word.column, message: "\(key)= is written twice")
            }
            values.append(KeyedValue(key: key, text: word.value, value: try read(word, rule)))
        }
        for rule in keys where rule.isRequired && !values.contains(where: { $0.key == rule.name }) {
            throw BadLine(column: end, message: "\(name) needs \(rule.name)=\(rule.kind.words)")
        }
        for choice in choices {
            let given = choice.names.filter { name in values.contains { $0.key == name } }
            if given.count > 1 {
                let keys = given.joined(separator: "= and ")
                throw BadLine(column: end, message: "\(keys)= say the same: write one of them")
            }
            guard given.isEmpty, choice.isRequired else { continue }
            let missing = keys.filter { choice.names.contains($0.name) }.map { "\($0.name)=\($0.kind.words)" }
            throw BadLine(column: end, message: "\(name) needs one of \(missing.joined(separator: ", "))")
        }
        return values
    }

    private func read(_ word: LineWord, _ rule: KeyRule) throws(BadLine) -> TimelineValue {
        let column = word.column + rule.name.unicodeScalars.count + 1
        if word.value.isEmpty, !word.isQuoted {
            throw BadLine(column: column, message: "\(rule.name)= has no value; allowed: \(rule.kind.words)")
        }
        if rule.mayBeAbsent, word.value == "none" { return .absent }
        if let value = rule.kind.read(word.value) { return value }
        if case .word(let choices) = rule.kind {
            let choices = choices + (rule.mayBeAbsent ? ["none"] : [])
            let suggestion = choices.suggestion(for: word.value)
            throw BadLine(column: column, message: "\(rule.name)=\(word.value) is not known\(suggestion)")
        }
        throw BadLine(column: column, message: "\(rule.name)=\(word.value) is no \(rule.kind.words)")
    }
}

/// A key with its value, as it was written and as it is meant.
struct KeyedValue: Hashable {
    var key: String
    var text: String
    var value: TimelineValue
}

extension LineReader {
    fileprivate mutating func fact(line: Int) throws(BadLine) -> FactLine {
        let at = try instant()
        let written = try choice("writer", Writer.allCases.map(\.text))
        guard let writer = Writer(text: written.text) else {
            throw BadLine(column: written.column, message: "unknown writer \"\(written.text)\"")
        }
        let subject = try subject()
        let name = try next("a fact such as FirstResponse")
        guard let rules = FactRule.byName[name.text] else {
            if let reason = FactRule.writtenByEngine[name.text] {
                throw BadLine(column: name.column, message: "\(name.text) cannot be given: \(reason)")
            }
            throw BadLine(
                column: name.column,
                message: "unknown fact \"\(name.text)\"\(FactRule.names(of: subject.about).suggestion(for: name.text))")
        }
        guard let rule = rules.first(where: { $0.about.contains(subject.about) }) else {
            let id = subject.id.split(separator: "/").last ?? ""
            let about = rules.flatMap(\.about).map(\.rawValue).sorted().joined(separator: " or ")
            throw BadLine(column: name.column, message: "\(name.text) is about a \(about), and \(id) is none")
        }
        let values = try values(of: name.text, rule.allKeys, rule.choices)
        return FactLine(
            line: line, at: at, writer: writer, subject: subject, name: name.text,
            values: Dictionary(uniqueKeysWithValues: values.map { ($0.key, $0.value) }))
    }
}

extension FactRule {
    /// The facts that can be told of such a subject.
    static func names(of about: About) -> [String] {
        byName.values.joined().filter { $0.about.contains(about) }.map(\.name)
    }
}
