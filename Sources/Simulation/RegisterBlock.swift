/// A run of 16-bit holding registers from one address on, written by address.
package struct RegisterBlock: Hashable, Sendable {
    package let firstAddress: Int
    package private(set) var words: [UInt16]

    init(firstAddress: Int, words: [UInt16]) {
        self.firstAddress = firstAddress
        self.words = words
    }

    /// The word at an address inside the block.
    package subscript(address: Int) -> UInt16 {
        get { words[address - firstAddress] }
        set { words[address - firstAddress] = newValue }
    }

    /// Unsigned 16 bits; what does not fit becomes the nearest value that does.
    mutating func set(u16 value: Int, at address: Int) { self[address] = UInt16(clamping: value) }

    /// Signed 16 bits in two's complement.
    mutating func set(i16 value: Int, at address: Int) { self[address] = UInt16(bitPattern: Int16(clamping: value)) }

    /// Unsigned 32 bits, high word first.
    mutating func set(u32 value: Int, at address: Int) { set(bits: UInt32(clamping: value), at: address) }

    /// Signed 32 bits in two's complement, high word first.
    mutating func set(i32 value: Int, at address: Int) {
        set(bits: UInt32(bitPattern: Int32(clamping: value)), at: address)
    }

    /// 32 bits as they are, high word first.
    mutating func set(bits: UInt32, at address: Int) {
        self[address] = UInt16(bits >> 16)
        self[address + 1] = UInt16(truncatingIfNeeded: bits)
    }

    /// ASCII, two characters a word, the first one high, filled up with zeros; longer texts are cut.
    mutating func set(text: String, registers: Int, at address: Int) {
        var bytes = Array(text.utf8.prefix(registers * 2))
        bytes += [UInt8](repeating: 0, count: registers * 2 - bytes.count)
        for place in 0..<registers {
            self[address + place] = UInt16(bytes[2 * place]) << 8 | UInt16(bytes[2 * place + 1])
        }
    }
}
