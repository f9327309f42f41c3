package import Telemetry
package import Ticketing

/// What is kept with a ticket: the alarm, what was seen against which limit, and the frames around it.
///
/// docs/evidence.md describes its text. Times are ms since 1970 UTC, by the wall clock as it stood when the document
/// was made; values are in thousandths of their unit.
package struct EvidenceDocument: Sendable, Equatable {
    package var header: Header
    /// When the newest frame of each minute was read, ascending.
    package var minuteTimes: [Int64]
    /// When each frame at full rate was read, ascending.
    package var frameTimes: [Int64]
    package var curves: [Curve]

    /// Everything but the frames.
    package struct Header: Sendable, Equatable {
        package var part: EvidencePart
        package var site: String
        package var ticket: String
        package var device: String
        package var serial: String?
        package var profile: String
        package var alarm: Alarm
        package var state: OperatingState
        package var finding: Finding?
        package var line: LineStatistics?
        /// What the frames should cover.
        package var from: Int64
        package var to: Int64
        package var gaps: [Gap]
        /// Points of the device that are not remembered, and columns that no longer fitted.
        package var pointsLeftOut = 0
        package var columnsLeftOut = 0

        package var title: String {
            part == .before ? alarm.explanation : "the hour after: \(alarm.explanation)"
        }
    }

    /// The alarm that opened the ticket.
    package struct Alarm: Sendable, Equatable {
        /// The name of the test, or a maker's code.
        package var test: String
        package var fault: String
        package var faultClass: String
        package var routing: String
        package var severity: String
        /// The cell or probe, from 1.
        package var place: Int?
        package var explanation: String
        package var raisedAt: Int64
        package var openedAt: Int64
    }

    /// What the battery was doing when the alarm came up; nil for what the device does not tell.
    package struct OperatingState: Sendable, Equatable {
        /// Whether current flows, and which way.
        package enum Mode: String, Sendable { case charging, discharging, resting }

        package var mode: Mode?
        /// A; above 0 charges.
        package var current: Double?
        /// %
        package var charge: Double?
        /// V, of the middle cell.
        package var medianCellVoltage: Double?
    }

    /// The numbers of the alarm.
    package struct Finding: Sendable, Equatable {
        /// What the limit is compared with.
        package enum Measure: String, Sendable {
            /// The value itself.
            case value
            /// How far it lies from the median of its siblings.
            case deviation
            /// How far it lies from where it usually is among its siblings.
            case shift
            /// Something that the curves do not show.
            case amount
        }

        package var unit: String
        package var measure: Measure
        /// What the subject read when the alarm came up.
        package var value: Double?
        /// Of the subject and its siblings together.
        package var median: Double?
        /// In `unit`; of an amount in its unit.
        package var limit: Double?
        package var limitLabel: String?
        /// Where the subject usually lies, from the median, by what the test had learned.
        package var usual: Double?
        /// Whether only a value above its usual place is wrong.
        package var isUpperOnly = false
        package var amount: Amount?

        /// How far the subject lies from the median.
        package var deviation: Double? { value.flatMap { value in median.map { value - $0 } } }
    }

    /// What a test measured that is no value of a curve.
    package struct Amount: Sendable, Equatable {
        /// `the others moved`
        package var label: String
        package var value: Double
        /// Empty for a ratio.
        package var unit: String
    }

    /// A time of which no frames are kept.
    package struct Gap: Sendable, Equatable {
        /// Why.
        package enum Reason: String, Sendable {
            /// The gateway began to watch the device only at its end: it was started, or set up, then.
            case notWatched
            /// The device gave nothing.
            case silent
        }

        package var from: Int64
        package var to: Int64
        package var reason: Reason
    }

    /// One point of the device over time.
    package struct Curve: Sendable, Equatable {
        /// What it is to the alarm.
        package enum Role: String, Sendable { case subject, sibling, other }

        package var name: String
        package var unit: String
        package var role: Role
        /// By the minute: the newest good value, the lowest and the highest; empty where not kept.
        package var minutes: [Double?] = []
        package var lows: [Double?] = []
        package var highs: [Double?] = []
        /// At full rate: good values; values that were read and not believed; the registers as they came.
        package var values: [Double?] = []
        package var suspects: [Double?] = []
        package var registers: [UInt64?] = []
    }
}

/// What the ledger keeps with a ticket: a document, or the curves of older versions.
package enum KeptEvidence: Sendable, Equatable {
    case document(EvidenceDocument)
    case trace(EvidenceTrace)

    /// Reads kept bytes; nil when they are neither.
    package init?(bytes: [UInt8]) {
        if let document = EvidenceDocument(canonicalBytes: bytes) {
            self = .document(document)
        } else if let trace = EvidenceTrace(canonicalBytes: bytes) {
            self = .trace(trace)
        } else {
            return nil
        }
    }
}
