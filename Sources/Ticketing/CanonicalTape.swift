/// Canonical text, read once from front to back into a flat list of its parts; a part is decoded when it is asked for.
///
/// It refuses whatever `CanonicalValue.bytes` would have written differently: unsorted or repeated keys, white space,
/// other escapes, other numbers than whole ones of 64 bits, bytes that are no UTF-8. So nothing needs to be written
/// again to be compared. One tape may read many texts, one after another, and then allocates nothing.
struct CanonicalTape: Sendable {
    /// A value, or the key before it.
    struct Part: Sendable {
        enum Kind: UInt8, Sendable { case integer, text, list, object }

        var kind: Kind
        var hasEscapes = false
        /// Whether all bytes of a text are ASCII.
        var isASCII = true
        /// Where its bytes begin; of a text those between the quotes.
        var start: Int32
        var end: Int32
        /// The part behind it and all that is within it; of a container that is still open the one around it, -1 for
        /// none.
        var next: Int32
        var number: Int64 = 0
    }

    private(set) var bytes: [UInt8] = []
    /// The parts of the text, and room for more.
    private var room: ContiguousArray<Part> = []
    private var count = 0
    /// The innermost container that is being read; -1 for none.
    private var open: Int32 = -1
    /// Whether the text has more parts than there was room for.
    private var isFull = false
    /// Keys and values in one text; a text of at most 1 MiB needs no other bound.
    var maximumParts = Int.max

    var parts: ArraySlice<Part> { room[..<count] }

    /// Reads a text of at most 2 GiB in the place of the one before.
    mutating func read(_ text: UnsafeRawBufferPointer, maximumDepth: Int) throws(NotCanonical) {
        (count, open) = (0, -1)
        guard text.count < Int32.max else { throw NotCanonical(offset: Int(Int32.max)) }
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: text)
        bytes.append(contentsOf: repeatElement(0, count: CanonicalScan.closingBytes))
        // Two bytes for each part, its own and one that divides it from others, but for the containers that are open;
        // mostly far more, so room is made for fewer at first.
        let needed = min(text.count / 2 + maximumDepth, maximumParts) + 2
        makeRoom(min(needed, text.count / 8 + 64))
        var trouble = scan(text.count, maximumDepth: maximumDepth)
        while isFull, room.count < needed {
            makeRoom(min(needed, 2 * room.count))
            trouble = scan(text.count, maximumDepth: maximumDepth)
        }
        if let trouble { throw trouble }
    }

    private mutating func makeRoom(_ wanted: Int) {
        guard room.count < wanted else { return }
        let part = Part(kind: .integer, start: 0, end: 0, next: 0)
        room.append(contentsOf: repeatElement(part, count: wanted - room.count))
    }

    /// Why no more was read; nil where all was.
    private mutating func scan(_ length: Int, maximumDepth: Int) -> NotCanonical? {
        var trouble: NotCanonical?
        let most = maximumParts
        let scan = withParts { bytes, room in
            var scan = CanonicalScan(bytes, count: length, room, maximumParts: most, maximumDepth: maximumDepth)
            do throws(NotCanonical) { try scan.read() } catch { trouble = error }
            return scan
        }
        (count, open, isFull) = (scan.count, scan.open, scan.isFull)
        return trouble
    }

    /// The text with its closing bytes, and the room for its parts, for as long as the call lasts.
    mutating func withParts<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<Part>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // One more reference, so that the parts may be written meanwhile.
        let bytes = bytes
        return try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
            try room.withUnsafeMutableBufferPointer { (room) throws(Failure) in try body(bytes, room) }
        }
    }

    private func content(_ part: Part) -> ArraySlice<UInt8> { bytes[Int(part.start)..<Int(part.end)] }

    // MARK: - What was read

    /// The text of a part that is one.
    func text(_ part: Part) -> String {
        if part.hasEscapes { return String(decoding: Self.decoded(content(part)), as: UTF8.self) }
        return bytes.withUnsafeBufferPointer { all in
            String(decoding: UnsafeBufferPointer(rebasing: all[Int(part.start)..<Int(part.end)]), as: UTF8.self)
        }
    }

    /// Whether the part is exactly this text.
    func isText(_ part: Part, _ text: StaticString) -> Bool {
        guard part.kind == .text, !part.hasEscapes, Int(part.end - part.start) == text.utf8CodeUnitCount else {
            return false
        }
        let first = Int(part.start)
        for index in 0..<text.utf8CodeUnitCount where bytes[first + index] != text.utf8Start[index] { return false }
        return true
    }

    /// The value of a key of an object; nil where there is none.
    func member(_ key: String, of object: Part, at index: Int) -> Int? {
        let parts = parts
        var key = key
        return key.withUTF8 { wanted in
            var index = index + 1
            while index < Int(object.next) {
                let part = parts[index]
                if Int(part.end - part.start) == wanted.count, !part.hasEscapes {
                    let first = Int(part.start)
                    var same = 0
                    while same < wanted.count, bytes[first + same] == wanted[same] { same += 1 }
                    if same == wanted.count { return index + 1 }
                }
                index = Int(parts[index + 1].next)
            }
            return nil
        }
    }

    /// Where reading stopped: for each list or object that was open, how many elements of it, or the key in it, were
    /// complete.
    var openPath: [CanonicalStep] {
        let parts = parts
        var containers: [Int] = []
        var container = Int(open)
        while container >= 0 {
            containers.append(container)
            container = Int(parts[container].next)
        }
        return containers.reversed().map { container in
            var count = 0
            var index = container + 1
            let isObject = parts[container].kind == .object
            var key: Part?
            while index < parts.count {
                if isObject {
                    key = parts[index]
                    index += 1
                    guard index < parts.count else { break }
                }
                let next = Int(parts[index].next)
                // An open one has no end yet.
                guard next > index else { break }
                index = next
                count += 1
                key = nil
            }
            return isObject ? .key(key.map(text)) : .element(count)
        }
    }
}

extension CanonicalTape {
    /// The way to the part that holds a byte, in a text that was read to its end.
    func path(to offset: Int) -> [CanonicalStep] {
        let parts = parts
        var path: [CanonicalStep] = []
        var container = 0
        search: while container < parts.count, parts[container].kind == .list || parts[container].kind == .object {
            let isObject = parts[container].kind == .object
            var index = container + 1
            var count = 0
            while index < Int(parts[container].next) {
                let value = isObject ? index + 1 : index
                if offset < Int(parts[value].end) {
                    path.append(isObject ? .key(text(parts[index])) : .element(count))
                    container = value
                    continue search
                }
                index = Int(parts[value].next)
                count += 1
            }
            break
        }
        return path
    }
}

/// One step on the way to a place in canonical text.
package enum CanonicalStep: Hashable, Sendable {
    /// The value of this key; nil between two of them.
    case key(String?)
    /// From 0.
    case element(Int)
}
