import Telemetry
import Testing

@testable import DeviceProfiles

private func coding(
    _ type: ValueType, order: WordOrder = .big, scale: Double = 1, offset: Double = 0, sentinel: UInt64? = nil,
    plausible: ClosedRange<Double>? = nil, absence: AbsenceRule = .sentinelOnly, scaleFactor: Int? = nil
) -> PointCoding {
    PointCoding(
        function: .holdingRegisters, address: 100, registers: type.registers, type: type, wordOrder: order,
        scale: scale, offset: offset, sentinels: sentinel.map { [$0] } ?? [], plausible: plausible, absence: absence,
        scaleFactorAddress: scaleFactor)
}

private func sample(_ coding: PointCoding, _ words: [UInt16], from address: Int = 100) -> Sample {
    coding.sample(words.span, firstAddress: address)
}

@Suite struct PointCodingTests {
    @Test(arguments: [
        (ValueType.u16, [0xFFFE], 65_534.0), (.i16, [0xFFFE], -2), (.u32, [0x0001, 0x0002], 65_538),
        (.i32, [0xFFFF, 0xFFFE], -2), (.u64, [0, 1, 0, 0], 4_294_967_296), (.f32, [0x4148, 0x0000], 12.5),
        (.enum16, [7], 7), (.bit, [1], 1), (.bitfield32, [0x8000, 0x0001], 2_147_483_649),
    ] as [(ValueType, [UInt16], Double)])
    func aTypeIsReadHighWordFirst(type: ValueType, words: [UInt16], value: Double) {
        #expect(sample(coding(type), words).goodValue == value)
    }

    @Test func aLittleWordOrderTurnsTheWordsAndKeepsTheRawOnesAsTheyCame() {
        let little = sample(coding(.u32, order: .little), [0x0002, 0x0001])
        #expect(little.goodValue == 65_538)
        #expect(little.raw == 0x0002_0001)
        #expect(sample(coding(.bitfield32, order: .little), [0x0002, 0x0001]).raw == 0x0001_0002)
    }

    @Test(arguments: [ValueType.u16, .i16, .u32, .i32, .f32, .bitfield16], [WordOrder.big, .little])
    func theShortWayOfPlainPointsGivesWhatTheWholeWayGives(type: ValueType, order: WordOrder) {
        let scalings: [(Double, Double)] = [(1, 0), (0.1, 0), (0.1, -273.1), (0.001, 0), (-0.1, 100), (0.03, 5)]
        for (scale, offset) in scalings {
            let coding = coding(type, order: order, scale: scale, offset: offset, plausible: -400...5_000)
            for step in 0..<200 {
                let words = [UInt16(truncatingIfNeeded: step &* 40_503), UInt16(truncatingIfNeeded: step &* 25_717)]
                let short = coding.sample(words.span, firstAddress: 100)
                let whole = coding.fullSample(words.span, firstAddress: 100, factors: ScaleFactorReadings())
                #expect(short.value.bitPattern == whole.value.bitPattern)
                #expect(short.raw == whole.raw && short.quality == whole.quality)
            }
        }
    }

    @Test func aLittleByteOrderTurnsEachRegister() {
        var little = coding(.u32)
        little.byteOrder = .little
        #expect(sample(little, [0x0100, 0x0200]).goodValue == 65_538)
        #expect(sample(little, [0x0100, 0x0200]).raw == 0x0100_0200)
        #expect(registerText([0x4241, 0x0043], byteOrder: .little) == "ABC")
        #expect(registerText([0x41, 0x42, 0x43, 0, 0x44], byteOrder: .low) == "ABC")
        #expect(registerText([0x4142, 0x43], byteOrder: .low) == nil)
        #expect(registerText([0xFFFF], byteOrder: .low) == nil)
    }

    @Test(arguments: [
        (ValueType.i64, [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE], -2.0), (.f64, [0x4029, 0, 0, 0], 12.5),
        (.enum32, [0, 7], 7), (.bitfield64, [0, 0, 1, 0], 65_536),
    ] as [(ValueType, [UInt16], Double)])
    func aWideTypeIsReadHighWordFirst(type: ValueType, words: [UInt16], value: Double) {
        #expect(sample(coding(type), words).goodValue == value)
    }

    @Test func partsOfAWordAreNumbersOfTheirOwn() {
        func part(_ type: ValueType, _ lowest: Int, _ count: Int) -> PointCoding {
            var part = coding(type, sentinel: 0x7F)
            part.slice = BitSlice(lowest: lowest, count: count)
            return part
        }
        #expect(sample(part(.u16, 0, 8), [0xFE64]).goodValue == 100)
        #expect(sample(part(.i16, 8, 8), [0xFE64]).goodValue == -2)
        #expect(sample(part(.u16, 8, 8), [0x7F64]).quality == .notImplemented)
        #expect(sample(part(.u16, 0, 8), [0xFE64]).raw == 0xFE64)
        #expect(sample(part(.bitfield16, 8, 8), [0xFE64]).raw == 0xFE)
    }

