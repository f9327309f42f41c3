/// A Modbus function that reads. There is no other: no write function code can be expressed.
package enum ReadFunction: Int, CaseIterable, Hashable, Sendable, Comparable {
    case coils = 1
    case discreteInputs = 2
    case holdingRegisters = 3
    case inputRegisters = 4

    /// Whether one address holds one bit instead of a 16-bit register.
    package var isBits: Bool { self == .coils || self == .discreteInputs }

    /// The most addresses that one request may ask for (Modbus application protocol 1.1b3, sections 6.1 to 6.4).
    package var maximumCount: Int { isBits ? 2_000 : 125 }

    package static func < (a: ReadFunction, b: ReadFunction) -> Bool { a.rawValue < b.rawValue }
}

/// Consecutive addresses of one function: 0 to 65535, at least one.
package struct RegisterRange: Hashable, Sendable, CustomStringConvertible {
    package let function: ReadFunction
    package let address: Int
    package let count: Int

    package init(function: ReadFunction, address: Int, count: Int) {
        precondition(address >= 0 && count > 0 && address + count <= 65_536, "outside the address space")
        self.function = function
        self.address = address
        self.count = count
    }

    /// The first address behind the range.
    package var end: Int { address + count }

    /// Whether the other range lies wholly in this one.
    package func contains(_ other: RegisterRange) -> Bool {
        function == other.function && address <= other.address && other.end <= end
    }

    /// Whether both ranges hold a common address.
    package func overlaps(_ other: RegisterRange) -> Bool {
        function == other.function && address < other.end && other.address < end
    }

    /// `3/37000×24`
    package var description: String { "\(function.rawValue)/\(address)×\(count)" }
}

/// What one request to a device may ask for.
package struct ReadLimits: Hashable, Sendable {
    /// Registers in one request, 1 to 125.
    package var registers: Int
    /// The only addresses that may be asked for; everything where the list is empty.
    package var readable: [RegisterRange]
    /// Addresses that must never be touched, not even on the way from one point to the next.
    package var holes: [RegisterRange]

    package init(registers: Int = 125, readable: [RegisterRange] = [], holes: [RegisterRange] = []) {
        self.registers = registers
        self.readable = readable
        self.holes = holes
    }

    /// Whether one request may ask for exactly this range.
    package func allows(_ range: RegisterRange) -> Bool {
        let most = range.function.isBits ? range.function.maximumCount : registers
        guard range.count <= most, !holes.contains(where: range.overlaps) else { return false }
        return readable.isEmpty || readable.contains { $0.contains(range) }
    }
}
