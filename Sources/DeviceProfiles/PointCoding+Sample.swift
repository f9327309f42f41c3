package import Telemetry

extension PointCoding {
    /// Makes a sample of one answer's words. A pattern that means "no such value" is `notImplemented`; a value outside
    /// the plausible range is `suspect`. A good or suspect value is always finite.
    ///
    /// - Parameters:
    ///   - words: The answer; for coils and discrete inputs one bit per word.
    ///   - firstAddress: The address of the first word. The answer must hold the point's `wireRange`.
    ///   - factors: What was read of scale factors that stand apart. A value whose factor was not read, or not the same
    ///     before and after, is `bad`.
    @inline(__always)
    package func sample(
        _ words: Span<UInt16>, firstAddress: Int, factors: ScaleFactorReadings = ScaleFactorReadings()
    ) -> Sample {
        guard isPlain, let (raw, number) = plainNumber(words, start: index(of: address, firstAddress)) else {
            return fullSample(words, firstAddress: firstAddress, factors: factors)
        }
        return scaled(number, raw, power: 0)
    }

    /// Most points are one or two registers and a scale: a fifth of the steps does for them.
    @inline(__always)
    private func plainNumber(_ words: Span<UInt16>, start: Int) -> (raw: UInt64, number: Double)? {
        switch type {
        case .u16: return (UInt64(words[start]), Double(words[start]))
        case .i16: return (UInt64(words[start]), Double(Int16(bitPattern: words[start])))
        case .u32, .i32:
            let (first, second) = (UInt32(words[start]), UInt32(words[start + 1]))
            let raw = first << 16 | second
            let value = wordOrder == .big ? raw : second << 16 | first
            return (UInt64(raw), type == .u32 ? Double(value) : Double(Int32(bitPattern: value)))
        default: return nil
        }
    }

    /// The same for every coding.
    func fullSample(_ words: Span<UInt16>, firstAddress: Int, factors: ScaleFactorReadings) -> Sample {
        let (asTheyCame, whole) = patterns(words, start: index(of: address, firstAddress))
        let pattern = slice.map { whole >> UInt64($0.lowest) & Self.mask($0.count) } ?? whole
        let raw = type.isBitfield || type.isEnumeration ? pattern : asTheyCame
        guard !(hasSentinels && isSentinel(pattern)), !isReserved(pattern), let number = number(pattern) else {
            return Sample(value: .nan, raw: raw, quality: .notImplemented)
        }
        var factor: UInt16 = 0
        if let scaleFactorAddress {
            let read = scaleFactorIsApart
                ? factors.agreed(at: scaleFactorAddress) : words[index(of: scaleFactorAddress, firstAddress)]
            guard let read else { return Sample(value: .nan, raw: raw, quality: .bad) }
            factor = read
        }
        guard let power = Self.power(factor) else { return Sample(value: .nan, raw: raw, quality: .notImplemented) }
        return scaled(number, raw, power: power)
    }

    @inline(__always)
    private func scaled(_ number: Double, _ raw: UInt64, power: Int) -> Sample {
        var value = divisor == 1 ? number * scale : (number + shift) / divisor
        if power != 0 { value = power < 0 ? value / Self.powersOfTen[-power] : value * Self.powersOfTen[power] }
        value += offset
        guard value.isFinite else { return Sample(value: .nan, raw: raw, quality: .notImplemented) }
        let isPlausible = plausibleLow <= value && value <= plausibleHigh
        return Sample(value: value, raw: raw, quality: isPlausible ? .good : .suspect)
    }

    /// Which word of an answer has this address.
    private func index(of address: Int, _ firstAddress: Int) -> Int {
        addressStep == 1 ? address - firstAddress : (address - firstAddress) / addressStep
    }

