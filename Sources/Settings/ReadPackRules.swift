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
