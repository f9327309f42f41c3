import Terms
import Testing

@testable import Simulation

@Suite struct HomeFaultTests {
    /// A home that breaks after a minute and its twin that does not.
    struct Twins {
        var struck: SimulatedHome
        var sound: SimulatedHome
        let atInjection: PackReading

        init(_ fault: HomeFault, seed: UInt64) {
            sound = SimulatedHome(seed: seed)
            sound.step(by: 60)
            struck = sound
            atInjection = struck.packs[HomeFault.struckPack].monitor.reading
            struck.inject(fault)
        }

        mutating func step(by seconds: Double) {
            struck.step(by: seconds)
            sound.step(by: seconds)
        }

        var reading: PackReading { struck.packs[HomeFault.struckPack].monitor.reading }
        var soundReading: PackReading { sound.packs[HomeFault.struckPack].monitor.reading }

        var struckDeviationMillivolts: Int {
            reading.cellMillivolts[HomeFault.struckCell] - reading.cellMillivolts.sorted()[Pack.cellCount / 2]
        }

        func shows(_ fault: HomeFault) -> Bool {
            let cell = HomeFault.struckCell
            return switch fault {
            case .cellOverTemperature: reading.cellDecidegrees[cell] > 600
            case .cellOverVoltage: reading.cellMillivolts[cell] > 3_600
            case .cellUnderVoltage: reading.cellMillivolts[cell] < 2_800
            case .highResistance: struckDeviationMillivolts > 50 && reading.currentCentiamperes > 1_000
            case .socJump: soundReading.stateOfChargePermille - reading.stateOfChargePermille >= 140
            case .frozenData: reading == atInjection && soundReading.heartbeat != atInjection.heartbeat
            case .lostDevice: PublishedRegisters(struck).silentUnits == [3]
            case .deviceAlarm: reading.protections == .chargeSwitchFault
            case .gridOverVoltage: struck.inverter.events == .alternatingOverVoltage
            }
        }

        /// The same reading without what the named fault may change.
        func withoutSignal(_ fault: HomeFault, _ reading: PackReading) -> PackReading {
            var rest = reading
            if fault == .socJump { rest.stateOfChargePermille = 0 }
            if fault == .deviceAlarm { rest.protections = [] }
            return rest
        }
    }

