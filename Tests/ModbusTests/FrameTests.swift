import DeviceProfiles
import Polling
import Testing

@testable import Modbus

/// Bytes written as hexadecimal digits.
private func hex(_ text: String) -> [UInt8] {
    text.split(separator: " ").map { UInt8($0, radix: 16) ?? 0 }
}

private func judge(_ answer: ExpectedAnswer, _ bytes: [UInt8]) -> ExpectedAnswer.Verdict {
    bytes.withUnsafeBytes { answer.judge($0) }
}

private func reason(_ answer: ExpectedAnswer, _ bytes: [UInt8]) -> ReadFailure {
    bytes.withUnsafeBytes { answer.reason($0) }
}

private func words(_ answer: ExpectedAnswer, _ bytes: [UInt8]) -> [UInt16] {
    var words: [UInt16] = []
    bytes.withUnsafeBytes { answer.take($0, into: &words) }
    return words
}

private let request = ReadRequest(unit: 17, function: .holdingRegisters, address: 107, count: 3)

@Suite("Frames on a serial line")
struct RTUFrameTests {
    private let answer = ExpectedAnswer(to: request, framing: .rtu)
    // Unit 17, function 3, 6 bytes, 0x022B 0x0000 0x0064, CRC.
    private let sound = hex("11 03 06 02 2B 00 00 00 64 C8 BA")

    @Test func aRequestIsWrittenWithItsChecksum() {
        var bytes = [UInt8](repeating: 0, count: RequestFrame.rtuBytes)
        bytes.withUnsafeMutableBytes { RequestFrame.writeRTU(request, into: $0) }
        // Unit 17, function 3, address 107, 3 registers, CRC with its low byte first.
        #expect(bytes == hex("11 03 00 6B 00 03 76 87"))
        #expect(bytes.withUnsafeBytes { CRC16.isRight($0) })
    }

