import Telemetry
import Terms
import Testing

@testable import DeviceProfiles

private func volts(at address: Int, factorAt factor: Int, isApart: Bool = true) -> MappedPoint {
    var coding = PointCoding(
        function: .holdingRegisters, address: address, registers: 1, type: .u16, absence: .sunSpec,
        scaleFactorAddress: factor)
    coding.scaleFactorIsApart = isApart
    return MappedPoint(name: "v\(address)", unit: "V", coding: coding)
}

private func read(_ before: [UInt16], _ after: [UInt16]) -> ScaleFactorReadings {
    var factors = ScaleFactorReadings()
    factors.noteBefore(before, firstAddress: 10)
    factors.noteAfter(after, firstAddress: 10)
    return factors
}

@Suite struct ScaleFactorTests {
    private let point = volts(at: 500, factorAt: 11)

    private func sample(_ factors: ScaleFactorReadings, _ word: UInt16 = 512) -> Sample {
        point.coding.sample([word].span, firstAddress: 500, factors: factors)
    }

    @Test func aValueWhoseFactorStandsApartNeedsItsOwnRegistersOnly() {
        #expect(point.coding.wireRange == RegisterRange(function: .holdingRegisters, address: 500, count: 1))
        #expect(sample(read([7, 0xFFFE], [8, 0xFFFE])).goodValue == 5.12)
    }

    @Test func aFactorThatMovedBetweenItsTwoReadingsGivesNoValue() {
        let moved = sample(read([0, 0xFFFE], [0, 0xFFFF]))
        #expect(moved.quality == .bad)
        #expect(moved.raw == 512)
    }

    @Test func aFactorThatWasReadOnceOrNotAtAllGivesNoValue() {
        var once = ScaleFactorReadings()
        once.noteBefore([0, 0xFFFE], firstAddress: 10)
        #expect(sample(once).quality == .bad)
        #expect(sample(ScaleFactorReadings()).quality == .bad)
        #expect(sample(read([0], [0])).quality == .bad)
    }

    @Test func whatIsNotImplementedNeedsNoFactor() {
        #expect(sample(ScaleFactorReadings(), 0xFFFF).quality == .notImplemented)
        #expect(sample(read([0, 0x8000], [0, 0x8000])).quality == .notImplemented)
    }

    @Test func theMapSaysWhichFactorsARequestNeeds() {
        let map = DeviceMap(
            profile: "small",
            points: [
                volts(at: 500, factorAt: 11), volts(at: 501, factorAt: 13), volts(at: 502, factorAt: 40),
                volts(at: 503, factorAt: 504, isApart: false),
            ])
        func range(_ address: Int, _ count: Int) -> RegisterRange {
            RegisterRange(function: .holdingRegisters, address: address, count: count)
        }
        #expect(map.scaleFactorRanges(of: [0, 1, 3]) == [range(11, 3)])
        #expect(map.scaleFactorRanges(of: [0, 1, 2]) == [range(11, 3), range(40, 1)])
        #expect(map.scaleFactorRanges(of: [3]) == [])
    }

    @Test func decodingARequestTakesTheFactorsThatBelongToIt() {
        let map = DeviceMap(profile: "small", points: [volts(at: 500, factorAt: 11), volts(at: 501, factorAt: 10)])
        var frame = SampleFrame(
            device: DeviceIndex(0), pointCount: 2,
            stamp: Stamp(
                boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: 0), wall: Instant(milliseconds: 0),
                trust: .synced))
        let words: [UInt16] = [512, 512]
        map.decode(
            words.span, firstAddress: 500, positions: [0, 1], factors: read([1, 0xFFFE], [2, 0xFFFE]), into: &frame)
        #expect(frame.samples.map(\.quality) == [.good, .bad])
        #expect(frame.samples[0].value == 5.12)
    }
}
