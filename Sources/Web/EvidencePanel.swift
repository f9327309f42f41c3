internal import Engine

/// One time panel of an evidence drawing: the subject bold, its siblings as a band, limits, marks and gaps.
struct EvidencePanel {
    /// Where it stands in the drawing, in pixels.
    struct Box: Equatable {
        var left: Double
        var right: Double
        var top: Double
        var bottom: Double
    }

    /// What is drawn of one curve.
    struct Line {
        var values: [Double?]
        var lows: [Double?] = []
        var highs: [Double?] = []
        var suspects: [Double?] = []
    }

    var heading: String
    var unit: String
    var box: Box
    var times: [Int64]
    /// The time that the axis spans.
    var span: ClosedRange<Int64>
    var subjects: [Line]
    var siblings: [Line]
    var limits: [(label: String, value: Double)]
    /// A limit that keeps this distance from the median of the siblings.
    var deviationLimit: (label: String, distance: Double)?
    /// Where the subject usually is, from the median of all curves.
    var place: EvidencePlace?
    var marks: [(label: String, at: Int64)]
    var gaps: [EvidenceDocument.Gap]
    let clock: LocalClock
    /// Of the time axis.
    var ticks: Int
    /// Marks that another panel names stand here without words.
    var namesMarks: (Int64) -> Bool = { _ in true }

    /// Up to so many siblings are drawn one by one.
    static let mostSingleSiblings = 3

    var markup: Markup {
        let range = range
        let y = PlotScale(low: range.low, high: range.high, pixelLow: box.bottom, pixelHigh: box.top)
        let band = band
        return """
            <text class="panel-head" x="\(px(box.left))" y="\(px(box.top - 27))" font-weight="600">\(heading)</text>
            \(grid(y))\(hatching)\(placeMarkup(y))\(siblingMarkup(band, y))\(limitMarkup(y))\(deviationMarkup(band, y))
            \(subjectMarkup(y))\(suspectMarkup(y))\(markMarkup)\(axis)
            """
    }

    // MARK: Scales

    var x: PlotScale {
        PlotScale(
            low: Double(span.lowerBound), high: Double(span.upperBound), pixelLow: box.left, pixelHigh: box.right)
    }

    private var range: PlotRange {
        let lines = subjects + siblings
        let values = lines.flatMap { $0.values + $0.lows + $0.highs }.compactMap(PlotCurve.finite)
        // A reading that nobody believes must not press the others flat; one that is near is shown where it is.
        let doubted = lines.flatMap(\.suspects).compactMap(PlotCurve.finite)
        let limits = limits.map(\.value) + placeLimits
        return PlotRange(values: values.isEmpty ? doubted : values, limits: limits + doubted, unit: unit)
    }

    /// Two frames farther apart are not joined by a line.
    var longestStep: Int64 {
        let steps = zip(times, times.dropFirst()).map { $1 - $0 }.sorted()
        return max(3 * (steps.isEmpty ? 0 : steps[steps.count / 2]), 3_000)
    }

    private var band: SiblingBand? {
        guard siblings.count > Self.mostSingleSiblings else { return nil }
        return SiblingBand(
            times: times, values: siblings.map(\.values), lows: siblings.map(\.lows), highs: siblings.map(\.highs),
            longestStep: longestStep)
    }

    // MARK: Paper

    private func grid(_ y: PlotScale) -> Markup {
        let ticks = y.ticks(about: box.bottom - box.top > 150 ? 5 : 3)
        return ticks.values.map { value -> Markup in
            let at = y.pixel(value)
            return """
                <path class="grid" d="M\(px(box.left)) \(px(at))H\(px(box.right))" stroke="#ddd"/>
                <text class="label" x="\(px(box.left - 8))" y="\(px(at + 4))" \
                text-anchor="end">\(PointText.number(value, digits: ticks.digits))</text>
                """
        }.joined() + """
            <text class="label" x="\(px(box.left - 8))" y="\(px(box.top - 27))" text-anchor="end">\(unit)</text>
            """
    }

    private var axis: Markup {
        let ticks = PlotScale.timeTicks(
            from: span.lowerBound, to: span.upperBound, offsetSeconds: clock.offsetSeconds(at: span.lowerBound),
            wanted: self.ticks)
        let labels = ticks.at.map { instant -> Markup in
            let at = x.pixel(Double(instant))
            let text = ticks.stepSeconds < 60 ? clock.timeWithSeconds(instant) : clock.time(instant)
            // Within the drawing, also at its edge.
            let middle = min(at, box.right + 14 - Double(text.count) * 4)
            return """
                <path class="axis" d="M\(px(at)) \(px(box.bottom))v5" stroke="#888"/>
                <text class="label" x="\(px(middle))" y="\(px(box.bottom + 19))" text-anchor="middle">\(text)</text>
                """
        }
        return """
            <path class="axis" d="M\(px(box.left)) \(px(box.bottom))H\(px(box.right))" stroke="#888"/>\(labels.joined())
            """
    }

