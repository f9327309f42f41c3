import DeviceProfiles
import Foundation
import Polling
import Telemetry
import Terms
import TestPeers
import Testing

/// What the box reads of SunSpec devices equals what pysunspec2 reads, point by point.
@Suite struct SunSpecJudgeTests {
    private static let seed = 20_261_123

    @Test func everyPointIsReadAsPysunspec2ReadsIt() throws {
        let profile = try shippedProfile()
        let devices = try JudgedDevice.devices(seed: Self.seed)
        var compared = 0
        var values = 0
        var apart = 0
        for device in devices {
            guard let reading = try ProfileReading(of: device, with: profile) else {
                // Only who made it, a model that the profile does not know, or one cut before its scale factors.
                let told = Set(device.points.map(\.model))
                let isExpected = told.isSubset(of: [1, 129]) || device.title.contains("cut")
                #expect(isExpected, "\(device.title), seed \(Self.seed)")
                continue
            }
            let problems = reading.problems()
            #expect(problems.isEmpty, "\(device.title), seed \(Self.seed): \(problems.prefix(5))")
            compared += reading.compared
            values += reading.values
            apart += reading.valuesWithFactorApart
        }
        #expect(devices.count > 350)
        #expect(compared > 30_000)
        #expect(values > 20_000)
        #expect(apart > 3_000)
    }

    /// Every row of the profile names the point that pysunspec2 has there.
    @Test func everyRowHasTheNameThatTheStandardGivesIt() throws {
        guard case .sunSpec(let layout) = try shippedProfile().layout else {
            Issue.record("sunspec.yaml lists no models")
            return
        }
        // Of the first of what repeats; models apart, so that nothing stands before it.
        var known: [Int: [Int: String]] = [:]
        for device in try JudgedDevice.devices(seed: Self.seed) where device.models.count == 1 {
            for point in device.points {
                known[point.model, default: [:]][point.address - device.models[0][1]] = point.id
            }
        }
        var checked = 0
        for model in layout.models {
            for point in model.points {
                #expect(known[model.ids[0]]?[point.coding.address] == point.id, "\(model.ids[0]) \(point.name)")
                checked += 1
            }
        }
        #expect(checked > 500)
    }

    private func shippedProfile() throws -> Profile {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path = root.appendingPathComponent("config/profiles/sunspec.yaml").path
        return try readProfile(try String(contentsOfFile: path, encoding: .utf8), name: path)
    }
}

/// One device, found and read as the line owner does it: header by header, request by request.
private struct ProfileReading {
    private let device: JudgedDevice
    private let map: DeviceMap
    private var samples: [Int: (name: String, coding: PointCoding, sample: Sample)] = [:]
    private var texts: [Int: String?] = [:]
    private var readProblems: [String] = []
    var compared: Int { samples.count + texts.count }
    var values: Int { samples.values.count { $0.sample.value.isFinite } }
    var valuesWithFactorApart: Int {
        samples.values.count { $0.sample.value.isFinite && $0.coding.scaleFactorIsApart }
    }

    init?(of device: JudgedDevice, with profile: Profile) throws {
        self.device = device
        guard case .sunSpec(let layout) = profile.layout else { return nil }
        let places = try walk(device, layout)
        if places.map({ [$0.id, $0.address, $0.length] }) != device.models { readProblems = ["models \(places)"] }
        guard let map = profile.deviceMap(models: places) else { return nil }
        self.map = map
        read()
    }

