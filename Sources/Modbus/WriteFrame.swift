internal import DeviceProfiles

/// The bytes of the one kind of write there is: one value for one register, as its site permits (`PermittedWrite`).
/// Nothing else in the program builds a frame that writes.
enum WriteFrame {
    /// The longest: function 16 with the header of Modbus TCP.
    static let mostBytes = 15

    /// `room` holds at least `mostBytes`.
    ///
    /// - Returns: How many were written.
    static func writeTCP(
        _ write: PermittedWrite, transaction: UInt16, into room: UnsafeMutableRawBufferPointer
    ) -> Int {
        let end = putBody(write, at: 6, room)
        put(transaction, at: 0, room)
        put(0, at: 2, room)
        put(UInt16(end - 6), at: 4, room)
        return end
    }

    /// `room` holds at least `mostBytes`.
    ///
    /// - Returns: How many were written.
    static func writeRTU(_ write: PermittedWrite, into room: UnsafeMutableRawBufferPointer) -> Int {
        let end = putBody(write, at: 0, room)
        // The only field with its low byte first.
        put(CRC16.of(UnsafeRawBufferPointer(rebasing: room[..<end])).byteSwapped, at: end, room)
        return end + 2
    }

    /// Where it ends.
    private static func putBody(
        _ write: PermittedWrite, at start: Int, _ room: UnsafeMutableRawBufferPointer
    ) -> Int {
        room[start] = write.unit
        room[start + 1] = write.functionCode
        put(write.address, at: start + 2, room)
        switch write.function {
        case .singleRegister:
            put(write.value, at: start + 4, room)
            return start + 6
        case .multipleRegisters:
            // One register, two bytes.
            put(1, at: start + 4, room)
            room[start + 6] = 2
            put(write.value, at: start + 7, room)
            return start + 9
        }
    }

    private static func put(_ word: UInt16, at index: Int, _ room: UnsafeMutableRawBufferPointer) {
        room[index] = UInt8(word >> 8)
        room[index + 1] = UInt8(word & 0xFF)
    }
}

extension PermittedWrite {
    /// As it stands in frames.
    fileprivate var functionCode: UInt8 { UInt8(function.rawValue) }

    /// What the device repeats behind the address: the value, or that it was one register.
    fileprivate var echoedWord: UInt16 { function == .singleRegister ? value : 1 }
}

/// The one answer that a write may have: the device repeats unit, function and address, and for function 6 the value,
/// for function 16 the count.
struct ExpectedEcho {
    private let framing: ExpectedAnswer.Framing
    /// The unit that answers.
    private let unit: UInt8
    private let write: PermittedWrite

    /// - Parameter unit: The unit that answers, where it is another than the one that is asked.
    init(of write: PermittedWrite, framing: ExpectedAnswer.Framing, unit: UInt8? = nil) {
        self.write = write
        self.framing = framing
        self.unit = unit ?? write.unit
    }

    /// What the bytes since the write amount to. Twelve bytes always decide.
    func judge(_ bytes: UnsafeRawBufferPointer) -> ExpectedAnswer.Verdict {
        switch framing {
        case .tcp(let transaction): judgeTCP(bytes, transaction)
        case .rtu: judgeRTU(bytes)
        }
    }

    private func judgeTCP(_ bytes: UnsafeRawBufferPointer, _ transaction: UInt16?) -> ExpectedAnswer.Verdict {
        guard bytes.count >= 4 else { return .incomplete }
        guard word(bytes, 2) == 0 else { return .wrong(.wrongProtocol) }
        if let transaction, word(bytes, 0) != transaction { return .wrong(.wrongTransaction) }
        guard bytes.count >= 9 else { return .incomplete }
        guard bytes[6] == unit else { return .wrong(.wrongUnit) }
        let length = Int(word(bytes, 4))
        if bytes[7] == write.functionCode | 0x80 {
            return length == 3 ? .exception(bytes[8], length: 9) : .wrong(.wrongLength)
        }
        guard bytes[7] == write.functionCode else { return .wrong(.wrongFunction) }
        guard length == 6 else { return .wrong(.wrongLength) }
        guard bytes.count >= 12 else { return .incomplete }
        return repeats(bytes, at: 8) ? .complete(length: 12) : .wrong(.wrongEcho)
    }

    private func judgeRTU(_ bytes: UnsafeRawBufferPointer) -> ExpectedAnswer.Verdict {
        if bytes.count > 0, bytes[0] != unit { return .wrong(.wrongUnit) }
        guard bytes.count >= ExpectedAnswer.shortestRTUFrame else { return .incomplete }
        let isRefusal = bytes[1] == write.functionCode | 0x80
        guard isRefusal || bytes[1] == write.functionCode else { return .wrong(.wrongFunction) }
        let length = isRefusal ? ExpectedAnswer.shortestRTUFrame : RequestFrame.rtuBytes
        guard bytes.count >= length else { return .incomplete }
        guard CRC16.isRight(UnsafeRawBufferPointer(rebasing: bytes[..<length])) else { return .wrong(.badCRC) }
        if isRefusal { return .exception(bytes[2], length: length) }
        return repeats(bytes, at: 2) ? .complete(length: length) : .wrong(.wrongEcho)
    }

    private func repeats(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
        word(bytes, start) == write.address && word(bytes, start + 2) == write.echoedWord
    }

    private func word(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt16 {
        UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
    }
}
