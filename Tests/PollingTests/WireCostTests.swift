import DeviceProfiles
import Terms
import Testing

@testable import Polling

@Suite struct WireCostTests {
    /// The bytes of a request for 125 registers and of its answer, without silence and turn-around.
    @Test(arguments: [(9_600, 273_958_333), (115_200, 22_829_861)])
    func aFullBlockTakesWhatItsCharactersTake(baud: Int, nanoseconds: Int) {
        let serial = SerialSettings(baud: baud)
        let cost = WireCost.rtu(serial, turnAround: 0)
        let wire = cost.nanoseconds(function: .holdingRegisters, count: 125) - 2 * cost.silence
        // Characters are whole nanoseconds.
        #expect(abs(wire - nanoseconds) < 300)
    }

    @Test func aPauseCountsOnlyWhereItIsLongerThanTheSilence() {
        let cost = WireCost.rtu(SerialSettings())
        #expect(cost.pausing(Milliseconds(1)) == cost)
        let slower = cost.pausing(Milliseconds(150))
        #expect(slower.frame - cost.frame == 150_000_000 - cost.silence)
        #expect(WireCost.tcp().pausing(Milliseconds(20)).frame == WireCost.tcp().frame + 20_000_000)
    }

    @Test func theTurnAroundIsWhatTheBytesLeave() {
        let cost = WireCost.rtu(SerialSettings(), turnAround: 35_000_000)
        let elapsed = cost.nanoseconds(function: .coils, count: 20) - cost.silence
        let other = WireCost.rtu(SerialSettings(), turnAround: 1)
        #expect(other.turnAround(elapsed: elapsed, function: .coils, count: 20) == 35_000_000)
        #expect(other.turnAround(elapsed: 1, function: .coils, count: 20) == 0)
    }

    @Test func theBreakEvenHoleIsBounded() {
        #expect(WireCost.rtu(SerialSettings(), turnAround: 20_000_000).breakEvenRegisters == 19)
        #expect(WireCost.tcp().breakEvenRegisters == 125)
    }
}
