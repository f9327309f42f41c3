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

/// What the addresses of a device count.
package enum Addressing: String, CaseIterable, Hashable, Sendable {
    /// Each register has the next address, as Modbus has it.
    case registers
    /// Each byte has: the register behind 0x1200 is 0x1202. A request still counts registers.
    case bytes

    /// Addresses from one register to the next; a coil always has the next one.
    package func step(_ function: ReadFunction) -> Int { self == .bytes && !function.isBits ? 2 : 1 }
}

/// Consecutive registers, or coils, of one function: addresses 0 to 65535, at least one register.
package struct RegisterRange: Hashable, Sendable, CustomStringConvertible {
    package let function: ReadFunction
    package let address: Int
    /// Registers, or coils.
    package let count: Int
    /// Addresses from one register to the next: 1, or 2 on a device whose addresses count bytes.
    package let step: Int

    package init(function: ReadFunction, address: Int, count: Int, step: Int = 1) {
        precondition(step == 1 || step == 2, "no way to count addresses")
        precondition(address >= 0 && count > 0 && address + count * step <= 65_536, "outside the address space")
        self.function = function
        self.address = address
        self.count = count
        self.step = step
    }

    /// The first address behind the range.
    package var end: Int { address + count * step }

    /// The registers of the same device from one address to before another.
    package func spanning(_ start: Int, _ end: Int) -> RegisterRange {
        RegisterRange(function: function, address: start, count: (end - start) / step, step: step)
    }

    /// Whether one request for this range brings the whole of the other, register by register.
    package func contains(_ other: RegisterRange) -> Bool {
        function == other.function && address <= other.address && other.end <= end
            && step == other.step && (other.address - address) % step == 0
    }

    /// Whether both ranges hold a common address.
    package func overlaps(_ other: RegisterRange) -> Bool {
        function == other.function && address < other.end && other.address < end
    }

    /// One that comes from outside; nil where it is none, or more than one request can ask for.
    package init?(checking function: ReadFunction, address: Int, count: Int, step: Int = 1) {
        guard (0...65_535).contains(address), (1...function.maximumCount).contains(count), step == 1 || step == 2,
            step == 1 || !function.isBits, address + count * step <= 65_536
        else { return nil }
        self.init(function: function, address: address, count: count, step: step)
    }

    /// Where it begins, as texts keep it: `37000`, or `4608:2` where addresses count bytes.
    package var startText: String { step == 1 ? "\(address)" : "\(address):\(step)" }

    /// Reads what `startText` gives; nil for anything that is no range of one request.
    package init?(function: ReadFunction, startText: some StringProtocol, count: Int) {
        let numbers = startText.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count <= 2, let address = numbers[0], numbers.count == 1 || numbers[1] == 2 else { return nil }
        self.init(checking: function, address: address, count: count, step: numbers.count)
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
    package var addressing: Addressing

    package init(
        registers: Int = 125, readable: [RegisterRange] = [], holes: [RegisterRange] = [],
        addressing: Addressing = .registers
    ) {
        self.registers = registers
        self.readable = readable
        self.holes = holes
        self.addressing = addressing
    }

    /// Whether one request may ask for exactly this range.
    package func allows(_ range: RegisterRange) -> Bool {
        let most = range.function.isBits ? range.function.maximumCount : registers
        guard range.count <= most, !holes.contains(where: range.overlaps) else { return false }
        return readable.isEmpty || readable.contains { $0.contains(range) }
    }
}