    @Test func decimalDigitsAreReadAndAWrongOneIsNoValue() {
        let digits = PointCoding(function: .holdingRegisters, address: 100, registers: 2, type: .bcd, scale: 0.1)
        #expect(sample(digits, [0x0012, 0x3456]).goodValue == 12_345.6)
        #expect(sample(digits, [0x0012, 0x345A]).quality == .notImplemented)
    }

    @Test func coilsTogetherAreABitFieldWhoseFirstIsTheLowest() {
        let coils = PointCoding(function: .coils, address: 100, registers: 5, type: .bits)
        #expect(sample(coils, [1, 0, 0, 1, 0]).raw == 0b01001)
        #expect(coils.bitCount == 5)
    }

    @Test func scaleAndOffsetAndTheFlippedSignApply() {
        #expect(sample(coding(.i16, scale: -0.1), [123]).goodValue == -12.3)
        #expect(sample(coding(.u16, scale: 0.1, offset: -273.1), [2_882]).goodValue == 15.1)
        #expect(sample(coding(.u16, scale: 0.1, offset: -3_000), [29_911]).goodValue == -8.9)
        let celsius = sample(coding(.u16, scale: 0.1, offset: -273.15), [2_981]).goodValue
        #expect(celsius.map { abs($0 - 24.95) < 1e-9 } == true)
    }

    @Test func anImplausibleValueIsSuspectAndKeepsItsRawForm() {
        let hot = sample(coding(.i16, scale: 0.1, plausible: -40...120), [3_000])
        #expect(hot.quality == .suspect)
        #expect(hot.raw == 3_000)
        #expect(hot.goodValue == nil)
    }

    @Test func theSentinelIsNoValue() {
        #expect(sample(coding(.u16, sentinel: 0xFFFF), [0xFFFF]).quality == .notImplemented)
        #expect(sample(coding(.u16), [0xFFFF]).goodValue == 65_535)
        #expect(sample(coding(.u32, sentinel: 0xFFFF_FFFF), [0xFFFF, 0xFFFF]).quality == .notImplemented)
    }

    @Test(arguments: [[0x7FC0, 0x0000], [0xFFC0, 0x0000], [0x7F80, 0x0000], [0xFF80, 0x0000]] as [[UInt16]])
    func aFloatThatIsNoNumberIsNoValue(words: [UInt16]) {
        #expect(sample(coding(.f32), words).quality == .notImplemented)
    }

    @Test(arguments: [
        (ValueType.u16, [0xFFFF]), (.i16, [0x8000]), (.u32, [0xFFFF, 0xFFFF]), (.i32, [0x8000, 0]), (.enum16, [0xFFFF]),
        (.u64, [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF]), (.bitfield16, [0xFFFF]), (.bitfield32, [0xFFFF, 0xFFFF]),
        (.bitfield32, [0x8000, 0x0001]), (.f32, [0x7FC0, 0]),
    ] as [(ValueType, [UInt16])])
    func whatSunSpecReservesIsNoValue(type: ValueType, words: [UInt16]) {
        #expect(sample(coding(type, absence: .sunSpec), words).quality == .notImplemented)
    }

    @Test func theScaleFactorComesFromTheSameAnswer() {
        let volts = coding(.u16, absence: .sunSpec, scaleFactor: 103)
        #expect(sample(volts, [0, 512, 1, 2, 0xFFFE], from: 99).goodValue == 5.12)
        #expect(sample(volts, [512, 0, 0, 1], from: 100).goodValue == 5_120)
        #expect(volts.wireRange == RegisterRange(function: .holdingRegisters, address: 100, count: 4))
    }

    @Test(arguments: [0x8000, 11, 0xFFF5] as [UInt16])
    func withoutAScaleFactorThereIsNoValue(factor: UInt16) {
        let volts = sample(coding(.u16, absence: .sunSpec, scaleFactor: 101), [512, factor])
        #expect(volts.quality == .notImplemented)
        #expect(volts.raw == 512)
    }

    @Test func textEndsAtTheFirstNulAndLosesItsBlanks() {
        #expect(registerText([0x2047, 0x4F00, 0x4100]) == "GO")
        #expect(registerText([0x0000]) == nil)
        #expect(registerText([0x2020, 0x2020]) == nil)
        #expect(registerText([0xFFFF]) == nil)
    }
}
