/// How long a temperature stood in which band of 5 °C, in whole milliseconds.
package struct TemperatureBands: Hashable, Sendable {
    /// °C: a band's width.
    package static let width = 5
    /// °C: where the second band begins; the first holds all that is colder.
    package static let second = -25
    /// °C: where the last band begins; it holds all that is hotter.
    package static let last = 80
    private static let count = (last - second) / width + 2

    /// By band, the coldest first.
    private var milliseconds: [Int64]

    package init() { milliseconds = Array(repeating: 0, count: Self.count) }

    /// One band that is not empty.
    package struct Band: Hashable, Sendable {
        /// °C, a multiple of 5; the first band is named by -30 and holds all below -25.
        package var from: Int
        package var milliseconds: Int64

        package init(from: Int, milliseconds: Int64) {
            self.from = from
            self.milliseconds = milliseconds
        }
    }

    /// Which band holds so many °C; nil for what is no number.
    package static func position(of celsius: Double) -> Int? {
        guard celsius.isFinite else { return nil }
        let bounded = min(Double(last), max(Double(second - width), celsius))
        return Int((bounded / Double(width)).rounded(.down)) - (second - width) / width
    }

    /// Adds time to the band at a position that `position(of:)` gave.
    package mutating func add(_ time: Int64, at position: Int) { milliseconds[position] += time }

    /// Adds the bands of another time.
    package mutating func add(_ other: TemperatureBands) {
        for position in milliseconds.indices { milliseconds[position] += other.milliseconds[position] }
    }

    /// The bands that are not empty, the coldest first.
    package var bands: [Band] {
        milliseconds.indices.compactMap { position in
            guard milliseconds[position] > 0 else { return nil }
            return Band(from: Self.second + (position - 1) * Self.width, milliseconds: milliseconds[position])
        }
    }

    /// Nil where a band is none, comes twice, is out of order, or holds no time or more than `most` milliseconds.
    package init?(_ bands: [Band], most: Int64) {
        self.init()
        var before = Int.min
        for band in bands {
            let position = band.from.quotientAndRemainder(dividingBy: Self.width)
            let index = position.quotient - (Self.second - Self.width) / Self.width
            guard position.remainder == 0, milliseconds.indices.contains(index), band.from > before,
                (1...most).contains(band.milliseconds)
            else { return nil }
            before = band.from
            milliseconds[index] = band.milliseconds
        }
    }

    /// Milliseconds in all bands.
    package var total: Int64 { milliseconds.reduce(0, +) }

    /// Milliseconds in bands of which every temperature is `celsius` or more.
    package func atLeast(_ celsius: Int) -> Int64 {
        bands.reduce(0) { $0 + ($1.from >= celsius && $1.from >= Self.second ? $1.milliseconds : 0) }
    }

    /// Milliseconds in bands of which every temperature is below `celsius`.
    package func below(_ celsius: Int) -> Int64 {
        bands.reduce(0) { $0 + ($1.from + Self.width <= celsius && $1.from < Self.last ? $1.milliseconds : 0) }
    }
}
