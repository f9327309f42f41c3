/// How registers hold a value.
package enum ValueType: String, CaseIterable, Hashable, Sendable {
    case u16, i16, u32, i32, u64, i64, f32, f64, enum16, enum32, bitfield16, bitfield32, bitfield64
    /// Four decimal digits a register, 1 to 4 registers.
    case bcd
    case string
    /// One coil or one discrete input.
    case bit
    /// 1 to 64 coils or discrete inputs together; the first is bit 0.
    case bits

    /// Registers of one value; 0 where the length stands in the profile.
    package var registers: Int {
        switch self {
        case .u16, .i16, .enum16, .bitfield16, .bit: 1
        case .u32, .i32, .f32, .enum32, .bitfield32: 2
        case .u64, .i64, .f64, .bitfield64: 4
        case .bcd, .string, .bits: 0
        }
    }

    /// The lengths that a profile may give; nil where the type has its own.
    var lengths: ClosedRange<Int>? {
        switch self {
        case .bcd: 1...4
        case .string: 1...125
        case .bits: 1...64
        default: nil
        }
    }

    /// Whether each bit means something of its own.
    package var isBitfield: Bool {
        switch self {
        case .bitfield16, .bitfield32, .bitfield64, .bits: true
        default: false
        }
    }

    /// Whether each number means something of its own.
    package var isEnumeration: Bool { self == .enum16 || self == .enum32 }

    /// Whether it is made of coils or discrete inputs.
    package var isOfCoils: Bool { self == .bit || self == .bits }

    /// Whether a part of its bits is a number again.
    var canBeSliced: Bool { self != .f32 && self != .f64 && self != .string && self != .bcd && !isOfCoils }

    var isSigned: Bool { self == .i16 || self == .i32 || self == .i64 }
}

/// Which register of a value of several registers comes first.
package enum WordOrder: String, CaseIterable, Hashable, Sendable {
    case big, little
}

/// Which byte of a register is the high one: Modbus says the first.
package enum ByteOrder: String, CaseIterable, Hashable, Sendable {
    case big, little
    /// For text alone: there is one character in each register, in its low byte.
    case low
}

/// Whose rule says which pattern means "there is no such value".
package enum AbsenceRule: Hashable, Sendable {
    /// Only the point's own sentinels, and NaN.
    case sentinelOnly
    /// The pattern that SunSpec reserves for the type, besides the sentinels.
    case sunSpec
}

/// A part of a value's bits.
package struct BitSlice: Hashable, Sendable {
    /// From 0, the lowest.
    package let lowest: Int
    package let count: Int

    package init(lowest: Int, count: Int) {
        self.lowest = lowest
        self.count = count
    }

    /// Whether both hold a common bit.
    func overlaps(_ other: BitSlice) -> Bool {
        lowest < other.lowest + other.count && other.lowest < lowest + count
    }
}

/// Everything that is needed to make a sample of registers. No reference inside: copying it costs nothing.
package struct PointCoding: Hashable, Sendable {
    package var function: ReadFunction
    package var address: Int
    /// Addresses from one register to the next, 1 or 2.
    package let addressStep: Int
    package var registers: Int
    package var type: ValueType
    package var wordOrder: WordOrder
    package var byteOrder: ByteOrder
    /// Nil: all bits.
    package var slice: BitSlice?
    /// value = number × scale × 10^(scale factor) + offset
    package let scale: Double
    /// The scale as a division where it is one over a whole number: 3312 ÷ 1000 is 3.312, 3312 × 0.001 is not quite.
    let divisor: Double
    package let offset: Double
    /// The offset counted in the number's own steps where it is a whole one: 2882 − 2731 ÷ 10 is 15.1 then.
    let shift: Double
    /// Patterns that mean "not implemented", beside what the absence rule says; unused places repeat the first.
    let sentinels: SIMD4<UInt64>
    let hasSentinels: Bool
    package var plausibleLow: Double
    package var plausibleHigh: Double
    package var absence: AbsenceRule
    /// Where the device keeps the power of ten; it must come with the value in one answer.
    package var scaleFactorAddress: Int?
    /// Whether the scale factor stands too far away for that: it is read right before and right after the value.
    package var scaleFactorIsApart = false
    /// Whether nothing but scale, offset and plausible range lies between the registers and the value.
    var isPlain: Bool {
        slice == nil && !hasSentinels && absence == .sentinelOnly && scaleFactorAddress == nil && byteOrder == .big
    }

    /// - Parameter sentinels: At most four.
    package init(
        function: ReadFunction, address: Int, registers: Int, type: ValueType, wordOrder: WordOrder = .big,
        byteOrder: ByteOrder = .big, slice: BitSlice? = nil, scale: Double = 1, offset: Double = 0,
        sentinels: [UInt64] = [], plausible: ClosedRange<Double>? = nil, absence: AbsenceRule = .sentinelOnly,
        scaleFactorAddress: Int? = nil, addressing: Addressing = .registers
    ) {
        precondition(sentinels.count <= 4)
        addressStep = addressing.step(function)
        self.function = function
        self.address = address
        self.registers = registers
        self.type = type
        self.wordOrder = wordOrder
        self.byteOrder = byteOrder
        self.slice = slice
        self.scale = scale
        let inverse = (1 / scale).rounded()
        divisor = abs(inverse) > 1 && 1 / inverse == scale ? inverse : 1
        let steps = (offset * divisor).rounded()
        let isWhole = divisor != 1 && scaleFactorAddress == nil && steps / divisor == offset
        shift = isWhole ? steps : 0
        self.offset = shift == 0 ? offset : 0
        hasSentinels = !sentinels.isEmpty
        self.sentinels = SIMD4((0..<4).map { $0 < sentinels.count ? sentinels[$0] : sentinels.first ?? 0 })
        plausibleLow = plausible?.lowerBound ?? -.infinity
        plausibleHigh = plausible?.upperBound ?? .infinity
        self.absence = absence
        self.scaleFactorAddress = scaleFactorAddress
    }

    /// The registers of the value itself.
    package var valueRange: RegisterRange {
        RegisterRange(function: function, address: address, count: registers, step: addressStep)
    }

    /// The registers that one answer must hold for the value to be known: with its scale factor, unless that is apart.
    package var wireRange: RegisterRange {
        guard let scaleFactorAddress, !scaleFactorIsApart else { return valueRange }
        let start = min(address, scaleFactorAddress)
        let end = max(valueRange.end, scaleFactorAddress + addressStep)
        return valueRange.spanning(start, end)
    }

    /// Bits of the value: of its slice, or of all its registers or coils.
    package var bitCount: Int { slice?.count ?? (function.isBits ? registers : min(64, 16 * registers)) }
}
