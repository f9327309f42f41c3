import Foundation
import Settings
import Terms
import Testing
import Warranty

/// A linear congruence after Knuth (MMIX), its high bits.
private struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func roll(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }

    mutating func isLucky(_ of: Int = 2) -> Bool { roll(of) == 0 }

    mutating func maybe<Value>(_ value: (inout Dice) -> Value) -> Value? { isLucky(3) ? nil : value(&self) }

    mutating func one<Value>(of values: [Value]) -> Value { values[roll(values.count)] }

    /// From 2019 to 2046: around the starts and ends of ten years.
    mutating func day() -> CivilDate { CivilDate(daysSinceEpoch: 17_900 + roll(10_000)) ?? .first }
}

extension Dice {
    mutating func unit() -> UnitRecord {
        var earlier: [EarlierUnit] = []
        while isLucky(4), earlier.count < 3 {
            earlier.append(EarlierUnit(serial: "E-\(roll(4))", takenOut: day(), history: history()))
        }
        return UnitRecord(
            component: one(of: WarrantyComponent.allCases), serial: isLucky(20) ? "E-1" : "S-1",
            nominalCapacity: maybe { Energy(wattHours: 1 + $0.roll(20_000)) },
            usableCapacity: maybe { Energy(wattHours: 1 + $0.roll(20_000)) },
            measuredCapacity: maybe { dice in
                MeasuredCapacity(Energy(wattHours: dice.roll(20_000)), at: dice.isLucky() ? .ac : .dc)
            },
            history: history(), earlier: earlier,
            takenOut: isLucky(8) ? Replacement(day: day(), by: "N-1") : nil, isDisputed: isLucky(12))
    }

    private mutating func history() -> UnitHistory {
        var dates: [UnitEvent: CivilDate] = [:]
        var day = day()
        for event in UnitEvent.allCases {
            if isLucky(3) { continue }
            dates[event] = isLucky(30) ? self.day() : day
            day = CivilDate(daysSinceEpoch: day.daysSinceEpoch + roll(300)) ?? day
        }
        return UnitHistory(
            dates: dates, registration: one(of: [.notKnown, .never, .on(day)]),
            discharged: maybe { Energy(wattHours: $0.roll(60_000_000)) },
            charged: maybe { Energy(wattHours: $0.roll(60_000_000)) },
            cycles: maybe { CycleCount(thousandths: $0.roll(8_000_000)) }, offlineDays: maybe { $0.roll(400) },
            hoursOutside: maybe { $0.roll(200) })
    }
}

private let rounds = 4_000

/// A case for each round: a policy of the golden ones, a unit, a day, a claim.
private func forEachRound(
    seed: UInt64, _ body: (inout Dice, WarrantyTerms, UnitRecord, CivilDate, WarrantyClaim) throws -> Void
) throws {
    let policies = try goldenPolicies()
    var dice = Dice(seed: seed)
    for _ in 0..<rounds {
        let terms = dice.one(of: policies)
        let unit = dice.unit()
        let day = dice.day()
        try body(&dice, terms, unit, day, dice.one(of: WarrantyClaim.allCases))
    }
}

@Suite struct CoveragePropertyTests {
    @Test func theSameFactsGiveTheSameBytes() throws {
        func decisions() throws -> [CoverageDecision] {
            var all: [CoverageDecision] = []
            try forEachRound(seed: 1) { _, terms, unit, day, claim in
                all.append(decide(terms, unit, on: day, claim: claim))
            }
            return all
        }
        let first = try decisions()
        let second = try decisions()
        #expect(first == second)
        // The rounds reach every kind of answer often enough to mean something.
        for name in ["inTerm", "atRisk", "unknown", "disputed", "expired"] {
            #expect(first.filter { $0.status.name == name }.count > 40, "\(name)")
        }
    }

    @Test func aLaterDayNeverBringsBackWhatHasExpired() throws {
        try forEachRound(seed: 2) { dice, terms, unit, day, claim in
            let before = decide(terms, unit, on: day, claim: claim)
            let later = CivilDate(daysSinceEpoch: day.daysSinceEpoch + 1 + dice.roll(3_000)) ?? .last
            let after = decide(terms, unit, on: later, claim: claim)
            if before.computed.name == "expired" {
                #expect(after.computed.name == "expired", "\(terms.name) \(day.text) \(later.text) \(unit)")
            }
            if before.computed.name == "unknown" {
                #expect(after.computed.rank >= 2, "\(terms.name) \(day.text) \(later.text) \(unit)")
            }
        }
    }

