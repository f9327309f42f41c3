/// How often a row stands in the device: once, or for each cell, or for each cell of each module.
struct Repeats: Equatable {
    /// One kind of repetition.
    struct Step: Equatable {
        let count: Int
        /// In addresses.
        let stride: Int
        /// The number of the first.
        let from: Int
    }

    /// The outer first.
    var steps: [Step] = []

    /// How many rows it stands for.
    var count: Int { steps.reduce(1) { $0 * $1.count } }

    /// How far the last lies behind the first.
    var reach: Int { steps.reduce(0) { $0 + ($1.count - 1) * $1.stride } }

    /// Whether the name has a place for each number.
    ///
    /// - Parameter others: Numbers that do not come from repeats.
    func fits(_ name: String, besides others: Int) -> Bool { name.count { $0 == "#" } == steps.count + others }

    /// The numbers of each, and how far it lies behind the first; in the order of the numbers.
    var places: [(numbers: [Int], distance: Int)] {
        steps.reduce([([], 0)]) { places, step in
            places.flatMap { place in
                (0..<step.count).map { (place.0 + [step.from + $0], place.1 + $0 * step.stride) }
            }
        }
    }

    /// The name of one of them: each `#` becomes its number.
    static func name(_ name: String, _ numbers: [Int]) -> String {
        var numbers = numbers[...]
        return String(name.flatMap { $0 == "#" ? numbers.popFirst().map { String($0) } ?? "#" : String($0) })
    }
}