    @Test func anAnswerIsCompleteWithItsLastByte() {
        for count in 1..<sound.count { #expect(judge(answer, Array(sound.prefix(count))) == .incomplete) }
        #expect(judge(answer, sound) == .complete(length: 11))
        #expect(judge(answer, sound + [0]) == .complete(length: 11))
        #expect(words(answer, sound) == [0x022B, 0, 0x0064])
    }

    @Test func aRefusalIsKnownByItsFifthByte() {
        // Function 3 with its highest bit, exception 2, CRC.
        let refusal = hex("11 83 02 C1 34")
        for count in 1..<5 { #expect(judge(answer, Array(refusal.prefix(count))) == .incomplete) }
        #expect(judge(answer, refusal) == .exception(2, length: 5))
        #expect(judge(answer, hex("11 83 02 C1 35")) == .wrong(.badCRC))
    }

    @Test func everyFlippedBitIsFound() {
        for bit in 0..<(sound.count * 8) {
            var bytes = sound
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            switch judge(answer, bytes) {
            case .wrong: continue
            case .incomplete, .complete, .exception: Issue.record("bit \(bit) was not found")
            }
        }
    }

    @Test(arguments: [
        // Unit 18 answers.
        ("12 03 06 02 2B 00 00 00 64", ReadFailure.wrongUnit),
        ("11 04 06 02 2B 00 00 00 64", .wrongFunction),
        // Two registers, and consistent in itself.
        ("11 03 04 02 2B 00 00", .wrongByteCount),
        ("11 03 08 02 2B 00 00 00 64 00 00", .wrongByteCount),
        // A refusal of another function.
        ("11 84 02", .wrongFunction),
    ] as [(String, ReadFailure)])
    func anIntactFrameThatIsNoAnswerIsNamed(text: String, failure: ReadFailure) {
        let bytes = SoundAnswer.withCRC(hex(text))
        #expect(judge(answer, bytes) == .wrong(failure))
        #expect(reason(answer, bytes) == failure)
    }

    @Test func damageIsNotTakenForAnotherUnit() {
        // The first byte of a sound answer was spoilt.
        #expect(reason(answer, hex("13 03 06 02 2B 00 00 00 64 C8 BA")) == .malformed)
        #expect(reason(answer, hex("11 03 06 02 2B 00 01 00 64 C8 BA")) == .badCRC)
        #expect(reason(answer, hex("FF")) == .malformed)
        // Junk, then the answer: it does not begin where it should.
        #expect(reason(answer, [0xFF] + sound) == .malformed)
    }

    @Test func bitsComeLowestFirst() {
        let coils = ExpectedAnswer(
            to: ReadRequest(unit: 4, function: .coils, address: 10, count: 13), framing: .rtu)
        let bytes = SoundAnswer.withCRC(hex("04 01 02 0A 11"))
        #expect(judge(coils, bytes) == .complete(length: 7))
        #expect(words(coils, bytes) == [0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1])
    }

    /// Modbus over serial line 1.02 gives no vector; 0x4B37 of "123456789" is the catalogued one of CRC-16/MODBUS.
    @Test func theChecksumIsTheCataloguedOne() {
        #expect(Array("123456789".utf8).withUnsafeBytes { CRC16.of($0) } == 0x4B37)
    }
}

@Suite("Frames on TCP")
struct TCPFrameTests {
    private let answer = ExpectedAnswer(to: request, framing: .tcp(transaction: 0x1501))
    // Transaction, protocol 0, 9 bytes follow, unit 17, function 3, 6 bytes of payload.
    private let sound = hex("15 01 00 00 00 09 11 03 06 02 2B 00 00 00 64")

    @Test func aRequestIsWrittenWithItsHeader() {
        var bytes = [UInt8](repeating: 0xEE, count: RequestFrame.tcpBytes)
        bytes.withUnsafeMutableBytes { RequestFrame.writeTCP(request, transaction: 0x1501, into: $0) }
        #expect(bytes == hex("15 01 00 00 00 06 11 03 00 6B 00 03"))
    }

    @Test func anAnswerIsCompleteWithItsLastByte() {
        for count in 1..<sound.count { #expect(judge(answer, Array(sound.prefix(count))) == .incomplete) }
        #expect(judge(answer, sound) == .complete(length: 15))
        #expect(judge(answer, sound + sound) == .complete(length: 15))
        #expect(words(answer, sound) == [0x022B, 0, 0x0064])
        #expect(judge(answer, hex("15 01 00 00 00 03 11 83 06")) == .exception(6, length: 9))
    }

    @Test(arguments: [
        ("15 00 00 00 00 09 11 03 06", ReadFailure.wrongTransaction), ("15 01 00 01", .wrongProtocol),
        ("48 54 54 50", .wrongProtocol), ("15 01 00 00 00 09 12 03 06", .wrongUnit),
        ("15 01 00 00 00 09 11 04 06", .wrongFunction), ("15 01 00 00 00 08 11 03 06", .wrongLength),
        ("15 01 00 00 00 05 11 03 02", .wrongByteCount), ("15 01 00 00 00 04 11 83 02", .wrongLength),
        ("15 01 00 00 00 03 11 84 02", .wrongFunction),
    ] as [(String, ReadFailure)])
    func aWrongFieldIsNamedAsSoonAsItIsThere(text: String, failure: ReadFailure) {
        #expect(judge(answer, hex(text)) == .wrong(failure))
    }

    @Test func quirksAreAllowedOnlyWhereTheyAreKnown() {
        let quirky = ExpectedAnswer(to: request, framing: .tcp(transaction: nil), unit: 1)
        // Another transaction, and unit 1 in place of 17.
        let bytes = hex("00 00 00 00 00 09 01 03 06 02 2B 00 00 00 64")
        #expect(judge(quirky, bytes) == .complete(length: 15))
        #expect(judge(answer, bytes) == .wrong(.wrongTransaction))
        #expect(judge(quirky, sound) == .wrong(.wrongUnit))
    }
}
