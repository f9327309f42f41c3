internal import Engine

/// Where the subject of an alarm usually lies among its siblings, and how far off that place it may be.
struct EvidencePlace: Equatable {
    /// From the median of all curves, in the panel's unit.
    var usual: Double
    /// Above 0.
    var limit: Double
    /// Whether it may lie below as far as it likes.
    var isUpperOnly: Bool
    /// Whether the alarm came because it lay below.
    var isBelow: Bool
    var unit: String

    /// Nil for a finding that compares with no usual place.
    init?(_ finding: EvidenceDocument.Finding) {
        guard finding.measure == .shift, let usual = finding.usual, let limit = finding.limit else { return nil }
        self.usual = usual
        self.limit = abs(limit)
        isUpperOnly = finding.isUpperOnly
        isBelow = (finding.deviation ?? usual) < usual
        unit = finding.unit
    }

    /// The limits, from the median.
    var ends: [Double] { isUpperOnly ? [usual + limit] : [usual - limit, usual + limit] }
    var low: Double { isUpperOnly ? usual : usual - limit }
    var high: Double { usual + limit }

    var label: String {
        "limit: usual place \(isUpperOnly ? "+" : "±") \(EvidenceWords.amount(limit, unit))"
    }
}

extension EvidencePanel {
    /// The middle of all curves, which the test compares with.
    private var middle: SiblingBand {
        SiblingBand(
            times: times, values: (subjects + siblings).map(\.values), lows: [], highs: [], longestStep: longestStep)
    }

    /// Where the limits are at the end.
    var placeLimits: [Double] {
        guard let place, let median = middle.runs.last?.last?.median else { return [] }
        return place.ends.map { median + $0 }
    }

    /// A band around the usual place, as it moves with the median.
    func placeMarkup(_ y: PlotScale) -> Markup? {
        guard let place else { return nil }
        let runs = middle.runs
        func inside(_ value: Double) -> Double { min(max(value, y.low), y.high) }
        let drawn = runs.map { run -> Markup in
            let upper = run.map { point($0.time, inside($0.median + place.high), y) }
            let lower = run.reversed().map { point($0.time, inside($0.median + place.low), y) }
            let ends = place.ends.map { end -> Markup in
                let shown = run.filter { (y.low...y.high).contains($0.median + end) }
                return """
                    <path class="limit" fill="none" stroke="#c00" stroke-dasharray="7 5" \
                    d="\(line(shown, y) { $0.median + end })"/>
                    """
            }
            return """
                <path class="place" fill="#c00" fill-opacity=".1" d="\(PlotCurve.path(points: upper + lower))Z"/>
                \(ends.joined())<path class="usual" fill="none" stroke="#c00" stroke-dasharray="2 3" \
                d="\(line(run, y) { inside($0.median + place.usual) })"/>
                """
        }
        return "\(drawn.joined())\(placeLabel(place, runs.first ?? [], y))"
    }

    private func placeLabel(_ place: EvidencePlace, _ run: [SiblingBand.Slice], _ y: PlotScale) -> Markup? {
        guard box.bottom - box.top > 150 else { return nil }
        let end = place.isBelow && !place.isUpperOnly ? place.low : place.high
        // Beyond the line over all its length.
        let beneath = run.filter { x.pixel(Double($0.time)) < box.left + 200 }.map { $0.median + end }
        guard let value = place.isBelow ? beneath.min() : beneath.max(), (y.low...y.high).contains(value) else {
            return nil
        }
        return """
            <text class="limit-label halo" x="\(px(box.left + 8))" \
            y="\(px(y.pixel(value) + (place.isBelow ? 15 : -6)))" fill="#a05a00">\(place.label)</text>
            """
    }
}
