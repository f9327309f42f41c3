import DeviceProfiles
import Detection
import Foundation
import Settings
import StrictYAML
import Terms
import Testing

private func rules(_ chemistry: String) throws -> ChemistryRules {
    let name = "detection/\(chemistry).yaml"
    return try readDetectionRules(try shippedText(name), name: name)
}

/// The problems of the shipped LFP file after one part of it, which must be there, was replaced.
private func problems(replacing part: String, with replacement: String) throws -> [String] {
    let text = try shippedText("detection/lfp.yaml")
    let place = try #require(text.range(of: part), "the file has changed")
    do throws(InvalidText) {
        _ = try readDetectionRules(text.replacingCharacters(in: place, with: replacement), name: "lfp.yaml")
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

@Suite struct ReadDetectionRulesTests {
    @Test func theShippedLimitsAreThoseOfTheirChemistry() throws {
        let lfp = try rules("lfp")
        let nmc = try rules("nmc")
        #expect(lfp.chemistry == .lfp && nmc.chemistry == .nmc)
        func limits(_ rules: ChemistryRules, _ alarm: DetectorAlarm) -> [Double?] {
            [rules.rules.alarms[alarm]?.limit, rules.rules.alarms[alarm]?.chargingLimit]
        }
        #expect(limits(lfp, .cellVoltageHigh) == [3.60, nil])
        #expect(limits(lfp, .cellVoltageLow) == [2.80, nil])
        #expect(limits(nmc, .cellVoltageHigh) == [4.22, nil])
        #expect(limits(nmc, .cellVoltageLow) == [2.90, nil])
        for shipped in [lfp, nmc] {
            #expect(limits(shipped, .cellTemperatureHigh) == [60, 55])
            #expect(limits(shipped, .cellTemperatureLow) == [-20, 0])
            #expect(shipped.rules.alarms[.frozenData]?.routing == .k4)
            #expect(shipped.rules.alarms[.dataLost]?.routing == .k3)
            #expect(shipped.rules.classes[.k1]?.onDelay == .minutes(15))
            #expect(shipped.rules.classes[.k3]?.dongleOnDelay == .hours(1))
            // Opens nothing but what keeps coming back.
            #expect(shipped.rules.classes[.k4]?.repeats == 3)
        }
        #expect(lfp.rules.cells.plateau == 3.20...3.38 && lfp.rules.cells.peers == 0)
        #expect(nmc.rules.cells.plateau == nil && nmc.rules.cells.peers == 3)
    }

    @Test(arguments: ["lfp", "nmc"])
    func aShippedFileWatchesEverythingThatCanBeWatched(chemistry: String) throws {
        let rules = try rules(chemistry).rules
        #expect(Set(rules.alarms.keys) == Set(DetectorAlarm.allCases))
        #expect(Set(rules.classes.keys) == Set(Routing.allCases))
        for (alarm, rule) in rules.alarms { #expect((rule.severity == .safety) == (rule.routing == .k0), "\(alarm)") }
    }

    @Test func aFullCellOfEitherChemistryIsNormalAgainAfterAnAlarm() throws {
        let high = try #require(try rules("nmc").rules.alarms[.cellVoltageHigh])
        #expect(4.20 < high.limit - high.deadBand)
    }

    @Test(arguments: [
        ("cellVoltageHigh: {limit: 3.60", "cellVoltageHigh: {limit: x", "7:28: alarms.cellVoltageHigh.limit: a number"),
        ("limit: 3.60, ", "", "7:20: alarms.cellVoltageHigh: key \"limit\" is missing"),
        ("limit: 3.60", "limitt: 3.60", "7:21: alarms.cellVoltageHigh: unknown key \"limitt\"; did you mean"),
        ("cellVoltageHigh:", "cellVoltagHigh:", "7:3: alarms: unknown key \"cellVoltagHigh\"; did you mean"),
        ("limit: 3.60", "limit: 3600", "7:28: alarms.cellVoltageHigh.limit: 3600 is outside 0.5 to 6.0"),
        ("onDelay: 2s", "onDelay: 2", "7:59: alarms.cellVoltageHigh.onDelay: \"2\" is no length of time"),
        ("reads: 3", "reads: 0", "7:85: alarms.cellVoltageHigh.reads: 0 is outside 1 to 1000"),
        ("severity: protection", "severity: bad", "7:98: alarms.cellVoltageHigh.severity: \"bad\" is not known"),
        ("routing: K1", "routing: K9", "7:119: alarms.cellVoltageHigh.routing: \"K9\" is not known"),
        ("chemistry: LFP", "chemistry: LFE", "3:12: chemistry: \"LFE\" is not known; did you mean \"LFP\"?"),
        ("  K1: {onDelay: 15min, repeats: 3, repeatWindow: 24h}\n", "", "classes: key \"K1\" is missing"),
        ("  K0: {onDelay: 0}", "  K9: {onDelay: 0}", "classes: unknown key \"K9\""),
        ("  K4: {repeats: 3, ", "  K4: {onDelay: 0, ", "classes.K4: unknown key \"onDelay\""),
        ("deviceAlarms:", "deviceAlarm:", "3:1: key \"deviceAlarms\" is missing"),
        ("window: 3s", "window: 2min", "temperatureRise.window: 2min is outside 1s to 1min"),
    ])
    func aMissingOrWrongKeyIsNamed(part: String, replacement: String, problem: String) throws {
        let found = try problems(replacing: part, with: replacement)
        #expect(found.contains { $0.contains(problem) }, "\(found)")
    }

    @Test(arguments: [
        ("cellVoltageLow: {limit: 2.80", "cellVoltageLow: {limit: 3.60", "cellVoltageLow and cellVoltageHigh"),
        ("packVoltageHigh: {limit: 3.60", "packVoltageHigh: {limit: 2.87", "packVoltageLow and packVoltageHigh"),
        (
            "cellTemperatureLow: {limit: -20, chargingLimit: 0", "cellTemperatureLow: {limit: -20, chargingLimit: 50",
            "cellTemperatureLow and cellTemperatureHigh"
        ),
        ("chargingLimit: 55", "chargingLimit: 65", "chargingLimit 65.0 is above the limit 60.0"),
        ("chargingLimit: 0", "chargingLimit: -25", "chargingLimit -25.0 is below the limit -20.0"),
        ("socJump: {limit: 5", "socJump: {limit: 5, chargingLimit: 5", "socJump: chargingLimit: this alarm has none"),
        ("possible: {from: 1.5, to: 4.6}", "possible: {from: 4.6, to: 1.5}", "from 4.6 is not below to 1.5"),
        ("edges: [3.10, 3.20", "edges: [3.20, 3.10", "each voltage must lie above the one before"),
        ("from: -39.5, to: 250}, st", "from: 250, to: -39.5}, st", "from 250.0 is not below to -39.5"),
        ("settled: 22h", "settled: 9d", "each be no longer than the next"),
        ("severity: warning, routing: K4", "severity: warning, routing: K2", "frozenData: routing: it can only be K4"),
        ("severity: warning, routing: K3", "severity: warning, routing: K1", "dataLost: routing: it can only be K3"),
        ("severity: warning, routing: K2", "severity: warning, routing: K7", "thermal: routing: what a device"),
        ("severity: safety, routing: K0", "severity: safety, routing: K1", "safety and routing K0 go together"),
        ("severity: warning, routing: K2", "severity: warning, routing: K0", "safety and routing K0 go together"),
        ("kneeLevel: 0.060", "kneeLevel: 0.010", "kneeLevel 0.01 is below alarms.resistance.limit 0.028"),
        ("slowestInterval: 2s", "slowestInterval: 7s", "slowestInterval 7s is more than twice the window 3s"),
        ("dongleOnDelay: 1h", "dongleOnDelay: 1min", "dongleOnDelay 1min is shorter than onDelay 10min"),
        ("frozenData: {limit: 0", "frozenData: {limit: 1", "alarms.frozenData.limit: 1 is outside 0.0 to 0.0"),
        ("temperatureRise: {limit: 1.0", "temperatureRise: {limit: 0", "temperatureRise.limit: 0 is outside 0.01 to"),
    ])
    func whatNoBatteryCouldKeepIsRefused(part: String, replacement: String, problem: String) throws {
        let found = try problems(replacing: part, with: replacement)
        #expect(found.count == 1)
        #expect(found.first?.contains(problem) == true, "\(found)")
        #expect(found.first?.hasPrefix("lfp.yaml: ") == false)
    }

    @Test func anAlarmThatIsLeftOutIsNotWatched() throws {
        let text = try shippedText("detection/lfp.yaml").split(separator: "\n")
            .filter { !$0.hasPrefix("  cellVoltageLow:") && !$0.hasPrefix("  senseWire:") }.joined(separator: "\n")
        let rules = try readDetectionRules(text, name: "lfp.yaml").rules
        #expect(rules.alarms[.cellVoltageLow] == nil && rules.alarms[.senseWire] == nil)
        #expect(rules.alarms.count == DetectorAlarm.allCases.count - 2)
    }
}
