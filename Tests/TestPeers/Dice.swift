/// Random numbers that are the same in every run.
package struct Dice: Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// 0 to `limit` - 1
    package mutating func roll(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(limit))
    }

    package mutating func one<Element>(of elements: [Element]) -> Element { elements[roll(elements.count)] }

    /// True once in `count` times.
    package mutating func happens(onceIn count: Int) -> Bool { roll(count) == 0 }

    package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var elements = elements
        for index in elements.indices.dropFirst() { elements.swapAt(index, roll(index + 1)) }
        return elements
    }
}
