import StrictYAML
import Telemetry
import Terms
import Testing

@testable import DeviceProfiles

/// A small sound profile; tests replace or add lines. Rows of points begin at line 12, of alarms behind them.
private func text(points: String, alarms: String = "", more: String = "") -> String {
    func indented(_ rows: String) -> String {
        rows.split(separator: "\n").map { "      " + $0 }.joined(separator: "\n")
    }
    return """
        profile: small
        title: A small device
        status: unverified
        sources: {manual: "a manual, chapter 4", other: another}
        limits: {registers: 10, readable: [{function: 3, from: 0, to: 99}, {function: 1, from: 0, to: 99}]}
        advice: {hot: {severity: safety, routing: K0, consequence: "It is hot.", remedy: "Go away."}}
        \(more)
        points:
          - source: manual
            function: 3
            rows:
        \(indented(points))
        \(alarms.isEmpty ? "" : "alarms:\n" + alarms)
        """
}

private func problems(_ text: String, name: String = "small.yaml") -> [String] {
    do throws(InvalidText) {
        _ = try readProfile(text, name: name)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

private let onePoint = "- {name: a, address: 5, type: u16}"

@Suite struct ReadProfileTests {
    @Test func aSoundProfileBecomesAMapInTheOrderOfItsRows() throws {
        let profile = try readProfile(
            text(
                points: """
                    - {name: pack.current, address: 4, type: i16, scale: -0.1, unit: A}
                    - {name: cell.#.voltage, address: 20, type: u16, repeat: {count: 3, stride: 2}}
                    - {name: state, address: 8, type: enum16, labels: {0: rest, 0x10: charge}}
                    """,
                alarms: """
                      - {source: manual, function: 3, address: 6, width: 32,
                         rows: [{bit: 17, code: a.b, name: A, advice: hot, clear: manual}]}
                    """,
                more: "line: {unit: 7, timeout: 500ms, pause: 20ms, busShare: 0.5, minimumInterval: 5s}"),
            name: "x/small.yaml")
        let map = try #require(profile.deviceMap)
        #expect(
            map.points.map(\.name)
                == ["pack.current", "cell.1.voltage", "cell.2.voltage", "cell.3.voltage", "state", "alarms.3.6"])
        #expect(map.points.map(\.address) == [4, 20, 22, 24, 8, 6])
        #expect(
            map.points.map(\.signal) == [.packCurrent, .cellVoltage(1), .cellVoltage(2), .cellVoltage(3), nil, nil])
        #expect(map.points[4].label(of: Sample(value: 16, raw: 16, quality: .good)) == "charge")
        #expect(map.alarms.map(\.point) == [5])
        #expect(map.alarms[0].severity == .safety)
        #expect(map.alarms[0].clearing == .manual)
        #expect(profile.line.unit == 7)
        #expect(profile.line.timeout == Milliseconds(500))
        #expect(profile.line.busShare == 0.5)
        #expect(profile.line.minimumInterval == .seconds(5))
        #expect(profile.sources.map(\.key) == ["manual", "other"])
    }

    @Test func everyMistakeIsReportedAtOnceWithItsPlace() {
        let found = problems(
            text(
                points: """
                    - {name: a, address: 1, type: u16, scael: 2}
                    - {name: b, function: 6, address: 70000, type: u17}
                    - {name: c, address: 99, type: u32}
                    """,
                alarms: """
                      - {source: manual, function: 3, address: 6, rows: [{bit: 16, code: a, name: A, advice: hot}]}
                      - {source: manul, function: 3, address: 7, rows: [{bit: 1, code: b, name: B, advice: hto}]}
                    """))
        #expect(found.contains { $0.hasPrefix("small.yaml:12:") && $0.contains("did you mean \"scale\"") })
        #expect(found.contains { $0.hasPrefix("small.yaml:13:") && $0.contains("function 6 does not read") })
        #expect(found.contains { $0.hasPrefix("small.yaml:14:") && $0.contains("outside \"readable\"") })
        #expect(found.contains { $0.contains("bit 16 does not exist in 16 bits") })
        #expect(found.contains { $0.contains("no key of \"sources\"") && $0.contains("did you mean \"manual\"") })
        #expect(found.contains { $0.contains("no key of \"advice\"") && $0.contains("did you mean \"hot\"") })
    }

    @Test(arguments: [
        ("- {name: a, address: 65535, type: u32}", "ends behind 65535"),
        ("- {name: a, function: 4, address: 5, type: u16}", "outside \"readable\""),
        ("- {name: a, address: 5, type: string, registers: 11}", "one answer of at most 10"),
        ("- {name: a, address: 5, type: string}", "string needs \"registers\""),
        ("- {name: a, address: 5, type: bcd, registers: 5}", "bcd has 1 to 4, not 5"),
        ("- {name: a, address: 5, type: u16, registers: 2}", "\"registers\" is not for it"),
        ("- {name: a, address: 5, type: u16, scaleFactor: 20}", "with its scale factor 16 registers"),
        ("- {name: a.#, address: 5, type: u16}", "go together"),
        ("- {name: a.#, address: 5, type: u16, repeat: [{count: 2, stride: 4}, {count: 2, stride: 1}]}", "go together"),
        ("- {name: a, function: 1, address: 5, type: u16}", "functions 1 and 2 go with type bit"),
        ("- {name: a, address: 5, type: u16, plausible: [5, 1]}", "[low, high] expected"),
        ("- {name: a, address: 5, type: u16, interval: 5}", "no length of time"),
        ("- {name: a, address: 5, type: u16, scale: 0}", "scale 0"),
        ("- {name: a, address: 5, type: u16, bits: [8, 16]}", "u16 has no bits 8 to 16"),
        ("- {name: a, address: 5, type: f32, bits: [0, 7]}", "f32 has no bits"),
        ("- {name: a, address: 5, type: u16, labels: {0: off}}", "labels go with"),
        ("- {name: a, address: 5, type: u16, sentinels: [1, 2, 3, 4, 5]}", "at most 4 are allowed"),
        ("- {name: a, address: 5, type: u16, sentinel: ffff}", "no bit pattern"),
        ("- {name: a, address: 5, type: u16, byteOrder: low}", "byteOrder low is for text"),
        ("- {name: a, address: 5, type: u16, source: none}", "no key of \"sources\""),
        ("- {name: a.#, address: 90, type: u16, repeat: {count: 20, stride: 1}}", "outside \"readable\""),
        ("- {name: a.#, address: 5, type: u32, repeat: {count: 2, stride: 1}}", "shares registers"),
        ("- {name: a, address: 5, type: u16}\n- {name: a, address: 6, type: i16}", "second"),
        ("- {name: a, address: 5, type: u32}\n- {name: b, address: 6, type: u16}", "shares"),
    ])
    func aRowThatCannotBeMeantIsRefused(row: String, message: String) {
        #expect(problems(text(points: row)).contains { $0.contains(message) }, "\(problems(text(points: row)))")
    }

    @Test func sharedRegistersAreAllowedWhereTheRowSaysSo() {
        let row = "- {name: a, address: 5, type: u32}\n- {name: b, address: 6, type: u16, "
        #expect(problems(text(points: row + "overlay: true}")).isEmpty)
        #expect(!problems(text(points: row + "overlay: false}")).isEmpty)
    }

    @Test func partsOfOneWordShareItUnlessTheyShareABit() {
        let low = "- {name: a, address: 5, type: u16, bits: [0, 7]}\n"
        #expect(problems(text(points: low + "- {name: b, address: 5, type: u16, bits: [8, 15]}")).isEmpty)
        let overlapping = problems(text(points: low + "- {name: b, address: 5, type: u16, bits: [7, 15]}"))
        #expect(overlapping.contains { $0.contains("shares registers") })
    }

    @Test func twoRepeatsAreWrittenOutTheOuterFirst() throws {
        let row = """
            - {name: module.#.cell.#.voltage, address: 10, type: u16, repeat: [{count: 2, stride: 20},
               {count: 3, stride: 2, from: 0}]}
            """
        let map = try #require(try readProfile(text(points: row), name: "small").deviceMap)
        #expect(map.points.map(\.name).first == "module.1.cell.0.voltage")
        #expect(map.points.map(\.name).last == "module.2.cell.2.voltage")
        #expect(map.points.map(\.address) == [10, 12, 14, 30, 32, 34])
    }

    @Test func aDisputedPointIsShownAndDetectionDoesNotUseIt() throws {
        let row = "- {name: pack.current, address: 4, type: i16, unit: A, disputed: true}"
        let map = try #require(try readProfile(text(points: row), name: "small").deviceMap)
        #expect(map.points[0].isDisputed)
        #expect(map.points[0].signal == nil)
    }

    @Test func aHoleMayNotBeTouchedOnTheWay() {
        let limits = ReadLimits(
            registers: 10, holes: [RegisterRange(function: .holdingRegisters, address: 4, count: 2)])
        func allows(_ address: Int, _ count: Int) -> Bool {
            limits.allows(RegisterRange(function: .holdingRegisters, address: address, count: count))
        }
        #expect(allows(0, 4))
        #expect(!allows(0, 5))
        #expect(!allows(5, 1))
        #expect(allows(6, 4))
    }

    @Test func theIdIsTheNameOfTheFile() {
        let other = problems(text(points: onePoint), name: "other.yaml")
        #expect(other.contains { $0.contains("must be the file's name") })
        #expect(problems(text(points: onePoint), name: "profiles/small.yaml").isEmpty)
    }

    @Test func anIdentityProbeSaysExactlyOneThing() throws {
        let probe = "identity: [{function: 3, address: 1, type: u16, equals: 3, range: [1, 2]}]"
        #expect(problems(text(points: onePoint, more: probe)).contains { $0.contains("exactly one of") })
        let sound = try readProfile(
            text(
                points: onePoint,
                more: """
                    identity:
                      - {function: 3, address: 1, type: u16, range: [1, 2]}
                      - {function: 3, address: 2, type: string, registers: 2, text: "AB"}
                      - {function: 3, address: 4, type: u16, equals: 0xAF7C}
                      - {function: 3, address: 9, type: u16, scaleFactor: 8, equals: 120}
                      - {function: 3, address: 2, type: string, registers: 2, startsWith: "AB", byteOrder: little}
                      - {function: 3, address: 2, type: string, registers: 2, printable: true}
                      - {function: 3, address: 1, type: u16, oneOf: [3, 5]}
                    """.replacing("\n", with: "\n        ")), name: "small")
        func isSatisfied(_ index: Int, _ words: [UInt16]) -> Bool { sound.identity[index].isSatisfied(by: words.span) }
        #expect(isSatisfied(0, [2]))
        #expect(!isSatisfied(0, [3]))
        #expect(isSatisfied(1, [0x4142, 0]))
        #expect(!isSatisfied(1, [0x4143, 0]))
        #expect(isSatisfied(2, [0xAF7C]))
        #expect(!isSatisfied(2, [0xAF7D]))
        #expect(isSatisfied(3, [1, 12]))
        #expect(isSatisfied(4, [0x4241, 0x0043]))
        #expect(!isSatisfied(4, [0x4142, 0x0043]))
        #expect(isSatisfied(5, [0x4142, 0]))
        #expect(!isSatisfied(5, [0xFFFF, 0xFFFF]))
        #expect(isSatisfied(6, [5]))
        #expect(!isSatisfied(6, [4]))
        #expect(sound.isAutomatic)
    }

    @Test func aProfileThatCannotTellItsDeviceIsNeverChosenByItself() throws {
        #expect(try !readProfile(text(points: onePoint), name: "small").isAutomatic)
        let probes = "identity: [{function: 3, address: 1, type: u16, equals: 3}]\nauto: false"
        let text = text(points: onePoint, more: probes)
        #expect(try !readProfile(text, name: "small").isAutomatic)
    }

    @Test func aWriteIsOneRegisterWithAReasonAndNeverToSunSpec() throws {
        let row = "{name: page, function: 6, address: 9000, values: [0, 3], reason: it turns a page, source: manual}"
        let sound = try readProfile(text(points: onePoint, more: "writes: [\(row)]"), name: "small")
        #expect(sound.writes.map(\.values) == [0...3])
        let byCount = row.replacing("function: 6", with: "function: 16")
        let other = try readProfile(text(points: onePoint, more: "writes: [\(byCount)]"), name: "small")
        #expect(other.writes.map(\.function) == [.multipleRegisters])
        let coils = row.replacing("function: 6", with: "function: 15")
        #expect(problems(text(points: onePoint, more: "writes: [\(coils)]")).contains { $0.contains("only 6 and 16") })
        let sunspec = problems(
            """
            profile: wide
            title: A model
            status: unverified
            sources: {manual: none}
            sunspec: {bases: [0]}
            writes: [\(row)]
            models: [{id: 701, length: 153, source: manual, points: [{name: a, offset: 2, type: u16}]}]
            """, name: "wide.yaml")
        #expect(sunspec.contains { $0.contains("never written to") })
    }

    @Test func aSunSpecValueThatCannotComeWithItsScaleFactorIsRefused() {
        let found = problems(
            """
            profile: wide
            title: A wide model
            status: unverified
            sources: {none: none}
            sunspec: {bases: [0]}
            models:
              - id: 701
                length: 153
                source: none
                points: [{name: a, offset: 2, type: u16, scaleFactor: 140}]
            """, name: "wide.yaml")
        #expect(found.count == 1)
        #expect(found[0].contains("with its scale factor 139 registers cannot come in one answer of at most 125"))
    }
}

