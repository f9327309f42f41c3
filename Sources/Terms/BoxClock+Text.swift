extension BoxClock {
    private static let heading = "aftercare clock 1"
    /// Room for every remembered boot.
    package static let mostBytes = 16_384

    /// The boots as they are kept: a heading and one line for each, of boot id, base boottime in ns, base in ms since
    /// 1970, whether a time source confirmed it, what the wall clock showed above the boottime in ms, and the newest
    /// boottime in ns.
    package var text: String {
        ([Self.heading] + boots.map { boot in
            let numbers = [boot.baseBoottime.nanoseconds, boot.baseWall.milliseconds, boot.isAnchored ? 1 : 0,
                boot.offset.count, boot.alive.nanoseconds]
            return ([boot.boot.text] + numbers.map { "\($0)" }).joined(separator: " ")
        }).map { $0 + "\n" }.joined()
    }

    /// Reads `text`; nil for anything else.
    package init?(text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.mostBytes, lines.popLast() == "", lines.first == Substring(Self.heading),
            lines.count <= Self.mostBoots + 1
        else { return nil }
        var boots: [BootRecord] = []
        for line in lines.dropFirst() {
            guard let boot = BootRecord(line: line) else { return nil }
            boots.append(boot)
        }
        self.init(boots: boots)
    }
}

extension BootRecord {
    /// Three hundred years: sums of two such numbers, in ns or in ms, fit into 64 bits.
    private static let most: Int64 = 1 << 62

    fileprivate init?(line: Substring) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 6, let boot = BootID(text: String(words[0])) else { return nil }
        let numbers = words.dropFirst().compactMap { Int64($0) }
        guard numbers.count == 5, numbers.allSatisfy({ abs($0 / 2) < Self.most / 2 }), numbers[0] >= 0,
            numbers[4] >= numbers[0], (0...1).contains(numbers[2])
        else { return nil }
        self.init(
            boot: boot, baseBoottime: Boottime(nanoseconds: numbers[0]),
            baseWall: Instant(milliseconds: numbers[1]), isAnchored: numbers[2] == 1,
            offset: Milliseconds(numbers[3]), alive: Boottime(nanoseconds: numbers[4]))
    }
}
