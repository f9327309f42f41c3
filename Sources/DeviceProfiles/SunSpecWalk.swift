/// Finds the models of a SunSpec device and how much repeats in each: given each answer, it says what to read next.
///
/// Real devices leave the end model out, give it length 0, or refuse the read behind the last model; all count as the
/// end. A chain of more than 128 models is cut.
package struct SunSpecWalk: ~Copyable {
    /// What to do next.
    package enum Step: Equatable, Sendable {
        /// Read this and report with `answered` or `refused`.
        case read(RegisterRange)
        /// The chain has ended; at least one model.
        case found([SunSpecModelPlace])
        /// The device does not speak SunSpec at any of the bases.
        case absent
    }

    private enum Question {
        case marker(base: Int)
        case header(address: Int)
        /// Of the model that was found last.
        case counts(firstOffset: Int)
    }

    package static let maximumModels = 128
    /// "SunS"
    private static let marker: [UInt16] = [0x5375, 0x6E53]
    private static let endModel = 0xFFFF

    private let layout: SunSpecLayout
    private var basesLeft: ArraySlice<Int>
    private var question = Question.marker(base: 0)
    private var found: [SunSpecModelPlace] = []

    package init(_ layout: SunSpecLayout) {
        self.layout = layout
        basesLeft = layout.bases[...]
    }

    /// The first step.
    package mutating func begin() -> Step { nextBase() }

    /// Takes the registers that the last step asked for; at least two, or as many as it asked for.
    package mutating func answered(_ words: [UInt16]) -> Step {
        switch question {
        case .marker(let base):
            guard Array(words.prefix(2)) == Self.marker else { return nextBase() }
            return readHeader(at: base + 2)
        case .header(let address):
            return take(id: Int(words[0]), length: Int(words[1]), at: address)
        case .counts(let firstOffset):
            for (index, word) in words.enumerated() where word != 0xFFFF {
                found[found.count - 1].counts[firstOffset + index] = Int(word)
            }
            return readNextHeader()
        }
    }

    /// The device answered with an exception.
    package mutating func refused() -> Step {
        switch question {
        case .marker: nextBase()
        case .header: end()
        case .counts: readNextHeader()
        }
    }

    private mutating func take(id: Int, length: Int, at address: Int) -> Step {
        guard id != Self.endModel, id != 0, length > 0 else { return end() }
        let place = SunSpecModelPlace(id: id, address: address, length: length)
        found.append(place)
        guard let offsets = layout.countRange(of: id), offsets.upperBound < place.end else { return readNextHeader() }
        question = .counts(firstOffset: offsets.lowerBound)
        return .read(
            RegisterRange(
                function: .holdingRegisters, address: address + offsets.lowerBound, count: offsets.count))
    }

    private mutating func nextBase() -> Step {
        guard let base = basesLeft.popFirst() else { return .absent }
        question = .marker(base: base)
        return .read(RegisterRange(function: .holdingRegisters, address: base, count: 2))
    }

    private mutating func readNextHeader() -> Step {
        guard let last = found.last, found.count < Self.maximumModels else { return end() }
        return readHeader(at: last.address + 2 + last.length)
    }

    private mutating func readHeader(at address: Int) -> Step {
        guard address + 2 <= 65_536 else { return end() }
        question = .header(address: address)
        return .read(RegisterRange(function: .holdingRegisters, address: address, count: 2))
    }

    private mutating func end() -> Step { found.isEmpty ? nextBase() : .found(found) }
}
