import DeviceProfiles
import Polling
import Testing

@testable import Commissioning

/// A device that has some registers and allows so many in one request.
private struct Registers {
    var known: Set<Int>
    var most = 125
    var isSilent = false
    var knowsFunction = true

    func answer(_ range: RegisterRange) -> RecordedExchange {
        let request = ReadRequest(unit: 1, range: range)
        if isSilent { return RecordedExchange(request: request, answer: .nothing("timeout")) }
        guard knowsFunction else { return RecordedExchange(request: request, answer: .exception(1)) }
        guard range.count <= most else { return RecordedExchange(request: request, answer: .exception(3)) }
        guard (range.address..<range.end).allSatisfy(known.contains) else {
            return RecordedExchange(request: request, answer: .exception(2))
        }
        let words = (range.address..<range.end).map { UInt16($0) }
        return RecordedExchange(request: request, answer: .words(words))
    }
}

@Suite struct RegisterSurveyTests {
    private func range(_ text: String) throws -> RegisterRange { try #require(RegisterRange(plainText: text)) }

    /// Runs a sweep; what was asked.
    private func sweep(
        _ survey: inout RegisterSurvey, _ device: Registers, upTo limit: Int = 16
    ) -> [RecordedExchange] {
        var all: [RecordedExchange] = []
        survey.begin()
        while true {
            let asked = survey.next(upTo: limit)
            if asked.isEmpty { return all }
            let answers = asked.map(device.answer)
            survey.take(answers, asked: asked)
            all += answers
        }
    }

    private func read(_ exchanges: [RecordedExchange]) -> Set<Int> {
        Set(exchanges.flatMap { exchange -> [Int] in
            if case .words(let words) = exchange.answer { words.map(Int.init) } else { [] }
        })
    }

    @Test func everyRegisterThatIsThereIsReadAndEveryOtherIsNamed() throws {
        let device = Registers(known: Set(0..<300).subtracting([7, 130, 131]), most: 60)
        var survey = RegisterSurvey([try range("3/0-299")])
        let first = sweep(&survey, device)
        #expect(read(first) == device.known)
        #expect(survey.refused.map(\.plainText) == ["3/7", "3/130-131"])
        let second = sweep(&survey, device)
        #expect(read(second) == device.known)
        #expect(second.count < first.count)
        #expect(second.allSatisfy { if case .words = $0.answer { true } else { false } })
    }

    @Test func batchesOfAnySizeGiveTheSame() throws {
        let device = Registers(known: Set((0..<500).filter { $0 % 61 != 0 }))
        for limit in [1, 2, 5, 64] {
            var survey = RegisterSurvey([try range("4/0-499")])
            #expect(read(sweep(&survey, device, upTo: limit)) == device.known, "batches of \(limit)")
        }
    }

    @Test func aFunctionThatTheDeviceDoesNotKnowIsNotHalved() throws {
        var survey = RegisterSurvey([try range("4/0-999")])
        let asked = sweep(&survey, Registers(known: [], knowsFunction: false), upTo: 4)
        #expect(asked.count == 4)
        #expect(sweep(&survey, Registers(known: [])).isEmpty)
    }

    @Test func aSilentDeviceCostsThreeRequestsASweepAndIsAskedAgain() throws {
        var survey = RegisterSurvey([try range("3/0-9999")])
        #expect(sweep(&survey, Registers(known: [], isSilent: true), upTo: 1).count == 3)
        let device = Registers(known: Set(0..<10_000))
        #expect(read(sweep(&survey, device)) == device.known)
    }

    @Test func whatAProfilePlansIsAskedInEverySweepAndNeverHalved() throws {
        let planned = [try range("3/0-9"), try range("3/20-29")]
        var survey = RegisterSurvey(planned: planned)
        for _ in 0..<3 {
            #expect(sweep(&survey, Registers(known: Set(0..<10))).map(\.request.range) == planned)
        }
        #expect(survey.refused.isEmpty)
    }

    @Test func whatWasNotAskedIsAskedInTheNextSweep() throws {
        let device = Registers(known: Set(0..<375))
        var survey = RegisterSurvey([try range("3/0-374")])
        survey.begin()
        let asked = survey.next(upTo: 3)
        survey.take([device.answer(asked[0])], asked: asked)
        #expect(survey.next(upTo: 3).isEmpty)
        #expect(read(sweep(&survey, device)) == device.known)
    }

    @Test(arguments: ["5/0-1", "3/", "3/9-1", "3/0-65536", "3/-1", "3/0x10", "x/0-1", "3/0-1-2", "", "3"])
    func whatIsNoRangeIsRefused(text: String) { #expect(RegisterRange(plainText: text) == nil) }

    @Test(arguments: ["3/0", "4/35000-35124", "1/65535"])
    func aRangeReadsItsOwnText(text: String) throws { #expect(try range(text).plainText == text) }
}