    private mutating func read() {
        let plan = ReadPlan(map: map, cost: .tcp())
        readProblems += plan.unreadable.map { "\(map.points[$0].name) cannot be read" }
        var frame = SampleFrame(
            device: DeviceIndex(0), pointCount: map.points.count,
            stamp: Stamp(
                boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: 0), wall: Instant(milliseconds: 0),
                trust: .synced))
        for request in plan.requests {
            var factors = ScaleFactorReadings()
            for range in map.scaleFactorRanges(of: request.points) {
                let words = words(range)
                factors.noteBefore(words, firstAddress: range.address)
                factors.noteAfter(words, firstAddress: range.address)
            }
            let words = words(request.range)
            map.decode(
                words.span, firstAddress: request.range.address, positions: request.points, factors: factors,
                into: &frame)
        }
        for (point, sample) in zip(map.points, frame.samples) {
            samples[point.address] = (point.name, point.coding, sample)
        }
        for text in map.texts { texts[text.range.address] = registerText(words(text.range)) }
    }

    private mutating func words(_ range: RegisterRange) -> [UInt16] {
        if range.count > 125 { readProblems.append("\(range) is longer than a request may be") }
        guard let words = device.read(address: range.address, count: range.count) else {
            readProblems.append("\(range) lies outside the device")
            return Array(repeating: 0, count: range.count)
        }
        return words
    }

    /// Every difference that is not one of those that are meant.
    func problems() -> [String] {
        let known = Set(device.points.map(\.address))
        let invented = samples.filter { !known.contains($0.key) }.map { "\($0.value.name) is no point" }
        return readProblems + invented + device.points.compactMap(problem)
    }

    private func problem(_ point: JudgedPoint) -> String? {
        let place = "\(point.model) \(point.id) at \(point.address)"
        if let text = texts[point.address] {
            guard expectedText(point) != text else { return nil }
            return "\(place): \(text ?? "no text"), expected \(point.value)"
        }
        guard let (name, coding, sample) = samples[point.address] else {
            return isLeftOut(point) ? nil : "\(place) is missing"
        }
        guard let expected = expectedNumber(point) else {
            return sample.quality == .notImplemented ? nil : "\(place) \(name): \(sample), expected no value"
        }
        guard sample.value.isFinite else { return "\(place) \(name): \(sample.quality), expected \(expected)" }
        let value = expected * coding.scale
        let isEqual = abs(sample.value - value) <= 1e-9 * max(abs(value), 1e-3)
        return isEqual ? nil : "\(place) \(name): \(sample.value), expected \(value)"
    }

    /// What the box must say: what pysunspec2 says, but for the places where the box follows the specification, or its
    /// own rule that a value is never guessed. Nil: no value.
    private func expectedNumber(_ point: JudgedPoint) -> Double? {
        guard case .number(let value) = point.value else { return nil }
        switch point.factor {
        case .none: break
        // pysunspec2 leaves such a value as it is; unscaled it would be a guess.
        case .notImplemented: return nil
        // pysunspec2 takes any power; the specification allows −10 to 10.
        case .power(let power): if !(-10...10).contains(power) { return nil }
        }
        switch point.type {
        // Specification: a set top bit voids the whole bit field. pysunspec2 looks for all bits.
        case "bitfield16": return value < 0x8000 ? value : nil
        case "bitfield32": return value < 0x8000_0000 ? value : nil
        // pysunspec2 knows 0 only; the box takes an accumulator with all bits set for not implemented, too.
        case "acc32": return isAllOnes(point, registers: 2) ? nil : value
        case "acc64": return isAllOnes(point, registers: 4) ? nil : value
        default: return value
        }
    }

    private func isAllOnes(_ point: JudgedPoint, registers: Int) -> Bool {
        device.read(address: point.address, count: registers)?.allSatisfy { $0 == 0xFFFF } ?? false
    }

    /// The box cuts blanks at both ends.
    private func expectedText(_ point: JudgedPoint) -> String? {
        guard case .text(let text) = point.value else { return nil }
        let trimmed = text.trimmingCharacters(in: [" "])
        return trimmed.isEmpty ? nil : trimmed
    }

    /// Controls, numbers that stand in the names, a text of the moment; and what has its scale factor behind the end of
    /// a model that was cut.
    private func isLeftOut(_ point: JudgedPoint) -> Bool {
        let leftOut: [Int: Set<String>] = [
            1: ["DA"], 701: ["MnAlrmInfo"], 802: ["CtrlHb", "AlmRst", "SetOp", "SetInvState"],
            803: ["StrSetEna", "StrSetCon"], 804: ["Idx", "SetEna", "SetCon"], 805: ["StrIdx", "ModIdx"],
        ]
        let requests = ["AdptCrvReq", "AdptCtlReq"]
        if leftOut[point.model]?.contains(point.id) ?? false { return true }
        if (705...712).contains(point.model), requests.contains(point.id) { return true }
        if !isKnown(point.model) { return true }
        return device.title.contains("cut") && point.factor == .notImplemented
    }

    /// Whether the profile is meant to know the model.
    private func isKnown(_ model: Int) -> Bool {
        [1...1, 101...103, 111...113, 120...124, 160...160, 201...204, 211...214, 701...714, 801...805]
            .contains { $0.contains(model) }
    }
}

/// The models of the device, found step by step.
private func walk(_ device: JudgedDevice, _ layout: SunSpecLayout) throws -> [SunSpecModelPlace] {
    var walk = SunSpecWalk(layout)
    var step = walk.begin()
    while true {
        switch step {
        case .found(let places): return places
        case .absent: return []
        case .read(let range):
            let words = device.read(address: range.address, count: range.count)
            step = words.map { walk.answered($0) } ?? walk.refused()
        }
    }
}
