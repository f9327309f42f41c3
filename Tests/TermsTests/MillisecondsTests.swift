import Terms
import Testing

@Suite struct MillisecondsTests {
    @Test(arguments: [
        ("0", 0), ("0s", 0), ("1ms", 1), ("250ms", 250), ("90s", 90_000), ("15min", 900_000), ("24h", 86_400_000),
        ("30d", 2_592_000_000), ("18h30min", 66_600_000), ("1d2h3min4s5ms", 93_784_005), ("007s", 7_000),
        ("9223372036854775807ms", Int64.max), ("1min1ms", 60_001),
    ])
    func aTextSaysItsLength(text: String, count: Int64) {
        #expect(Milliseconds(text: text)?.count == count)
    }

    @Test(arguments: [
        "", " ", "1", "00", "s", "ms", "-1s", "+1s", "-0", "1.5h", "1,5h", "1 h", " 1h", "1h ", "1H", "1m", "1hour",
        "30min18h", "1s1min", "1h1h", "1ms1ms", "1h30", "h1", "1hmin", "0x10s", "1_000s", "١s", "１s", "1µs", "1s\n",
        "1e3s", "∞",
    ])
    func whatIsNoLengthIsRefused(text: String) {
        #expect(Milliseconds(text: text) == nil)
    }

    @Test(arguments: [
        "9223372036854775808ms", "9223372036854776s", "106751991168d", "99999999999999999999999s",
        "106751991167d23h", "9223372036854775s808ms",
    ])
    func whatDoesNotFitInto64BitsIsRefused(text: String) {
        #expect(Milliseconds(text: text) == nil)
    }

    @Test(arguments: [
        (0, "0"), (1, "1ms"), (1_000, "1s"), (172_770_000, "47h59min30s"), (172_800_000, "48h"),
        (90_061_001, "25h1min1s1ms"), (-1_500, "-1s500ms"), (Int64.max, "2562047788015h12min55s807ms"),
        (Int64.min, "-2562047788015h12min55s808ms"),
    ])
    func aLengthIsPrintedShortAndExact(count: Int64, text: String) {
        #expect(Milliseconds(count).text == text)
    }

    @Test func whatIsPrintedIsReadBack() {
        var count: Int64 = 1
        while count < Int64.max / 3 {
            for near in [count - 1, count, count + 1] {
                #expect(Milliseconds(text: Milliseconds(near).text) == Milliseconds(near))
            }
            count = count * 3 + 7
        }
    }

    @Test func unitsMeanWhatTheySay() {
        #expect(Milliseconds.days(1) == .hours(24))
        #expect(Milliseconds.hours(1) == .minutes(60))
        #expect(Milliseconds.minutes(1) == .seconds(60))
        #expect(Milliseconds.seconds(1) == Milliseconds(1_000))
        #expect(Milliseconds(1_500).inSeconds == 1.5)
        #expect(Milliseconds(1) + Milliseconds(2) - Milliseconds(4) == Milliseconds(-1))
        #expect(Milliseconds(-1) < .zero)
    }
}