    /// The registers as they came, the first in the highest bits, and what they mean in the point's orders.
    private func patterns(_ words: Span<UInt16>, start: Int) -> (asTheyCame: UInt64, value: UInt64) {
        guard !type.isOfCoils else {
            var pattern: UInt64 = 0
            for index in 0..<min(registers, 64) { pattern |= UInt64(words[start + index] & 1) << UInt64(index) }
            return (pattern, pattern)
        }
        var asTheyCame: UInt64 = 0
        var pattern: UInt64 = 0
        for index in 0..<min(registers, 4) {
            let came = words[start + index]
            asTheyCame = asTheyCame << 16 | UInt64(came)
            let word = UInt64(byteOrder == .big ? came : came.byteSwapped)
            pattern = wordOrder == .big ? pattern << 16 | word : pattern | word << (16 * UInt64(index))
        }
        return (asTheyCame, pattern)
    }

    private static func mask(_ bits: Int) -> UInt64 { bits >= 64 ? .max : 1 << UInt64(bits) - 1 }

    private func isSentinel(_ pattern: UInt64) -> Bool {
        sentinels[0] == pattern || sentinels[1] == pattern || sentinels[2] == pattern || sentinels[3] == pattern
    }

    /// Nil where the registers hold no number at all.
    private func number(_ pattern: UInt64) -> Double? {
        switch type {
        case .u16, .u32, .u64, .enum16, .enum32, .bitfield16, .bitfield32, .bitfield64, .bit, .bits: Double(pattern)
        case .i16, .i32, .i64:
            // The highest bit of the part is its sign.
            Double(Int64(bitPattern: pattern << UInt64(64 - bitCount)) >> Int64(64 - bitCount))
        case .f32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern)))
        case .f64: Double(bitPattern: pattern)
        case .bcd: decimalDigits(pattern)
        case .string: .nan
        }
    }

    /// Four bits a digit; nil where one of them is above 9.
    private func decimalDigits(_ pattern: UInt64) -> Double? {
        var number: UInt64 = 0
        for index in stride(from: 4 * registers - 1, through: 0, by: -1) {
            let digit = pattern >> UInt64(4 * index) & 0xF
            guard digit <= 9 else { return nil }
            number = number * 10 + digit
        }
        return Double(number)
    }

    /// SunSpec device information model specification 1.1, table of types: a set top bit voids a whole bit field.
    private func isReserved(_ pattern: UInt64) -> Bool {
        guard absence == .sunSpec else { return false }
        return switch type {
        case .u16, .enum16: pattern == 0xFFFF
        case .i16: pattern == 0x8000
        case .u32, .enum32: pattern == 0xFFFF_FFFF
        case .i32: pattern == 0x8000_0000
        case .u64: pattern == .max
        case .i64: pattern == 1 << 63
        case .bitfield16: pattern & 0x8000 != 0
        case .bitfield32: pattern & 0x8000_0000 != 0
        case .bitfield64: pattern >> 63 != 0
        case .f32, .f64, .bcd, .string, .bit, .bits: false
        }
    }

    /// The power of ten that the device itself tells; nil where it tells none, which makes the value unknown: scaling
    /// by 1 would be a guess. SunSpec allows −10 to 10.
    private static func power(_ factor: UInt16) -> Int? {
        let power = Int(Int16(bitPattern: factor))
        return (-10...10).contains(power) ? power : nil
    }

    private static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]
}

/// Reads text of two characters a register, or of one; ends at the first NUL, and blanks at either end are cut. Nil
/// where nothing readable is left; anything but printable ASCII counts as unreadable.
///
/// - Parameter byteOrder: `big`: the first character is in the high byte; `low`: there is none in it.
package func registerText(_ words: some Sequence<UInt16>, byteOrder: ByteOrder = .big) -> String? {
    let bytes = words.flatMap { word in
        let (high, low) = (UInt8(word >> 8), UInt8(word & 0xFF))
        return switch byteOrder {
        case .big: [high, low]
        case .little: [low, high]
        // With something in the high byte it is no such text: 0xFF is no character.
        case .low: [high == 0 ? low : 0xFF]
        }
    }.prefix { $0 != 0 }
    guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
    let trimmed = bytes.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed()
    return trimmed.isEmpty ? nil : String(decoding: Array(trimmed), as: UTF8.self)
}
