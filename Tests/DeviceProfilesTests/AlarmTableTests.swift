import Foundation
import Telemetry
import Terms
import Testing

@testable import DeviceProfiles

private let profiles = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("config/profiles")

private let shippedProfiles: [String] = {
    // A folder that cannot be read leaves no argument, and the test below fails.
    let files = (try? FileManager.default.contentsOfDirectory(atPath: profiles.path)) ?? []
    return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
}()

/// A profile's map; for SunSpec with every model that it knows, one behind the other.
private func map(_ name: String) throws -> (map: DeviceMap, base: (Int) -> Int?)? {
    let path = profiles.appendingPathComponent("\(name).yaml").path
    let profile = try readProfile(try String(contentsOfFile: path, encoding: .utf8), name: path)
    if let map = profile.deviceMap { return (map, { _ in nil }) }
    guard case .sunSpec(let layout) = profile.layout else { return nil }
    let places = places(of: layout)
    let map = try #require(profile.deviceMap(models: places))
    return (map, { id in places.first { $0.id == id }?.address })
}

/// A device that lists each model once under each of its ids, with two of all that repeats.
private func places(of layout: SunSpecLayout) -> [SunSpecModelPlace] {
    var address = 2
    return layout.models.flatMap { model in
        let length = model.length + registers(of: model.groups)
        return model.ids.map { id in
            defer { address += length + 2 }
            let counts = Dictionary(uniqueKeysWithValues: countOffsets(of: model.groups).map { ($0, 2) })
            return SunSpecModelPlace(id: id, address: address, length: length, counts: counts)
        }
    }
}

/// Registers of all that repeats, with what repeats inside.
private func registers(of groups: [SunSpecModel.Group]) -> Int {
    groups.reduce(0) { sum, group in
        let count = if case .words(let words) = group.count { words.count } else { 2 }
        return sum + count * (group.length + registers(of: group.inner))
    }
}

/// The registers in which a device tells how many there are.
private func countOffsets(of groups: [SunSpecModel.Group]) -> Set<Int> {
    groups.reduce(into: []) { offsets, group in
        if case .told(let offset) = group.count { offsets.insert(offset) }
        offsets.formUnion(countOffsets(of: group.inner))
    }
}

/// Rows of the table that the profile does not name as the table does.
private func disagreements(_ rows: [AlarmTable.Row], _ map: DeviceMap, _ base: (Int) -> Int?) -> [String] {
    let quiet = AlarmImage(quiet: map)
    return rows.compactMap { row in
        var image = quiet
        image.apply(row, base: base)
        let names = image.names
        return names == [row.name] ? nil : "line \(row.line): \"\(row.name)\" expected, the profile says \(names)"
    }
}

@Suite struct AlarmTableTests {
    @Test func thereAreProfiles() { #expect(shippedProfiles.count >= 3) }

    @Test(arguments: shippedProfiles)
    func oneBitInIsOneNameOutAsTheMakerSays(name: String) throws {
        guard let (map, base) = try map(name), !map.alarms.isEmpty else { return }
        let table = try AlarmTable(profile: name)
        #expect(AlarmImage(quiet: map).names == [])
        #expect(disagreements(table.rows, map, base) == [])
        let missing = Set(map.alarms.map(\.name)).subtracting(table.rows.map(\.name))
        #expect(missing == [], "alarms that nobody has typed a second time")
        #expect(table.rows.count == map.alarms.count)
    }

    @Test(arguments: shippedProfiles)
    func twoBitsInAreTwoNamesOut(name: String) throws {
        guard let (map, base) = try map(name), !map.alarms.isEmpty else { return }
        let rows = try AlarmTable(profile: name).rows
        for (first, second) in zip(rows, rows.dropFirst()) {
            // A register holds one number at a time.
            if case .number = second.change, first.address == second.address { continue }
            var image = AlarmImage(quiet: map)
            image.apply(first, base: base)
            image.apply(second, base: base)
            #expect(Set(image.names) == [first.name, second.name], "lines \(first.line) and \(second.line)")
            #expect(image.names.count == 2)
        }
    }

    @Test(arguments: shippedProfiles)
    func whatHasNoRowIsNamedAsUnknown(name: String) throws {
        guard let (map, _) = try map(name) else { return }
        for alarm in map.possibleAlarms where !alarm.isKnown {
            #expect(alarm.name.hasPrefix("unknown "), "\(alarm)")
            #expect(alarm.routing == .k4)
        }
        for word in map.alarmWords {
            let bits = map.points[word.point].coding.bitCount
            var samples = Array(repeating: Sample.absent, count: map.points.count)
            for bit in 0..<bits {
                let raw: UInt64
                switch word.rule {
                case .bits: raw = 1 << UInt64(bit)
                case .clearBits(let all): raw = all & ~(1 << UInt64(bit))
                case .numbers: continue
                }
                samples[word.point] = Sample(value: 0, raw: raw, quality: .good)
                let active = map.activeAlarms(in: samples)
                #expect(active.count == (word.active(in: raw) == 0 ? 0 : 1), "\(name) bit \(bit)")
            }
        }
    }

    @Test(arguments: shippedProfiles)
    func twoBitsThatAreSwappedAreFound(name: String) throws {
        guard let (map, base) = try map(name), map.alarms.count > 1 else { return }
        let table = try AlarmTable(profile: name)
        for index in map.alarms.indices.dropFirst() where map.alarms[index].point == map.alarms[index - 1].point {
            var alarms = map.alarms
            let (a, b) = (alarms[index - 1], alarms[index])
            alarms[index - 1] = a.with(condition: b.condition)
            alarms[index] = b.with(condition: a.condition)
            let swapped = DeviceMap(
                profile: map.profile, points: map.points, alarms: alarms, limits: map.limits,
                words: map.alarmWords.map { AlarmWord(point: $0.point, rule: $0.rule) })
            let rows = table.rows.filter { [a.name, b.name].contains($0.name) }
            #expect(disagreements(rows, swapped, base).count >= 2, "\(a.name), \(b.name)")
        }
    }
}

extension MappedAlarm {
    fileprivate func with(condition: AlarmCondition) -> MappedAlarm {
        MappedAlarm(
            point: point, condition: condition, code: code, fault: fault, name: name, severity: severity,
            routing: routing, consequence: consequence, remedy: remedy)
    }
}
