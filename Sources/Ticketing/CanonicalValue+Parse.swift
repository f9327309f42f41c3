/// Why bytes are not the canonical text of a value.
package struct NotCanonical: Error, Equatable, CustomStringConvertible {
    /// From 0.
    package var offset: Int
    package var description: String { "not canonical JSON at byte \(offset)" }
}

extension CanonicalValue {
    /// The largest text that is read, and how deep it may be nested.
    package static let maximumBytes = 1_048_576
    static let maximumDepth = 16

    /// Reads canonical bytes. Anything that `bytes` would have written differently is refused, so equal values have
    /// equal texts in both directions.
    package init(canonical bytes: [UInt8]) throws(NotCanonical) {
        guard bytes.count <= Self.maximumBytes else { throw NotCanonical(offset: Self.maximumBytes) }
        var tape = CanonicalTape()
        try tape.read(bytes, maximumDepth: Self.maximumDepth)
        self = try tape.value(at: 0)
    }
}

extension CanonicalTape {
    /// Reads a text in the place of the one before.
    mutating func read(_ text: [UInt8], maximumDepth: Int) throws(NotCanonical) {
        var trouble: NotCanonical?
        text.withUnsafeBytes { bytes in
            do throws(NotCanonical) { try read(bytes, maximumDepth: maximumDepth) } catch { trouble = error }
        }
        if let trouble { throw trouble }
    }

    /// A part as a value of its own.
    func value(at index: Int) throws(NotCanonical) -> CanonicalValue {
        let part = parts[index]
        switch part.kind {
        case .integer: return .integer(part.number)
        case .text: return .text(text(part))
        case .list:
            var elements: [CanonicalValue] = []
            var index = index + 1
            while index < Int(part.next) {
                elements.append(try value(at: index))
                index = Int(parts[index].next)
            }
            return .list(elements)
        case .object:
            var members: [String: CanonicalValue] = [:]
            var index = index + 1
            while index < Int(part.next) {
                // Keys of different bytes that Unicode calls the same would be one key here.
                guard members.updateValue(try value(at: index + 1), forKey: text(parts[index])) == nil else {
                    throw NotCanonical(offset: Int(parts[index].start))
                }
                index = Int(parts[index + 1].next)
            }
            return .object(members)
        }
    }
}