    private var hatching: Markup {
        gaps.map { gap -> Markup in
            let (from, to) = (x.pixel(Double(gap.from)), x.pixel(Double(gap.to)))
            guard to - from > 1 else { return .empty }
            let words = gap.reason == .notWatched ? "not recorded" : "no answer"
            let label: Markup? =
                to - from > Double(words.count) * 7
                ? """
                <text class="label" x="\(px((from + to) / 2))" y="\(px((box.top + box.bottom) / 2 + 4))" \
                text-anchor="middle">\(words)</text>
                """
                : nil
            return """
                <rect class="gap" x="\(px(from))" y="\(px(box.top))" width="\(px(to - from))" \
                height="\(px(box.bottom - box.top))" fill="url(#hatch)"/>\(label)
                """
        }.joined()
    }

    // MARK: Curves

    private func siblingMarkup(_ band: SiblingBand?, _ y: PlotScale) -> Markup {
        guard let band else {
            let lines = siblings.map { "<path class=\"sibling\" d=\"\(path($0.values, y))\"/>" as Markup }
            return "<g fill=\"none\" stroke=\"#888\" stroke-width=\"1.2\">\(lines.joined())</g>"
        }
        return band.runs.map { run -> Markup in
            """
            <path class="band" fill="#888" fill-opacity=".18" d="\(area(run, \.low, \.high, y))"/>
            <path class="band" fill="#888" fill-opacity=".3" d="\(area(run, \.lowerQuartile, \.upperQuartile, y))"/>
            <path class="median" fill="none" stroke="#888" d="\(line(run, y) { $0.median })"/>
            """
        }.joined()
    }

    private func area(
        _ run: [SiblingBand.Slice], _ low: KeyPath<SiblingBand.Slice, Double>,
        _ high: KeyPath<SiblingBand.Slice, Double>, _ y: PlotScale
    ) -> String {
        let upper = run.map { point($0.time, $0[keyPath: high], y) }
        let lower = run.reversed().map { point($0.time, $0[keyPath: low], y) }
        return PlotCurve.path(points: upper + lower) + "Z"
    }

    func line(_ run: [SiblingBand.Slice], _ y: PlotScale, _ value: (SiblingBand.Slice) -> Double) -> String {
        PlotCurve.path(points: run.map { point($0.time, value($0), y) })
    }

    private func subjectMarkup(_ y: PlotScale) -> Markup {
        let lines = subjects.map { subject -> Markup in
            let spread = SiblingBand(
                times: times, values: [subject.values], lows: [subject.lows], highs: [subject.highs],
                longestStep: longestStep)
            let areas = subject.lows.isEmpty ? [] : spread.runs.map { run -> Markup in
                """
                <path class="subject-spread" fill="#c00" fill-opacity=".22" stroke="none" \
                d="\(area(run, \.low, \.high, y))"/>
                """
            }
            return "\(areas.joined())<path class=\"subject\" d=\"\(path(subject.values, y))\"/>"
        }
        return """
            <g fill="none" stroke="#c00" stroke-width="2" stroke-linecap="round" \
            stroke-linejoin="round">\(lines.joined())</g>
            """
    }

    /// A cross for each reading that was not believed; at the edge where it lies outside.
    private func suspectMarkup(_ y: PlotScale) -> Markup {
        let crosses = (siblings + subjects).flatMap { line in
            times.indices.compactMap { place -> String? in
                guard let value = line.suspects.finite(place) else { return nil }
                let at = point(times[place], value, y)
                return "M\(px(at.x - 3.5)) \(px(at.y - 3.5))l7 7m0 -7l-7 7"
            }
        }
        guard !crosses.isEmpty else { return .empty }
        return """
            <path class="suspect" fill="none" stroke="#a05a00" stroke-width="1.6" \
            d="\(crosses.prefix(Self.mostCrosses).joined())"/>
            """
    }

    private static let mostCrosses = 600

