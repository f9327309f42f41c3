import DeviceProfiles
import Testing

@testable import Modbus

/// Bytes written as hexadecimal digits.
private func hex(_ text: String) -> [UInt8] {
    text.split(separator: " ").map { UInt8($0, radix: 16) ?? 0 }
}

private func rtu(_ write: PermittedWrite) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: WriteFrame.mostBytes)
    let count = bytes.withUnsafeMutableBytes { WriteFrame.writeRTU(write, into: $0) }
    return Array(bytes[..<count])
}

private func tcp(_ write: PermittedWrite) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: WriteFrame.mostBytes)
    let count = bytes.withUnsafeMutableBytes { WriteFrame.writeTCP(write, transaction: 0x1501, into: $0) }
    return Array(bytes[..<count])
}

private func judge(_ echo: ExpectedEcho, _ bytes: [UInt8]) -> ExpectedAnswer.Verdict {
    bytes.withUnsafeBytes { echo.judge($0) }
}

/// 0x0103 to register 0x9020 of unit 17.
private func write(function: Int = 6) throws -> PermittedWrite {
    try #require(
        PermittedWrite(
            "paged.choose", value: 0x0103, unit: 17, profile: try pagedProfile(function: function),
            permission: SitePermission(listed: ["paged.choose"])))
}

@Suite("Frames that write one register")
struct WriteFrameTests {
    @Test func onASerialLineItIsFunctionSixWithItsChecksum() throws {
        let bytes = rtu(try write())
        // Unit 17, function 6, register 0x9020, value 0x0103, CRC with its low byte first.
        #expect(bytes == hex("11 06 90 20 01 03 E6 01"))
        #expect(bytes.withUnsafeBytes { CRC16.isRight($0) })
    }

    @Test func onTCPItHasItsHeader() throws {
        #expect(tcp(try write()) == hex("15 01 00 00 00 06 11 06 90 20 01 03"))
    }

    @Test func functionSixteenWritesOneRegisterToo() throws {
        let write = try write(function: 16)
        #expect(tcp(write) == hex("15 01 00 00 00 09 11 10 90 20 00 01 02 01 03"))
        let serial = rtu(write)
        #expect(serial.dropLast(2) == hex("11 10 90 20 00 01 02 01 03")[...])
        #expect(serial.withUnsafeBytes { CRC16.isRight($0) })
    }

    @Test func theAnswerToFunctionSixteenTellsTheCount() throws {
        let echo = ExpectedEcho(of: try write(function: 16), framing: .rtu)
        #expect(judge(echo, SoundAnswer.withCRC(hex("11 10 90 20 00 01"))) == .complete(length: 8))
        #expect(judge(echo, SoundAnswer.withCRC(hex("11 10 90 20 00 02"))) == .wrong(.wrongEcho))
        #expect(judge(echo, SoundAnswer.withCRC(hex("11 10 90 21 00 01"))) == .wrong(.wrongEcho))
        #expect(judge(echo, SoundAnswer.withCRC(hex("11 06 90 20 01 03"))) == .wrong(.wrongFunction))
        #expect(judge(echo, SoundAnswer.withCRC(hex("11 90 03"))) == .exception(3, length: 5))
        let overTCP = ExpectedEcho(of: try write(function: 16), framing: .tcp(transaction: 0x1501))
        #expect(judge(overTCP, hex("15 01 00 00 00 06 11 10 90 20 00 01")) == .complete(length: 12))
        #expect(judge(overTCP, hex("15 01 00 00 00 06 11 10 90 20 01 03")) == .wrong(.wrongEcho))
        #expect(judge(overTCP, hex("15 01 00 00 00 03 11 90 04")) == .exception(4, length: 9))
    }

    @Test func theEchoOnTCPIsCompleteWithItsLastByte() throws {
        let echo = ExpectedEcho(of: try write(), framing: .tcp(transaction: 0x1501))
        let sound = hex("15 01 00 00 00 06 11 06 90 20 01 03")
        for count in 1..<12 { #expect(judge(echo, Array(sound.prefix(count))) == .incomplete) }
        #expect(judge(echo, sound) == .complete(length: 12))
        #expect(judge(echo, sound + sound) == .complete(length: 12))
        #expect(judge(echo, hex("15 01 00 00 00 03 11 86 03")) == .exception(3, length: 9))
    }

    @Test(arguments: [
        ("15 00 00 00 00 06 11 06 90 20 01 03", ReadFailure.wrongTransaction), ("15 01 00 01", .wrongProtocol),
        ("15 01 00 00 00 06 12 06 90 20 01 03", .wrongUnit), ("15 01 00 00 00 06 11 03 90 20 01 03", .wrongFunction),
        ("15 01 00 00 00 06 11 10 90 20 00 01", .wrongFunction), ("15 01 00 00 00 07 11 06 90 20 01 03", .wrongLength),
        ("15 01 00 00 00 04 11 86 03", .wrongLength), ("15 01 00 00 00 06 11 06 90 21 01 03", .wrongEcho),
        ("15 01 00 00 00 06 11 06 90 20 01 02", .wrongEcho),
    ] as [(String, ReadFailure)])
    func aWrongFieldOnTCPIsNamed(text: String, failure: ReadFailure) throws {
        #expect(judge(ExpectedEcho(of: try write(), framing: .tcp(transaction: 0x1501)), hex(text)) == .wrong(failure))
    }

    @Test func theEchoOnASerialLineIsCheckedInEveryField() throws {
        let echo = ExpectedEcho(of: try write(), framing: .rtu)
        let sound = SoundAnswer.withCRC(hex("11 06 90 20 01 03"))
        for count in 1..<8 { #expect(judge(echo, Array(sound.prefix(count))) == .incomplete) }
        #expect(judge(echo, sound) == .complete(length: 8))
        #expect(judge(echo, SoundAnswer.withCRC(hex("11 86 02"))) == .exception(2, length: 5))
        #expect(judge(echo, SoundAnswer.withCRC(hex("12 06 90 20 01 03"))) == .wrong(.wrongUnit))
        #expect(judge(echo, SoundAnswer.withCRC(hex("11 03 02 01 03"))) == .wrong(.wrongFunction))
        #expect(judge(echo, SoundAnswer.withCRC(hex("11 06 90 20 01 02"))) == .wrong(.wrongEcho))
        for bit in 0..<64 {
            var bytes = sound
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(judge(echo, bytes) != .complete(length: 8))
        }
    }

    @Test func quirksAreAllowedOnlyWhereTheyAreKnown() throws {
        let bytes = hex("00 00 00 00 00 06 01 06 90 20 01 03")
        let quirky = ExpectedEcho(of: try write(), framing: .tcp(transaction: nil), unit: 1)
        #expect(judge(quirky, bytes) == .complete(length: 12))
        #expect(
            judge(ExpectedEcho(of: try write(), framing: .tcp(transaction: 0x1501)), bytes)
                == .wrong(.wrongTransaction))
    }
}
