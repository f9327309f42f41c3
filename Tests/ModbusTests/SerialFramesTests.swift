import DeviceProfiles
import Polling
import Synchronization
import Terms
import TestPeers
import Testing

@testable import Modbus

@Suite struct SerialFramesTests {
    private let request = ReadRequest(unit: 2, function: .holdingRegisters, address: 0, count: 1)
    private let question: [UInt8] = [0x02, 0x03, 0x00, 0x00, 0x00, 0x01, 0x84, 0x39]
    private let answer = SoundAnswer.withCRC([0x02, 0x03, 0x02, 0x00, 0x07])
    private let refusal = SoundAnswer.withCRC([0x02, 0x83, 0x02])

    private func meaning(_ bytes: [UInt8]) -> ProbeMeaning { ProbeMeaning(serial: bytes, to: request) }

    @Test func theQuestionIsTheOneOfTheStandard() { #expect(RequestFrame.rtu(request) == question) }

    @Test func whatAnAnswerMeans() {
        #expect(meaning([]) == .silence)
        #expect(meaning(answer) == .answer(refusal: nil))
        #expect(meaning(refusal) == .answer(refusal: 2))
        // What a driver leaves behind when it is switched.
        #expect(meaning([0x00] + answer) == .answer(refusal: nil))
        #expect(meaning(answer + [0xFF, 0x00]) == .answer(refusal: nil))
    }

    @Test func twoAnswersInOneBreathAreTwoDevices() {
        #expect(meaning(answer + refusal) == .severalAnswers)
        #expect(meaning(answer + answer) == .severalAnswers)
        #expect(meaning(answer + [0x02, 0x03, 0x02, 0x55, 0x12, 0x13, 0x14]) == .severalAnswers)
    }

    @Test func theOwnQuestionIsAnEchoAndTheAnswerBehindItCounts() {
        #expect(meaning(question) == .echo)
        #expect(meaning(question + answer) == .answer(refusal: nil))
    }

    @Test func theFramesOfOthersAreNamed() {
        #expect(meaning(SoundAnswer.withCRC([0x05, 0x03, 0x02, 0x00, 0x07])) == .otherUnit(5))
        #expect(meaning(SoundAnswer.withCRC([0x09, 0x03, 0x00, 0x10, 0x00, 0x02])) == .otherMaster(asks: 9))
        #expect(meaning(question + SoundAnswer.withCRC([0x09, 0x04, 0x00, 0x10, 0x00, 0x02])) == .otherMaster(asks: 9))
    }

    @Test func damageIsToldFromGarbage() {
        #expect(meaning([0x02, 0x03, 0x02, 0x00, 0x07, 0x00, 0x00]) == .damaged)
        #expect(meaning([0x02, 0x83, 0x06, 0x55]) == .damaged)
        #expect(meaning([0xF8, 0x80, 0x78, 0x00, 0x66]) == .noise)
        #expect(meaning([0x00]) == .noise)
    }

    @Test func aMastersTrafficIsTakenApart() {
        let read = SoundAnswer.withCRC([0x01, 0x04, 0x00, 0x20, 0x00, 0x02])
        let words = SoundAnswer.withCRC([0x01, 0x04, 0x04, 1, 2, 3, 4])
        let write = SoundAnswer.withCRC([0x01, 0x10, 0x00, 0x01, 0x00, 0x01, 0x02, 0x00, 0x0A])
        let done = SoundAnswer.withCRC([0x01, 0x10, 0x00, 0x01, 0x00, 0x01])
        let frames = SerialFrame.all(in: [0x00] + read + words + [0xFF] + write + done + refusal)
        #expect(frames.map(\.kind) == [.question, .answer, .question, .answer, .answer])
        #expect(frames.map(\.unit) == [1, 1, 1, 1, 2])
    }

    /// Bytes of any kind end in some meaning; by chance nearly none of them is an answer.
    @Test func noiseIsHardlyEverAnAnswer() {
        var random = SeededRandom(seed: 5)
        var answers = 0
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...40, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            if case .answer = meaning(bytes) { answers += 1 }
        }
        #expect(answers == 0, "seed 5")
    }
}

