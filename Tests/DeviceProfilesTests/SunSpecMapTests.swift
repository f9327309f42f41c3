import StrictYAML
import Telemetry
import Terms
import Testing

@testable import DeviceProfiles

/// A profile with models of every shape: fixed, repeating, nested, numbered.
private let text = """
    profile: small
    title: SunSpec in small
    status: unverified
    sources: {models: "a standard"}
    sunspec: {bases: [0]}
    advice: {hot: {severity: safety, routing: K0, consequence: "It is hot.", remedy: "Go away."}}
    models:
      - id: [101, 102]
        length: 4
        source: models
        points:
          - {name: inverter.power, offset: 2, type: i16, scaleFactor: 3, unit: W, id: W}
          - {name: inverter.events, offset: 4, type: bitfield16, id: Evt}
        alarms:
          - offset: 4
            rows: [{bit: 0, code: small.hot, name: Hot, advice: hot}]
      - id: 701
        length: 2
        source: models
        interval: 10min
        points:
          - {name: inverter.power, offset: 2, type: i16, unit: W, id: W}
          - {name: inverter.events, offset: 3, type: bitfield16, id: Alrm}
        alarms:
          - offset: 3
            rows: [{bit: 0, code: small.hot, name: Hot, advice: hot}]
      - id: 803
        length: 3
        source: models
        points:
          - {name: strings, offset: 2, type: u16}
        group:
          length: 2
          countAt: 2
          points:
            - {name: string.#.voltage, offset: 5, type: u16, scaleFactor: 3, unit: V}
            - {name: string.#.events, offset: 6, type: bitfield16}
          alarms:
            - offset: 6
              rows: [{bit: 2, code: small.string.#.hot, fault: overTemperature, name: "String #: hot", advice: hot}]
      - id: 805
        length: 3
        source: models
        numberedBy: [2, 3]
        points:
          - {name: string.#.module.#.voltage, offset: 4, type: u16, unit: V}
        group:
          length: 1
          countsOn: true
          points:
            - {name: cell.#.voltage, offset: 5, type: u16, scale: 0.001, unit: V}
      - id: 707
        length: 3
        source: models
        points:
          - {name: m707.NPt, offset: 2, type: u16}
        group:
          length: 1
          countAt: 3
          points:
            - {name: m707.#.ReadOnly, offset: 5, type: enum16}
          group:
            length: 1
            words: [Must, May]
            points:
              - {name: m707.#.#.ActPt, offset: 6, type: u16}
            group:
              length: 2
              countAt: 2
              points:
                - {name: m707.#.#.#.V, offset: 7, type: u16, scaleFactor: 4}
                - {name: m707.#.#.#.T, offset: 8, type: u16, scaleFactor: 6}
    """

private func map(_ places: [SunSpecModelPlace]) throws -> DeviceMap {
    try #require(try readProfile(text, name: "small").deviceMap(models: places))
}

