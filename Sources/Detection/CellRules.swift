package import Terms

/// How the cells of one pack are compared with each other and with their own past, as data per chemistry.
///
/// Voltages are in V here and in mV inside `CellComparison`. What an alarm's `limit` and `onDelay` mean stands in
/// `AlarmRule`'s place in config/detection.
package struct CellRules: Sendable, Equatable {
    /// V; a cell outside is no reading of a cell, whatever the checksum says.
    package var possible: ClosedRange<Double>
    /// V, ascending, at most 15: between two of them the cells' usual places are learned together.
    package var edges: [Double]
    /// V: outside it the curve is steep and small differences of charge show as large ones of voltage. Nil where the
    /// curve has no flat part to speak of.
    package var plateau: ClosedRange<Double>?
    /// Amperes per ampere-hour of capacity; below it the battery rests.
    package var restRate: Double
    /// A cell's limit grows by so many times the usual scatter.
    package var scatterFactor: Double
    /// How many times as far out as the next one the cell must be.
    package var lead: Double
    /// In a knee the limit grows by this share of the cell's usual place there.
    package var kneeShare: Double
    /// V from the median inside a knee, beside `resistance.limit` on the plateau.
    package var kneeLevel: Double
    /// How long a state is learned before it is judged by.
    package var warmUp: Milliseconds
    /// From here on a usual place moves as slowly as if it had been learned for so long already.
    package var settled: Milliseconds
    /// It never moves more slowly than with this time constant.
    package var memory: Milliseconds
    /// V that one reading can pull at a usual place, beside the usual scatter.
    package var pull: Double
    /// Time without data counts this many times less than time with it.
    package var catchUp: Double
    /// How many cells that behave alike stand for a cell's surroundings; 0: the median of the pack stands for them.
    package var peers: Int
    /// mΩ × Ah more or less than the median cell that a healthy cell may have: so much is not held against it.
    package var ownMilliohmAmpereHours: Double
    package var lasting: LastingShiftRule
    package var excess: ExcessResistanceRule
    package var wire: SenseWireRule

    /// A small shift that lasts.
    package struct LastingShiftRule: Sendable, Equatable {
        /// V
        package var limit: Double
        package var lead: Double
        package var memory: Milliseconds
        package var onDelay: Milliseconds
        /// V: a look in which the cells are further off on average counts less, by the square.
        package var quiet: Double
        /// Amperes per ampere-hour; a look at a larger current does not count.
        package var largestRate: Double

        package init(
            limit: Double, lead: Double, memory: Milliseconds, onDelay: Milliseconds, quiet: Double,
            largestRate: Double
        ) {
            self.limit = limit
            self.lead = lead
            self.memory = memory
            self.onDelay = onDelay
            self.quiet = quiet
            self.largestRate = largestRate
        }
    }

    /// A cell whose voltage answers to the current more than the median cell's.
    package struct ExcessResistanceRule: Sendable, Equatable {
        /// mΩ × Ah: 300 is 6 mΩ at 50 Ah. Larger cells have smaller resistances.
        package var milliohmAmpereHours: Double
        /// How many standard errors beyond 0.
        package var sigmas: Double
        package var memory: Milliseconds
        package var onDelay: Milliseconds

        package init(milliohmAmpereHours: Double, sigmas: Double, memory: Milliseconds, onDelay: Milliseconds) {
            self.milliohmAmpereHours = milliohmAmpereHours
            self.sigmas = sigmas
            self.memory = memory
            self.onDelay = onDelay
        }
    }

    /// Two neighbours that mirror each other.
    package struct SenseWireRule: Sendable, Equatable {
        /// mV² of a cell's moves from one look to the next.
        package var variance: Double
        /// The same as a multiple of the pack's mean.
        package var ratio: Double
        package var memory: Milliseconds
        /// V: a look in which the cells move by more on average counts less, by the square. Nil: every look counts.
        package var quiet: Double?

        package init(variance: Double, ratio: Double, memory: Milliseconds, quiet: Double? = nil) {
            self.variance = variance
            self.ratio = ratio
            self.memory = memory
            self.quiet = quiet
        }
    }

    package init(
        possible: ClosedRange<Double>, edges: [Double], plateau: ClosedRange<Double>?, restRate: Double,
        scatterFactor: Double, lead: Double, kneeShare: Double, kneeLevel: Double, warmUp: Milliseconds,
        settled: Milliseconds, memory: Milliseconds, pull: Double, catchUp: Double, peers: Int,
        ownMilliohmAmpereHours: Double, lasting: LastingShiftRule, excess: ExcessResistanceRule, wire: SenseWireRule
    ) {
        self.possible = possible
        self.edges = edges
        self.plateau = plateau
        self.restRate = restRate
        self.scatterFactor = scatterFactor
        self.lead = lead
        self.kneeShare = kneeShare
        self.kneeLevel = kneeLevel
        self.warmUp = warmUp
        self.settled = settled
        self.memory = memory
        self.pull = pull
        self.catchUp = catchUp
        self.peers = peers
        self.ownMilliohmAmpereHours = ownMilliohmAmpereHours
        self.lasting = lasting
        self.excess = excess
        self.wire = wire
    }
}
