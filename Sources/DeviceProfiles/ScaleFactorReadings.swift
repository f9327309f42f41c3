/// Scale factors that stand too far from their values to come in one answer with them.
///
/// Live ones change between two reads one second apart (SolarEdge), so they are read right before and right after the
/// values, and a value counts only where both readings of its factor agree.
package struct ScaleFactorReadings: Sendable {
    private struct Reading: Sendable {
        let firstAddress: Int
        let words: [UInt16]

        func word(at address: Int) -> UInt16? {
            words.indices.contains(address - firstAddress) ? words[address - firstAddress] : nil
        }
    }

    private var before: [Reading] = []
    private var after: [Reading] = []

    package init() {}

    /// Takes what was read right before the values.
    package mutating func noteBefore(_ words: [UInt16], firstAddress: Int) {
        before.append(Reading(firstAddress: firstAddress, words: words))
    }

    /// Takes what was read right after the values.
    package mutating func noteAfter(_ words: [UInt16], firstAddress: Int) {
        after.append(Reading(firstAddress: firstAddress, words: words))
    }

    /// The word at an address, where it was read before and after and did not change.
    func agreed(at address: Int) -> UInt16? {
        guard let first = word(at: address, in: before), first == word(at: address, in: after) else { return nil }
        return first
    }

    private func word(at address: Int, in readings: [Reading]) -> UInt16? {
        for reading in readings {
            if let word = reading.word(at: address) { return word }
        }
        return nil
    }
}

extension DeviceMap {
    /// The widest gap between two scale factors that one request bridges: what it costs is about one request's frame.
    private static let widestGap = 16

    /// What must be read right before and right after a request that holds these points; mostly nothing.
    package func scaleFactorRanges(of positions: [Int]) -> [RegisterRange] {
        guard hasScaleFactorsApart else { return [] }
        let apart = positions.map { points[$0].coding }.filter(\.scaleFactorIsApart)
        let places = Set(apart.compactMap { coding in
            coding.scaleFactorAddress.map { RegisterRange(function: coding.function, address: $0, count: 1) }
        })
        let sorted = places.sorted { ($0.function, $0.address) < ($1.function, $1.address) }
        return sorted.reduce(into: []) { ranges, place in
            if let last = ranges.last, let joined = joined(last, place) {
                ranges[ranges.count - 1] = joined
            } else {
                ranges.append(place)
            }
        }
    }

    private func joined(_ range: RegisterRange, _ next: RegisterRange) -> RegisterRange? {
        guard range.function == next.function, next.address - range.end <= Self.widestGap else { return nil }
        let joined = range.spanning(range.address, next.end)
        return limits.allows(joined) ? joined : nil
    }
}