    @Test func moreUseNeverMakesItBetter() throws {
        try forEachRound(seed: 3) { dice, terms, unit, day, claim in
            var used = unit
            if let energy = unit.history.discharged {
                used.history.discharged = Energy(wattHours: energy.wattHours + dice.roll(30_000_000))
            }
            if let energy = unit.history.charged {
                used.history.charged = Energy(wattHours: energy.wattHours + dice.roll(30_000_000))
            }
            if let cycles = unit.history.cycles {
                used.history.cycles = CycleCount(thousandths: cycles.thousandths + dice.roll(4_000_000))
            }
            let before = decide(terms, unit, on: day, claim: claim).computed
            let after = decide(terms, used, on: day, claim: claim).computed
            #expect(after.rank >= before.rank, "\(terms.name) \(day.text) \(unit)")
        }
    }

    @Test func aFactThatBecomesKnownNeverContradictsACertainAnswer() throws {
        var compared = 0
        try forEachRound(seed: 4) { dice, terms, unit, day, claim in
            let before = decide(terms, unit, on: day, claim: claim).computed
            guard before.rank != 2, unit.earlier.isEmpty else { return }
            var known = unit
            let event = dice.one(of: UnitEvent.allCases)
            guard unit.history.dates[event] == nil else { return }
            known.history.dates[event] = dice.day()
            let after = decide(terms, known, on: day, claim: claim).computed
            // What cannot be (made after it was installed) is told as such and is no certain answer; so is an invoice
            // from before the terms took effect.
            guard after.rank != 2 else { return }
            compared += 1
            #expect((after.rank == 3) == (before.rank == 3), "\(terms.name) \(day.text) \(event) \(unit)")
        }
        #expect(compared > 100)
    }

    @Test func thePeriodEndsWhereASecondCalculationSaysSo() throws {
        let terms = try #require(try goldenPolicies().first { $0.name == "years" })
        for number in 10_000..<22_000 {
            let start = try #require(CivilDate(daysSinceEpoch: number))
            let unit = UnitRecord(
                component: .pack, serial: "S-1", history: UnitHistory(dates: [.commissioning: start]))
            let decision = decide(terms, unit, on: start)
            // Ten years later by the text alone; only the 29th of February can be missing there.
            let text = start.text
            let year = try #require(Int(text.prefix(4)))
            let wanted = "\(year + 10)\(text.dropFirst(4))"
            let expected = CivilDate(text: wanted) == nil ? "\(year + 10)-02-28" : wanted
            #expect(decision.lastCoveredDay?.text == expected)
        }
    }

    @Test func theLargestNumbersDoNotCrash() throws {
        let history = UnitHistory(
            dates: [.installation: .last, .manufacture: .last, .commissioning: .last], registration: .on(.last),
            discharged: Energy(wattHours: .max), charged: Energy(wattHours: .max),
            cycles: CycleCount(thousandths: .max), offlineDays: .max, hoursOutside: .max)
        for terms in try goldenPolicies() {
            for component in WarrantyComponent.allCases {
                let unit = UnitRecord(
                    component: component, serial: "S-1", nominalCapacity: Energy(wattHours: .max),
                    usableCapacity: Energy(wattHours: .max),
                    measuredCapacity: MeasuredCapacity(Energy(wattHours: .max), at: .dc), history: history,
                    earlier: [EarlierUnit(serial: "E-1", takenOut: .last, history: history)])
                for claim in WarrantyClaim.allCases {
                    for day in [CivilDate.first, .last] {
                        #expect(!decide(terms, unit, on: day, claim: claim).conclusion.isEmpty)
                    }
                }
            }
        }
    }
}

@Suite struct KeyOrderTests {
    /// The lines of a block that stand at its own depth, with what belongs to them, in another order.
    private func shuffled(_ entries: [String], _ dice: inout Dice) -> String {
        var rest = entries
        var text = ""
        while !rest.isEmpty { text += rest.remove(at: dice.roll(rest.count)) + "\n" }
        return text
    }