/// A probe on real sockets.
@Suite struct ProbeLineTests {
    private let request = ReadRequest(unit: 7, function: .holdingRegisters, address: 3, count: 1)

    private func line(_ server: RawServer) throws -> ProbeLine {
        try ProbeLine(.tcp(host: "127.0.0.1", port: server.port), within: .seconds(5), open: openLink)
    }

    @Test func anAnswerAndARefusalAreTold() throws {
        let server = try RawServer(tcp: { request, number in
            let refusal = [request[0], request[1], 0, 0, 0, 3, 7, 0x83, 2]
            return .send(number == 1 ? SoundAnswer.tcp(request) : refusal)
        })
        defer { server.stop() }
        var line = try line(server)
        #expect(try line.ask(request, patience: .seconds(5)).meaning == .answer(refusal: nil))
        #expect(try line.ask(request, patience: .seconds(5)).meaning == .answer(refusal: 2))
    }

    @Test func aLateAnswerIsNotTakenForTheNextOne() throws {
        let first = Mutex<[UInt8]>([])
        let server = try RawServer(tcp: { request, number in
            if number == 1 {
                first.withLock { $0 = SoundAnswer.tcp(request) }
                return .silence
            }
            // The late answer of another unit, and then silence.
            return .send(first.withLock { $0 })
        })
        defer { server.stop() }
        var line = try line(server)
        #expect(try line.ask(request, patience: Milliseconds(50)).meaning == .silence)
        let second = ReadRequest(unit: 8, function: .holdingRegisters, address: 3, count: 1)
        let heard = try line.ask(second, patience: Milliseconds(50))
        #expect(heard.meaning == .silence)
        #expect(heard.lateUnits == [7])
    }

    @Test func aStragglerIsWaitedFor() throws {
        let first = Mutex<[UInt8]>([])
        let server = try RawServer(tcp: { request, number in
            guard number == 2 else {
                first.withLock { $0 = SoundAnswer.tcp(request) }
                return .silence
            }
            return .send(first.withLock { $0 })
        })
        defer { server.stop() }
        var line = try line(server)
        #expect(try line.ask(request, patience: Milliseconds(20)).meaning == .silence)
        // Whether it comes now or when it is waited for depends on the machine.
        let heard = try line.ask(request, patience: Milliseconds(1))
        #expect(try heard.lateUnits + line.awaitStragglers(.seconds(5)) == [7])
    }

    @Test func aGatewayThatNeverRepeatsTheNumberIsUnderstood() throws {
        let server = try RawServer(tcp: { request, _ in .send([0, 0] + SoundAnswer.tcp(request).dropFirst(2)) })
        defer { server.stop() }
        var line = try line(server)
        #expect(try line.ask(request, patience: .seconds(5)).meaning == .answer(refusal: nil))
        #expect(try line.ask(request, patience: .seconds(5)).meaning == .answer(refusal: nil))
    }

    @Test func whatIsNoModbusAndWhoIsAnotherUnitIsTold() throws {
        let server = try RawServer(tcp: { request, number in
            if number == 1 { return .send(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)) }
            return .send([request[0], request[1], 0, 0, 0, 5, 1, 3, 2, 0, 9])
        })
        defer { server.stop() }
        var line = try line(server)
        #expect(try line.ask(request, patience: .seconds(5)).meaning == .notModbus)
        #expect(try line.ask(request, patience: .seconds(5)).meaning == .otherUnit(1))
    }

    @Test func everythingThatAskedNobodyIsHeard() throws {
        let pair = try SerialPair()
        let server = try RawServer(serial: pair.far, answer: { _, _ in .send([1, 2, 3, 4, 5]) })
        defer { server.stop() }
        var line = try ProbeLine(.rtu(path: pair.near, SerialSettings()), within: .seconds(5), open: openLink)
        #expect(try line.listen(Milliseconds(10)).isEmpty)
        let heard = try line.ask(request, patience: .seconds(5))
        #expect(heard.meaning == .noise)
        #expect(heard.bytes == 5)
    }
}
