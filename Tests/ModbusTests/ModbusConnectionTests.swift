import DeviceProfiles
import Foundation
import Polling
import Terms
import TestPeers
import Testing

@testable import Modbus

private func url(_ port: Int) -> DeviceURL { .tcp(host: "127.0.0.1", port: port) }

private func request(
    _ address: Int, _ count: Int, unit: UInt8 = 1, _ function: ReadFunction = .holdingRegisters
) -> ReadRequest {
    ReadRequest(unit: unit, function: function, address: address, count: count)
}

private func manners(_ timeout: Milliseconds) -> UnitManners {
    UnitManners(unit: 1, line: LineDefaults(), timeout: timeout)
}

/// One question over a new connection.
private func ask(
    _ url: DeviceURL, _ request: ReadRequest, timeout: Milliseconds = .seconds(5)
) -> Result<[UInt16], ReadFailure> {
    var connection = ModbusConnection(url: url)
    var words: [UInt16] = []
    do throws(ReadFailure) {
        try connection.connect(timeout: timeout)
        try connection.read(request, manners(timeout), into: &words)
        return .success(words)
    } catch {
        return .failure(error)
    }
}

/// What a client makes of a device that does `mischief` to every sound TCP answer.
private func answerAfter(
    timeout: Milliseconds = .seconds(5), _ mischief: @escaping @Sendable ([UInt8]) -> Reply
) throws -> Result<[UInt16], ReadFailure> {
    let server = try RawServer(tcp: { request, _ in mischief(SoundAnswer.tcp(request)) })
    defer { server.stop() }
    return ask(url(server.port), request(10, 2), timeout: timeout)
}

@Suite struct ModbusConnectionTests {
    @Test func valuesOfARealServerMatchItsImageOnTCP() throws {
        let image = [1: [5: [1, 0, 1, 1, 0, 0, 0, 0, 1]], 2: [0: [0, 1]], 3: [10: [1, 0xFFFF, 3]], 4: [7: [42]]]
        let peer = try ModbusPeer([1: image])
        #expect(ask(url(peer.port), request(10, 3)) == .success([1, 0xFFFF, 3]))
        #expect(ask(url(peer.port), request(7, 1, .inputRegisters)) == .success([42]))
        #expect(ask(url(peer.port), request(5, 9, .coils)) == .success([1, 0, 1, 1, 0, 0, 0, 0, 1]))
        #expect(ask(url(peer.port), request(0, 2, .discreteInputs)) == .success([0, 1]))
        try peer.set(unit: 1, function: 3, address: 11, values: [7])
        #expect(ask(url(peer.port), request(10, 3)) == .success([1, 7, 3]))
        #expect(try peer.counts().writes == 0)
    }

    @Test func valuesOfARealServerMatchItsImageOnASerialLine() throws {
        let line = try SerialPair()
        let peer = try ModbusPeer(
            [3: [3: [10: [1, 0xFFFF, 3], 100: Array(0..<125)]]], serial: line.far)
        let url = DeviceURL.rtu(path: line.near, SerialSettings(baud: 19_200))
        #expect(ask(url, request(10, 3, unit: 3)) == .success([1, 0xFFFF, 3]))
        #expect(ask(url, request(100, 125, unit: 3)) == .success((0..<125).map { UInt16($0) }))
        #expect(ask(url, request(500, 2, unit: 3)) == .failure(.exception(2)))
        #expect(ask(url, request(10, 3, unit: 9), timeout: Milliseconds(150)) == .failure(.timeout))
        #expect(try peer.counts().writes == 0)
    }

