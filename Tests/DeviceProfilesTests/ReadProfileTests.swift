import StrictYAML
import Telemetry
import Terms
import Testing

@testable import DeviceProfiles

/// A small sound profile; tests replace or add lines.
private func text(points: String, alarms: String = "", more: String = "") -> String {
    """
    profile: small
    title: A small device
    status: unverified
    sources: [a manual]
    limits: {registers: 10, readable: [{function: 3, from: 0, to: 99}]}
    \(more)
    points:
    \(points)
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

private let bit = "code: a.b, name: A, severity: warning, routing: K4, consequence: c, remedy: r"

@Suite struct ReadProfileTests {
    @Test func aSoundProfileBecomesAMapInTheOrderOfItsRows() throws {
        let profile = try readProfile(
            text(
                points: """
                    - {name: pack.current, function: 3, address: 4, type: i16, scale: -0.1, unit: A}
                    - {name: cell.#.voltage, function: 3, address: 20, type: u16, repeat: {count: 3, stride: 2}}
                    """,
                alarms: "- {function: 3, address: 6, bit: 17, width: 32, \(bit)}",
                more: "line: {unit: 7, timeout: 500ms, pause: 20ms}"), name: "x/small.yaml")
        let map = try #require(profile.deviceMap)
        #expect(
            map.points.map(\.name)
                == ["pack.current", "cell.1.voltage", "cell.2.voltage", "cell.3.voltage", "alarms.3.6"])
        #expect(map.points.map(\.address) == [4, 20, 22, 24, 6])
        #expect(map.points.map(\.signal) == [.packCurrent, .cellVoltage(1), .cellVoltage(2), .cellVoltage(3), nil])
        #expect(map.alarms.map(\.point) == [4])
        #expect(profile.line.unit == 7)
        #expect(profile.line.timeout == Milliseconds(500))
    }

    @Test func everyMistakeIsReportedAtOnceWithItsPlace() {
        let found = problems(
            text(
                points: """
                    - {name: a, function: 3, address: 1, type: u16, scael: 2}
                    - {name: b, function: 6, address: 70000, type: u17}
                    - {name: c, function: 3, address: 99, type: u32}
                    """, alarms: "- {function: 3, address: 6, bit: 16, \(bit)}"))
        #expect(found.count == 6)
        #expect(found.contains { $0.hasPrefix("small.yaml:8:") && $0.contains("did you mean \"scale\"") })
        #expect(found.contains { $0.hasPrefix("small.yaml:9:") && $0.contains("function 6 does not read") })
        #expect(found.contains { $0.contains("70000 is outside 0 to 65535") })
        #expect(found.contains { $0.contains("\"u17\" is not known") })
        #expect(found.contains { $0.hasPrefix("small.yaml:10:") && $0.contains("outside \"readable\"") })
        #expect(found.contains { $0.contains("bit 16 does not exist in 16 bits") })
    }

    @Test(arguments: [
        ("- {name: a, function: 3, address: 65535, type: u32}", "ends behind 65535"),
        ("- {name: a, function: 4, address: 5, type: u16}", "outside \"readable\""),
        ("- {name: a, function: 3, address: 5, type: string, registers: 11}", "one answer of at most 10"),
        ("- {name: a, function: 3, address: 5, type: u16, scaleFactor: 20}", "with its scale factor 16 registers"),
        ("- {name: a.#, function: 3, address: 5, type: u16}", "go together"),
        ("- {name: a, function: 1, address: 5, type: u16}", "functions 1 and 2 go with type bit"),
        ("- {name: a, function: 3, address: 5, type: u16, plausible: [5, 1]}", "[low, high] expected"),
        ("- {name: a, function: 3, address: 5, type: u16, interval: 5}", "no length of time"),
        ("- {name: a.#, function: 3, address: 90, type: u16, repeat: {count: 20, stride: 1}}", "outside \"readable\""),
        ("- {name: a.#, function: 3, address: 5, type: u32, repeat: {count: 2, stride: 1}}", "shares registers"),
        ("- {name: a, function: 3, address: 5, type: u16}\n- {name: a, function: 3, address: 6, type: i16}", "second"),
        ("- {name: a, function: 3, address: 5, type: u32}\n- {name: b, function: 3, address: 6, type: u16}", "shares"),
    ])
    func aRowThatCannotBeMeantIsRefused(row: String, message: String) {
        #expect(problems(text(points: row)).contains { $0.contains(message) })
    }

    @Test func sharedRegistersAreAllowedWhereTheRowSaysSo() {
        let row = "- {name: a, function: 3, address: 5, type: u32}\n- {name: b, function: 3, address: 6, type: u16, "
        #expect(problems(text(points: row + "overlay: true}")).isEmpty)
        #expect(!problems(text(points: row + "overlay: false}")).isEmpty)
    }

    @Test func alarmsThatShareABitOrHalfAWordAreRefused() {
        let point = "- {name: a, function: 3, address: 7, type: u16}"
        let row = "- {function: 3, address: 6, bit: 0, \(bit)}"
        let twice = problems(text(points: point, alarms: row + "\n" + row))
        #expect(twice.contains { $0.contains("a second row for bit 0") })
        let wide = "- {function: 3, address: 6, width: 32, bit: 0, \(bit)}"
        #expect(problems(text(points: point, alarms: wide)).contains { $0.contains("shares registers") })
        #expect(problems(text(points: point, alarms: row)).isEmpty)
    }

    @Test func theIdIsTheNameOfTheFile() {
        let sound = text(points: "- {name: a, function: 3, address: 5, type: u16}")
        #expect(problems(sound, name: "other.yaml").contains { $0.contains("must be the file's name") })
        #expect(problems(sound, name: "profiles/small.yaml").isEmpty)
    }

    @Test func anIdentityProbeSaysExactlyOneThing() throws {
        let points = "- {name: a, function: 3, address: 5, type: u16}"
        let probe = "identity: [{function: 3, address: 1, type: u16, equals: 3, range: [1, 2]}]"
        #expect(problems(text(points: points, more: probe)).contains { $0.contains("exactly one of") })
        let sound = try readProfile(
            text(
                points: points,
                more: """
                    identity:
                      - {function: 3, address: 1, type: u16, range: [1, 2]}
                      - {function: 3, address: 2, type: string, registers: 2, text: "AB"}
                      - {function: 3, address: 4, type: u16, equals: 0xAF7C}
                      - {function: 3, address: 9, type: u16, scaleFactor: 8, equals: 120}
                    """), name: "small")
        func isSatisfied(_ index: Int, _ words: [UInt16]) -> Bool { sound.identity[index].isSatisfied(by: words.span) }
        #expect(isSatisfied(0, [2]))
        #expect(!isSatisfied(0, [3]))
        #expect(isSatisfied(1, [0x4142, 0]))
        #expect(!isSatisfied(1, [0x4143, 0]))
        #expect(isSatisfied(2, [0xAF7C]))
        #expect(!isSatisfied(2, [0xAF7D]))
        #expect(isSatisfied(3, [1, 12]))
    }

    @Test func aSunSpecValueThatCannotComeWithItsScaleFactorIsRefused() {
        let found = problems(
            """
            profile: wide
            title: A wide model
            status: unverified
            sources: [none]
            sunspec: {bases: [0]}
            models:
              - id: 701
                length: 153
                points: [{name: a, offset: 2, type: u16, scaleFactor: 140}]
            """, name: "wide.yaml")
        #expect(found.count == 1)
        #expect(found[0].contains("with its scale factor 139 registers cannot come in one answer of at most 125"))
    }
}
