import StrictYAML
import Telemetry
import Testing

@testable import DeviceProfiles

/// A device whose addresses count bytes, with these rows.
private func text(_ rows: String, limits: String = "") -> String {
    """
    profile: small
    title: A small device
    status: unverified
    sources: {manual: "a manual, chapter 4"}
    limits: {registers: 10, addressing: bytes\(limits)}
    points:
      - source: manual
        function: 3
        rows:
    \(rows.split(separator: "\n").map { "      " + $0 }.joined(separator: "\n"))
    """
}

private func problems(_ text: String) -> [String] {
    do throws(InvalidText) {
        _ = try readProfile(text, name: "small.yaml")
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

@Suite struct ByteAddressTests {
    @Test func aRangeCoversTwoAddressesARegister() {
        let range = RegisterRange(function: .holdingRegisters, address: 0x1200, count: 10, step: 2)
        #expect(range.end == 0x1214)
        let inside = RegisterRange(function: .holdingRegisters, address: 0x1210, count: 2, step: 2)
        #expect(range.contains(inside) && range.overlaps(inside))
        #expect(range.spanning(0x1210, 0x1214) == inside)
        #expect(!range.contains(range.spanning(0x1212, 0x1216)))
        let odd = RegisterRange(function: .holdingRegisters, address: 0x1201, count: 1, step: 2)
        #expect(!range.contains(odd) && range.overlaps(odd))
        let registers = RegisterRange(function: .holdingRegisters, address: 0x1200, count: 2)
        #expect(!range.contains(registers))
    }

    @Test func pointsTakeTheWordsAtTheirBytes() throws {
        let rows = """
            - {name: cell.#.voltage, address: 0x1200, type: u16, scale: 0.001, unit: V, repeat: {count: 2, stride: 2}}
            - {name: pack.voltage, address: 0x1204, type: u32, scale: 0.001, unit: V}
            - {name: pack.soc, address: 0x1208, type: u16, bits: [0, 7], unit: "%"}
            """
        let map = try #require(try readProfile(text(rows), name: "small.yaml").deviceMap)
        #expect(map.points.map(\.address) == [0x1200, 0x1202, 0x1204, 0x1208])
        let words: [UInt16] = [3_300, 3_301, 0, 52_800, 0x0157]
        let values = map.points.map { $0.coding.sample(words.span, firstAddress: 0x1200).value }
        #expect(values == [3.3, 3.301, 52.8, 87])
    }

    @Test func coilsHaveTheNextAddress() {
        let coil = PointCoding(function: .coils, address: 3, registers: 8, type: .bits, addressing: .bytes)
        #expect(coil.valueRange == RegisterRange(function: .coils, address: 3, count: 8))
    }

    @Test(arguments: [
        ("- {name: a, address: 0x1201, type: u16}", "4609 is odd"),
        ("- {name: a, address: 0xFFFE, type: u32}", "ends behind"),
        ("- {name: a, address: 2, type: u32}\n- {name: b, address: 4, type: u16}", "shares registers"),
        ("- {name: a.#, address: 2, type: u32, repeat: {count: 2, stride: 2}}", "shares registers"),
        ("- {name: a, address: 2, type: u16, scaleFactor: 4}", "does not go with"),
        ("- {name: a, address: 0, type: string, registers: 11}", "cannot come in one answer"),
    ])
    func whatCannotBeIsAnError(rows: String, message: String) {
        let problems = problems(text(rows))
        #expect(problems.contains { $0.contains(message) }, "\(problems)")
    }

    @Test func readableRangesNameEvenAddresses() {
        let row = "- {name: a, address: 6, type: u32}"
        #expect(problems(text(row, limits: ", readable: [{function: 3, from: 0, to: 8}]")) == [])
        #expect(problems(text(row, limits: ", readable: [{function: 3, from: 0, to: 6}]")).count == 1)
        #expect(problems(text(row, limits: ", readable: [{function: 3, from: 0, to: 9}]")).count == 1)
        #expect(problems(text(row, limits: ", holes: [{function: 3, from: 8, to: 8}]")).count == 1)
        #expect(problems(text(row, limits: ", holes: [{function: 3, from: 10, to: 12}]")) == [])
    }

    @Test func sunSpecCountsRegisters() {
        let text = """
            profile: small
            title: A small device
            status: unverified
            sources: {models: "the models"}
            limits: {addressing: bytes}
            sunspec: {bases: [40000]}
            models:
              - {id: 103, length: 50, source: models, points: [{name: a, offset: 2, type: u16}]}
            """
        #expect(problems(text).contains { $0.contains("SunSpec counts registers") })
    }
}
