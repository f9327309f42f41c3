/// The newest `capacity` elements, oldest first. Fixed memory: a full ring overwrites its oldest element.
package struct Ring<Element: BitwiseCopyable>: ~Copyable {
    private let storage: UnsafeMutablePointer<Element>
    package let capacity: Int
    package private(set) var count = 0
    private var next = 0

    /// - Parameter capacity: at least 1.
    package init(capacity: Int, filler: Element) {
        precondition(capacity > 0, "a ring holds at least one element")
        self.capacity = capacity
        storage = .allocate(capacity: capacity)
        storage.initialize(repeating: filler, count: capacity)
    }

    deinit { storage.deallocate() }

    /// Takes an element; the oldest one goes when the ring is full.
    package mutating func append(_ element: Element) {
        storage[next] = element
        next = next + 1 == capacity ? 0 : next + 1
        if count < capacity { count += 1 }
    }

    /// Forgets every element; the memory stays.
    package mutating func removeAll() {
        count = 0
        next = 0
    }

    /// The element that is `index` places after the oldest.
    package subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count, "outside the ring")
        let position = next - count + index
        return storage[position < 0 ? position + capacity : position]
    }

    package var oldest: Element? { count > 0 ? self[0] : nil }
    package var newest: Element? { count > 0 ? self[count - 1] : nil }
}
