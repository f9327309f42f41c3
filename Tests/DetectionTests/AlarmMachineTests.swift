import Detection
import Terms
import Testing

struct AlarmMachineTests {
    private let timing = AlarmTiming(onDelay: .seconds(5), offDelay: .seconds(30), reads: 1)

    /// Feeds one condition a second and tells the seconds at which the alarm came up and went.
    private func changes(_ conditions: [Condition], _ timing: AlarmTiming) -> [String] {
        var machine = AlarmMachine()
        return conditions.enumerated().compactMap { second, condition in
            let now = Boottime(nanoseconds: Int64(second) * 1_000_000_000)
            return machine.advance(condition, at: now, timing: timing).map { change in
                switch change {
                case .raised: "raised \(second)"
                case .chattering(let edges): "chattering \(second), \(edges) times"
                case .cleared(let edges): "cleared \(second)" + (edges > 0 ? ", \(edges) times" : "")
                }
            }
        }
    }

    private func seconds(_ condition: Condition, _ count: Int) -> [Condition] {
        Array(repeating: condition, count: count)
    }

    @Test func chatterIsOneOccurrence() {
        let chatter = (0..<18).flatMap { _ in seconds(.violated, 10) + seconds(.normal, 10) }
        #expect(
            changes(chatter + seconds(.normal, 60), timing)
                == ["raised 5", "chattering 40, 3 times", "cleared 380, 18 times"])
    }

    @Test func chatterIsLatchedUntilTheMinuteHoldsFewerThanThree() {
        // Each pause is longer than the off-delay: unlatched, every pulse would be an occurrence.
        let quick = AlarmTiming(onDelay: .zero, offDelay: .seconds(5), reads: 1)
        let pulses = (0..<10).flatMap { _ in seconds(.violated, 2) + seconds(.normal, 13) }
        let told = changes(pulses + seconds(.normal, 120), quick)
        // Two pulses come and go before the third one shows that it is chatter: at 30 s. The last three come at 105,
        // 120 and 135 s.
        #expect(
            told == [
                "raised 0", "cleared 7", "raised 15", "cleared 22", "raised 30", "chattering 31, 3 times",
                "cleared 166, 10 times",
            ])
    }

    @Test func aConditionThatReturnsFromTheDeadBandHasNotComeAgain() {
        let wavering = (0..<20).flatMap { _ in seconds(.violated, 6) + seconds(.deadBand, 6) }
        #expect(changes(wavering, AlarmTiming(onDelay: .zero, offDelay: .zero, reads: 1)) == ["raised 0"])
    }

    @Test func whatIsNotReadIsNoPause() {
        let gaps = (0..<20).flatMap { _ in seconds(.violated, 6) + seconds(.unknown, 6) }
        #expect(changes(gaps, timing) == ["raised 5"])
    }

    @Test func chatterThatNeverHoldsTheOnDelayRaisesNothing() {
        let noise = (0..<50).flatMap { _ in seconds(.violated, 3) + seconds(.normal, 3) }
        #expect(changes(noise, timing).isEmpty)
    }

    @Test func theMachineIsSmall() { #expect(MemoryLayout<AlarmMachine>.size <= 32) }

    @Test func longPausesMakeOccurrencesOfTheirOwn() {
        let pulses = (0..<6).flatMap { _ in seconds(.violated, 10) + seconds(.normal, 50) }
        #expect(changes(pulses, timing).filter { $0.hasPrefix("raised") }.count == 6)
    }

    @Test func aConditionShorterThanTheOnDelayRaisesNothing() {
        #expect(changes(seconds(.violated, 5) + seconds(.normal, 10), timing).isEmpty)
    }

    @Test func theDeadBandNeitherBeginsNorEndsAnAlarm() {
        #expect(changes(seconds(.deadBand, 100), timing).isEmpty)
        let held = seconds(.violated, 6) + seconds(.deadBand, 100)
        #expect(changes(held, timing) == ["raised 5"])
    }

    @Test func whatIsNotReadNeitherBeginsNorEndsAnAlarm() {
        #expect(changes(seconds(.unknown, 100), timing).isEmpty)
        let lost = seconds(.violated, 6) + seconds(.unknown, 300)
        #expect(changes(lost, timing) == ["raised 5"])
        let nearlyClear = seconds(.violated, 6) + seconds(.normal, 29) + seconds(.unknown, 300) + seconds(.normal, 29)
        #expect(changes(nearlyClear, timing) == ["raised 5"])
    }

    @Test func timeAloneIsNotEnoughWhereReadingsAreCounted() {
        let counted = AlarmTiming(onDelay: .seconds(2), offDelay: .seconds(1), reads: 3)
        var machine = AlarmMachine()
        let minute = Boottime(nanoseconds: 60_000_000_000)
        #expect(machine.advance(.violated, at: Boottime(nanoseconds: 0), timing: counted) == nil)
        #expect(machine.advance(.violated, at: minute, timing: counted) == nil)
        #expect(machine.advance(.violated, agreeing: 1, at: minute, timing: counted) == .raised)
    }

    @Test func anAlarmFromBeforeARestartCanOnlyEnd() {
        var machine = AlarmMachine(isActive: true)
        for second in 0..<10 {
            let now = Boottime(nanoseconds: Int64(second) * 1_000_000_000)
            #expect(machine.advance(.violated, at: now, timing: timing) == nil)
        }
        #expect(machine.isActive)
    }
}
