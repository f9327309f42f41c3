import DeviceProfiles
import Modbus
import Polling
import Terms
import Testing

@testable import Commissioning

@Suite struct SerialSearchTests {
    private static let fast = SerialSettings(baud: 19_200)
    private static let usual = SerialSettings(baud: 9_600)

    /// Runs a search on a line that is described by what comes back; what was asked, and what was concluded.
    private func search(
        _ plan: SearchPlan = SearchPlan(profiles: [], units: [1, 2, 3], bauds: [9_600, 19_200], parities: [.none]),
        unasked: (SerialSettings) -> [UInt8] = { _ in [] },
        _ line: (ReadRequest, SerialSettings) -> ProbeMeaning
    ) -> (asked: [(ReadRequest, SerialSettings)], outcome: SerialSearch.Outcome) {
        var search = SerialSearch(plan)
        var asked: [(ReadRequest, SerialSettings)] = []
        while asked.count < 10_000 {
            switch search.next() {
            case .listen(let speed, _): search.overheard(unasked(speed))
            case .ask(let request, let speed):
                asked.append((request, speed))
                #expect(search.done < search.total)
                let meaning = line(request, speed)
                search.answered(
                    ProbeLine.Heard(meaning: meaning, bytes: meaning == .silence ? 0 : 5, latency: Milliseconds(7)))
            case .end: return (asked, search.outcome(isComplete: true))
            }
        }
        Issue.record("the search does not end")
        return (asked, search.outcome(isComplete: false))
    }

    @Test func itStopsAtTheFirstSpeedThatWorksAndAsksEveryUnitThere() {
        let (asked, outcome) = search { request, speed in
            speed == Self.fast && request.unit != 2 ? .answer(refusal: 2) : .silence
        }
        #expect(outcome.speed == Self.fast)
        #expect(outcome.units.map(\.unit) == [1, 3])
        #expect(outcome.faults == [])
        #expect(asked.map(\.0.unit) == [1, 2, 3, 1, 2, 3])
    }

    @Test func silenceEverywhereIsNoAnswer() {
        let (asked, outcome) = search { _, _ in .silence }
        #expect(asked.count == 6)
        #expect(outcome.faults == [.noAnswer])
    }

    @Test func garbageAtTheWrongSpeedIsNamedWithTheSpeedThatWorks() {
        let (asked, outcome) = search { request, speed in
            request.unit != 3 ? .silence : speed == Self.fast ? .answer(refusal: nil) : .noise
        }
        #expect(outcome.faults == [.wrongSpeed(heard: Self.usual, works: Self.fast)])
        // Who made the garbage is there, and is asked first.
        #expect(asked.first { $0.1 == Self.fast }?.0.unit == 3)
    }

    @Test func garbageAtEverySpeedIsNoModbus() {
        let outcome = search { request, _ in request.unit == 1 ? .noise : .silence }.outcome
        #expect(outcome.faults == [.unreadable([Self.usual, Self.fast])])
        #expect(outcome.speed == nil)
    }

    @Test func twoWholeAnswersAreTwoDevices() {
        let outcome = search { request, _ in request.unit == 2 ? .severalAnswers : .silence }.outcome
        #expect(outcome.faults == [.duplicateUnit(2, isCertain: true)])
        #expect(outcome.units.map(\.unit) == [2])
    }

    @Test func oneUnitThatIsAlwaysDamagedWhileOthersAreFineIsSuspectedToBeTwo() {
        let (asked, outcome) = search { request, speed in
            guard speed == Self.usual, request.unit != 3 else { return .silence }
            return request.unit == 2 ? .damaged : .answer(refusal: 2)
        }
        #expect(outcome.faults == [.duplicateUnit(2, isCertain: false)])
        #expect(asked.filter { $0.0.unit == 2 }.count == 3)
    }

    @Test func aloneAndDamagedAtOneSpeedOnlyItIsSuspectedToo() {
        let outcome = search { request, speed in
            request.unit == 1 && speed == Self.usual ? .damaged : .silence
        }.outcome
        #expect(outcome.faults == [.duplicateUnit(1, isCertain: false)])
    }

    @Test func damagedOnceAndThenWholeIsABadLine() {
        var tries = 0
        let outcome = search { request, _ in
            guard request.unit == 1 else { return .silence }
            tries += 1
            return tries == 1 ? .damaged : .answer(refusal: nil)
        }.outcome
        #expect(outcome.units.map(\.unit) == [1])
        #expect(outcome.faults == [.damagedAnswers(1)])
    }

