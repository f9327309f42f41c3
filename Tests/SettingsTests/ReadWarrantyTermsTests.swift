import Foundation
import Settings
import StrictYAML
import Terms
import Testing
import Warranty

private let hash = String(repeating: "ab", count: 32)

private func read(_ text: String) throws(InvalidText) -> WarrantyTerms {
    try readWarrantyTerms(text, name: "x.yaml", documentHash: hash)
}

private func problems(_ text: String) -> [String] {
    do throws(InvalidText) {
        _ = try read(text)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// The commented template of `east.yaml` as a text of its own.
private func template() throws -> String {
    let lines = try shippedText("warranty/east.yaml").split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix("# The template:") })
    return lines[(start + 2)...].filter { $0.hasPrefix("#") }.map { String($0.dropFirst(2)) }.joined(separator: "\n")
}

private let good = """
    policy: x
    version: 1
    title: a title
    effective: 2026-01-01
    source: {title: a document, url: "https://example.org/a.pdf"}
    status: verified
    components:
      pack:
        - term: product
          covers: [defects, capacity]
          lasts: 10 years
          from: [installation, manufacture + 6 months]
          offline: {moreThanDays: 180, then: 4 years}
          registration: {withinDays: 60, of: installation, else: none}
          throughput: {limit: 30 MWh, counts: discharged}
          cycles: 6000
          temperature: {lowest: -10, highest: 50, then: ends}
          endCapacity: {percent: 70, of: nominal, at: dc}
      accessory: none
    """

@Suite struct ReadWarrantyTermsTests {
    @Test(arguments: ["east", "franklinwh", "sungrow-au", "alpha-ess-smile-b3-plus"])
    func aShippedPolicyIsSoundAndNamedAsItsFile(name: String) throws {
        let terms = try readWarrantyTerms(
            try shippedText("warranty/\(name).yaml"), name: "warranty/\(name).yaml", documentHash: hash)
        #expect(terms.name == name && terms.documentHash == hash)
        #expect(terms.status == .unverified, "nobody has compared it")
    }

    @Test func theTermsOfEastAreUnknownAndActAsCovered() throws {
        let terms = try read(try shippedText("warranty/east.yaml"))
        guard case .unknown(let reason) = terms.content else {
            Issue.record("the terms are not in the text")
            return
        }
        #expect(reason.hasPrefix("Article 3.1.2"))
        for component in WarrantyComponent.allCases {
            let unit = UnitRecord(
                component: component, serial: "A-1", history: UnitHistory(dates: [.commissioning: .first]))
            for day in [CivilDate.first, .last] {
                let decision = decide(terms, unit, on: day)
                #expect(decision.status == .unknown([.terms(reason: reason)]) && decision.actsAsCovered)
                #expect(decision.lastCoveredDay == nil && decision.limit == nil)
            }
        }
    }

    @Test func theTemplateHasEveryKeyAndIsSound() throws {
        let text = try template()
        let terms = try read(text)
        guard case .known(let components) = terms.content, case .terms(let pack) = components[.pack] else {
            Issue.record("the template has a pack")
            return
        }
        #expect(components[.accessory] == .nothing && components[.bms] == nil)
        #expect(terms.noticeDays == 30 && terms.exclusions.map(\.causes) == [[.external]] && !terms.remedy.isEmpty)
        let first = try #require(pack.first)
        let period = try #require(first.period)
        #expect(period.capMonths == 132 && period.offline?.months == 48 && period.registration?.elseMonths == 60)
        #expect(first.throughput != nil && first.cycles != nil && first.temperature?.then == .risk)
        #expect(first.endCapacity == EndCapacity(percent: 70, of: .nominal, at: .dc))
        for key in ["perNominalKWh", "perUsableKWh", "toleratedHours", "usagePercent", "effective", "none", "unknown"] {
            #expect(text.contains(key), "\(key)")
        }
    }

    @Test func everyKeyMeansWhatItSays() throws {
        let terms = try read(good)
        guard case .known(let components) = terms.content else {
            Issue.record("the terms are known")
            return
        }
        let expected = CoverageTerm(
            name: "product", claims: [.defects, .capacity],
            period: Period(
                months: 120,
                starts: [StartRule(.manufacture, after: .months(6)), StartRule(.installation)],
                offline: OfflineRule(moreThanDays: 180, months: 48),
                registration: RegistrationRule(withinDays: 60, of: .installation, elseMonths: 0)),
            throughput: ThroughputLimit(.absolute(Energy(wattHours: 30_000_000)), counts: .discharged),
            cycles: CycleCount(thousandths: 6_000_000),
            temperature: TemperatureWindow(lowest: -10, highest: 50, hours: 0, then: .ends),
            endCapacity: EndCapacity(percent: 70, of: .nominal, at: .dc))
        #expect(components == [.pack: .terms([expected]), .accessory: .nothing])
        #expect(terms.source == .document(title: "a document", url: "https://example.org/a.pdf"))
        #expect(terms.effective?.text == "2026-01-01" && terms.margins == .usual && terms.noticeDays == nil)
    }

