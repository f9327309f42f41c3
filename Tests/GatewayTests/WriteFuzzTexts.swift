import Yams

/// The next number of a linear congruence after Knuth (MMIX), its high bits: the same cases in every run.
struct FuzzRandom {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
        for _ in 0..<8 { _ = below(2) }
    }

    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }

    mutating func isTrue(oneIn odds: Int) -> Bool { below(odds) == 0 }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

    /// Mostly what is sound.
    mutating func pick(_ sound: [String], hostile: [String], oneIn odds: Int = 60) -> String {
        isTrue(oneIn: odds) ? pick(hostile) : pick(sound)
    }
}

/// A home's configuration and its two profiles as somebody may write them, with or without bad intent.
struct FuzzTexts {
    static let profileNames = ["paged", "other"]

    let gateway: String
    let profiles: [String: String]

    init(_ random: inout FuzzRandom) {
        var profiles = [
            "paged": Self.profile("paged", write: "paged.choose", &random),
            "other": Self.profile("other", write: "other.choose", &random),
        ]
        var gateway = Self.gateway(&random)
        if random.isTrue(oneIn: 5) { gateway = Self.mutated(gateway, &random) }
        if random.isTrue(oneIn: 8) { profiles["paged"] = profiles["paged"].map { Self.mutated($0, &random) } }
        self.gateway = gateway
        self.profiles = profiles
    }

    private static func profile(_ name: String, write: String, _ random: inout FuzzRandom) -> String {
        let entries = (0...random.below(2)).map { index in
            let own = random.pick(["\(write)\(index == 0 ? "" : "\(index + 1)")"], hostile: [write, "x", "*"])
            let function = random.pick(["6", "16"], hostile: ["1", "5", "15", "22", "23", "3", "0x10", "06"])
            let address = random.pick(
                ["0x9020", "0x9021", "36000", "8192", "39999"],
                hostile: ["40100", "0", "0xE004", "4356", "100", "65536", "50070", "12999", "30100", "[1, 2]"],
                oneIn: 12)
            let values = random.pick(
                ["[0, 3]", "[0, 4095]", "[1, 3]"], hostile: ["[0, 65535]", "[3, 0]", "[-1, 3]", "[0]", "5", "[2, 2]"])
            return "  - {name: \(own), function: \(function), address: \(address), values: \(values), reason: r, "
                + "source: none}"
        }
        let select = random.pick([write], hostile: [write + "2", "other.choose", "nothing"])
        let shown = random.pick(
            ["[2]", "[2, 1, 3]", "[0x1]", "[3, 2]"], hostile: ["[9]", "[]", "[70000]", "[-1]", "[2, 0x2]", "[0]"])
        let kind = random.isTrue(oneIn: 40) ? "sunspec: {bases: [40000]}\nmodels: []\n" : ""
        return """
            profile: \(name)
            title: Made for a test
            status: simulated
            sources: {none: made for a test}
            limits: {registers: 20}
            identity: [{function: 3, address: 99, type: u16, range: [0, 65535]}]
            \(kind)writes:
            \(entries.joined(separator: "\n"))
            pages:
              - select: \(select)
                values: \(shown)
                settle: \(random.pick(["0", "1s"], hostile: ["1min"]))
                interval: \(random.pick(["10min", "1h"], hostile: ["1s", "0", "1d1ms"]))
            \(random.isTrue(oneIn: 2) ? "    proof: {function: 3, address: 0x9044}\n" : "")    points:
                  - {source: none, function: 3, rows: [{name: pack.#.a, address: 0x9051, type: u16}]}
            points:
              - {source: none, function: \(random.pick(["3", "4"])), rows: [{name: a, address: 100, type: u16}]}
              - {source: none, function: 1, rows: [{name: b, address: 0x9020, type: bit}]}
            """
    }

