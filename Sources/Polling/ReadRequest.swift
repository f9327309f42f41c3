package import DeviceProfiles

/// One question to one unit.
package struct ReadRequest: Hashable, Sendable, CustomStringConvertible {
    /// 0 to 255
    package let unit: UInt8
    package let range: RegisterRange

    package init(unit: UInt8, range: RegisterRange) {
        self.unit = unit
        self.range = range
    }

    package init(unit: UInt8, function: ReadFunction, address: Int, count: Int) {
        self.init(unit: unit, range: RegisterRange(function: function, address: address, count: count))
    }

    /// The same from the same address on, for another number of registers.
    package func counting(_ count: Int) -> ReadRequest {
        ReadRequest(unit: unit, range: range.spanning(range.address, range.address + count * range.step))
    }

    package var function: ReadFunction { range.function }
    package var address: Int { range.address }
    package var count: Int { range.count }

    /// Bytes of payload in the answer.
    package var answerBytes: Int { function.isBits ? (count + 7) / 8 : count * 2 }

    /// `unit 1, 3/37000×24`
    package var description: String { "unit \(unit), \(range)" }
}
