import Terms
import Testing
import Ticketing

/// Alarms that were active, and had no ticket yet, when the program went away.
@Suite struct RestartedAlarmTests {
    /// An inverter that was too hot for five minutes of the quarter of an hour that a protection needs.
    private func hotForFiveMinutes() -> Home {
        let home = Home()
        home.introduce()
        home.read(10)
        home.inverterCelsius = 95
        home.read(300)
        return home
    }

    private func begin(_ home: Home, celsius: Double) -> Home {
        home.inverterCelsius = celsius
        home.introduce()
        return home
    }

    @Test(arguments: [false, true])
    func whatWentAwayWhileNobodyLookedOpensNoTicket(reboots: Bool) {
        let next = begin(hotForFiveMinutes().restarted(after: .hours(2), reboots: reboots), celsius: 40)
        next.read(60)
        #expect(next.facts.contains("AlarmCleared"))
        #expect(!next.facts.contains("FaultOpened"), "nobody saw a quarter of an hour of it")
    }

    @Test func whatIsStillThereOpensItsTicketWithTheFirstReadingThatShowsIt() {
        let next = begin(hotForFiveMinutes().restarted(after: .hours(2)), celsius: 95)
        next.read(1)
        #expect(next.facts.contains("FaultOpened"))
    }

    @Test func aShortAbsenceDoesNotBeginTheDelayAnew() {
        let next = begin(hotForFiveMinutes().restarted(after: .seconds(10)), celsius: 95)
        next.read(9 * 60 + 40)
        #expect(!next.facts.contains("FaultOpened"))
        next.read(20)
        #expect(next.facts.contains("FaultOpened"))
    }

    @Test func aProgramThatDiesEveryMinuteLosesNoFault() {
        var home = hotForFiveMinutes()
        for _ in 0..<10 {
            home = begin(home.restarted(after: .seconds(2)), celsius: 95)
            home.read(60)
        }
        #expect(home.facts.count { $0 == "FaultOpened" } == 1)
    }

    @Test func whereTheDeviceShowsNothingTheDelayCountsFromTheStart() {
        let next = begin(hotForFiveMinutes().restarted(after: .hours(2)), celsius: 95)
        let hot = "inverterTemperatureHigh"
        next.wait(.minutes(14))
        #expect(next.book.active.values.contains { $0.occurrence.alarm == hot && $0.ticket == nil })
        next.wait(.minutes(1))
        #expect(next.book.active.values.contains { $0.occurrence.alarm == hot && $0.ticket != nil })
    }
}