    private static func gateway(_ random: inout FuzzRandom) -> String {
        let devices = (0...random.below(2)).map { index in
            let profile = random.pick(
                ["paged", "paged", "other"], hostile: ["auto", "auto", "auto", "nothing"], oneIn: 15)
            let own = profile == "auto" ? "paged" : profile
            let unit = random.pick(["\(index + 1)"], hostile: ["0", "0", "255", "256", "01"], oneIn: 25)
            let names = random.pick(
                ["", "", "[]", "[\(own).choose]", "[\(own).choose]", "[\(own).choose]"],
                hostile: [
                    "[paged.choose]", "[other.choose]", "[\(own).choose2]", "[\(own).choose, paged.choose2]",
                    "[\"*\"]", "true", "paged.choose", "[paged]", "[[paged.choose]]", "{paged.choose: true}",
                ], oneIn: 6)
            let allowed = names.isEmpty ? "" : ", allowWrites: \(names)"
            return "      - {name: d\(index), unit: \(unit), profile: \(profile), interval: 20s\(allowed)}"
        }
        return """
            site: {id: home-1, zone: Europe/Berlin}
            dataDirectory: /var/lib/aftercare
            lines:
              - name: line
                url: tcp://192.0.2.10:502
                devices:
            \(devices.joined(separator: "\n"))
            """
    }

    /// Pieces of another text in the place of some of this.
    private static func mutated(_ text: String, _ random: inout FuzzRandom) -> String {
        let pieces = [
            "6", "16", "0", "65535", "40100", "[]", "{}", "~", ", ", ": ", "\n", "allowWrites: [paged.choose]",
            "paged.choose", "paged", "auto", "function: 16", "select", "writes:", "- ", "\"", "values: [0, 9]",
        ]
        var bytes = Array(text.utf8)
        for _ in 0...random.below(3) {
            let place = random.below(bytes.count)
            let end = min(bytes.count, place + random.below(8))
            bytes.replaceSubrange(place..<end, with: random.pick(pieces).utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// One write that profile and site both allow.
struct AllowedWrite: Hashable {
    let unit: Int
    let function: Int
    let register: Int
    let value: Int
}

/// What the texts allow, read with another reader than ours and by rules that were written down a second time.
struct WriteOracle {
    let allowed: Set<AllowedWrite>

    /// Typed from docs/profiles.md.
    private static let denied = [0...8_191, 12_000...13_999, 30_000...30_999, 40_000...59_999, 57_088...65_535]

    init(_ texts: FuzzTexts) throws {
        let profiles = try texts.profiles.mapValues { try Self.mapping($0) }
        var allowed: Set<AllowedWrite> = []
        for line in Self.list(try Self.mapping(texts.gateway)["lines"]) {
            for case let device as [String: Any] in Self.list((line as? [String: Any])?["devices"]) {
                guard let name = device["profile"] as? String, let profile = profiles[name],
                    let unit = device["unit"] as? Int, unit != 0, profile["sunspec"] == nil
                else { continue }
                let names = Set(Self.list(device["allowWrites"]).compactMap { $0 as? String })
                for write in Self.writes(of: profile) where names.contains(write.name) {
                    for value in write.values {
                        allowed.insert(
                            AllowedWrite(
                                unit: unit, function: write.function, register: write.register, value: value))
                    }
                }
            }
        }
        self.allowed = allowed
    }

    /// The profile's writes, each with what its pages show.
    private static func writes(
        of profile: [String: Any]
    ) -> [(name: String, function: Int, register: Int, values: [Int])] {
        list(profile["writes"]).compactMap { entry in
            guard let write = entry as? [String: Any], let name = write["name"] as? String,
                let function = write["function"] as? Int, [6, 16].contains(function),
                let register = write["address"] as? Int,
                let bounds = write["values"] as? [Int], bounds.count == 2,
                !denied.contains(where: { $0.contains(register) })
            else { return nil }
            let pages = list(profile["pages"]).compactMap { $0 as? [String: Any] }
                .filter { $0["select"] as? String == name }
            let shown = pages.flatMap { list($0["values"]).compactMap { $0 as? Int } }
            return (name, function, register, shown.filter { bounds[0] <= $0 && $0 <= bounds[1] })
        }
    }

    private static func mapping(_ text: String) throws -> [String: Any] {
        try Yams.load(yaml: text) as? [String: Any] ?? [:]
    }

    private static func list(_ value: Any?) -> [Any] { value as? [Any] ?? [] }
}
