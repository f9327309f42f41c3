internal import DeviceProfiles
internal import Polling

/// The bytes of a request. Only reads can be built: `ReadRequest` knows no other function.
struct RequestFrame {
    /// Unit, function, address, count: what follows the MBAP header on TCP and precedes the CRC on RTU.
    static func body(_ request: ReadRequest) -> [UInt8] {
        [
            request.unit, UInt8(request.function.rawValue), UInt8(request.address >> 8), UInt8(request.address & 0xFF),
            UInt8(request.count >> 8), UInt8(request.count & 0xFF),
        ]
    }

    /// With the header of Modbus TCP: transaction, protocol 0, bytes that follow.
    static func tcp(_ request: ReadRequest, transaction: UInt16) -> [UInt8] {
        [UInt8(transaction >> 8), UInt8(transaction & 0xFF), 0, 0, 0, 6] + body(request)
    }
}

/// Checks every field of an answer, because libmodbus 3.1.6 checks none on TCP, and takes the words out.
struct AnswerFrame {
    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// A whole frame with its MBAP header.
    func tcpWords(
        of request: ReadRequest, transaction: UInt16, into words: inout [UInt16]
    ) throws(ReadFailure) {
        guard bytes.count >= 9 else { throw .malformed }
        guard word(at: 2) == 0 else { throw .wrongProtocol }
        guard word(at: 0) == transaction else { throw .wrongTransaction }
        guard Int(word(at: 4)) == bytes.count - 6 else { throw .wrongLength }
        try takeWords(of: request, start: 6, end: bytes.count, into: &words)
    }

    /// A whole frame from unit to CRC; libmodbus has checked the CRC.
    func rtuWords(of request: ReadRequest, into words: inout [UInt16]) throws(ReadFailure) {
        guard bytes.count >= 5 else { throw .malformed }
        try takeWords(of: request, start: 0, end: bytes.count - 2, into: &words)
    }

    private func takeWords(
        of request: ReadRequest, start: Int, end: Int, into words: inout [UInt16]
    ) throws(ReadFailure) {
        guard bytes[start] == request.unit else { throw .wrongUnit }
        let function = UInt8(request.function.rawValue)
        if bytes[start + 1] == function | 0x80 {
            guard end == start + 3 else { throw .wrongLength }
            throw .exception(bytes[start + 2])
        }
        guard bytes[start + 1] == function else { throw .wrongFunction }
        let payload = start + 3
        guard Int(bytes[start + 2]) == request.answerBytes, end - payload == request.answerBytes else {
            throw .wrongByteCount
        }
        words.removeAll(keepingCapacity: true)
        for index in 0..<request.count {
            words.append(
                request.function.isBits
                    ? UInt16(bytes[payload + index / 8] >> UInt8(index % 8) & 1) : word(at: payload + 2 * index))
        }
    }

    private func word(at index: Int) -> UInt16 { UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1]) }
}
