internal import DeviceProfiles

/// How a program that weighs no cost makes requests: it joins neighbours as long as what lies between them, and the
/// request, are not too long.
package struct JoiningRule: Sendable, Hashable {
    /// `gap 8`, or whose rule it is.
    package let name: String
    /// Registers that are read over at most; nil: every value is asked for alone.
    package let gap: Int?
    /// Registers of one request at most; what the device allows holds besides.
    package let longest: Int

    package init(name: String, gap: Int?, longest: Int = 125) {
        self.name = name
        self.gap = gap
        self.longest = longest
    }

    /// The fixed gaps that programs use.
    package static let fixedGaps = [0, 4, 8, 16].map { (gap: Int) in JoiningRule(name: "gap \(gap)", gap: gap) }

    /// One request a value, the floor: evcc (plugin/modbus.go) and Home Assistant's own modbus
    /// (homeassistant/components/modbus/entity.py).
    package static let alone = JoiningRule(name: "alone", gap: nil)

    /// Registers that follow each other without a gap: ESPHome's modbus_controller, which is `gap 0`; and what programs
    /// for these very devices do. The sources stand in docs/plans.md.
    package static let ofPrograms = [
        JoiningRule(name: "sunsynk", gap: 1, longest: 20),
        JoiningRule(name: "huawei-solar-lib", gap: 14, longest: 65),
        JoiningRule(name: "ha-solarman", gap: 24),
        JoiningRule(name: "solax-modbus", gap: 65_535, longest: 101),
    ]

    /// All of them, from the one that joins least to the one that joins most.
    package static let all = ([alone] + fixedGaps + ofPrograms).sorted { ($0.gap ?? -1) < ($1.gap ?? -1) }

    /// The requests for these ranges, which are of one function.
    func requests(_ ranges: [RegisterRange], _ limits: ReadLimits) -> [RegisterRange] {
        let sorted = Set(ranges).sorted { ($0.address, $0.end) < ($1.address, $1.end) }
        guard let gap else { return sorted }
        return sorted.reduce(into: []) { requests, range in
            guard let last = requests.last, range.address - last.end <= gap * last.step else {
                return requests.append(range)
            }
            let both = last.spanning(last.address, max(last.end, range.end))
            if both.count <= longest || both == last, limits.allows(both) {
                requests[requests.count - 1] = both
            } else {
                requests.append(range)
            }
        }
    }
}
