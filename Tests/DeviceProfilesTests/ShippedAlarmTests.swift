import Foundation
import Telemetry
import Testing

@testable import DeviceProfiles

private let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("config/profiles")

/// Every profile that is shipped, by its file.
private let shippedFiles: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []  // none: the test below fails
    return names.filter { $0.hasSuffix(".yaml") }.sorted()
}()

/// The map of a profile with fixed addresses; nil for SunSpec, whose addresses a device decides.
private func map(_ file: String) throws -> DeviceMap? {
    let path = folder.appendingPathComponent(file).path
    return try readProfile(try String(contentsOfFile: path, encoding: .utf8), name: path).deviceMap
}

@Suite struct ShippedAlarmTests {
    @Test func thereAreProfiles() {
        #expect(shippedFiles.contains("goodwe-et.yaml"))
    }

    /// Each row is struck alone on the wire, in the orders of its own registers, and nothing else may answer.
    @Test(arguments: shippedFiles)
    func everyAlarmRowGivesExactlyItsName(file: String) throws {
        guard let map = try map(file) else { return }
        for alarm in map.alarms {
            let coding = map.points[alarm.point].coding
            let words = coding.words(of: try #require(alarm.condition.pattern(in: coding)))
            var samples = Array(repeating: Sample.absent, count: map.points.count)
            samples[alarm.point] = coding.sample(words.span, firstAddress: coding.address)
            let active = map.activeAlarms(in: samples)
            #expect(active.map(\.code) == [alarm.code], "\(file)")
            #expect(active.map(\.name) == [alarm.name], "\(file)")
        }
    }
}

extension AlarmCondition {
    /// A word in which this and nothing else is so; nil where that is no single word.
    fileprivate func pattern(in coding: PointCoding) -> UInt64? {
        switch self {
        case .bitSet(let bit): 1 << UInt64(bit)
        case .bitClear(let bit): AlarmWord.allBits(of: coding) & ~(1 << UInt64(bit))
        case .equals(let number): number
        case .noneOf: nil
        }
    }
}

extension PointCoding {
    /// The registers, or coils, that a device sends for this pattern.
    fileprivate func words(of pattern: UInt64) -> [UInt16] {
        let whole = slice.map { pattern << UInt64($0.lowest) } ?? pattern
        guard !type.isOfCoils else { return (0..<registers).map { UInt16(whole >> UInt64($0) & 1) } }
        let words = (0..<registers).map { index in
            let place = wordOrder == .big ? registers - 1 - index : index
            return UInt16(truncatingIfNeeded: whole >> UInt64(16 * place))
        }
        return byteOrder == .big ? words : words.map(\.byteSwapped)
    }
}