private func problems(_ old: String, _ new: String) -> [String] {
    do throws(InvalidText) {
        _ = try readProfile(text.replacing(old, with: new, maxReplacements: 1), name: "small")
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

@Suite struct SunSpecMapTests {
    @Test func whatRepeatsIsLaidOutAsOftenAsTheDeviceSays() throws {
        let map = try map([SunSpecModelPlace(id: 803, address: 100, length: 9, counts: [2: 3])])
        #expect(
            map.points.map(\.name) == [
                "strings", "string.1.voltage", "string.1.events", "string.2.voltage", "string.2.events",
                "string.3.voltage", "string.3.events",
            ])
        #expect(map.points.map(\.address) == [102, 105, 106, 107, 108, 109, 110])
        #expect(map.points[5].coding.scaleFactorAddress == 103)
        #expect(map.alarms.map(\.code) == ["small.string.1.hot", "small.string.2.hot", "small.string.3.hot"])
        #expect(map.alarms.map(\.name) == ["String 1: hot", "String 2: hot", "String 3: hot"])
        #expect(Set(map.alarms.map(\.fault)) == ["overTemperature"])
        #expect(map.alarms.map(\.point) == [2, 4, 6])
        #expect(map.remarks.isEmpty)
    }

    @Test(arguments: [
        (1, 9, 1), (0, 9, 0), (9, 9, 3), (nil, 9, 3), (nil, 8, 2), (nil, 3, 0), (2, 4, 0),
    ] as [(Int?, Int, Int)])
    func thereAreNeverMoreThanTheLengthHolds(told: Int?, length: Int, expected: Int) throws {
        let counts = told.map { [2: $0] } ?? [:]
        let map = try map([SunSpecModelPlace(id: 803, address: 100, length: length, counts: counts)])
        #expect(map.points.count == 1 + 2 * expected)
        let isTooMany = (told ?? 0) > expected
        #expect(map.remarks.count == (isTooMany ? 1 : 0))
        #expect(!isTooMany || map.remarks[0].contains("tells of \(told ?? 0) repeats and has room for \(expected)"))
    }

    @Test func modelsAreNumberedByWhatTheySayAndTheirCellsThroughAll() throws {
        let map = try map([
            SunSpecModelPlace(id: 805, address: 0, length: 5, counts: [2: 1, 3: 1]),
            SunSpecModelPlace(id: 805, address: 10, length: 4, counts: [2: 1, 3: 2]),
            SunSpecModelPlace(id: 805, address: 20, length: 4, counts: [2: 2, 3: 1]),
        ])
        #expect(
            map.points.map(\.name) == [
                "string.1.module.1.voltage", "cell.1.voltage", "cell.2.voltage",
                "string.1.module.2.voltage", "cell.3.voltage", "string.2.module.1.voltage", "cell.4.voltage",
            ])
        #expect(map.points.map(\.address) == [4, 5, 6, 14, 15, 24, 25])
        #expect(map.points.compactMap(\.signal) == [.cellVoltage(1), .cellVoltage(2), .cellVoltage(3), .cellVoltage(4)])
        #expect(
            map.remarks == [
                "model 805 at 0, number 1 and 1: repeats 1 to 2", "model 805 at 10, number 1 and 2: repeats 3 to 3",
                "model 805 at 20, number 2 and 1: repeats 4 to 4",
            ])
    }

    @Test func aModelThatDoesNotSayItsNumberIsCounted() throws {
        let map = try map([
            SunSpecModelPlace(id: 805, address: 0, length: 3), SunSpecModelPlace(id: 805, address: 10, length: 3),
        ])
        #expect(map.points.map(\.name) == ["string.1.module.1.voltage", "string.2.module.2.voltage"])
    }

    @Test func curvesHoldPartsAndPartsHoldPoints() throws {
        let place = SunSpecModelPlace(id: 707, address: 0, length: 3 + 2 * (1 + 2 * (1 + 2 * 2)), counts: [2: 2, 3: 2])
        let map = try map([place])
        #expect(map.points.count == 1 + 2 * (1 + 2 * (1 + 2 * 2)))
        func point(_ name: String) throws -> MappedPoint { map.points[try #require(map.position(of: name))] }
        #expect(try point("m707.1.ReadOnly").address == 5)
        #expect(try point("m707.1.Must.ActPt").address == 6)
        #expect(try point("m707.1.Must.2.V").address == 9)
        #expect(try point("m707.1.May.ActPt").address == 11)
        #expect(try point("m707.2.ReadOnly").address == 16)
        #expect(try point("m707.2.May.2.T").address == 26)
        // One scale factor stands in the fixed part, the other in each part of a curve.
        #expect(try point("m707.2.May.2.V").coding.scaleFactorAddress == 4)
        #expect(try point("m707.2.May.2.T").coding.scaleFactorAddress == 22)
    }

    @Test func curvesWithoutPointsAndCurvesOfUnknownSize() throws {
        let none = try map([SunSpecModelPlace(id: 707, address: 0, length: 9, counts: [2: 0, 3: 2])])
        #expect(
            none.points.map(\.name) == [
                "m707.NPt", "m707.1.ReadOnly", "m707.1.Must.ActPt", "m707.1.May.ActPt", "m707.2.ReadOnly",
                "m707.2.Must.ActPt", "m707.2.May.ActPt",
            ])
        let unknown = try map([SunSpecModelPlace(id: 707, address: 0, length: 40, counts: [3: 2])])
        #expect(unknown.points.map(\.name) == ["m707.NPt"])
        #expect(unknown.remarks == ["model 707 at 0: what repeats is left out, its size could not be read"])
    }

    @Test func aNameThatIsTakenHasTheModelBehindItAndAModelListedAgainItsNumber() throws {
        let map = try map([
            SunSpecModelPlace(id: 701, address: 0, length: 2), SunSpecModelPlace(id: 101, address: 10, length: 4),
            SunSpecModelPlace(id: 102, address: 20, length: 4),
        ])
        #expect(
            map.points.map(\.name) == [
                "inverter.power", "inverter.events", "inverter.power@2", "inverter.events@2", "inverter.power@701",
                "inverter.events@701",
            ])
        #expect(map.points.map(\.interval?.count) == [nil, nil, nil, nil, 600_000, 600_000])
        #expect(map.alarms.map(\.code) == ["small.hot", "small.hot@2", "small.hot@701"])
        // They are one fault: one ticket.
        #expect(Set(map.alarms.map(\.fault)) == ["small.hot"])
    }

    @Test func aBankThatIsTooLargeIsBoundedAndSaysSo() throws {
        let map = try map([SunSpecModelPlace(id: 803, address: 0, length: 60_000, counts: [2: 20_000])])
        #expect(map.points.count <= maximumPoints)
        #expect(map.points.count > maximumPoints - 3)
        #expect(map.remarks.contains { $0.contains("\(maximumPoints) points are the most") })
    }

    @Test func aModelThatWouldRunOverTheLastRegisterEndsThere() throws {
        let map = try map([SunSpecModelPlace(id: 803, address: 65_525, length: 40, counts: [2: 17])])
        #expect(map.points.map(\.address).max() == 65_535)
        #expect(map.points.count == 1 + 2 * 3)
    }

    @Test(arguments: [65_526, 65_530, 65_532, 65_533, 65_534])
    func rowsBehindTheLastRegisterAreLeftOutAndNothingIsAskedThere(address: Int) throws {
        let places = [101, 803, 805, 707].map {
            SunSpecModelPlace(id: $0, address: address, length: 60_000, counts: [2: 5, 3: 5])
        }
        let map = try readProfile(text, name: "small").deviceMap(models: places)
        for point in map?.points ?? [] {
            #expect(point.coding.valueRange.end <= 65_536)
            #expect(point.coding.scaleFactorAddress ?? 0 < 65_536)
        }
    }

    @Test(arguments: [
        ("offset: 5, type: u16, scaleFactor: 3", "offset: 4, type: u16, scaleFactor: 3", "4 is outside 5 to 6"),
        ("offset: 6, type: bitfield16}", "offset: 7, type: bitfield16}", "7 is outside 5 to 6"),
        ("name: string.#.voltage", "name: string.voltage", "names here have 1 \"#\""),
        ("name: cell.#.voltage", "name: string.#.module.#.cell.#.voltage", "names here have 1 \"#\""),
        ("name: string.#.module.#.voltage", "name: module.#.voltage", "names here have 2 \"#\""),
        ("code: small.string.#.hot", "code: small.string.hot", "code and name of each row: names here have 1"),
        ("id: 701", "id: 102", "a second model 102"),
        ("id: [101, 102]", "id: []", "at least one id"),
        ("words: [Must, May]", "countAt: 2\n        words: [Must, May]", "either countAt or words"),
        ("words: [Must, May]", "length2: 1", "unknown key \"length2\""),
        ("countAt: 2\n          points", "points", "what repeats inside a group needs countAt or words"),
        ("countAt: 3", "countAt: 9", "9 is outside 2 to 4"),
        ("numberedBy: [2, 3]", "numberedBy: [2, 9]", "9 is outside 2 to 4"),
        ("offset: 2, type: i16, scaleFactor: 3", "offset: 2, type: i16, scaleFactor: 6", "6 is outside 0 to 5"),
    ])
    func aGroupThatCannotBeMeantIsRefused(old: String, new: String, message: String) {
        #expect(problems("nothing", "nothing").isEmpty)
        #expect(problems(old, new).contains { $0.contains(message) }, "\(problems(old, new))")
    }

    /// Numbers of the profile, and what the device tells, are anything at all: nothing may trap.
    @Test func whateverProfileAndDeviceSayTheMapStaysWithinTheRegisters() throws {
        // A linear congruence after Knuth (MMIX), its high bits.
        var state: UInt64 = 805
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let numbers = ["0", "1", "2", "3", "5", "9", "17", "500", "65534"]
        var read = 0
        for round in 0..<60 {
            var mutated = text
            for _ in 0...next(2) {
                let digits = mutated.indices.filter { mutated[$0].isNumber }
                let place = digits[next(digits.count)]
                mutated.replaceSubrange(place...place, with: numbers[next(numbers.count)])
            }
            // What is refused is tested above.
            guard let profile = try? readProfile(mutated, name: "small") else { continue }
            read += 1
            let places = (0..<6).map { _ in
                SunSpecModelPlace(
                    id: [101, 701, 803, 805, 707][next(5)], address: next(65_536), length: 1 + next(65_535),
                    counts: [2: next(65_535), 3: next(8), 4: next(65_535)])
            }
            let points = profile.deviceMap(models: places)?.points ?? []
            let isWithin = points.allSatisfy { point in
                point.address + point.registers <= 65_536 && point.coding.scaleFactorAddress ?? 0 < 65_536
            }
            #expect(isWithin, "round \(round)")
        }
        #expect(read > 8)
    }
}