    @Test func theOrderOfKeysAndOfStartsMeansNothing() throws {
        let term = [
            "      lasts: 10 years", "      covers: [defects, capacity]", "      atMostFromManufacture: 132 months",
            "      offline: {then: 4 years, moreThanDays: 180}", "      cycles: 6000",
            "      registration: {else: 5 years, of: installation, withinDays: 60}",
            "      throughput: {counts: both, limit: 60 MWh}", "      endCapacity: {at: dc, percent: 70, of: nominal}",
            "      temperature: {highest: 50, lowest: -10, toleratedHours: 100}",
        ]
        let head = [
            "policy: x", "version: 1", "title: t", "effective: 2020-01-01", "source: unknown", "status: unverified",
        ]
        let unit = [
            "component: pack", "serial: A-1", "manufactured: 2024-01-31", "shipped: 2024-02-10",
            "invoiced: 2024-02-12", "installed: 2024-02-29", "registered: 2024-03-01", "discharged: 21.4 MWh",
            "charged: 23 MWh", "cycles: 1570.25", "offlineDays: 12", "hoursOutside: 3", "nominalCapacity: 13.6 kWh",
            "measuredCapacity: {at: dc, energy: 12 kWh}",
        ]
        var dice = Dice(seed: 5)
        var sums: Set<[String]> = []
        let day = try #require(CivilDate(text: "2030-05-04"))
        for _ in 0..<200 {
            var starts = ["manufacture + 18 months", "shipment + 90 days", "invoice", "installation"]
            starts.swapAt(dice.roll(4), dice.roll(4))
            let from = "      from: [\(starts.joined(separator: ", "))]"
            let components = "components:\n  pack:\n    - term: product\n" + shuffled(term + [from], &dice)
            let text = shuffled(head + [components], &dice)
            let terms = try readWarrantyTerms(text, name: "x.yaml", documentHash: "0")
            let record = try readUnitRecord(shuffled(unit, &dice), name: "u.yaml")
            sums.insert(decide(terms, record, on: day, claim: .capacity).sum)
        }
        #expect(sums.count == 1)
        #expect(sums.first?.count == 16)
    }
}

@Suite struct QuantityTests {
    @Test(arguments: [
        ("43 MWh", 43_000_000, "43 MWh"), ("2.92 MWh", 2_920_000, "2.92 MWh"), ("13.6 kWh", 13_600, "13.6 kWh"),
        ("900 Wh", 900, "900 Wh"), ("1000 Wh", 1_000, "1 kWh"), ("0 Wh", 0, "0 Wh"),
        ("21.400001 MWh", 21_400_001, "21.400001 MWh"), ("0.5 kWh", 500, "500 Wh"),
    ])
    func energyIsReadAndShownExactly(text: String, wattHours: Int, shown: String) {
        #expect(Energy(text: text)?.wattHours == wattHours)
        #expect(Energy(wattHours: wattHours).text == shown)
    }

    @Test(arguments: [
        "43", "43MWh", "43 Mwh", "-1 kWh", "+1 kWh", "1,5 kWh", "1.2345 kWh", "0.5 Wh", ". kWh", "1. kWh", ".5 kWh",
        "1.2.3 kWh", " 1 kWh", "1  kWh", "1000001 MWh", "99999999999999999999 MWh", "١ kWh", "1e3 Wh", "",
    ])
    func whatIsNoEnergyIsRefused(text: String) { #expect(Energy(text: text) == nil) }

    @Test func lengthsAndCyclesAreReadExactly() {
        #expect(TermLength(text: "10 years") == .months(120))
        #expect(TermLength(text: "132 months")?.text == "11 years")
        #expect(TermLength(text: "18 months")?.text == "18 months")
        #expect(TermLength(text: "1 day")?.text == "1 day")
        for text in ["10", "10years", "-1 years", "ten years", "101 years", "1.5 years", "1 year ", "40000 days"] {
            #expect(TermLength(text: text) == nil, "\(text)")
        }
        #expect(CycleCount(text: "1570.25")?.thousandths == 1_570_250)
        #expect(CycleCount(text: "6000")?.text == "6000")
        for text in ["6000.1234", "-1", "1e3", "1000001", ""] { #expect(CycleCount(text: text) == nil, "\(text)") }
    }
}
