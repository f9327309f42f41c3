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
            return machine.advance(condition, at: now, timing: timing).map { "\($0) \(second)" }
        }
    }

    private func seconds(_ condition: Condition, _ count: Int) -> [Condition] {
        Array(repeating: condition, count: count)
    }

    @Test func chatterIsOneOccurrence() {
        let chatter = (0..<18).flatMap { _ in seconds(.violated, 10) + seconds(.normal, 10) }
        #expect(changes(chatter + seconds(.normal, 60), timing) == ["raised 5", "cleared 380"])
    }

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
