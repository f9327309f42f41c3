import StrictYAML

/// What a test reads: one home with a few keys of every kind.
struct Sketch: Equatable {
    var name = ""
    var interval = 0
    var ratio = 0.0
    var isOn = false
    var items: [Int] = []
}

func readSketch(_ text: String) throws(InvalidText) -> Sketch {
    try readYAML(text, name: "sketch.yaml") { root in
        root.mapping { map in
            let name = map.required("name") { $0.string() }
            let interval = map.optional("interval", default: 1) { $0.integer(in: 0...100) }
            let ratio = map.optional("ratio", default: 0) { $0.number(in: -2...2) }
            let isOn = map.optional("isOn", default: false) { $0.boolean() }
            let items = map.optional("items", default: []) { $0.list(upTo: 3) { $0.integer(in: 0...9) } }
            guard let name, let interval, let ratio, let isOn, let items else { return nil }
            return Sketch(name: name, interval: interval, ratio: ratio, isOn: isOn, items: items)
        }
    }
}

/// The problems of a text, as a person reads them; empty for a good one.
func problems(_ text: String) -> [String] {
    do throws(InvalidText) {
        _ = try readSketch(text)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// Reads `value: …` with one reading method; nil when it was refused.
func value<Value>(_ text: String, _ read: (YAMLValue) -> Value?) -> Value? {
    // The refusals themselves are what most callers look at.
    try? readYAML("value: \(text)\n", name: "value.yaml") { $0.mapping { $0.required("value", read) } }
}
