/// The middle one of a few hundred values that move little from one frame to the next; of an even number the lower one.
///
/// It begins with a guess and counts how many values lie at or below it and the three numbers around it, in one pass
/// that the processor does eight values at a time. Where the answer is not among them, it is searched for by halving.
struct CellMedian {
    private(set) var value: Int16 = 0

    /// - Parameter guess: where it may be, else the last answer; a good one saves time and changes nothing else.
    mutating func find(_ values: UnsafePointer<Int16>, _ count: Int, near guess: Int16? = nil) -> Int16 {
        let guess = guess ?? value
        let rank = (count + 1) / 2
        let first = max(.min + 8, min(.max - 8, guess)) - 2
        let below = Self.belowRank(from: first, values, count, Int16(rank))
        // One of the four must lie below the median and one not, else nobody knows how far it is.
        if below > 0, below < 4 {
            value = first + below
        } else {
            value = below == 0
                ? Self.search(values, count, rank, in: Int(Int16.min)...Int(first))
                : Self.search(values, count, rank, in: Int(first) + 4...Int(Int16.max))
        }
        return value
    }

    /// How many of the four numbers from `first` on have fewer than `rank` values at or below them.
    @inline(__always)
    private static func belowRank(
        from first: Int16, _ values: UnsafePointer<Int16>, _ count: Int, _ rank: Int16
    ) -> Int16 {
        var found = (SIMD8<Int16>(), SIMD8<Int16>(), SIMD8<Int16>(), SIMD8<Int16>())
        let raw = UnsafeRawPointer(values)
        let limits = (
            SIMD8(repeating: first), SIMD8(repeating: first + 1), SIMD8(repeating: first + 2),
            SIMD8(repeating: first + 3)
        )
        var index = 0
        while index + 8 <= count {
            let eight = raw.loadUnaligned(fromByteOffset: index * 2, as: SIMD8<Int16>.self)
            found.0 &-= unsafeBitCast(eight .<= limits.0, to: SIMD8<Int16>.self)
            found.1 &-= unsafeBitCast(eight .<= limits.1, to: SIMD8<Int16>.self)
            found.2 &-= unsafeBitCast(eight .<= limits.2, to: SIMD8<Int16>.self)
            found.3 &-= unsafeBitCast(eight .<= limits.3, to: SIMD8<Int16>.self)
            index += 8
        }
        var sums = SIMD4(
            found.0.wrappedSum(), found.1.wrappedSum(), found.2.wrappedSum(), found.3.wrappedSum())
        while index < count {
            let limits = SIMD4(first, first + 1, first + 2, first + 3)
            sums &-= unsafeBitCast(SIMD4(repeating: values[index]) .<= limits, to: SIMD4<Int16>.self)
            index += 1
        }
        return (0 as Int16) &- unsafeBitCast(sums .< rank, to: SIMD4<Int16>.self).wrappedSum()
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

    private static func atMost(_ limit: Int16, _ values: UnsafePointer<Int16>, _ count: Int) -> Int {
        var found: Int16 = 0
        for index in 0..<count { found &+= values[index] <= limit ? 1 : 0 }
        return Int(found)
    }
}
