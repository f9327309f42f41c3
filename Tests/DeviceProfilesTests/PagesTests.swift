import StrictYAML
import Telemetry
import Terms
import Testing

@testable import DeviceProfiles

private let selector =
    "{name: acme.choose, function: 6, address: 36896, values: [0, 15], reason: It chooses., source: manual}"

private let cells = """
      points:
        - source: manual
          function: 3
          rows:
            - {name: pack.#.cell.#.voltage, address: 61, type: u16, scale: 0.001, repeat: {count: 2, stride: 1}}
            - {name: pack.#.soc, address: 70, type: u16}
    """

private let pageAlarms = """
      alarms:
        - source: manual
          function: 3
          address: 80
          rows: [{bit: 3, code: acme.pack.#.hot, name: "Pack # hot", advice: hot, masks: [acme.warm]}]
    """

/// A profile of one point, one alarm and pages of two packs.
private func text(
    writes: String = selector, page: String = "", values: String = "[4, 2]", rows: String = cells + "\n" + pageAlarms,
    extra: String = ""
) -> String {
    let head = """
        profile: acme
        title: Acme
        status: simulated
        sources: {manual: made for a test}
        limits: {registers: 20, readable: [{function: 3, from: 0, to: 99}]}
        writes: [\(writes)]
        advice: {hot: {severity: warning, routing: K4, consequence: It is hot., remedy: Wait.}}
        points:
          - {source: manual, function: 3, rows: [{name: a, address: 5, type: u16}]}
        alarms:
          - source: manual
            function: 3
            address: 6
            rows: [{bit: 0, code: acme.warm, name: Warm, advice: hot}]
        """
    return head + "\n" + extra + "pages:\n  - select: acme.choose\n    values: \(values)\n" + page
        + rows.split(separator: "\n").map { "  \($0)\n" }.joined()
}

