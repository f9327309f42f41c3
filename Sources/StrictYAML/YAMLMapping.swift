internal import Yams

/// A mapping that remembers which keys were asked for, so that the others can be reported as unknown.
package final class YAMLMapping {
    private let owner: YAMLValue
    private var values: [String: YAMLValue] = [:]
    private var keyNodes: [(name: String, node: Node)] = []
    private var asked: Set<String> = []

    init(_ owner: YAMLValue, _ mapping: Node.Mapping) {
        self.owner = owner
        for (key, value) in mapping {
            let name = key.string ?? ""
            keyNodes.append((name, key))
            // A tag or quotes make another key for the parser, and the same one for us.
            guard values[name] == nil else {
                owner.reportKeyTwice(name, key)
                continue
            }
            values[name] = YAMLValue(node: value, path: owner.join(name), problems: owner.collectedProblems)
        }
    }

    /// Reads a key that must be there.
    package func required<Value>(_ key: String, _ read: (YAMLValue) -> Value?) -> Value? {
        asked.insert(key)
        guard let value = values[key] else { return owner.refuse("key \"\(key)\" is missing") }
        return read(value)
    }

    /// Reads a key that may be absent; `fallback` then. Nil only when the key is there and wrong.
    package func optional<Value>(_ key: String, default fallback: Value, _ read: (YAMLValue) -> Value?) -> Value? {
        asked.insert(key)
        guard let value = values[key] else { return fallback }
        return read(value)
    }

    /// Reads a key that may be absent; nil then, and nil when it is there and wrong (which is reported).
    package func optional<Value>(_ key: String, _ read: (YAMLValue) -> Value?) -> Value? {
        asked.insert(key)
        return values[key].flatMap(read)
    }

    /// Whether the key is written in the text.
    package func has(_ key: String) -> Bool { values[key] != nil }

    /// Reports a problem at the mapping's place.
    package func report(_ message: String) { owner.report(message) }

    func reportUnknownKeys() {
        for (name, node) in keyNodes where !asked.contains(name) {
            YAMLValue(node: node, path: owner.path, problems: owner.collectedProblems)
                .report("unknown key \"\(name.prefix(60))\"" + asked.suggestion(for: name))
        }
    }
}