    @Test(arguments: [
        ("policy: x", "policy: my x", "1:9: policy: \"my x\": a name has"),
        ("version: 1", "version: 0", "2:10: version: 0 is outside 1 to 1000000"),
        ("effective: 2026-01-01", "effective: 2026-02-30", "4:12: effective: \"2026-02-30\" is no day"),
        ("effective: 2026-01-01\n", "", "1:1: key \"effective\" is missing"),
        ("https:", "ftp:", "5:34: source.url: \"ftp://example.org/a.pdf\" is no URL"),
        ("{title: a document, url: \"https://example.org/a.pdf\"}", "unknown", "1:1: status: verified means compared"),
        ("status: verified", "status: verifed", "6:9: status: \"verifed\" is not known; did you mean \"verified\"?"),
        ("components:", "component:", "7:1: unknown key \"component\"; did you mean \"components\"?"),
        ("  pack:", "  pak:", "8:3: components: unknown key \"pak\"; did you mean \"pack\"?"),
        ("accessory: none", "accessory: []", "19:14: components.accessory: an empty list; where the maker gives"),
        ("accessory: none", "accessory: nothing", "19:14: components.accessory: a list expected, got \"nothing\""),
        ("[defects, capacity]", "[]", "10:15: components.pack[0].covers: a term that covers nothing"),
        ("[defects, capacity]", "[defects, defects]", "10:15: components.pack[0].covers: one is there twice"),
        ("lasts: 10 years", "lasts: 10", "11:14: components.pack[0].lasts: \"10\" is no period such as 10 years"),
        ("lasts: 10 years", "lasts: 90 days", "11:14: components.pack[0].lasts: \"90 days\" is no period"),
        ("lasts: 10 years", "last: 10 years", "11:7: components.pack[0]: unknown key \"last\"; did you mean"),
        ("lasts: 10 years", "last: 10 years", "9:7: components.pack[0]: from needs lasts"),
        ("[installation, manufacture + 6 months]", "[]", "12:13: components.pack[0].from: an empty list"),
        (
            "[installation, m", "[instalation, m",
            "12:14: components.pack[0].from[0]: \"instalation\" is no event; did you mean \"installation\"?"
        ),
        ("manufacture + 6 months", "manufacture + soon", "12:28: components.pack[0].from[1]: \"soon\" is no time"),
        ("manufacture + 6 months", "installation", "12:13: components.pack[0].from: one is there twice"),
        ("then: 4 years", "then: 10 years", "13:42: components.pack[0].offline.then: 10 years is not shorter"),
        ("else: none", "else: 0 years", "14:62: components.pack[0].registration.else: \"0 years\" is no period"),
        ("of: installation", "of: install", "14:42: components.pack[0].registration.of: \"install\" is not known"),
        ("30 MWh", "30 mwh", "15:27: components.pack[0].throughput.limit: \"30 mwh\" is no energy such as 43 MWh"),
        ("limit: 30 MWh, ", "", "15:19: components.pack[0].throughput: exactly one of limit, perNominalKWh, perUsable"),
        ("limit: 30 MWh", "limit: 30 MWh, perUsableKWh: 1 MWh", "15:19: components.pack[0].throughput: exactly one"),
        ("cycles: 6000", "cycles: 0", "16:15: components.pack[0].cycles: \"0\" is no count of cycles"),
        ("lowest: -10", "lowest: 50", "17:20: components.pack[0].temperature: lowest 50 is not below highest 50"),
        ("percent: 70", "percent: 0", "18:30: components.pack[0].endCapacity.percent: 0 is outside 1 to 100"),
        (
            "      endCapacity: {percent: 70, of: nominal, at: dc}\n", "",
            "9:7: components.pack[0]: covers: capacity needs endCapacity"
        ),
    ])
    func termsThatAreNotClearAreRefusedWithTheirPlace(part: String, replacement: String, problem: String) throws {
        let place = try #require(good.range(of: part))
        let found = problems(good.replacingCharacters(in: place, with: replacement))
        #expect(found.contains { $0.hasPrefix("x.yaml:\(problem)") }, "\(found)")
    }

