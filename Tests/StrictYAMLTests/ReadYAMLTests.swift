import StrictYAML
import Testing

@Suite struct ReadYAMLTests {
    @Test func aGoodTextIsRead() throws {
        let text = """
            # a comment
            name: home
            interval: 0x1F
            ratio: -1.5e0
            isOn: true
            items: [1, 2, 3]
            """
        #expect(try readSketch(text) == Sketch(name: "home", interval: 31, ratio: -1.5, isOn: true, items: [1, 2, 3]))
    }

    @Test func everyErrorIsToldAtOnceWithItsPlaceInReadingOrder() {
        let text = """
            intervall: 5
            ratio: 3
            isOn: yes
            items: [1, x, 10]
            interval: -1
            """
        #expect(
            problems(text) == [
                "sketch.yaml:1:1: key \"name\" is missing",
                "sketch.yaml:1:1: unknown key \"intervall\"; did you mean \"interval\"?",
                "sketch.yaml:2:8: ratio: 3 is outside -2.0 to 2.0",
                "sketch.yaml:3:7: isOn: true or false expected, got \"yes\"",
                "sketch.yaml:4:12: items[1]: a whole number expected, got \"x\"",
                "sketch.yaml:4:15: items[2]: 10 is outside 0 to 9",
                "sketch.yaml:5:11: interval: -1 is outside 0 to 100",
            ])
    }

    @Test func aKeyThatResemblesNoneGetsTheListOfWhatIsAllowed() {
        #expect(
            problems("name: a\nzzz: 1\n") == [
                "sketch.yaml:2:1: unknown key \"zzz\"; allowed: interval, isOn, items, name, ratio"
            ])
    }

    @Test func aColumnCountsCharactersAndNotBytes() {
        #expect(problems("{\"name\": \"äöü€😀\", x: 1}").first?.hasPrefix("sketch.yaml:1:19: unknown key \"x\"") == true)
    }

    @Test(arguments: [
        ("name: a\ninterval: 1\ninterval: 2\n", "interval"), ("name: a\n\"name\": b\n", "name"),
        ("{name: a, name: a}", "name"), ("name: a\n!x name: b\n", "name"), ("name: a\n? name\n: b\n", "name"),
    ])
    func aKeyThatStandsTwiceIsRefusedHoweverItIsWritten(text: String, key: String) {
        let found = problems(text)
        #expect(found.count == 1 && found[0].contains("key written twice: \"\(key)\""), "\(found)")
        #expect(found.allSatisfy { !$0.hasPrefix("sketch.yaml: ") })
    }

    @Test func aFreeKeyThatStandsTwiceIsRefusedToo() {
        let error = #expect(throws: InvalidText.self) {
            try readYAML("1: a\n\"1\": b\n", name: "free.yaml") { $0.entries(upTo: 9) }
        }
        #expect(error?.description == "free.yaml:2:1: key written twice: \"1\"")
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n", "---\n", "--- ~\n...\n", "~", "null"])
    func aTextThatSaysNothingIsNamed(text: String) {
        let found = problems(text)
        #expect(found.count == 1)
        #expect(found[0].contains("empty") || found[0].contains("a mapping expected"), "\(found)")
    }

    @Test(arguments: ["[1, 2]", "word", "- name: a"])
    func aRootOfAnotherKindIsRefused(text: String) {
        #expect(problems(text).first?.hasPrefix("sketch.yaml:1:1: a mapping expected, got") == true)
    }

    @Test func aSecondDocumentIsRefusedWithItsPlace() {
        let found = problems("name: a\n---\nname: b\n")
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("sketch.yaml:2:1: not YAML: but found another document"), "\(found)")
    }

    @Test(arguments: [
        "name: [a", "name: \"a", "name: a\n\tinterval: 1\n", "name: a\n interval: 1\n", "{name: a", "name: a: b: c",
        "%YAML 3.0\n---\nname: a\n", "name: 'a\n", "}", "name: @a", "name: `a`", "\"\\q\": 1",
    ])
    func brokenYAMLIsOneProblemWithItsLine(text: String) {
        let found = problems(text)
        #expect(found.count == 1)
        #expect(found[0].contains("not YAML") && !found[0].hasPrefix("sketch.yaml: "), "\(found)")
    }

    @Test(arguments: ["\0", "\u{1}", "\u{7F}", "\u{9F}", "\u{FFFE}", "\u{1B}"])
    func aControlCharacterIsRefusedWithItsPlace(character: String) {
        let found = problems("name: a\ninterval: 5\nratio: \(character)1\n")
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("sketch.yaml:3:8: not readable text"), "\(found)")
    }

    @Test func aByteOrderMarkIsNoContent() throws {
        #expect(try readSketch("\u{FEFF}name: a\n").name == "a")
    }

    @Test func oneMebibyteIsReadAndOneByteMoreIsNot() throws {
        let head = "name: a\n#"
        let full = head + String(repeating: "x", count: maximumYAMLBytes - head.utf8.count)
        #expect(try readSketch(full).name == "a")
        #expect(problems(full + "x") == ["sketch.yaml: larger than 1048576 bytes"])
    }

    @Test func aTextFullOfErrorsGivesABoundedReport() {
        let text = "name: a\n" + (0..<20_000).map { "unknown\($0): 1\n" }.joined()
        let found = problems(text)
        #expect(found.count == maximumProblems + 1)
        #expect(found.last == "sketch.yaml: and \(20_000 - maximumProblems) more")
    }
}
