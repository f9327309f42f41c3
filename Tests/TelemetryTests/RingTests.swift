import Telemetry
import Testing

@Suite struct RingTests {
    @Test func anEmptyRingHasNothing() {
        let ring = Ring(capacity: 3, filler: 0)
        #expect(ring.count == 0)
        #expect(ring.oldest == nil)
        #expect(ring.newest == nil)
    }

    @Test(arguments: [1, 2, 3, 7, 8])
    func aRingHoldsTheNewestElementsOldestFirst(capacity: Int) {
        var ring = Ring(capacity: capacity, filler: -1)
        var model: [Int] = []
        for element in 0..<(3 * capacity + 2) {
            ring.append(element)
            model.append(element)
            if model.count > capacity { model.removeFirst() }
            let held = (0..<ring.count).map { ring[$0] }
            #expect(held == model)
            #expect(ring.oldest == model.first)
            #expect(ring.newest == element)
        }
        #expect(ring.capacity == capacity)
    }

    @Test func anEmptiedRingStartsAgain() {
        var ring = Ring(capacity: 2, filler: 0)
        for element in 1...3 { ring.append(element) }
        ring.removeAll()
        #expect(ring.count == 0)
        #expect(ring.newest == nil)
        ring.append(9)
        #expect(ring.count == 1)
        #expect(ring.oldest == 9)
        #expect(ring.newest == 9)
    }
}
