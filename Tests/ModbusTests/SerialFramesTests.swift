import DeviceProfiles
import Polling
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
