/// How registers hold a value.
package enum ValueType: String, CaseIterable, Hashable, Sendable {
    case u16, i16, u32, i32, u64, f32, bitfield16, bitfield32, enum16, string
    /// One coil or one discrete input.
    case bit

    /// Registers of one value; 0 for text, whose length stands in the profile.
    package var registers: Int {
        switch self {
        case .u16, .i16, .bitfield16, .enum16, .bit: 1
        case .u32, .i32, .f32, .bitfield32: 2
        case .u64: 4
        case .string: 0
        }
    }

    package var isBitfield: Bool { self == .bitfield16 || self == .bitfield32 }
}

/// Which register of a value of several registers comes first.
package enum WordOrder: String, CaseIterable, Hashable, Sendable {
    case big, little
}

/// Whose rule says which pattern means "there is no such value".
package enum AbsenceRule: Hashable, Sendable {
    /// Only the point's own sentinel, and NaN.
    case sentinelOnly
    /// The pattern that SunSpec reserves for the type, besides the sentinel.
    case sunSpec
}

/// Everything that is needed to make a sample of registers. No reference inside: copying it costs nothing.
package struct PointCoding: Hashable, Sendable {
    package var function: ReadFunction
    package var address: Int
    package var registers: Int
    package var type: ValueType
    package var wordOrder: WordOrder
    /// value = number × scale × 10^(scale factor) + offset
    package let scale: Double
    /// The scale as a division where it is one over a whole number: 3312 ÷ 1000 is 3.312, 3312 × 0.001 is not quite.
    let divisor: Double
    package var offset: Double
    /// Bit patterns that mean "not implemented", beside what the absence rule says.
    package var sentinel: UInt64?
    package var secondSentinel: UInt64?
    package var plausibleLow: Double
    package var plausibleHigh: Double
    package var absence: AbsenceRule
    /// Where the device keeps the power of ten; it must come with the value in one answer.
    package var scaleFactorAddress: Int?

    package init(
        function: ReadFunction, address: Int, registers: Int, type: ValueType, wordOrder: WordOrder = .big,
        scale: Double = 1, offset: Double = 0, sentinel: UInt64? = nil, secondSentinel: UInt64? = nil,
        plausible: ClosedRange<Double>? = nil, absence: AbsenceRule = .sentinelOnly, scaleFactorAddress: Int? = nil
    ) {
        self.function = function
        self.address = address
        self.registers = registers
        self.type = type
        self.wordOrder = wordOrder
        self.scale = scale
        let inverse = (1 / scale).rounded()
        divisor = abs(inverse) > 1 && 1 / inverse == scale ? inverse : 1
        self.offset = offset
        self.sentinel = sentinel
        self.secondSentinel = secondSentinel
        plausibleLow = plausible?.lowerBound ?? -.infinity
        plausibleHigh = plausible?.upperBound ?? .infinity
        self.absence = absence
        self.scaleFactorAddress = scaleFactorAddress
    }

    /// The registers of the value itself.
    package var valueRange: RegisterRange {
        RegisterRange(function: function, address: address, count: registers)
    }

    /// The registers that one answer must hold for the value to be known: with its scale factor.
    package var wireRange: RegisterRange {
        guard let scaleFactorAddress else { return valueRange }
        let start = min(address, scaleFactorAddress)
        let end = max(address + registers, scaleFactorAddress + 1)
        return RegisterRange(function: function, address: start, count: end - start)
    }
}