    @Test func aLineWithAnotherMasterIsNotAskedAnything() {
        // Unit 7 is asked for two registers, twice.
        let question: [UInt8] = [0x07, 0x03, 0x00, 0x00, 0x00, 0x02, 0xC4, 0x6D]
        let (asked, outcome) = search(unasked: { $0 == Self.usual ? question + question : [] }) { _, _ in .silence }
        #expect(asked.isEmpty)
        #expect(outcome.faults == [.otherMaster(Self.usual, asks: [7])])
    }

    @Test func aMasterAtAnotherSpeedIsFoundByListeningAtThatSpeed() {
        let question: [UInt8] = [0x07, 0x03, 0x00, 0x00, 0x00, 0x02, 0xC4, 0x6D]
        let (asked, outcome) = search(unasked: { $0 == Self.fast ? question : [0xF8, 0x80, 0x78] }) { _, _ in .silence }
        #expect(asked.isEmpty)
        #expect(outcome.faults == [.otherMaster(Self.fast, asks: [7])])
    }

    @Test func aMasterThatSpeaksSeldomIsMetInPlaceOfAnAnswer() {
        let (asked, outcome) = search { request, _ in request.unit == 2 ? .otherMaster(asks: 9) : .silence }
        #expect(asked.count == 2)
        #expect(outcome.faults == [.otherMaster(Self.usual, asks: [9])])
    }

    @Test func noiseThatNobodyAskedForIsToldAndDevicesAreStillLookedFor() {
        let outcome = search(unasked: { _ in [0x00, 0xFF, 0x00, 0x81] }) { request, _ in
            request.unit == 1 ? .answer(refusal: nil) : .silence
        }.outcome
        #expect(outcome.faults == [.chatter])
        #expect(outcome.units.map(\.unit) == [1])
    }

    @Test func anAdapterThatHearsItselfIsToldOnce() {
        let outcome = search { _, _ in .echo }.outcome
        #expect(outcome.faults == [.echo])
    }

    @Test func aUnitThatAnswersInPlaceOfAnotherIsAskedByItsOwnNumber() {
        let outcome = search { request, _ in
            switch request.unit {
            case 1: .otherUnit(40)
            case 40: .answer(refusal: nil)
            default: .silence
            }
        }.outcome
        #expect(outcome.units.map(\.unit) == [40])
    }

    @Test func aUnitThatIsSlowHidesNoOther() {
        // What unit 1 says comes when unit 2 is asked, until it is given more time.
        var asked: [UInt8] = []
        let outcome = search { request, _ in
            asked.append(request.unit)
            switch asked.count {
            case 1: return .silence
            case 2: return .otherUnit(1)
            default: return .answer(refusal: nil)
            }
        }.outcome
        #expect(asked == [1, 2, 1, 2, 3])
        #expect(outcome.units.map(\.unit) == [1, 2, 3])
    }

    @Test func aSpeedThatTheAdapterDoesNotKnowIsPassedOver() {
        var search = SerialSearch(
            SearchPlan(profiles: [], units: [1], bauds: [9_600, 19_200], parities: [.none]))
        search.overheard([])
        search.speedIsImpossible()
        #expect(search.next() == .ask(SearchPlan.plainQuestion(1), Self.fast))
        search.speedIsImpossible()
        #expect(search.next() == .end)
    }

    @Test func aSearchThatWasEndedEarlyDrawsNoConclusionFromSilence() {
        var search = SerialSearch(SearchPlan(profiles: []))
        search.overheard([])
        #expect(search.outcome(isComplete: false).faults == [])
    }

    /// Whatever comes back, the search ends and never claims a unit that did not answer.
    @Test(arguments: 0..<200) func anyLineAtAllEndsTheSearch(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var answered: Set<UInt8> = []
        let outcome = search { request, _ in
            let meanings: [ProbeMeaning] = [
                .silence, .silence, .silence, .answer(refusal: 2), .severalAnswers, .echo, .otherUnit(9), .damaged,
                .noise, .notModbus,
            ]
            let meaning = meanings.randomElement(using: &random) ?? .silence
            if meaning == .answer(refusal: 2) || meaning == .severalAnswers { answered.insert(request.unit) }
            return meaning
        }.outcome
        #expect(Set(outcome.units.map(\.unit)) == answered, "seed \(seed)")
    }
}
