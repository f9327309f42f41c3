package import Terms

/// A SunSpec profile: where the chain of models may begin, and which models it understands.
package struct SunSpecLayout: Sendable, Equatable {
    package let bases: [Int]
    /// In the order in which they may take a point's name: the first that the device lists has it.
    package let models: [SunSpecModel]

    package init(bases: [Int], models: [SunSpecModel]) {
        self.bases = bases
        self.models = models
    }

    /// The offsets that must be read before a model of this id can be laid out; nil where there are none.
    func countRange(of id: Int) -> ClosedRange<Int>? {
        let offsets = models.first { $0.ids.contains(id) }?.countOffsets ?? []
        return offsets.min().flatMap { first in offsets.max().map { first...$0 } }
    }
}

/// One model of SunSpec, or several that are laid out alike. Offsets count from the register that holds the model's
/// id: id 0, length 1, data from 2; those of what repeats are those of the first of each.
package struct SunSpecModel: Sendable, Equatable {
    /// A point of the model.
    package struct Point: Sendable, Equatable {
        /// With a `#` for each number.
        package let name: String
        /// What SunSpec calls it: `CellVMax`.
        package let id: String
        package let unit: String
        /// With offsets in place of addresses.
        package let coding: PointCoding
        package let interval: Milliseconds?
        package let labels: [Int: String]
        package let isDisputed: Bool
    }

    /// Rows that stand together.
    struct Block: Sendable, Equatable {
        let points: [Point]
        /// Their `point` is a position among this block's points.
        let alarms: [MappedAlarm]
        /// Their `point` is a position among this block's points.
        let words: [AlarmWord]
        /// With offsets in place of addresses.
        let texts: [MappedText]
    }

    /// What repeats behind the fixed part of a model, or of another group: strings, modules, cells, curves.
    struct Group: Sendable, Equatable {
        /// How many there are.
        enum Count: Sendable, Equatable {
            /// As many as the model's length holds.
            case fitting
            /// What the register at this offset says.
            case told(offset: Int)
            /// One for each of these words, which stand in place of numbers.
            case words([String])
        }

        /// Where the first begins.
        let offset: Int
        /// Registers of one, without what repeats inside it.
        let length: Int
        let count: Count
        /// Whether the next model of the kind goes on with the numbers of the last, in place of its own.
        let countsOn: Bool
        let block: Block
        /// What repeats inside each; one at most.
        let inner: [Group]
    }

    package let ids: [Int]
    /// Registers behind the length register, as the profile knows the fixed part.
    package let length: Int
    /// Offsets of the registers that say which of its kind the model is: of which string, which module.
    let numberOffsets: [Int]
    let block: Block
    /// What repeats behind the fixed part; one at most.
    let groups: [Group]

    /// All points, those that repeat once.
    package var points: [Point] { blocks.flatMap(\.points) }

    /// All alarms, those that repeat once.
    package var alarms: [MappedAlarm] { blocks.flatMap(\.alarms) }

    var blocks: [Block] { [block] + groups.flatMap(\.blocks) }

    fileprivate var countOffsets: [Int] { numberOffsets + groups.flatMap(\.countOffsets) }
}

extension SunSpecModel.Group {
    fileprivate var blocks: [SunSpecModel.Block] { [block] + inner.flatMap(\.blocks) }

    fileprivate var countOffsets: [Int] {
        let own: [Int] = if case .told(let offset) = count { [offset] } else { [] }
        return own + inner.flatMap(\.countOffsets)
    }
}

/// A model that a device lists.
package struct SunSpecModelPlace: Hashable, Sendable {
    package let id: Int
    /// Of the register that holds the id.
    package let address: Int
    /// Registers behind the length register, as the device says.
    package let length: Int
    /// What the registers say that must be known to lay the model out, by their offset; without what SunSpec reserves
    /// for "not implemented".
    package var counts: [Int: Int]

    package init(id: Int, address: Int, length: Int, counts: [Int: Int] = [:]) {
        self.id = id
        self.address = address
        self.length = length
        self.counts = counts
    }

    /// The first offset behind the model.
    var end: Int { min(length + 2, 65_536 - address) }
}