    @Test(arguments: HomeFault.allCases, [UInt64(1), 20])
    func showsWithinItsStatedTimeAndNotBefore(fault: HomeFault, seed: UInt64) {
        var twins = Twins(fault, seed: seed)
        if fault != .lostDevice { #expect(!twins.shows(fault)) }
        twins.step(by: Double(fault.showsWithinSeconds))
        #expect(twins.shows(fault))
        for other in HomeFault.allCases where other != fault { #expect(!twins.shows(other), "\(other)") }
    }

    @Test(arguments: [HomeFault.socJump, .frozenData, .lostDevice, .deviceAlarm, .gridOverVoltage])
    func leavesEverythingElseToTheByteAsItWas(fault: HomeFault) {
        var twins = Twins(fault, seed: 3)
        for _ in 0..<120 {
            twins.step(by: 1)
            #expect(twins.struck.packs[0].monitor.reading == twins.sound.packs[0].monitor.reading)
            if fault != .frozenData {
                #expect(
                    twins.withoutSignal(fault, twins.reading) == twins.withoutSignal(fault, twins.soundReading))
            }
            if fault != .gridOverVoltage {
                #expect(twins.struck.inverter.phaseVolts == twins.sound.inverter.phaseVolts)
                #expect(twins.struck.inverter.alternatingWatts == twins.sound.inverter.alternatingWatts)
            }
        }
        #expect(twins.reading.warnings.isEmpty)
    }

    @Test(arguments: [HomeFault.cellOverTemperature, .cellOverVoltage, .cellUnderVoltage, .highResistance])
    func staysWithItsOwnCell(fault: HomeFault) {
        var twins = Twins(fault, seed: 3)
        for second in 1...120 {
            twins.step(by: 1)
            let other = twins.struck.packs[0].monitor.reading
            #expect(other.highestCellMillivolts - other.lowestCellMillivolts < 9, "second \(second)")
            #expect(other.protections.isEmpty && other.warnings.isEmpty)
            var rest = twins.reading.cellMillivolts
            rest.remove(at: HomeFault.struckCell)
            #expect((rest.max() ?? 0) - (rest.min() ?? 0) < 9, "second \(second)")
            #expect(rest.allSatisfy { $0 > 3_200 && $0 < 3_500 })
            if fault != .cellOverTemperature {
                #expect(twins.reading.highestDecidegrees < 300)
                #expect(twins.reading.protections.isEmpty)
            }
            #expect(twins.struck.inverter.events.isEmpty)
        }
    }

    @Test func theHotCellClimbsAtItsRateAndItsNeighboursFollowSlowly() {
        var twins = Twins(.cellOverTemperature, seed: 1)
        var climb: [Int] = []
        while twins.reading.cellDecidegrees[6] <= 600, climb.count < 60 {
            twins.step(by: 1)
            climb.append(twins.reading.cellDecidegrees[6])
        }
        #expect((20...30).contains(climb.count))
        let rate = Double(climb[climb.count - 1] - climb[7]) / 10 / Double(climb.count - 8)
        #expect((1.2...1.6).contains(rate))
        #expect(twins.reading.highestDecidegrees == twins.reading.cellDecidegrees[6])
        #expect(abs(twins.struckDeviationMillivolts) < 9, "the voltage hardly shows it")
        for neighbour in [5, 7] {
            let rise = twins.reading.cellDecidegrees[neighbour] - twins.soundReading.cellDecidegrees[neighbour]
            #expect((1...30).contains(rise))
        }
        for far in [0, 1, 14, 15] {
            #expect(abs(twins.reading.cellDecidegrees[far] - twins.soundReading.cellDecidegrees[far]) <= 4)
        }
    }

    @Test func thePackCutsItselfOffWhenItIsTooHotAndTheOtherGoesOn() {
        var twins = Twins(.cellOverTemperature, seed: 1)
        twins.step(by: 90)
        #expect(twins.reading.protections == .cellOverTemperature)
        #expect(abs(twins.reading.currentCentiamperes) < 10)
        #expect(twins.struck.packs[0].monitor.reading.currentCentiamperes > 2_000)
        #expect(twins.struck.latchedBatteryEvents.contains(.overTemperatureAlarm))
        twins.step(by: 3_600)
        #expect(twins.reading.highestDecidegrees < 1_300, "the heat of the reaction is finite")
        twins.step(by: 7_200)
        #expect(twins.reading.highestDecidegrees < 450)
        #expect(twins.reading.protections == .cellOverTemperature, "it stays off, though it has cooled")
    }

    @Test func aHighGridEndsTheFeedIn() {
        var twins = Twins(.gridOverVoltage, seed: 2)
        twins.step(by: 30)
        #expect((255...265).contains(twins.struck.inverter.phaseVolts[0]))
        #expect(twins.struck.inverter.phaseVolts[1] < 250)
        #expect(twins.struck.inverter.exportWatts < 1)
        #expect(twins.struck.inverter.operatingState == 5)
        #expect(twins.sound.inverter.exportWatts > 500)
    }

    @Test(arguments: HomeFault.allCases)
    func aRepairTakesItBack(fault: HomeFault) {
        var twins = Twins(fault, seed: 5)
        twins.step(by: 100)
        twins.struck.repair()
        twins.step(by: 120)
        for any in HomeFault.allCases { #expect(!twins.shows(any), "\(any)") }
        #expect(twins.struck.activeFaults.isEmpty)
        #expect(twins.struck.latchedBatteryEvents.isEmpty)
        #expect(twins.reading.protections.isEmpty && twins.reading.warnings.isEmpty)
        #expect(twins.reading.highestCellMillivolts - twins.reading.lowestCellMillivolts < 9)
        #expect(abs(twins.reading.stateOfChargePermille - twins.soundReading.stateOfChargePermille) < 40)
    }

    @Test func aScheduledFaultComesAtItsTime() {
        var home = SimulatedHome(seed: 1)
        home.inject(.socJump, at: .seconds(30))
        home.step(by: 29)
        #expect(home.activeFaults.isEmpty)
        home.step(by: 1)
        #expect(home.activeFaults == [.socJump])
        home.inject(.deviceAlarm, at: .seconds(1))
        #expect(home.activeFaults.contains(.deviceAlarm), "a time in the past is now")
    }

    @Test func everyFaultHasItsNameAndSentence() {
        #expect(HomeFault(rawValue: "cell-over-temperature") == .cellOverTemperature)
        for fault in HomeFault.allCases {
            #expect(fault.rawValue.allSatisfy { $0.isLowercase || $0 == "-" })
            #expect(fault.summary.hasSuffix("."))
        }
    }
}