private func problems(_ text: String) -> [String] {
    do throws(InvalidText) {
        _ = try readProfile(text, name: "acme")
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

private let allowed = SitePermission(listed: ["acme.choose"])

@Suite struct PagesTests {
    @Test func withoutPermissionThePagesAreNotInTheMap() throws {
        let profile = try readProfile(text(), name: "acme")
        let map = try #require(profile.deviceMap(allowing: .none))
        #expect(map.points.map(\.name) == ["a", "alarms.3.6"])
        #expect(map.alarms.map(\.code) == ["acme.warm"])
        #expect(map.pages.isEmpty)
        #expect(map == profile.deviceMap)
        #expect(map == profile.deviceMap(allowing: SitePermission(listed: ["acme.chose"])))
        #expect(profile.withheld(from: .none)?.sentence == "8 points need allowWrites: [acme.choose]")
    }

    @Test func withPermissionEveryPageHasItsNumberInEveryName() throws {
        let profile = try readProfile(text(page: "    settle: 2s\n    interval: 30min\n"), name: "acme")
        let map = try #require(profile.deviceMap(allowing: allowed))
        #expect(
            map.points.map(\.name) == [
                "a", "alarms.3.6", "pack.1.cell.1.voltage", "pack.1.cell.2.voltage", "pack.1.soc",
                "alarms.page.1.3.80", "pack.2.cell.1.voltage", "pack.2.cell.2.voltage", "pack.2.soc",
                "alarms.page.2.3.80",
            ])
        #expect(map.points.map { $0.page?.page } == [nil, nil, 1, 1, 1, 1, 2, 2, 2, 2])
        #expect(map.points.map(\.address) == [5, 6, 61, 62, 70, 80, 61, 62, 70, 80])
        #expect(map.alarms.map(\.code) == ["acme.warm", "acme.pack.1.hot", "acme.pack.2.hot"])
        #expect(map.alarms.map(\.point) == [1, 5, 9])
        let pages = try #require(map.pages.first)
        #expect(pages.values == [4, 2])
        #expect(pages.points == [[2, 3, 4, 5], [6, 7, 8, 9]])
        #expect(pages.settle == .seconds(2))
        #expect(pages.interval == .minutes(30))
        #expect(profile.withheld(from: allowed) == nil)
        let plain = try #require(try readProfile(text(), name: "acme").deviceMap(allowing: allowed)?.pages.first)
        #expect(plain.settle == .seconds(1) && plain.interval == .hours(1) && plain.proof == nil)
    }

    @Test func anAlarmOfAPageIsNamedWithItsPageAndSoIsAnUnknownOne() throws {
        let map = try #require(try readProfile(text(), name: "acme").deviceMap(allowing: allowed))
        var samples = Array(repeating: Sample.absent, count: map.points.count)
        samples[9] = Sample(value: 0, raw: 0b1010, quality: .good)
        #expect(map.activeAlarms(in: samples).map(\.code) == ["acme.unknown.page.0.2.3.80.1", "acme.pack.2.hot"])
        #expect(map.activeAlarms(in: samples).map(\.name) == ["unknown bit 1 of 3/80 on page 2", "Pack 2 hot"])
        // Whatever can become active has a code of its own.
        let codes = map.possibleAlarms.map(\.code)
        #expect(Set(codes).count == codes.count)
    }

    @Test(arguments: [
        ("[4, 16]", "", "16 is outside 0 to 15, which \"acme.choose\" may write"),
        ("[]", "", "at least one"), ("[4, 4]", "", "each only once"),
        ("[\((0...32).map(String.init).joined(separator: ", "))]", "", "33 entries, at most 32"),
        ("[4]", "    settle: 6s\n", "6s is outside 0"), ("[4]", "    interval: 9min\n", "9min is outside 10min to"),
        ("[4]", "    proof: {function: 1, address: 5}\n", "function 3 or 4"),
        ("[4]", "    proof: {function: 3, address: 100}\n", "outside \"readable\""),
        ("[4]", "    select: x\n", "key written twice"), ("[4]", "    setle: 1s\n", "did you mean \"settle\"?"),
    ])
    func whatAPageCannotBeIsRefused(values: String, page: String, message: String) {
        let found = problems(text(page: page, values: values))
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test(arguments: [
        ("- {name: b, address: 60, type: u16}", "becomes the number of the page"),
        ("- {name: b.#, address: 5, type: u16}", "\"a\" stands on no page, and shares registers with \"b.1\""),
        ("- {name: b.#, address: 60, type: u16, interval: 1min}", "the pages have one"),
        ("- {name: b.#, address: 60, type: string, registers: 4}", "text cannot stand on a page"),
        ("- {name: b.#, address: 60, type: u16}\n- {name: b.#, address: 62, type: u16}", "a second point \"b.1\""),
        ("- {name: b.#, address: 60, type: u32}\n- {name: c.#, address: 61, type: u16}", "shares registers"),
        ("- {name: b.#, address: 100, type: u16}", "outside \"readable\""),
    ])
    func aRowThatCannotStandOnAPageIsRefused(row: String, message: String) {
        let rows = row.split(separator: "\n").map { "        \($0)" }.joined(separator: "\n")
        let found = problems(text(rows: "  points:\n    - source: manual\n      function: 3\n      rows:\n\(rows)"))
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test func anUnknownSelectorIsRefusedWithASuggestion() {
        let found = problems(text().replacing("select: acme.choose", with: "select: acme.chose"))
        #expect(found.contains { $0.contains("no name under \"writes\"; did you mean \"acme.choose\"?") }, "\(found)")
        let none = problems(text(writes: ""))
        #expect(none.contains { $0.contains("the profile has no \"writes\"") }, "\(none)")
    }
}

@Suite struct DeniedWriteTests {
    /// SunSpec's controls at every base, the settings of inverters, and both ends of every stretch.
    @Test(arguments: [
        0, 60, 0x1104, 0x1110, 0x1187, 8_191, 12_000, 12_999, 13_999, 30_000, 30_100, 30_999, 40_000, 40_100, 47_509,
        50_000, 57_348, 59_999, 57_088, 0xDF01, 0xE004, 0xF001, 65_535,
    ])
    func aControlRegisterIsDeniedWhateverTheProfileSays(address: Int) {
        let found = problems(text(writes: selector.replacing("36896", with: "\(address)")))
        #expect(found.contains { $0.contains("register \(address) must never be written") }, "\(found)")
    }

    @Test func theRegistersBetweenAreNot() {
        for address in [8_192, 11_999, 14_000, 29_999, 31_000, 36_896, 39_999] {
            #expect(DeniedWrites.refusal(address: address) == nil, "\(address)")
        }
    }

    @Test(arguments: [
        ("function: 6", "function: 5", "only 6 and 16"), ("function: 6", "function: 15", "only 6 and 16"),
        ("function: 6", "function: 23", "only 6 and 16"), ("function: 6", "function: 0x106", "outside 1 to 255"),
        ("[0, 15]", "[0, 65535]", "65536 values are no choice"), ("[0, 15]", "[0, 65536]", "outside 0 to 65535"),
        ("[0, 15]", "[-1, 15]", "outside 0 to 65535"), ("[0, 15]", "[15, 0]", "[low, high] expected"),
        ("[0, 15]", "[0, .inf]", "a whole number expected"), ("[0, 15]", "[0, 1, 2]", "at most 2"),
        ("address: 36896", "address: 36896, registers: 2", "unknown key \"registers\""),
        ("address: 36896", "address: [36896, 36897]", "a whole number expected"),
        ("address: 36896", "address: 36896, count: 2", "unknown key \"count\""),
        ("address: 36896", "address: 102432", "outside 0 to 65535"),
    ])
    func aWriteThatIsNotOneRegisterAndAFewValuesIsRefused(old: String, new: String, message: String) {
        let found = problems(text(writes: selector.replacing(old, with: new)))
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test(arguments: [
        ("identity: [{function: 3, address: 36896, type: u16, equals: 1}]\n", "proof of its identity"),
        ("serial: {function: 3, address: 36895, registers: 2}\n", "\"device.serial\""),
    ])
    func whatTellsWhoADeviceIsIsNotWritten(extra: String, what: String) {
        let open = text(extra: extra).replacing("to: 99}]", with: "to: 40000}]")
        let found = problems(open)
        #expect(found.contains { $0.contains("is read as \(what)") }, "\(found)")
    }

    @Test func whatIsReadAsAValueIsNotWritten() {
        let open = text().replacing("to: 99}]", with: "to: 40000}]")
        #expect(problems(open).isEmpty)
        let found = problems(open.replacing("{name: a, address: 5,", with: "{name: a, address: 36896,"))
        #expect(found.contains { $0.contains("is read as \"a\": that sets it") }, "\(found)")
    }

    @Test func twoWritesOfOneNameAreRefused() {
        let found = problems(text(writes: selector + ", " + selector.replacing("36896", with: "36897")))
        #expect(found.contains { $0.contains("each name stands there once") }, "\(found)")
    }

    @Test func aSunSpecDeviceHasNeitherWritesNorPages() {
        let head = "profile: s\ntitle: S\nstatus: simulated\nsources: {manual: m}\nsunspec: {bases: [40000]}\n"
        let models = "models: [{id: 1, length: 66, source: manual, points: [{name: a, offset: 2, type: u16}]}]\n"
        #expect(problems(head.replacing("profile: s", with: "profile: acme") + models).isEmpty)
        for key in ["writes: [\(selector)]\n", "pages: []\n"] {
            let found = problems(head + key + models)
            #expect(found.contains { $0.contains("a SunSpec device is never written to") }, "\(found)")
        }
    }
}

@Suite struct PermittedWriteTests {
    private let profile: Profile

    init() throws { profile = try readProfile(text(), name: "acme") }

    private func write(
        _ name: String = "acme.choose", value: Int = 4, unit: UInt8 = 1, permission: SitePermission = allowed
    ) -> PermittedWrite? {
        PermittedWrite(name, value: value, unit: unit, profile: profile, permission: permission)
    }

    @Test func itNeedsProfileSiteValueAndUnit() throws {
        let write = try #require(self.write())
        #expect(write.address == 36_896 && write.value == 4 && write.unit == 1 && write.name == "acme.choose")
        #expect(self.write(permission: .none) == nil)
        #expect(self.write(permission: SitePermission(listed: ["acme.choos", "acme", "*", ""])) == nil)
        #expect(self.write("acme.other") == nil)
        #expect(self.write("acme.other", permission: SitePermission(listed: ["acme.other"])) == nil)
        #expect(self.write(value: 16) == nil && self.write(value: -1) == nil && self.write(value: 65_540) == nil)
        #expect(self.write(value: 0) != nil && self.write(value: 15) != nil)
        #expect(self.write(unit: 0) == nil)
    }
}
