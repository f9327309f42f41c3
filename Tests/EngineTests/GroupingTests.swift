import Detection
import Engine
import Terms
import Testing
import Ticketing

/// Alarms of one root are one ticket; an independent fault beside it is one of its own.
struct GroupingTests {
    private let battery = [
        Site.Fault("overTemperature", .k0), Site.Fault("sunspec.battery.contactor", .k1),
        Site.Fault("packUnderVoltage", .k1), Site.Fault("cellOverVoltage", .k1), Site.Fault("packOverVoltage", .k1),
        Site.Fault("maker.fan", .k1), Site.Fault("maker.trip", .k1, masks: ["maker.warning"]),
        Site.Fault("maker.warning", .k1), Site.Fault("cell", .k2),
    ]

    private var home: Site {
        Site([
            Site.Device("pack-1", unit: 1, hasCells: true, battery),
            Site.Device("pack-2", unit: 2, hasCells: true, battery),
            Site.Device("hybrid", line: "inverter", battery),
        ])
    }

    /// Alarms by the ticket that they are attached to.
    private func alarms(_ site: Site) -> [String: [String]] {
        Dictionary(grouping: site.book.active.values, by: { $0.ticket?.text ?? "none" })
            .mapValues { $0.map(\.occurrence.alarm).sorted() }
    }