    @Test func anUnmappedRangeIsAnExceptionAndTheConnectionGoesOn() throws {
        let peer = try ModbusPeer([1: [3: [10: [5]]]])
        var connection = ModbusConnection(url: url(peer.port))
        try connection.connect(timeout: .seconds(5))
        var words: [UInt16] = []
        #expect(throws: ReadFailure.exception(2)) {
            try connection.read(request(10, 2), manners(.seconds(5)), into: &words)
        }
        try connection.read(request(10, 1), manners(.seconds(5)), into: &words)
        #expect(words == [5])
    }

    @Test func aSoundAnswerOfTheRawServerIsTaken() throws {
        #expect(try answerAfter { .send($0) } == .success([1_010, 1_011]))
    }

    @Test(arguments: [
        (0, ReadFailure.wrongTransaction), (2, .wrongProtocol), (5, .wrongLength), (6, .wrongUnit), (7, .wrongFunction),
    ] as [(Int, ReadFailure)])
    func aWrongFieldGivesNoValue(position: Int, failure: ReadFailure) throws {
        let result = try answerAfter { sound in
            var bytes = sound
            bytes[position] ^= position == 7 ? 7 : 1
            return .send(bytes)
        }
        #expect(result == .failure(failure))
    }

    @Test func fewerRegistersThanAskedForGiveNoValue() throws {
        let result = try answerAfter { sound in
            .send([sound[0], sound[1], 0, 0, 0, 5, sound[6], sound[7], 2, 0, 1])
        }
        #expect(result == .failure(.wrongByteCount))
    }

    @Test func aTruncatedAnswerGivesNoValue() throws {
        #expect(try answerAfter(timeout: Milliseconds(200)) { .send(Array($0.dropLast())) } == .failure(.truncated))
        #expect(try answerAfter { .sendAndClose(Array($0.dropLast())) } == .failure(.connectionLost))
        #expect(try answerAfter { _ in .close } == .failure(.connectionLost))
    }

    @Test func aDeadPortIsRefusedAndASilentOneTimesOut() throws {
        let server = try RawServer(tcp: { _, _ in .silence })
        defer { server.stop() }
        #expect(ask(url(server.port), request(1, 1), timeout: Milliseconds(150)) == .failure(.timeout))
        let dead = try DeadPort()
        #expect(ask(url(dead.port), request(1, 1)) == .failure(.refused))
        #expect(ask(.tcp(host: "no.such.host.invalid", port: 502), request(1, 1)) == .failure(.unreachable))
    }

    @Test func aSerialPortHasOneOwner() throws {
        let line = try SerialPair()
        let url = DeviceURL.rtu(path: line.near, SerialSettings())
        var first = ModbusConnection(url: url)
        try first.connect(timeout: .seconds(1))
        var second = ModbusConnection(url: url)
        #expect(throws: ReadFailure.portBusy) { try second.connect(timeout: .seconds(1)) }
        first.disconnect()
        try second.connect(timeout: .seconds(1))
        var absent = ModbusConnection(url: .rtu(path: "/dev/no-such-port", SerialSettings()))
        #expect(throws: ReadFailure.portMissing) { try absent.connect(timeout: .seconds(1)) }
    }

    @Test func aSerialAnswerThatIsDamagedOrForeignGivesNoValue() throws {
        let line = try SerialPair()
        let server = try RawServer(serial: line.far) { request, number in
            var sound = SoundAnswer.body(request)
            switch number {
            case 1: return .send(SoundAnswer.rtu(request))
            case 2: return .send(SoundAnswer.rtu(request).dropLast() + [0])
            case 3:
                sound[0] = 7
                return .send(SoundAnswer.withCRC(sound))
            default:
                sound[1] = 4
                return .send(SoundAnswer.withCRC(sound))
            }
        }
        defer { server.stop() }
        let url = DeviceURL.rtu(path: line.near, SerialSettings(baud: 19_200))
        let wanted = request(20, 2)
        #expect(ask(url, wanted) == .success([1_020, 1_021]))
        #expect(ask(url, wanted, timeout: .seconds(5)) == .failure(.badCRC))
        #expect(ask(url, wanted, timeout: .seconds(5)) == .failure(.wrongUnit))
        #expect(ask(url, wanted, timeout: .seconds(5)) == .failure(.wrongFunction))
        #expect(ask(url, request(20, 2, unit: 248)) == .failure(.noSuchUnit))
    }

    /// The room that speaks on the wire names no function of libmodbus that writes.
    @Test func nothingInTheRoomCanWrite() throws {
        let room = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources/Modbus")
        let files = try FileManager.default.contentsOfDirectory(at: room, includingPropertiesForKeys: nil)
        #expect(files.count > 5)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains("modbus_write") && !text.contains("modbus_mask_write"))
        }
        #expect(ReadFunction.allCases.map(\.rawValue) == [1, 2, 3, 4])
    }
}
