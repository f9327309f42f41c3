internal import DeviceProfiles
internal import Polling

/// The bytes of a request. Only reads can be built: `ReadRequest` knows no other function.
enum RequestFrame {
    /// With the header of Modbus TCP: transaction, protocol 0, bytes that follow.
    static let tcpBytes = 12
    static let rtuBytes = 8

    /// Modbus messaging on TCP/IP 1.0b, section 3.1.3. `room` holds at least `tcpBytes`.
    static func writeTCP(_ request: ReadRequest, transaction: UInt16, into room: UnsafeMutableRawBufferPointer) {
        put(transaction, at: 0, room)
        put(0, at: 2, room)
        put(6, at: 4, room)
        writeBody(request, at: 6, room)
    }

    /// Modbus over serial line 1.02, section 2.5.1. `room` holds at least `rtuBytes`.
    static func writeRTU(_ request: ReadRequest, into room: UnsafeMutableRawBufferPointer) {
        writeBody(request, at: 0, room)
        // The only field with its low byte first.
        put(CRC16.of(UnsafeRawBufferPointer(rebasing: room[..<6])).byteSwapped, at: 6, room)
    }

    private static func writeBody(_ request: ReadRequest, at start: Int, _ room: UnsafeMutableRawBufferPointer) {
        room[start] = request.unit
        room[start + 1] = UInt8(request.function.rawValue)
        put(UInt16(request.address), at: start + 2, room)
        put(UInt16(request.count), at: start + 4, room)
    }

    private static func put(_ word: UInt16, at index: Int, _ room: UnsafeMutableRawBufferPointer) {
        room[index] = UInt8(word >> 8)
        room[index + 1] = UInt8(word & 0xFF)
    }
}

/// The one answer that a request may have. Says what the bytes that came so far amount to, and checks every field:
/// libmodbus 3.1.6 checks none on TCP.
struct ExpectedAnswer {
    enum Framing: Equatable {
        /// nil: the device does not echo it.
        case tcp(transaction: UInt16?)
        case rtu
    }

    enum Verdict: Equatable {
        /// Nothing is wrong so far; more must come.
        case incomplete
        /// The first `length` bytes are the answer.
        case complete(length: Int)
        /// The first `length` bytes are the device's refusal.
        case exception(UInt8, length: Int)
        case wrong(ReadFailure)
    }

    /// No frame of a serial line is shorter: unit, function, one byte, CRC.
    static let shortestRTUFrame = 5

    let framing: Framing
    /// The unit that answers.
    let unit: UInt8
    let function: ReadFunction
    let count: Int
    /// Of payload.
    let answerBytes: Int

    /// - Parameter unit: The unit that answers, where it is another than the one that is asked.
    init(to request: ReadRequest, framing: Framing, unit: UInt8? = nil) {
        self.framing = framing
        self.unit = unit ?? request.unit
        function = request.function
        count = request.count
        answerBytes = request.answerBytes
    }

    /// What the bytes since the request amount to.
    func judge(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        switch framing {
        case .tcp(let transaction): judgeTCP(bytes, transaction)
        case .rtu: judgeRTU(bytes)
        }
    }

    private func judgeTCP(_ bytes: UnsafeRawBufferPointer, _ transaction: UInt16?) -> Verdict {
        guard bytes.count >= 4 else { return .incomplete }
        guard word(bytes, 2) == 0 else { return .wrong(.wrongProtocol) }
        if let transaction, word(bytes, 0) != transaction { return .wrong(.wrongTransaction) }
        guard bytes.count >= 9 else { return .incomplete }
        guard bytes[6] == unit else { return .wrong(.wrongUnit) }
        let length = Int(word(bytes, 4))
        if bytes[7] == code | 0x80 {
            return length == 3 ? .exception(bytes[8], length: 9) : .wrong(.wrongLength)
        }
        guard bytes[7] == code else { return .wrong(.wrongFunction) }
        guard Int(bytes[8]) == answerBytes else { return .wrong(.wrongByteCount) }
        guard length == answerBytes + 3 else { return .wrong(.wrongLength) }
        return bytes.count < length + 6 ? .incomplete : .complete(length: length + 6)
    }

    private func judgeRTU(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        if let failure = wrongHeader(bytes) { return .wrong(failure) }
        guard bytes.count >= Self.shortestRTUFrame else { return .incomplete }
        let isException = bytes[1] == code | 0x80
        let length = length(bytes)
        guard bytes.count >= length else { return .incomplete }
        guard CRC16.isRight(UnsafeRawBufferPointer(rebasing: bytes[..<length])) else { return .wrong(.badCRC) }
        return isException ? .exception(bytes[2], length: length) : .complete(length: length)
    }

    /// How long a frame on a serial line will be that begins like this.
    func length(_ bytes: UnsafeRawBufferPointer) -> Int {
        bytes.count < 2 || bytes[1] == code | 0x80 ? Self.shortestRTUFrame : answerBytes + 5
    }

    /// What already speaks against the first three bytes.
    private func wrongHeader(_ bytes: UnsafeRawBufferPointer) -> ReadFailure? {
        if bytes.count > 0, bytes[0] != unit { return .wrongUnit }
        guard bytes.count > 1, bytes[1] != code | 0x80 else { return nil }
        if bytes[1] != code { return .wrongFunction }
        return bytes.count > 2 && Int(bytes[2]) != answerBytes ? .wrongByteCount : nil
    }

    /// The name of what came in place of an answer on a serial line, once the line is silent again. Only an intact
    /// frame may be said to be of another unit; all else is damage.
    func reason(_ bytes: UnsafeRawBufferPointer) -> ReadFailure {
        let failure = wrongHeader(bytes)
        if bytes.count >= Self.shortestRTUFrame, CRC16.isRight(bytes) { return failure ?? .malformed }
        switch failure {
        case nil, .wrongByteCount: return .badCRC
        default: return .malformed
        }
    }

    /// The words of a complete answer; of coils and discrete inputs one bit per word.
    func take(_ bytes: UnsafeRawBufferPointer, into words: inout [UInt16]) {
        let payload = framing == .rtu ? 3 : 9
        if words.count > count { words.removeLast(words.count - count) }
        if words.count < count { words.append(contentsOf: repeatElement(0, count: count - words.count)) }
        guard !function.isBits else {
            for bit in 0..<count { words[bit] = UInt16(bytes[payload + bit / 8] >> UInt8(bit % 8) & 1) }
            return
        }
        // Checked once for all of them, which makes this loop ten times shorter.
        let frame = UnsafeRawBufferPointer(rebasing: bytes[payload..<(payload + 2 * count)])
        guard let first = frame.baseAddress else { return }
        words.withUnsafeMutableBufferPointer { words in
            for index in words.indices {
                words[index] = UInt16(bigEndian: first.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
            }
        }
    }

    private var code: UInt8 { UInt8(function.rawValue) }

    private func word(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt16 {
        UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
    }
}

/// The checksum of frames on a serial line (Modbus over serial line 1.02, section 6.2).
enum CRC16 {
    private static let table: [UInt16] = (0..<256).map { byte in
        (0..<8).reduce(UInt16(byte)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xA001 : crc >> 1 }
    }

    /// Of all bytes.
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt16 {
        table.withUnsafeBufferPointer { table in
            var crc: UInt16 = 0xFFFF
            for byte in bytes { crc = crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
            return crc
        }
    }

    /// Whether the last two bytes are the checksum of those before, low byte first.
    static func isRight(_ frame: UnsafeRawBufferPointer) -> Bool {
        // The checksum of a frame with its own checksum is 0.
        frame.count > 2 && of(frame) == 0
    }
}
