/// The middle one of a few hundred values that move little from one frame to the next; of an even number the lower one.
///
/// It walks from the last answer, a count of all values a step, which the compiler turns into a few vector
/// instructions; a far one is searched for by halving.
struct CellMedian {
    private static let longestWalk = 6
    private(set) var value: Int16 = 0

    mutating func find(_ values: UnsafePointer<Int16>, _ count: Int) -> Int16 {
        let rank = (count + 1) / 2
        var candidate = value
        if Self.atMost(candidate, values, count) >= rank {
            for _ in 0..<Self.longestWalk {
                guard candidate > .min, Self.atMost(candidate - 1, values, count) >= rank else {
                    return keep(candidate)
                }
                candidate -= 1
            }
            return keep(Self.search(values, count, rank, in: Int(Int16.min)...Int(candidate)))
        }
        for _ in 0..<Self.longestWalk {
            candidate = candidate < .max ? candidate + 1 : candidate
            if Self.atMost(candidate, values, count) >= rank { return keep(candidate) }
        }
        return keep(Self.search(values, count, rank, in: Int(candidate)...Int(Int16.max)))
    }

    private mutating func keep(_ found: Int16) -> Int16 {
        value = found
        return found
    }

    private static func search(
        _ values: UnsafePointer<Int16>, _ count: Int, _ rank: Int, in range: ClosedRange<Int>
    ) -> Int16 {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) >> 1
            if atMost(Int16(middle), values, count) >= rank { high = middle } else { low = middle + 1 }
        }
        return Int16(low)
    }

    @inline(__always)
    private static func atMost(_ limit: Int16, _ values: UnsafePointer<Int16>, _ count: Int) -> Int {
        var found: Int16 = 0
        for index in 0..<count { found &+= values[index] <= limit ? 1 : 0 }
        return Int(found)
    }
}
