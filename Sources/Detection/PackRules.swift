package import Terms

/// How slow faults of a pack are watched, as data per chemistry.
package struct PackRules: Sendable, Equatable {
    package var probes: Probes
    package var capacity: Capacity
    package var balancing: Balancing

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

    /// How a pack's capacity is measured, beside the limit of `packFade`.
    package struct Capacity: Sendable, Equatable {
        /// %; above and below, battery management systems know the charge and correct what they counted.
        package var full: Double
        package var empty: Double
        /// At rest for so long, the charge is taken for known, too.
        package var rest: Milliseconds
        /// % of charge that must lie between two such points.
        package var apart: Double
        /// No more time may lie between them: a counter drifts.
        package var longest: Milliseconds
        /// Measurements that are needed, and how long each counts.
        package var windows: Int
        package var memory: Milliseconds
        /// % of the rated capacity; what is measured outside says that the current or the charge is told wrongly.
        package var plausible: ClosedRange<Double>

        package init(
            full: Double, empty: Double, rest: Milliseconds, apart: Double, longest: Milliseconds, windows: Int,
            memory: Milliseconds, plausible: ClosedRange<Double>
        ) {
            self.full = full
            self.empty = empty
            self.rest = rest
            self.apart = apart
            self.longest = longest
            self.windows = windows
            self.memory = memory
            self.plausible = plausible
        }
    }

    /// What is a charge in which a high cell should have been balanced, beside the limit of `balancing`.
    package struct Balancing: Sendable, Equatable {
        /// V of the median cell: above it the charge of single cells shows, and they are balanced.
        package var above: Double
        /// How long a cell must lead in one charge.
        package var leads: Milliseconds
        /// Charges in a row.
        package var charges: Int
        /// Charges that begin closer together count as one.
        package var apart: Milliseconds

        package init(above: Double, leads: Milliseconds, charges: Int, apart: Milliseconds) {
            self.above = above
            self.leads = leads
            self.charges = charges
            self.apart = apart
        }
    }

    package init(probes: Probes, capacity: Capacity, balancing: Balancing) {
        self.probes = probes
        self.capacity = capacity
        self.balancing = balancing
    }
}
