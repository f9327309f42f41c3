import Terms
import Testing

private let boot = BootID(high: 1, low: 2)
private let otherBoot = BootID(high: 1, low: 3)

private func stamp(_ boot: BootID, boottime nanoseconds: Int64, wall milliseconds: Int64) -> Stamp {
    Stamp(
        boot: boot, boottime: Boottime(nanoseconds: nanoseconds), wall: Instant(milliseconds: milliseconds),
        trust: .synced)
}

@Suite struct StampTests {
    @Test func withinOneBootTheClockThatNeverStepsDecides() {
        let earlier = stamp(boot, boottime: 1_000_000_000, wall: 5_000_000)
        // The wall clock was set back by an hour meanwhile.
        let later = stamp(boot, boottime: 3_500_000_000, wall: 1_400_000)
        #expect(later.elapsed(since: earlier) == Milliseconds(2_500))
    }

    @Test func overARestartTheWallClockDecides() {
        let earlier = stamp(boot, boottime: 9_000_000_000, wall: 10_000)
        let later = stamp(otherBoot, boottime: 1_000_000, wall: 70_000)
        #expect(later.elapsed(since: earlier) == .minutes(1))
    }

    @Test func overARestartWithAWallClockThatWentBackNothingHasElapsed() {
        let earlier = stamp(boot, boottime: 0, wall: 70_000)
        let later = stamp(otherBoot, boottime: 0, wall: 10_000)
        #expect(later.elapsed(since: earlier) == .zero)
        #expect(stamp(boot, boottime: 1, wall: 0).elapsed(since: stamp(boot, boottime: 2, wall: 0)) == .zero)
    }

    @Test func boottimesDifferInWholeMilliseconds() {
        #expect(Boottime(nanoseconds: 2_999_999) - Boottime(nanoseconds: 1_000_000) == Milliseconds(1))
        #expect(Boottime(nanoseconds: 5) + .seconds(1) == Boottime(nanoseconds: 1_000_000_005))
        #expect(Boottime(nanoseconds: 1) < Boottime(nanoseconds: 2))
    }

    @Test func aBootIDIsReadAsTheKernelWritesItAndPrintedWithoutHyphens() throws {
        let id = try #require(BootID(text: "00c0ffee-0000-4000-8000-0000deadbeef"))
        #expect(id == BootID(high: 0x00c0_ffee_0000_4000, low: 0x8000_0000_dead_beef))
        #expect(id.text == "00c0ffee0000400080000000deadbeef")
        #expect(BootID(text: id.text) == id)
        #expect(BootID(text: id.text.uppercased()) == id)
        #expect(BootID(high: 0, low: 0).text == String(repeating: "0", count: 32))
        #expect(BootID(high: .max, low: .max).text == String(repeating: "f", count: 32))
    }

    @Test(arguments: [
        "", "-", "00c0ffee", "00c0ffee0000400080000000deadbee", "00c0ffee0000400080000000deadbeef0",
        "00c0ffee0000400080000000deadbeeg", "+0c0ffee0000400080000000deadbeef", "00c0ffee00004000+000000deadbeef1",
        "00c0ffee00004000+000000deadbeef", "00c0ffee0000400080000000deadbeef\n", "00c0ffee000040008000000deadbeeé",
    ])
    func whatIsNoBootIDIsRefused(text: String) {
        #expect(BootID(text: text) == nil)
    }
}