    @Test func allErrorsAreToldAtOnce() {
        let text = good.replacingOccurrences(of: "version: 1", with: "version: one")
            .replacingOccurrences(of: "percent: 70", with: "percent: 170")
            .replacingOccurrences(of: "cycles: 6000", with: "cycls: 6000")
        #expect(problems(text).count == 3)
    }

    @Test func unknownTermsNeedAReasonAndNothingElse() {
        let head = good.components(separatedBy: "components:")[0]
        #expect(problems(head + "terms: unknown\nreason: lost\n") == [])
        #expect(problems(head + "terms: unknown\n").contains { $0.contains("key \"reason\" is missing") })
        #expect(problems(head + "terms: some\nreason: lost\n").contains { $0.contains("only `terms: unknown`") })
        #expect(
            problems(head + "terms: unknown\nreason: lost\ncomponents: {bms: none}\n")
                .contains { $0.contains("terms: unknown, but there are components too") })
        #expect(problems(head + "components: {}\n").contains { $0.contains("no component; where nothing is known") })
        #expect(problems(head).contains { $0.contains("key \"components\" is missing") })
    }

    @Test func aTermThatNothingEndsIsRefused() {
        let head = good.components(separatedBy: "components:")[0]
        let found = problems(head + "components:\n  pack:\n    - {term: product, covers: [defects]}\n")
        #expect(
            found == ["x.yaml:9:7: components.pack[0]: nothing ends this term: it needs lasts, throughput or cycles"])
        let twice = "    - {term: product, covers: [defects], cycles: 1}\n"
        let text = head + "components:\n  pack:\n" + twice + twice
        #expect(problems(text).contains { $0.contains("name is there twice") })
    }
}

@Suite struct ReadUnitRecordTests {
    private func problems(_ text: String) -> [String] {
        do throws(InvalidText) {
            _ = try readUnitRecord(text, name: "u.yaml")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func whatIsLeftOutIsNotKnownAndNeverZero() throws {
        let unit = try readUnitRecord("{component: pack, serial: A-1}", name: "u.yaml")
        #expect(unit == UnitRecord(component: .pack, serial: "A-1"))
        #expect(unit.history.discharged == nil && unit.history.registration == .notKnown)
    }

    @Test(arguments: [
        ("{component: battery, serial: A-1}", "component: \"battery\" is not known; allowed: accessory, bms,"),
        ("{component: pack}", "key \"serial\" is missing"),
        ("{component: pack, serial: A 1}", "serial: \"A 1\": a serial has 1 to 64 printable characters"),
        ("{component: pack, serial: A-1, instaled: 2024-01-01}", "unknown key \"instaled\"; did you mean"),
        ("{component: pack, serial: A-1, registered: no}", "registered: \"no\" is no day such as"),
        ("{component: pack, serial: A-1, discharged: 21400}", "discharged: \"21400\" is no energy such as"),
        ("{component: pack, serial: A-1, offlineDays: -1}", "offlineDays: -1 is outside 0 to 36525"),
        ("{component: pack, serial: A-1, earlier: [{serial: B}]}", "earlier[0]: key \"takenOut\" is missing"),
        ("{component: pack, serial: A-1, takenOut: 2026-01-01}", "takenOut: a mapping expected"),
    ])
    func aUnitThatIsNotClearIsRefused(text: String, problem: String) {
        let found = problems(text)
        #expect(found.contains { $0.contains(problem) }, "\(found)")
    }

    @Test func aCaseTwiceOrWithoutAPolicyIsRefused() throws {
        let one = "{case: a, unit: {component: pack, serial: A}, on: 2026-01-01, status: inTerm, sum: [x]}"
        let only = try readWarrantyCases("cases: [\(one)]", name: "c.yaml", onlyPolicy: "p")
        #expect(only.map(\.policy) == ["p"])
        for (text, policy, problem) in [
            ("cases: [\(one), \(one)]", "p", "case \"a\" is there twice"),
            ("cases: [\(one)]", nil, "key \"policy\" is missing"), ("cases: []", "p", "no case"),
        ] as [(String, String?, String)] {
            do throws(InvalidText) {
                _ = try readWarrantyCases(text, name: "c.yaml", onlyPolicy: policy)
                Issue.record("\(text) was read")
            } catch {
                #expect(error.description.contains(problem), "\(error)")
            }
        }
    }
}