@Suite struct ReadAlarmsTests {
    private func map(_ alarms: String) throws -> DeviceMap {
        try #require(try readProfile(text(points: onePoint, alarms: alarms), name: "small").deviceMap)
    }

    private func active(_ map: DeviceMap, _ words: [UInt16]) throws -> [String] {
        let point = try #require(map.points.indices.last)
        var samples = Array(repeating: Sample.absent, count: map.points.count)
        samples[point] = map.points[point].coding.sample(words.span, firstAddress: map.points[point].address)
        return map.activeAlarms(in: samples).map(\.name)
    }

    @Test func numbersOfAWordAreAlarmsAndAnUnknownOneIsNamedSo() throws {
        let map = try map(
            """
              - source: manual
                function: 3
                address: 6
                quiet: [0, 9]
                sentinel: 0xFFFF
                rows:
                  - {value: 1, code: a.warm, name: Warm, advice: hot}
                  - {value: 0x10, code: a.hot, name: Hot, advice: hot, masks: [a.warm]}
            """)
        #expect(try active(map, [0]) == [])
        #expect(try active(map, [9]) == [])
        #expect(try active(map, [1]) == ["Warm"])
        #expect(try active(map, [16]) == ["Hot"])
        #expect(try active(map, [17]) == ["unknown value 17 of 3/6"])
        #expect(try active(map, [0xFFFF]) == [])
        #expect(map.alarms[1].masks == ["a.warm"])
        #expect(
            map.possibleAlarms.map(\.condition)
                == [.equals(1), .equals(16), .noneOf([0, 9, 1, 16])])
    }

    @Test func coilsCanBeAlarmsWhereTheyAreClear() throws {
        let map = try map(
            """
              - source: manual
                function: 1
                address: 20
                width: 5
                active: 0
                ignored: [3]
                rows:
                  - {bit: 0, code: a.0, name: Zero, advice: hot}
                  - {bit: 4, code: a.4, name: Four, advice: hot}
            """)
        #expect(try active(map, [1, 1, 1, 1, 1]) == [])
        #expect(try active(map, [1, 1, 1, 0, 0]) == ["Four"])
        #expect(try active(map, [0, 0, 1, 1, 1]) == ["Zero", "unknown bit 1 of 1/20"])
        #expect(map.points.last?.coding.wireRange == RegisterRange(function: .coils, address: 20, count: 5))
    }

    @Test func partsOfAWordAndRepeatsHaveAlarmsOfTheirOwn() throws {
        let map = try map(
            """
              - source: manual
                function: 3
                address: 10
                bits: [8, 15]
                repeat: {count: 2, stride: 4}
                rows: [{bit: 1, code: pack#.hot, name: "Pack # hot", advice: hot}]
            """)
        #expect(map.alarms.map(\.code) == ["pack1.hot", "pack2.hot"])
        #expect(try active(map, [0x0202]) == ["Pack 2 hot"])
        #expect(try active(map, [0x0400]) == ["unknown bit 2 of 3/14 bits 8 to 15"])
    }

    @Test(arguments: [
        ("{function: 3, address: 6, rows: [{bit: 0, code: a, name: A, advice: hot}]}", "where do these facts come"),
        ("{source: manual, function: 3, address: 6, rows: []}", "at least one"),
        (
            "{source: manual, function: 3, address: 6, rows: [{bit: 0, code: a, name: A, advice: hot}, "
                + "{value: 3, code: b, name: B, advice: hot}]}", "all of a \"bit\" or all of a \"value\""
        ),
        ("{source: manual, function: 3, address: 6, rows: [{bit: 0, code: a, name: A}]}", "\"severity\" is missing"),
        (
            "{source: manual, function: 3, address: 6, rows: [{bit: 0, code: a, name: A, advice: hot}, "
                + "{bit: 0, code: b, name: B, advice: hot}]}", "a second row for bit 0"
        ),
        (
            "{source: manual, function: 3, address: 6, rows: [{bit: 0, code: a, name: A, advice: hot}, "
                + "{bit: 1, code: a, name: B, advice: hot}]}", "a second alarm \"a\""
        ),
        (
            "{source: manual, function: 3, address: 6, rows: [{bit: 0, code: a, name: A, advice: hot, masks: [c]}]}",
            "no alarm is called \"c\""
        ),
        (
            "{source: manual, function: 3, address: 4, width: 32, rows: [{bit: 0, code: a, name: A, advice: hot}]}",
            "shares registers"
        ),
        (
            "{source: manual, function: 3, address: 6, width: 12, rows: [{bit: 0, code: a, name: A, advice: hot}]}",
            "width 12"
        ),
        (
            "{source: manual, function: 3, address: 6, active: 0, rows: [{value: 0, code: a, name: A, advice: hot}]}",
            "\"active\" and \"ignored\" with rows of a bit"
        ),
    ])
    func aGroupThatCannotBeMeantIsRefused(group: String, message: String) {
        let found = problems(text(points: onePoint, alarms: "  - " + group))
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }
}
