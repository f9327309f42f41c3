/// The arrows that Package.swift declares, read from its text.
struct Manifest {
    /// Rooms by name, with every room and library each depends on.
    private(set) var targets: [String: Set<String>] = [:]
    /// The module behind a constant, such as `grdb`.
    private var products: [String: String] = [:]

    /// Reads the constants `let x = Target.Dependency.product(name: "X", …)` and the targets made by `room(…)`,
    /// `.target(…)`, `.executableTarget(…)` and `.systemLibrary(…)`; what lies under Tests is no room.
    init(_ text: String) {
        for line in text.split(separator: "\n") where line.contains("Target.Dependency.product(") {
            let name = line.drop { $0 != " " }.dropFirst().prefix(while: \.isPartOfName)
            products[String(name)] = Self.quoted(line).first
        }
        for opening in ["room(", ".target(", ".executableTarget(", ".systemLibrary("] {
            for range in text.ranges(of: opening) where text[..<range.lowerBound].last != "c" {
                take(Self.untilClosed(text[range.upperBound...]))
            }
        }
    }

    private mutating func take(_ call: Substring) {
        let isNoRoom = call.contains("_ name:") || call.contains("path: \"Tests/")
        guard !isNoRoom, let name = Self.quoted(call).first else { return }
        let list = call.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
        var names = Set(call.contains("pkgConfig") ? [] : Self.quoted(list))
        for word in list.split(whereSeparator: { !$0.isPartOfName }) {
            if let product = products[String(word)] { names.insert(product) }
        }
        targets[name] = names
    }

    /// What stands between quotes.
    private static func quoted(_ text: some StringProtocol) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// The text up to the parenthesis that closes the one before it.
    private static func untilClosed(_ text: Substring) -> Substring {
        var depth = 1
        return text.prefix { character in
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            return depth > 0
        }
    }

    /// Arrows that the table does not have, and rooms that only one of the two knows.
    func disagreements(with house: [Room]) -> [String] {
        let known = Dictionary(house.map { ($0.name, $0) }) { first, _ in first }
        let arrows = targets.flatMap { name, dependencies in
            dependencies.filter { known[name]?.allows($0) == false }.map { "\(name) → \($0) is not in the table" }
        }
        let strangers = targets.keys.filter { known[$0] == nil }.map { "\($0) is not in the table" }
        let missing = known.keys.filter { targets[$0] == nil }.map { "\($0) is not in Package.swift" }
        return (arrows + strangers + missing).sorted()
    }
}
