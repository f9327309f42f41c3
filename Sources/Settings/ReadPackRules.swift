internal import Detection
internal import StrictYAML
internal import Terms

/// Reads `probes` of a detection file: what makes a temperature probe a dead one.
func readProbes(_ value: YAMLValue) -> PackRules.Probes? {
    value.mapping { map in
        let possible = map.required("possible") { readRange($0, in: -300...1_000) }
        let standing = map.required("standing") { $0.duration(in: Milliseconds.minutes(1)...longest.upperBound) }
        guard let possible, let standing else { return nil }
        return PackRules.Probes(possible: possible, standing: standing)
    }
}

/// Reads `capacity` of a detection file: how a pack's capacity is measured.
func readCapacity(_ value: YAMLValue) -> PackRules.Capacity? {
    value.mapping { map in
        let full = map.required("full") { $0.number(in: 50...100) }
        let empty = map.required("empty") { $0.number(in: 0...50) }
        let rest = map.required("rest") { $0.duration(in: Milliseconds.minutes(1)...longest.upperBound) }
        let apart = map.required("apart") { $0.number(in: 5...100) }
        let within = map.required("longest") { $0.duration(in: Milliseconds.minutes(1)...longest.upperBound) }
        let windows = map.required("windows") { $0.integer(in: 1...64) }
        let memory = map.required("memory") { $0.duration(in: Milliseconds.days(1)...longest.upperBound) }
        let plausible = map.required("plausible") { readRange($0, in: 0...1_000) }
        guard let full, let empty, let rest, let apart, let within, let windows, let memory, let plausible else {
            return nil
        }
        return PackRules.Capacity(
            full: full, empty: empty, rest: rest, apart: apart, longest: within, windows: windows, memory: memory,
            plausible: plausible)
    }
}

/// Reads `balancing` of a detection file: what is a charge in which a high cell should have been balanced.
func readBalancing(_ value: YAMLValue) -> PackRules.Balancing? {
    value.mapping { map in
        let above = map.required("above") { $0.number(in: 0.5...6) }
        let leads = map.required("leads") { $0.duration(in: Milliseconds.seconds(10)...longest.upperBound) }
        let charges = map.required("charges") { $0.integer(in: 1...1_000) }
        let apart = map.required("apart") { $0.duration(in: longest) }
        guard let above, let leads, let charges, let apart else { return nil }
        return PackRules.Balancing(above: above, leads: leads, charges: charges, apart: apart)
    }
}
