/// Why a text is no canonical document, and where in it.
package struct UnreadableDocument: Error, Sendable {
    /// From 0.
    package var offset: Int
    /// The way from the outermost value to the place, as far as it was read.
    package var path: [CanonicalStep]
}

/// A large canonical text from outside, read without making a value of everything in it.
package struct CanonicalDocument: Sendable {
    let tape: CanonicalTape

    /// Reads a whole text, strictly.
    ///
    /// - Parameters:
    ///   - maximumBytes: longer texts are refused.
    ///   - maximumParts: keys and values in all; each takes 32 bytes of memory.
    package init(_ bytes: [UInt8], maximumBytes: Int, maximumParts: Int) throws(UnreadableDocument) {
        guard bytes.count <= maximumBytes else { throw UnreadableDocument(offset: maximumBytes, path: []) }
        var tape = CanonicalTape()
        tape.maximumParts = maximumParts
        do {
            try tape.read(bytes, maximumDepth: CanonicalValue.maximumDepth)
        } catch {
            let path = tape.openPath
            throw UnreadableDocument(offset: error.offset, path: path.isEmpty ? tape.path(to: error.offset) : path)
        }
        self.tape = tape
    }

    /// The outermost value.
    package var root: CanonicalNode { CanonicalNode(tape: tape, index: 0) }

    /// The first number that is outside a range, wherever it stands but under this key.
    package func firstInteger(outside range: ClosedRange<Int64>, exceptOf key: StaticString) -> Int64? {
        for (index, part) in tape.parts.enumerated() where part.kind == .integer && !range.contains(part.number) {
            if index == 0 || !tape.isText(tape.parts[index - 1], key) { return part.number }
        }
        return nil
    }
}

/// One value within a canonical document.
package struct CanonicalNode: Sendable {
    let tape: CanonicalTape
    let index: Int

    private var part: CanonicalTape.Part { tape.parts[index] }

    /// Where its text stands in the document; of a text what is between the quotes.
    package var range: Range<Int> { Int(part.start)..<Int(part.end) }
    /// The value, where it is a text.
    package var text: String? { part.kind == .text ? tape.text(part) : nil }
    /// The value, where it is a whole number.
    package var integer: Int64? { part.kind == .integer ? part.number : nil }

    /// The elements, where it is a list.
    package var elements: [CanonicalNode]? {
        guard part.kind == .list else { return nil }
        var elements: [CanonicalNode] = []
        var index = index + 1
        while index < Int(part.next) {
            elements.append(CanonicalNode(tape: tape, index: index))
            index = Int(tape.parts[index].next)
        }
        return elements
    }

    /// The keys in their order, where it is an object.
    package var keys: [String]? {
        guard part.kind == .object else { return nil }
        var keys: [String] = []
        var index = index + 1
        while index < Int(part.next) {
            keys.append(tape.text(tape.parts[index]))
            index = Int(tape.parts[index + 1].next)
        }
        return keys
    }

    /// The value of a key, where it is an object that has it.
    package subscript(key: String) -> CanonicalNode? {
        guard part.kind == .object else { return nil }
        return tape.member(key, of: part, at: index).map { CanonicalNode(tape: tape, index: $0) }
    }

    /// The node as a value of its own; nil where two of its keys are one in Unicode's eyes.
    package var value: CanonicalValue? {
        do throws(NotCanonical) { return try tape.value(at: index) } catch { return nil }
    }
}
