package import Terms

/// How long a silent unit is left alone: 2 s, doubled with every silent probe up to 300 s, less up to a tenth by chance
/// so that several units do not come back in the same moment.
package struct BackOff: Hashable, Sendable {
    package static let first = Milliseconds.seconds(2)
    package static let longest = Milliseconds.seconds(300)

    /// Silent probes in a row.
    package private(set) var silences = 0

    package init() {}

    /// The unit has answered.
    package mutating func heard() { silences = 0 }

    /// The unit was silent once more: how long to wait before the next probe.
    package mutating func silent(_ random: inout SeededRandom) -> Milliseconds {
        silences += 1
        let doublings = min(silences - 1, 8)
        let nominal = min(Self.first.count << Int64(doublings), Self.longest.count)
        return Milliseconds(nominal - Int64.random(in: 0...(nominal / 10), using: &random))
    }
}
