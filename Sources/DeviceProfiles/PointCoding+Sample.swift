package import Telemetry

extension PointCoding {
    /// Makes a sample of one answer's words. A pattern that means "no such value" is `notImplemented`; a value outside
    /// the plausible range is `suspect`. A good or suspect value is always finite.
    ///
    /// - Parameters:
    ///   - words: The answer; for coils and discrete inputs one bit per word.
    ///   - firstAddress: The address of the first word. The answer must hold the point's `wireRange`.
    package func sample(_ words: Span<UInt16>, firstAddress: Int) -> Sample {
        let start = address - firstAddress
        var asTheyCame: UInt64 = 0
        var pattern: UInt64 = 0
        for index in 0..<min(registers, 4) {
            let word = UInt64(words[start + index])
            asTheyCame = asTheyCame << 16 | word
            pattern = wordOrder == .big ? asTheyCame : pattern | word << (16 * UInt64(index))
        }
        let raw = type.isBitfield ? pattern : asTheyCame
        guard pattern != sentinel, pattern != secondSentinel, !isReserved(pattern),
            let power = power(words, firstAddress: firstAddress)
        else { return Sample(value: .nan, raw: raw, quality: .notImplemented) }
        let number = number(pattern)
        let scaled = divisor == 1 ? number * scale : number / divisor
        let value = (power < 0 ? scaled / Self.powersOfTen[-power] : scaled * Self.powersOfTen[power]) + offset
        guard value.isFinite else { return Sample(value: .nan, raw: raw, quality: .notImplemented) }
        let isPlausible = plausibleLow <= value && value <= plausibleHigh
        return Sample(value: value, raw: raw, quality: isPlausible ? .good : .suspect)
    }

    private func number(_ pattern: UInt64) -> Double {
        switch type {
        case .u16, .bitfield16, .enum16, .u32, .bitfield32, .u64, .bit: Double(pattern)
        case .i16: Double(Int16(truncatingIfNeeded: pattern))
        case .i32: Double(Int32(truncatingIfNeeded: pattern))
        case .f32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern)))
        case .string: .nan
        }
    }

    /// SunSpec device information model specification 1.1, table of types: a set top bit voids a whole bit field.
    private func isReserved(_ pattern: UInt64) -> Bool {
        guard absence == .sunSpec else { return false }
        return switch type {
        case .u16, .enum16: pattern == 0xFFFF
        case .i16: pattern == 0x8000
        case .u32: pattern == 0xFFFF_FFFF
        case .i32: pattern == 0x8000_0000
        case .u64: pattern == .max
        case .bitfield16: pattern & 0x8000 != 0
        case .bitfield32: pattern & 0x8000_0000 != 0
        case .f32, .string, .bit: false
        }
    }

    /// The power of ten that the device itself tells; nil where it tells none, which makes the value unknown: scaling
    /// by 1 would be a guess. SunSpec allows −10 to 10.
    private func power(_ words: Span<UInt16>, firstAddress: Int) -> Int? {
        guard let scaleFactorAddress else { return 0 }
        let power = Int(Int16(bitPattern: words[scaleFactorAddress - firstAddress]))
        return (-10...10).contains(power) ? power : nil
    }

    private static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]
}

/// Reads text of two characters a register, first character in the high byte; ends at the first NUL, and blanks at
/// either end are cut. Nil where nothing readable is left; anything but printable ASCII counts as unreadable.
package func registerText(_ words: some Sequence<UInt16>) -> String? {
    let bytes = words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }.prefix { $0 != 0 }
    guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
    let trimmed = bytes.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed()
    return trimmed.isEmpty ? nil : String(decoding: Array(trimmed), as: UTF8.self)
}
