/// What is counted for each cell.
enum CellTest: Int, CaseIterable {
    /// A sudden drop that stays.
    case drop
    /// Far from the median, whatever the past.
    case level
    /// Off its usual place on the plateau, or anywhere where there is none.
    case shift
    /// Off its usual place in a knee.
    case knee
    /// Off its usual place by little, for hours.
    case lasting
    /// More voltage for a current than the others.
    case excess
    /// Unchanged while the others moved.
    case stuck
    /// Mirrored by the next cell.
    case wire
}

/// A cell that stands out, or no longer does.
package struct CellFinding: Sendable, Equatable {
    /// True when it came up, false when it went.
    package var isRaised: Bool
    package var alarm: DetectorAlarm
    /// From 1.
    package var cell: Int
    /// What was measured and what it was compared with: mV; mΩ for an excess resistance; mV² for a sense wire.
    package var value: Double
    package var limit: Double
    /// mΩ of the median cell where `value` is an excess resistance, else nil.
    package var usualMilliohms: Double?
    package var state: OperatingState
    /// mV from the median in the frame in which it came up; nil where the comparison does not say.
    package var deviation: Double?

    /// 0 to 1: 0.5 at the limit, 0.9 at three times the limit, never quite 1.
    var confidence: Double {
        guard limit != 0 else { return 0.5 }
        let times = abs(value / limit)
        return times > 1 ? 1 - 0.5 / (1 + 2 * (times - 1)) : 0.5
    }
}

/// What the battery did meanwhile.
package struct OperatingState: Sendable, Equatable {
    /// Where on the voltage curve.
    package enum Region: String, Sendable { case lowerKnee = "lower knee", plateau, upperKnee = "upper knee", slope }
    /// Which way the current went.
    package enum Flow: Int, Sendable { case rest, charging, discharging }

    package var region: Region
    package var flow: Flow
    /// V; the lower of the two middle cells.
    package var medianVolts: Double

    /// `plateau, charging, median 3.31 V`.
    package var text: String {
        let hundredths = Int((medianVolts * 100).rounded())
        let fraction = String(hundredths % 100 + 100).dropFirst()
        return "\(region.rawValue), \(flow), median \(hundredths / 100).\(fraction) V"
    }
}
