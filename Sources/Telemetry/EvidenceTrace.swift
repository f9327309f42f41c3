/// What led to a ticket, or what a device does now, as curves that can be drawn and kept.
package struct EvidenceTrace: Codable, Sendable, Equatable {
    /// One curve; its values stand at the trace's times.
    package struct Series: Codable, Sendable, Equatable {
        /// The point's name (`cell.3.temperature`) or what was computed (`median of cells`).
        package var name: String
        /// In the trace's unit; nil where nothing good was read: the curve has a gap there.
        package var values: [Double?]
        /// Whether this is the curve that the trace is about; the others are its siblings.
        package var isSubject: Bool

        package init(name: String, values: [Double?], isSubject: Bool) {
            self.name = name
            self.values = values
            self.isSubject = isSubject
        }
    }

    /// A limit that was watched, drawn as a line.
    package struct Limit: Codable, Sendable, Equatable {
        package var label: String
        package var value: Double

        package init(label: String, value: Double) {
            self.label = label
            self.value = value
        }
    }

    /// A moment worth a mark: the alarm, the ticket.
    package struct Mark: Codable, Sendable, Equatable {
        package var label: String
        /// Milliseconds since 1970, as in `times`.
        package var at: Int64

        package init(label: String, at: Int64) {
            self.label = label
            self.at = at
        }
    }

    package var title: String
    package var unit: String
    /// Milliseconds since 1970 UTC, ascending.
    package var times: [Int64]
    package var series: [Series]
    package var limits: [Limit]
    package var marks: [Mark]

    package init(
        title: String, unit: String, times: [Int64], series: [Series], limits: [Limit] = [], marks: [Mark] = []
    ) {
        self.title = title
        self.unit = unit
        self.times = times
        self.series = series
        self.limits = limits
        self.marks = marks
    }
}
