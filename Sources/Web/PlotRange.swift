internal import Telemetry

/// The values that a plot's axis spans.
struct PlotRange: Equatable {
    let low: Double
    let high: Double

    /// The span of all values and of the limits near them, with a margin. A limit farther away than four times the
    /// values' own span would press the curves flat, so it is named at the edge instead.
    init(trace: EvidenceTrace) {
        self.init(
            values: trace.series.flatMap(\.values).compactMap(PlotCurve.finite),
            limits: trace.limits.map(\.value).filter(\.isFinite), unit: trace.unit)
    }

    /// - Parameters: finite values and limits.
    init(values: [Double], limits: [Double], unit: String) {
        guard let lowest = values.min(), let highest = values.max() else {
            low = limits.min() ?? 0
            high = max(limits.max() ?? 1, low + 1)
            return
        }
        let span = max(highest - lowest, Self.smallestSpan(unit: unit))
        let near = limits.filter { $0 > lowest - 4 * span && $0 < highest + 4 * span }
        let bottom = ([lowest] + near).min() ?? lowest
        let top = ([highest] + near).max() ?? highest
        let missing = max(0, Self.smallestSpan(unit: unit) - (top - bottom)) / 2
        let margin = max(top - bottom, span) * 0.08
        low = bottom - missing - margin
        high = top + missing + margin
    }

    /// A quiet signal is drawn quiet: its noise is not blown up to the whole height.
    private static func smallestSpan(unit: String) -> Double {
        switch unit {
        case "V": 0.02
        case "°C": 4
        case "W": 200
        case "A": 2
        case "%": 5
        default: 1
        }
    }
}
