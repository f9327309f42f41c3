import StrictYAML
import Testing

private enum Link: String, CaseIterable { case lan, dongle }

@Suite struct YAMLValueTests {
    @Test(arguments: [
        ("0", 0), ("42", 42), ("-7", -7), ("0x0", 0), ("0x1f", 31), ("0xFFFF", 65_535), ("'12'", 12),
        ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
    ])
    func wholeNumbersAreDecimalOrHexadecimal(text: String, expected: Int) {
        #expect(value(text) { $0.integer(in: Int.min...Int.max) } == expected)
    }

    @Test(arguments: [
        "", "~", "x", "1.0", "1e3", "0x", "0x-5", "0x+5", "0xG", "-0x5", "0X1F", "1_000", "0b11", "0o7", "٣", "１",
        "9223372036854775808", "0xFFFFFFFFFFFFFFFFFF", "[1]", "{a: 1}", "true",
    ])
    func whatIsNoWholeNumberIsRefused(text: String) {
        #expect(value(text) { $0.integer(in: Int.min...Int.max) } == nil)
    }

    @Test(arguments: [
        ("0", 0.0), ("-0.5", -0.5), ("3.60", 3.6), ("1e3", 1_000), ("2.5E-1", 0.25), ("0xAF7C", 44_924), (".5", 0.5),
        ("+4", 4),
    ])
    func numbersAreDecimalOrWholeHexadecimal(text: String, expected: Double) {
        #expect(value(text) { $0.number() } == expected)
    }

    @Test(arguments: [
        "", "~", "x", "nan", ".nan", "inf", ".inf", "-.inf", "infinity", "1e400", "0x1p3", "-0x1p3", "0x-5", "0X10",
        "-0x10", "1,5", "1 2", "[]", "٣", "1e16",
    ])
    func whatIsNoFiniteNumberInRangeIsRefused(text: String) {
        #expect(value(text) { $0.number() } == nil)
    }

    @Test func rangesIncludeTheirEnds() {
        for (text, fits) in [("-1", false), ("0", true), ("255", true), ("256", false), ("0x100", false)] {
            #expect((value(text) { $0.integer(in: 0...255) } != nil) == fits, "\(text)")
        }
        for (text, fits) in [("0.99", false), ("1", true), ("2", true), ("2.0001", false)] {
            #expect((value(text) { $0.number(in: 1...2) } != nil) == fits, "\(text)")
        }
    }

    @Test func onlyTrueAndFalseAreTruthValues() {
        #expect(value("true") { $0.boolean() } == true)
        #expect(value("false") { $0.boolean() } == false)
        for text in ["yes", "no", "on", "off", "True", "1", "~", ""] {
            #expect(value(text) { $0.boolean() } == nil, "\(text)")
        }
    }

    @Test func aWordOfAChoiceIsSpelledExactlyOrGetsASuggestion() {
        #expect(value("lan") { $0.oneOf(Link.self) } == .lan)
        let error = #expect(throws: InvalidText.self) {
            try readYAML("value: dongel", name: "v") { $0.mapping { $0.required("value") { $0.oneOf(Link.self) } } }
        }
        #expect(error?.description == "v:1:8: value: \"dongel\" is not known; did you mean \"dongle\"?")
        #expect(value("LAN") { $0.oneOf(Link.self) } == nil)
    }

    @Test(arguments: [
        "\"\\0\"", "\"\\t\"", "\"\\e[2J\"", "\"\\x7f\"", "\"\\x9b\"", "\"\\r\"", "\"\\u2028\"", "''", "", "[a]",
    ])
    func textHasNoControlCharactersAndIsNotEmpty(text: String) {
        #expect(value(text) { $0.string() } == nil)
    }

    @Test func textHasAtMost4096Bytes() {
        #expect(value(String(repeating: "a", count: 4_096)) { $0.string() }?.count == 4_096)
        #expect(value(String(repeating: "a", count: 4_097)) { $0.string() } == nil)
        #expect(value("|\n  two\n  lines") { $0.string() } == "two\nlines\n")
    }

    @Test func aListIsBoundedAndEveryElementMustBeReadable() {
        #expect(value("[1, 2, 3]") { $0.list(upTo: 3) { $0.integer(in: 0...9) } } == [1, 2, 3])
        #expect(value("[1, 2, 3, 4]") { $0.list(upTo: 3) { $0.integer(in: 0...9) } } == nil)
        #expect(value("[1, a]") { $0.list(upTo: 3) { $0.integer(in: 0...9) } } == nil)
        #expect(value("1") { $0.list(upTo: 3) { $0.integer(in: 0...9) } } == nil)
    }

    @Test func freeKeysKeepTheOrderOfTheTextAndAreBounded() {
        #expect(value("{b: 1, a: 2}") { $0.entries(upTo: 2)?.map(\.key) } == ["b", "a"])
        #expect(value("{b: 1, a: 2}") { $0.entries(upTo: 1)?.map(\.key) } == nil)
    }

    @Test func aReaderThatGivesUpWithoutAReasonIsNoSuccess() {
        #expect(throws: InvalidText.self) { try readYAML("a: 1", name: "v") { _ -> Int? in nil } }
    }
}

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("intervall", "interval"), ("Interval", "interval"), ("intreval", "interval"), ("nterval", "interval"),
        ("untt", "unit"),
    ])
    func oneOrTwoSlipsAreRecognised(word: String, meant: String) {
        #expect(nearest(to: word, among: ["interval", "unit", "name"]) == meant)
    }

    @Test(arguments: ["", "x", "zone", "intvlaer", "u"])
    func whatResemblesNothingGetsNoSuggestion(word: String) {
        #expect(nearest(to: word, among: ["interval", "unit", "name"]) == nil)
    }

    @Test func theNearestOfSeveralWins() {
        let alarms = ["cellVoltageLow", "cellVoltageHigh", "packVoltageHigh"]
        #expect(nearest(to: "cellVoltageHihg", among: alarms) == "cellVoltageHigh")
    }

    @Test func aVeryLongWordCostsNothing() {
        #expect(nearest(to: String(repeating: "a", count: 100_000), among: ["a"]) == nil)
    }
}
