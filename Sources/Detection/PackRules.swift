package import Terms

/// How slow faults of a pack are watched, as data per chemistry.
package struct PackRules: Sendable, Equatable {
    package var probes: Probes

    /// What makes a temperature probe a dead one, beside the limit of `probeDead`.
    package struct Probes: Sendable, Equatable {
        /// °C; what a probe tells outside is no temperature.
        package var possible: ClosedRange<Double>
        /// How long a probe must have stood still.
        package var standing: Milliseconds

        package init(possible: ClosedRange<Double>, standing: Milliseconds) {
            self.possible = possible
            self.standing = standing
        }
    }

    package init(probes: Probes) {
        self.probes = probes
    }
}
