import Detection
import Engine
import ServiceLevel
import Telemetry
import Terms
import Testing
import Ticketing

struct SiteEngineTests {
    private func hotHome() -> Home {
        let home = Home()
        home.introduce()
        home.read(10)
        home.packCelsius = 70
        return home
    }

    @Test func aSafetyFaultOpensItsTicketInTheSameBreathAsTheAlarm() throws {
        let home = hotHome()
        home.read()
        #expect(home.facts == ["DeviceIdentified"])
        home.read()
        #expect(
            home.facts == [
                "DeviceIdentified", "AlarmRaised", "FaultOpened", "EvidenceAttached", "DeskAccepted", "PolicyBound",
                "NotificationDue",
            ])
        let ticket = try #require(home.book.tickets[ticketOne])
        #expect(ticket.state == .received)
        #expect(ticket.key?.description == "home-1/B123/overTemperature")
        let opened = Home.start + .seconds(12)
        #expect(ticket.view(.response, promise: promised.current, now: home.time).deadline == opened + .hours(24))
        #expect(ticket.view(.diagnosisA, promise: promised.current, now: home.time).deadline == opened + .hours(48))
    }

    @Test func nothingIsWrittenWhileNothingHappens() {
        let home = Home()
        home.introduce()
        home.read(3_600)
        #expect(home.facts == ["DeviceIdentified"])
    }

    @Test func whatCannotBeWrittenIsProposedUntilItCanAndThenOnce() throws {
        let home = hotHome()
        home.isWritable = false
        home.read(60)
        #expect(home.book.tickets.isEmpty)
        home.isWritable = true
        home.read()
        #expect(home.facts.filter { $0 == "AlarmRaised" }.count == 1)
        #expect(home.facts.filter { $0 == "FaultOpened" }.count == 1)
        let raised = try #require(home.ledger.first { $0.event.name == "AlarmRaised" })
        #expect(raised.at == Home.start + .seconds(12))
    }

    @Test func aRestartFindsTheSameTicketWithTheSameDeadlines() throws {
        let home = hotHome()
        home.read(5)
        let before = try #require(home.book.tickets[ticketOne])
        for reboots in [false, true] {
            let after = home.restarted(after: .minutes(3), reboots: reboots)
            after.introduce()
            after.packCelsius = 70
            after.read(120)
            #expect(after.book.tickets[ticketOne] == before)
            #expect(after.ledger == home.ledger)
        }
    }

    @Test func aNormalReadingAfterARestartMarksSelfClearedAndClosesNothing() throws {
        let home = hotHome()
        home.read(5)
        let after = home.restarted(after: .minutes(3), reboots: true)
        after.introduce()
        after.read(29)
        #expect(after.book.tickets[ticketOne]?.selfCleared == false)
        after.read(2)
        let ticket = try #require(after.book.tickets[ticketOne])
        #expect(ticket.selfCleared)
        #expect(ticket.state == .received)
        #expect(after.facts.filter { $0 == "AlarmCleared" }.count == 1)
        #expect(after.book.active.isEmpty)
    }

    @Test func whatTheMakerReportsAndWhatTheBoxSeesIsOneTicket() throws {
        let home = hotHome()
        home.read(5)
        home.bits = 1
        home.read(5)
        #expect(home.book.tickets.count == 1)
        let ticket = try #require(home.book.tickets[ticketOne])
        #expect(ticket.occurrences.count == 2)
        home.packCelsius = 25
        home.read(60)
        #expect(home.book.tickets[ticketOne]?.selfCleared == false)
        home.bits = 0
        home.read(60)
        #expect(home.book.tickets[ticketOne]?.selfCleared == true)
    }

    @Test func aProtectionBecomesATicketAfterAQuarterOfAnHour() {
        let home = Home()
        home.introduce()
        home.inverterCelsius = 95
        home.read()
        #expect(home.facts == ["DeviceIdentified", "AlarmRaised"])
        home.read(899)
        #expect(home.book.tickets.isEmpty)
        home.read(1)
        #expect(home.book.tickets[ticketOne]?.openedAt == Home.start + .seconds(901))
    }

    @Test func aProtectionThatEndsInTimeIsNoTicketAndItsThirdRepeatIs() {
        let home = Home()
        home.introduce()
        for round in 1...3 {
            home.inverterCelsius = 95
            home.read(60)
            #expect(home.book.tickets.isEmpty == (round < 3))
            home.inverterCelsius = 40
            home.read(60)
        }
        #expect(home.facts.filter { $0 == "AlarmRaised" }.count == 3)
        #expect(home.facts.filter { $0 == "FaultOpened" }.count == 1)
    }

    @Test func aGridEventIsLoggedAndOpensNothing() {
        let home = Home()
        home.introduce()
        home.bits = 2
        home.read(7_200)
        #expect(home.facts == ["DeviceIdentified", "AlarmRaised"])
    }

    @Test func aSilentDeviceBecomesACaseWithAResponseClockOnly() throws {
        let home = Home()
        home.introduce()
        home.read(5)
        home.wait(.minutes(10))
        #expect(home.book.tickets.isEmpty)
        home.wait(.minutes(1))
        let ticket = try #require(home.book.tickets[ticketOne])
        #expect(ticket.openedAt == Home.start + .seconds(5 + 30 + 600))
        #expect(ticket.view(.response, promise: promised.current, now: home.time).status == .running)
        #expect(ticket.view(.diagnosisA, promise: promised.current, now: home.time).status == .notApplicable)
    }

    @Test func aDongleMayBeSilentForLonger() {
        let home = Home(link: .dongle)
        home.introduce()
        home.read(5)
        home.wait(.minutes(60))
        #expect(home.book.tickets.isEmpty)
        home.wait(.minutes(1))
        #expect(home.book.tickets.count == 1)
    }

    @Test func silenceDuringAFaultClearsNothingAndIsACaseOfItsOwn() {
        let home = hotHome()
        home.read(5)
        home.wait(.minutes(30))
        #expect(home.book.tickets.count == 2)
        #expect(home.book.tickets[ticketOne]?.hasActiveAlarm == true)
        #expect(!home.facts.contains("AlarmCleared"))
    }

    @Test func theClocksAreWrittenAtTheirInstantsAlsoAfterDowntime() throws {
        let home = hotHome()
        home.read(5)
        let after = home.restarted(after: .hours(60), reboots: true)
        after.introduce()
        after.packCelsius = 70
        after.read()
        let accepted = Home.start + .seconds(12)
        let steps = after.ledger.compactMap { fact -> String? in
            switch fact.event {
            case .warned(let run, .percent(let percent)):
                "\(run.clock.rawValue) \(percent) \((fact.at - accepted).text)"
            case .breached(let run): "\(run.clock.rawValue) breach \((fact.at - accepted).text)"
            default: nil
            }
        }
        #expect(
            steps == [
                "response 50 12h", "response 75 18h", "response 90 21h36min", "response breach 24h",
                "diagnosisA 50 24h", "diagnosisA 75 36h", "diagnosisA 90 43h12min", "diagnosisA breach 48h",
            ])
        after.read(10)
        #expect(after.facts.filter { $0 == "Breached" }.count == 2)
    }

    @Test func theEngineAsksToBeWokenForTheNextStep() {
        let home = hotHome()
        home.read(5)
        // Silence would come first; a device that is heard moves it on.
        #expect(home.nextTick.map { $0 - Boottime(nanoseconds: 0) } == .seconds(15 + 30))
        let before = home.ledger.count
        home.wait(.hours(12))
        #expect(home.ledger.count > before)
        #expect(home.facts.contains("Warned"))
    }

    @Test func theWayOfATicketByPeople() throws {
        let home = hotHome()
        home.read(5)
        home.packCelsius = 25
        home.read(60)
        try home.act(.respond(channel: .phone))
        try home.act(.remote(.cannotSolve))
        try home.act(.diagnose(.onSite, .quality, .named("Solar Maier")), by: "li")
        try home.act(.eliminate(proof: "cell 7 replaced"), by: "li")
        try home.act(.report(contentHash: "ab12", channel: .mail))
        try home.act(.close)
        #expect(home.book.tickets[ticketOne]?.state == .closed)
        home.packCelsius = 70
        home.read(5)
        let again = try #require(home.book.tickets[ticketOne])
        #expect(again.state == .received)
        #expect(again.cycle == 2)
        #expect(home.book.tickets.count == 1)
    }

    @Test func aStepOutOfTurnIsKeptAndDoesNotCount() throws {
        let home = hotHome()
        home.read(5)
        try home.act(.close)
        #expect(home.facts.last == "Closed")
        #expect(home.book.tickets[ticketOne]?.state == .received)
        let shown = try #require(home.snapshot.tickets.first?.facts.last { $0.name == "Closed" })
        #expect(!shown.isEffective)
        #expect(shown.reason != nil)
    }

    @Test func unknownTicketsAndTheFutureAreRefused() throws {
        let home = Home()
        #expect(throws: CommandRefused.self) { try home.act(.close) }
        let hot = hotHome()
        hot.read(5)
        #expect(throws: CommandRefused.self) { try hot.act(.close, at: hot.time + .seconds(1)) }
        #expect(!hot.facts.contains("Closed"))
    }

    @Test func anAlarmOfADeviceThatIsNoLongerWatchedEnds() throws {
        let home = hotHome()
        home.read(5)
        home.expectNothing()
        home.wait(.seconds(1))
        #expect(home.book.active.isEmpty)
        let cleared = try #require(home.ledger.last { $0.event.name == "AlarmCleared" })
        #expect(cleared.event == .alarmCleared(
            occurrence: OccurrenceID("hybrid/packTemperatureHigh#1"), reason: .noLongerWatched))
    }

    @Test func theCurvesThatLedToATicketAreKeptAndCanBeDrawnAgain() throws {
        let home = hotHome()
        home.read(5)
        let bytes = try #require(home.documents.first)
        let document = try #require(EvidenceDocument(canonicalBytes: bytes))
        let subject = try #require(document.curves.first { $0.role == .subject })
        #expect(subject.unit == "°C")
        #expect(subject.name == "pack.temperature.max")
        #expect(subject.values.last == 70)
        #expect(document.header.finding?.limit == 60)
        let named = home.ledger.contains { fact in
            guard case .evidenceAttached(let sha256, _, _) = fact.event else { return false }
            return sha256 == ChainHash.of(bytes).description
        }
        #expect(named)
        #expect(EvidenceDocument(canonicalBytes: Array(bytes.dropLast())) == nil)
    }

    @Test func theCurvesOfOlderVersionsCanStillBeRead() throws {
        let old = #"{"limits":[{"label":"limit","value":60000}],"marks":[{"at":5,"label":"alarm"}],"scale":1000,"#
            + #""series":[{"isSubject":1,"name":"pack.temperature.max","values":[25000,""]}],"times":[4,5],"#
            + #""title":"hot","unit":"°C"}"#
        guard case .trace(let trace) = KeptEvidence(bytes: Array(old.utf8)) else {
            Issue.record("no trace")
            return
        }
        #expect(trace.series == [.init(name: "pack.temperature.max", values: [25, nil], isSubject: true)])
        #expect(trace.limits == [.init(label: "limit", value: 60)])
    }

    @Test func theSnapshotShowsValuesAlarmsAndTickets() throws {
        let home = hotHome()
        home.read(5)
        let site = home.snapshot
        let device = try #require(site.devices.first)
        #expect(device.state == .live)
        #expect(device.serial == "B123")
        #expect(device.points.first?.value == 70)
        #expect(site.alarms.map(\.code) == ["packTemperatureHigh"])
        let ticket = try #require(site.tickets.first)
        #expect(ticket.routing == "K0")
        #expect(ticket.clocks.first { $0.clock == "response" }?.remaining == Milliseconds.hours(24).count - 3_000)
        #expect(ticket.facts.map(\.name).prefix(2) == ["FaultOpened", "EvidenceAttached"])
        home.wait(.seconds(40))
        #expect(home.snapshot.devices.first?.state == .lost)
    }

    @Test func withoutASerialTheConfiguredNameStandsInTheKey() {
        let home = Home()
        home.introduce(serial: nil)
        home.packCelsius = 70
        home.read(3)
        #expect(home.book.tickets[ticketOne]?.key?.description == "home-1/hybrid/overTemperature")
    }

    @Test func whatIsReadSeldomKeepsItsReadingUntilTheNextAndAFailedOneIsNone() {
        let home = Home()
        home.introduce()
        home.bits = 4
        home.read()
        home.bits = 0
        home.bitsQuality = .absent
        home.read(5)
        #expect(home.snapshot.devices.first?.points[2].value == 4)
        #expect(home.snapshot.devices.first?.points[2].quality == "good")
        home.bitsQuality = .bad
        home.read()
        #expect(home.snapshot.devices.first?.points[2].value == nil)
        #expect(home.snapshot.devices.first?.points[2].quality == "bad")
        home.bitsQuality = .absent
        home.read()
        #expect(home.snapshot.devices.first?.points[2].quality == "bad")
    }
}
