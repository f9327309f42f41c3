import Foundation
import StrictYAML
import Testing

@Suite struct HostileYAMLTests {
    @Test func anAnchorAndItsAliasAreRefusedWhereTheyStand() {
        #expect(problems("name: &x a\n") == ["sketch.yaml:1:7: anchor \"x\": write the value out"])
        let found = problems("name: &x a\nitems: &y [1]\ninterval: *x\n")
        let advice = "write the value out"
        #expect(found == ["sketch.yaml:1:7: anchor \"x\": \(advice)", "sketch.yaml:2:8: anchor \"y\": \(advice)"])
        #expect(problems("name: *x\n").first?.hasPrefix("sketch.yaml:1:7: not YAML: found undefined alias") == true)
        #expect(problems("&k name: a\n").first?.contains("anchor \"k\"") == true)
    }

    @Test func starsAndAmpersandsInTextAreNoAnchors() throws {
        #expect(try readSketch("name: \"a & b * c\" # &x *x\n").name == "a & b * c")
        #expect(try readSketch("name: a*b&c\n").name == "a*b&c")
    }

    /// Nine levels of nine: 387 million leaves for whoever follows the aliases.
    private static func laughs(_ last: String) -> String {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        return text + last
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["name: *a8\n", "? *a8\n: 1\n", "? [*a8]\n: 1\n? [*a7]\n: 2\n"])
    func aBillionLaughsEndAtOnceAlsoAsAKey(last: String) {
        let found = problems(Self.laughs(last))
        #expect(found.count == 9)
        #expect(found.allSatisfy { $0.contains("write the value out") })
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["[", "{", "- ", "? ", "[{", "{a: ", "[? ", "a:\n", "!!a [", "\"", "'", "|\n "])
    func deepNestingIsAnErrorAndNoCrash(unit: String) {
        for count in [500, 999, 1_001, 100_000] {
            #expect(!problems(String(repeating: unit, count: count)).isEmpty)
        }
    }

    @Test func deepNestingThatIsClosedAgainIsAnErrorAndNoCrash() {
        for count in [900, 1_100, 100_000] {
            let text = String(repeating: "[", count: count) + String(repeating: "]", count: count)
            #expect(!problems("name: \(text)").isEmpty)
            #expect(!problems("? \(text)\n: 1\n").isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["a: 1\n", "[],", "- \n"])
    func aFullMebibyteOfAnythingEnds(unit: String) {
        let count = (maximumYAMLBytes - 8) / unit.utf8.count
        #expect(!problems(String(repeating: unit, count: count)).isEmpty)
    }

    @Test func deepIndentationIsAnErrorAndNoCrash() {
        let text = (0..<1_300).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(!problems(text).isEmpty)
    }

    @Test func randomBytesNeverCrash() {
        var random = Lehmer(seed: 20_260_504 &+ effort.seed)
        for _ in 0..<2_000 * effort.rounds {
            let bytes = (0..<Int(random.next() % 120)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            #expect(!problems(String(decoding: bytes, as: UTF8.self)).isEmpty)
        }
    }

    @Test func randomPiecesOfYAMLNeverCrash() {
        let pieces = [
            "name", "interval", "items", ": ", ":", "- ", "\n", "  ", "[", "]", "{", "}", ", ", "\"", "'", "|\n",
            ">-\n", "&a ", "*a", "!!int ", "!x ", "? ", "# ", "---\n", "...\n", "%YAML 1.1\n", "<<", "~", "0x", "1",
            "\\", "\t", "\r\n", "\u{85}", "\u{2028}", "é", "\u{FEFF}",
        ]
        var random = Lehmer(seed: 7 &+ effort.seed)
        for _ in 0..<4_000 * effort.rounds {
            let text = (0..<Int(random.next() % 40)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
            let found = problems(text.joined())
            #expect(found.allSatisfy { !$0.contains("please report") }, "\(text.joined().debugDescription)")
        }
    }

    @Test func mutationsOfTheShippedFilesNeverCrash() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("config")
        var random = Lehmer(seed: 11 &+ effort.seed)
        for file in ["gateway.yaml", "policy.yaml", "detection/lfp.yaml", "profiles/simulated-pack.yaml"] {
            let original = Array(try Data(contentsOf: root.appendingPathComponent(file)))
            for _ in 0..<250 * effort.rounds {
                var bytes = original
                for _ in 0...Int(random.next() % 4) {
                    let place = Int(random.next() % UInt64(bytes.count))
                    switch random.next() % 4 {
                    case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                    case 1: bytes.remove(at: place)
                    case 2: bytes.insert(bytes[Int(random.next() % UInt64(bytes.count))], at: place)
                    default: bytes.removeSubrange(place..<min(bytes.count, place + 20))
                    }
                }
                #expect(!problems(String(decoding: bytes, as: UTF8.self)).isEmpty)
            }
        }
    }
}

/// How many times the usual number of cases, and from which seed: `make fuzz` sets both.
private var effort: (rounds: Int, seed: UInt64) {
    let environment = ProcessInfo.processInfo.environment
    return (
        Int(environment["AFTERCARE_FUZZ_ROUNDS"] ?? "") ?? 1, UInt64(environment["AFTERCARE_FUZZ_SEED"] ?? "") ?? 0
    )
}

/// Lehmer's generator modulo 2^61 - 1: the same cases in every run.
private struct Lehmer {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        let product = state.multipliedFullWidth(by: 437_799_614_237_992_725)
        let modulus: UInt64 = (1 << 61) - 1
        state = modulus.dividingFullWidth(product).remainder
        return state >> 5
    }
}