    @Test func aHotCellThatOpensTheContactorAndTripsIsOneTicket() throws {
        let site = home
        site.set("pack-1", "overTemperature")
        site.run(.seconds(10))
        site.set("pack-1", "sunspec.battery.contactor")
        site.run(.seconds(20))
        site.set("pack-1", "packUnderVoltage")
        site.run(.hours(1))
        #expect(
            alarms(site) == [
                "home-1.1": ["pack-1.overTemperature", "pack-1.packUnderVoltage", "pack-1.sunspec.battery.contactor"],
            ])
        #expect(site.messages.count == 1)
        #expect(site.book.tickets[ticketOne]?.key?.code == "overTemperature")
        #expect(site.snapshot.tickets.first?.derived.count == 2)
    }

    @Test func anIndependentFaultBesideItIsItsOwn() {
        let site = home
        site.set("pack-1", "overTemperature")
        site.set("pack-1", "sunspec.battery.contactor")
        site.set("pack-1", "maker.fan")
        site.set("pack-2", "packUnderVoltage")
        site.run(.hours(1))
        #expect(
            alarms(site) == [
                "home-1.1": ["pack-1.overTemperature", "pack-1.sunspec.battery.contactor"],
                "home-1.2": ["pack-1.maker.fan"], "home-1.3": ["pack-2.packUnderVoltage"],
            ])
    }

    @Test func whatTheInverterRepeatsOfItsBatteryIsTheBattery() {
        let site = home
        site.set("hybrid", "overTemperature")
        site.set("pack-2", "overTemperature")
        site.run(.minutes(5))
        #expect(alarms(site) == ["home-1.1": ["hybrid.overTemperature", "pack-2.overTemperature"]])
        #expect(site.messages.count == 1)
    }

    @Test func theInverterMayBeReadBeforeItsBattery() {
        let site = Site([
            Site.Device("hybrid", line: "inverter", battery), Site.Device("pack-1", hasCells: true, battery),
        ])
        site.set("hybrid", "overTemperature")
        site.set("pack-1", "overTemperature")
        site.run(.minutes(5))
        #expect(alarms(site) == ["home-1.1": ["hybrid.overTemperature", "pack-1.overTemperature"]])
        #expect(site.messages.count == 1)
        #expect(site.book.tickets[ticketOne]?.occurrence?.device.text == "pack-1")
    }

    @Test func twoBatteriesAreTwoFaults() {
        let site = home
        site.set("pack-1", "overTemperature")
        site.set("pack-2", "overTemperature")
        site.run(.minutes(5))
        #expect(site.book.tickets.count == 2)
    }

    @Test func theRootMayBeToldAfterWhatFollowsFromIt() throws {
        let site = home
        // Degradation opens at once; the over-voltage that it comes from is seen 20 s later, and opens at its time.
        site.set("pack-1", "cell")
        site.run(.seconds(20))
        #expect(site.book.tickets.count == 1)
        site.set("pack-1", "cellOverVoltage")
        site.run(.hours(1))
        #expect(alarms(site) == ["home-1.1": ["pack-1.cell", "pack-1.cellOverVoltage"]])
        let ticket = try #require(site.book.tickets[ticketOne])
        #expect(ticket.root?.text == "pack-1/pack-1.cellOverVoltage#1")
        #expect(ticket.firstOut?.text == "pack-1/pack-1.cell#1")
        #expect(ticket.occurrence?.fault.text == "cellOverVoltage")
    }

    @Test func aRootWhoseFaultHasAnOpenTicketGoesOnThereAndNamesIt() throws {
        let site = home
        site.set("pack-1", "cellOverVoltage")
        site.run(.hours(1))
        site.set("pack-1", "cellOverVoltage", false)
        site.run(.hours(1))
        site.set("pack-1", "cell")
        site.run(.seconds(20))
        #expect(site.book.tickets.count == 2)
        site.set("pack-1", "cellOverVoltage")
        site.run(.hours(1))
        let opened = site.ledger.filter { $0.event.name == "FaultOpened" }.compactMap(\.ticket?.text)
        #expect(opened == ["home-1.1", "home-1.2", "home-1.1"])
        #expect(alarms(site) == ["home-1.1": ["pack-1.cellOverVoltage"], "home-1.2": ["pack-1.cell"]])
    }

    @Test func cellAndPackAndTheMakersOwnAlarmOfOneOverVoltageAreOne() throws {
        let site = home
        site.set("pack-1", "packOverVoltage")
        site.run(.seconds(12))
        site.set("pack-1", "cellOverVoltage")
        site.run(.seconds(12))
        site.set("pack-1", "sunspec.battery.contactor")
        site.run(.hours(1))
        #expect(
            alarms(site) == [
                "home-1.1": ["pack-1.cellOverVoltage", "pack-1.packOverVoltage", "pack-1.sunspec.battery.contactor"],
            ])
        #expect(site.book.tickets[ticketOne]?.key?.code == "cellOverVoltage")
        #expect(site.book.tickets[ticketOne]?.firstOut?.text == "pack-1/pack-1.packOverVoltage#1")
        #expect(site.messages.count == 1)
    }

    @Test func whatAProfileSaysThatAnAlarmExplainsIsAttached() {
        let site = home
        site.set("pack-1", "maker.warning")
        site.run(.seconds(5))
        site.set("pack-1", "maker.trip")
        site.run(.hours(1))
        #expect(alarms(site) == ["home-1.1": ["pack-1.maker.trip", "pack-1.maker.warning"]])
        #expect(site.book.tickets[ticketOne]?.key?.code == "maker.trip")
    }

    @Test func whatComesMuchLaterIsAFaultOfItsOwn() {
        let site = home
        site.set("pack-1", "overTemperature")
        site.run(.seconds(90))
        site.set("pack-1", "packUnderVoltage")
        site.run(.hours(1))
        #expect(site.book.tickets.count == 2)
    }

    @Test func aDangerIsNeverDerivedFromANuisance() {
        let faults = [Site.Fault("cellOverVoltage", .k2), Site.Fault("packOverVoltage", .k0)]
        let site = Site([Site.Device("pack-1", hasCells: true, faults)])
        site.set("pack-1", "cellOverVoltage")
        site.run(.seconds(5))
        site.set("pack-1", "packOverVoltage")
        site.run(.minutes(1))
        #expect(site.book.tickets.count == 2)
        #expect(site.messages.map(\.message.isUrgent) == [false, true])
    }

    @Test func aDerivedAlarmThatOutlivesItsRootByTenMinutesIsTheRootOfTheSameFault() throws {
        let site = home
        site.set("pack-1", "overTemperature")
        site.set("pack-1", "sunspec.battery.contactor")
        site.run(.minutes(2))
        site.set("pack-1", "overTemperature", false)
        site.run(.minutes(11))
        let cleared = try #require(site.seconds(of: "AlarmCleared").first)
        #expect(site.seconds(of: "RootChanged") == [cleared + 600])
        let ticket = try #require(site.book.tickets[ticketOne])
        #expect(ticket.root?.text == "pack-1/pack-1.sunspec.battery.contactor#1")
        #expect(ticket.key?.code == "overTemperature")
        #expect(!ticket.selfCleared)
        site.run(.hours(2))
        #expect(site.book.tickets.count == 1)
        #expect(site.messages.count == 1)
        #expect(site.seconds(of: "RootChanged").count == 1)
    }

    @Test func theMapHasNoCircle() {
        for start in FaultGrouping.consequences.keys {
            var reached: Set<String> = []
            var next = FaultGrouping.consequences[start] ?? []
            while let code = next.popFirst() {
                #expect(code != start, "\(start) leads back to itself")
                guard reached.insert(code).inserted else { continue }
                next.formUnion(FaultGrouping.consequences[code] ?? [])
            }
        }
    }

    // MARK: - Lines and units

    @Test func aWholeLineThatFallsSilentIsOneCase() throws {
        let site = Site((1...6).map { Site.Device("pack-\($0)", unit: $0, hasCells: true, battery) })
        site.run(.seconds(10))
        for number in 1...6 { site.silence("pack-\(number)") }
        site.run(.minutes(20))
        #expect(site.book.tickets.count == 1)
        #expect(site.messages.count == 1)
        let ticket = try #require(site.snapshot.tickets.first)
        #expect(ticket.key == "home-1/line packs/lineLost")
        #expect(ticket.routing == "K3")
        #expect(ticket.occurrences == 7)
        #expect(ticket.advice.contains("cable"))
        #expect(ticket.clocks.first { $0.clock == "response" }?.status == "running")
        #expect(ticket.clocks.first { $0.clock == "diagnosisA" }?.status == "notApplicable")
        site.silence("pack-3", false)
        site.run(.minutes(1))
        #expect(site.book.active.values.contains { $0.occurrence.alarm == "lineLost" } == false)
    }

    @Test func oneSilentUnitOfALineIsACaseOfThatUnit() {
        let site = Site((1...3).map { Site.Device("pack-\($0)", unit: $0, hasCells: true, battery) })
        site.run(.seconds(10))
        site.silence("pack-2")
        site.run(.minutes(20))
        #expect(site.snapshot.tickets.map(\.key) == ["home-1/pack-2/dataLost"])
    }

    @Test func devicesOfOneUnitAreLostTogether() {
        let site = Site([
            Site.Device("bms", unit: 1, battery), Site.Device("meter", unit: 1, battery),
            Site.Device("pack-9", unit: 9, battery),
        ])
        site.run(.seconds(10))
        site.silence("bms")
        site.silence("meter")
        site.run(.minutes(20))
        #expect(site.snapshot.tickets.map(\.key) == ["home-1/unit 1 of line packs/unitLost"])
    }

    @Test func silenceDuringAFaultClearsNothingAndIsItsOwnCase() {
        let site = home
        site.set("pack-1", "overTemperature")
        site.run(.minutes(1))
        site.silence("pack-1")
        site.run(.minutes(30))
        #expect(site.snapshot.tickets.map(\.code) == ["overTemperature", "dataLost"])
        #expect(!site.ledger.contains { $0.event.name == "AlarmCleared" })
    }

    // MARK: - Classes

    @Test func aGridEventThatKeepsStoppingTheSystemBecomesAFault() throws {
        let faults = [Site.Fault("grid", .k4), Site.Fault("unknown", .k4, isDoubtful: true)]
        let site = Site(
            [Site.Device("hybrid", faults)], classes: [.k4: ClassRule(onDelay: .zero, repeats: 3)])
        for round in 1...3 {
            for code in ["grid", "unknown"] { site.set("hybrid", code) }
            site.run(.minutes(30))
            for code in ["grid", "unknown"] { site.set("hybrid", code, false) }
            site.run(.minutes(30))
            #expect(site.book.tickets.isEmpty == (round < 3))
        }
        #expect(site.snapshot.tickets.map(\.code) == ["grid"])
        let ticket = try #require(site.snapshot.tickets.first)
        #expect(ticket.routing == "K1")
        #expect(ticket.occurrences == 3)
    }

    @Test func classesDecideWhichClocksRunAndWhoIsTold() throws {
        for routing in [Routing.k0, .k1, .k2, .k3, .k5, .k6, .k7] {
            let site = Site([Site.Device("hybrid", [Site.Fault("maker.fault", routing)])])
            site.set("hybrid", "maker.fault")
            site.run(.minutes(20))
            let ticket = try #require(site.snapshot.tickets.first)
            #expect(ticket.routing == routing.rawValue)
            let startsAll = routing != .k3 && routing != .k5
            #expect(ticket.clocks.first { $0.clock == "response" }?.status == "running")
            #expect((ticket.clocks.first { $0.clock == "diagnosisA" }?.status == "running") == startsAll)
            let audience = try #require(site.messages.first?.message.audience)
            #expect(audience.contains(.installer) == (routing == .k5))
            #expect(audience.contains(.user) == (routing != .k5 && routing != .k6))
        }
    }
}