    /// What was read seldom has holes between its readings: only one that is long for this curve breaks the line.
    private func path(_ values: [Double?], _ y: PlotScale) -> String {
        let read = times.indices.filter { values.finite($0) != nil }
        let steps = zip(read, read.dropFirst()).map { times[$1] - times[$0] }
        let longest = max(3 * (steps.isEmpty ? 0 : steps.sorted()[steps.count / 2]), 3_000)
        var places: [Int?] = []
        for (index, place) in read.enumerated() {
            if index > 0, steps[index - 1] > longest { places.append(nil) }
            places.append(place)
        }
        let shown = PlotCurve.thinned(places.map { $0.flatMap(values.finite) })
        return PlotCurve.path(
            points: shown.map { index in
                index.flatMap { places[$0] }.flatMap { place in
                    values.finite(place).map { point(times[place], $0, y) }
                }
            })
    }

    // MARK: Limits and marks

    private func limitMarkup(_ y: PlotScale) -> Markup {
        limits.map { limit -> Markup in
            let text = "\(limit.label) \(PointText.number(limit.value, digits: 2)) \(unit)"
            let isInside = limit.value >= y.low && limit.value <= y.high
            let at = y.pixel(limit.value)
            let above = limit.value > y.high
            // On the side of the line that the subject does not have.
            let isBelow = at - box.top < 20 || (areSubjectsAbove(limit.value) && box.bottom - at > 20)
            let textAt = isInside ? at + (isBelow ? 15 : -6) : above ? box.top + 13 : box.bottom - 8
            let drawn: Markup? =
                isInside
                ? """
                <path class="limit" d="M\(px(box.left)) \(px(at))H\(px(box.right))" stroke="#c00" \
                stroke-dasharray="7 5"/>
                """
                : nil
            return """
                \(drawn)<text class="limit-label halo" x="\(px(box.left + 8))" y="\(px(textAt))" \
                fill="#a05a00">\(isInside ? "" : above ? "↑ " : "↓ ")\(text)</text>
                """
        }.joined()
    }

    private func areSubjectsAbove(_ limit: Double) -> Bool {
        let values = subjects.flatMap(\.values).compactMap(PlotCurve.finite)
        return values.filter { $0 > limit }.count * 2 > values.count
    }

    private func deviationMarkup(_ band: SiblingBand?, _ y: PlotScale) -> Markup? {
        guard let deviationLimit, let band else { return nil }
        let lines = band.runs.map { run -> Markup in
            let inside = run.filter { (y.low...y.high).contains($0.median + deviationLimit.distance) }
            return """
                <path class="limit" fill="none" stroke="#c00" stroke-dasharray="7 5" \
                d="\(line(inside, y) { $0.median + deviationLimit.distance })"/>
                """
        }
        // Above the line over all its length.
        let beneath = (band.runs.first ?? []).filter { x.pixel(Double($0.time)) < box.left + 160 }.map(\.median)
        guard let value = (deviationLimit.distance < 0 ? beneath.min() : beneath.max()).map({
            $0 + deviationLimit.distance
        }) else { return nil }
        guard box.bottom - box.top > 150, (y.low...y.high).contains(value) else { return lines.joined() }
        return """
            \(lines.joined())<text class="limit-label halo" x="\(px(box.left + 8))" \
            y="\(px(y.pixel(value) + (deviationLimit.distance < 0 ? 15 : -6)))" \
            fill="#a05a00">\(deviationLimit.label)</text>
            """
    }

    /// Lines at the marks; their words stand above the panel, those that would touch each other as one.
    private var markMarkup: Markup {
        let shown = marks.filter { span.contains($0.at) }.sorted { $0.at < $1.at }
        let lines = shown.map { mark -> Markup in
            """
            <path class="mark" d="M\(px(x.pixel(Double(mark.at)))) \(px(box.top - 4))V\(px(box.bottom))" \
            stroke="#555" stroke-dasharray="2 3"/>
            """
        }
        var labels: [(words: String, at: Double)] = []
        for mark in shown where namesMarks(mark.at) {
            let words = "\(mark.label) \(clock.time(mark.at))"
            let at = x.pixel(Double(mark.at))
            if let last = labels.last, at - last.at < Double(words.count + last.words.count) * 4 {
                labels[labels.count - 1] = ("\(last.words) · \(words)", at)
            } else {
                labels.append((words, at))
            }
        }
        let written = labels.map { label -> Markup in
            let half = Double(label.words.count) * 3.7
            let middle = max(box.left + half, min(label.at, box.right - half))
            return """
                <text class="mark-label" x="\(px(middle))" y="\(px(box.top - 9))" \
                text-anchor="middle">\(label.words)</text>
                """
        }
        return lines.joined() + written.joined()
    }

    func point(_ time: Int64, _ value: Double, _ y: PlotScale) -> (x: Double, y: Double) {
        (x: x.pixel(Double(time)), y: y.pixel(value))
    }

    func px(_ value: Double) -> String { PlotCurve.coordinate(value) }
}
