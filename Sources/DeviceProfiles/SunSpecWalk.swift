/// Finds the models of a SunSpec device: given each answer, it says what to read next.
///
/// Real devices leave the end model out, give it length 0, or refuse the read behind the last model; all count as the
/// end. A chain of more than 64 models is cut.
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

    package static let maximumModels = 64
    /// "SunS"
    private static let marker: [UInt16] = [0x5375, 0x6E53]
    private static let endModel = 0xFFFF

    private var basesLeft: ArraySlice<Int>
    /// Where the header of the next model stands; nil while the marker is looked for.
    private var header: Int?
    private var base = 0
    private var found: [SunSpecModelPlace] = []

    package init(bases: [Int]) { basesLeft = bases[...] }

    /// The first step.
    package mutating func begin() -> Step { nextBase() }

    /// Takes the two registers that the last step asked for.
    package mutating func answered(_ first: UInt16, _ second: UInt16) -> Step {
        guard let header else {
            guard [first, second] == Self.marker else { return nextBase() }
            return readHeader(at: base + 2)
        }
        let (id, length) = (Int(first), Int(second))
        guard id != Self.endModel, id != 0, length > 0 else { return end() }
        found.append(SunSpecModelPlace(id: id, address: header, length: length))
        return found.count == Self.maximumModels ? end() : readHeader(at: header + 2 + length)
    }

    /// The device answered with an exception.
    package mutating func refused() -> Step { header == nil ? nextBase() : end() }

    private mutating func nextBase() -> Step {
        guard let base = basesLeft.popFirst() else { return .absent }
        self.base = base
        header = nil
        return .read(RegisterRange(function: .holdingRegisters, address: base, count: 2))
    }

    private mutating func readHeader(at address: Int) -> Step {
        guard address + 2 <= 65_536 else { return end() }
        header = address
        return .read(RegisterRange(function: .holdingRegisters, address: address, count: 2))
    }

    private mutating func end() -> Step { found.isEmpty ? nextBase() : .found(found) }
}
