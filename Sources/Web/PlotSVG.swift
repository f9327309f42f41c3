internal import Telemetry

/// A trace drawn as SVG: axes, limits, marks and curves, for light and dark, with a description for those who do not
/// see it.
struct PlotSVG {
    /// The drawing's size; the narrow one keeps its text readable on a phone.
    struct Frame: Equatable {
        var width: Double
        var height: Double
        var ticks: Int

        static let wide = Frame(width: 960, height: 360, ticks: 8)
        static let narrow = Frame(width: 380, height: 290, ticks: 4)

        var left: Double { 62 }
        var right: Double { width - 16 }
        var top: Double { 70 }
        var bottom: Double { height - 66 }
    }

    static let mostSeries = 64
    static let mostLimits = 8
    static let mostMarks = 12
    /// Characters of a label inside the drawing.
    static let longestLabel = 44

    let trace: EvidenceTrace
    let clock: LocalClock
    let frame: Frame
    private let series: [EvidenceTrace.Series]
    private let x: PlotScale
    private let y: PlotScale

    init(trace given: EvidenceTrace, clock: LocalClock, frame: Frame = .wide) {
        var trace = given
        trace.times = given.times.map(\.boundedInstant)
        for index in trace.marks.indices { trace.marks[index].at = trace.marks[index].at.boundedInstant }
        self.trace = trace
        self.clock = clock
        self.frame = frame
        // Subjects last: they are drawn above their siblings, and never fall to the limit.
        let subjects = trace.series.filter(\.isSubject).prefix(Self.mostSeries)
        series = Array(trace.series.filter { !$0.isSubject }.prefix(Self.mostSeries - subjects.count)) + subjects
        let start = Double(trace.times.min() ?? 0)
        let end = Double(trace.times.max() ?? 0)
        x = PlotScale(low: start, high: end, pixelLow: frame.left, pixelHigh: frame.right)
        let range = PlotRange(trace: trace)
        y = PlotScale(low: range.low, high: range.high, pixelLow: frame.bottom, pixelHigh: frame.top)
    }

    var markup: Markup {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(frame.width)) \(Int(frame.height))" role="img" \
        aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="12.5">
        <title id="t">\(trace.title)</title><desc id="d">\(description)</desc>
        <style>\(Self.style)</style>
        <text class="head" x="\(px(frame.left - 46))" y="24" font-size="15" \
        font-weight="600">\(short(trace.title, most: frame.width < 600 ? 44 : 110))</text>
        \(valueAxis)\(timeAxis)\(body)\(legend)
        </svg>
        """
    }

    private var body: Markup {
        guard series.contains(where: { $0.values.contains { PlotCurve.finite($0) != nil } }) else {
            return """
                <text class="label" x="\(px((frame.left + frame.right) / 2))" \
                y="\(px((frame.top + frame.bottom) / 2))" text-anchor="middle">no values yet</text>
                """
        }
        return limits + curves + marks
    }

    // MARK: Parts

    private var valueAxis: Markup {
        let ticks = y.ticks(about: 5)
        let lines = ticks.values.map { value -> Markup in
            let at = px(y.pixel(value))
            return """
                <path class="grid" d="M\(px(frame.left)) \(at)H\(px(frame.right))" stroke="#ddd"/>
                <text class="label" x="\(px(frame.left - 8))" y="\(px(y.pixel(value) + 4))" \
                text-anchor="end">\(PointText.number(value, digits: ticks.digits))</text>
                """
        }
        return """
            \(lines.joined())<text class="label" x="\(px(frame.left - 8))" y="\(px(frame.top - 12))" \
            text-anchor="end">\(short(trace.unit, most: 6))</text>
            """
    }

    private var timeAxis: Markup {
        guard let start = trace.times.min(), let end = trace.times.max() else { return .empty }
        let ticks = PlotScale.timeTicks(
            from: start, to: end, offsetSeconds: clock.offsetSeconds(at: start), wanted: frame.ticks)
        let labels = ticks.at.map { instant -> Markup in
            let at = px(x.pixel(Double(instant)))
            let text =
                ticks.stepSeconds >= 86_400
                ? clock.date(instant) : ticks.stepSeconds < 60 ? clock.timeWithSeconds(instant) : clock.time(instant)
            return """
                <path class="axis" d="M\(at) \(px(frame.bottom))v5" stroke="#888"/>
                <text class="label" x="\(at)" y="\(px(frame.bottom + 19))" text-anchor="middle">\(text)</text>
                """
        }
        return """
            <path class="axis" d="M\(px(frame.left)) \(px(frame.bottom))H\(px(frame.right))" \
            stroke="#888"/>\(labels.joined())
            <text class="label" x="\(px(frame.right))" y="\(px(frame.height - 10))" \
            text-anchor="end">\(caption(start, end))</text>
            """
    }

    /// The days and the zone of the time axis; a narrow drawing has no room for the zone's name.
    private func caption(_ start: Int64, _ end: Int64) -> String {
        let (first, last) = (clock.date(start), clock.date(end))
        let days = first == last ? first : "\(first) to \(last)"
        let offset = clock.offsetName(at: start)
        return frame.width < 600 ? "\(days) · \(offset)" : "\(days) · \(short(clock.zoneName)) (\(offset))"
    }

    private var limits: Markup {
        trace.limits.prefix(Self.mostLimits).filter(\.value.isFinite).map { limit -> Markup in
            let text = "\(limit.label) \(PointText.number(limit.value, digits: limitDigits(limit.value)))"
            let isInside = limit.value >= y.low && limit.value <= y.high
            let line = px(y.pixel(limit.value))
            let above = limit.value > y.high
            let textAt = isInside ? y.pixel(limit.value) - 6 : above ? frame.top + 12 : frame.bottom - 8
            let drawn: Markup? =
                isInside
                ? """
                <path class="limit" d="M\(px(frame.left)) \(line)H\(px(frame.right))" stroke="#c00" \
                stroke-dasharray="7 5"/>
                """
                : nil
            let arrow = isInside ? "" : above ? "↑ " : "↓ "
            return """
                \(drawn)<text class="limit-label" x="\(px(frame.left + 8))" y="\(px(textAt))" \
                fill="#c00">\(arrow + short(text)) \(short(trace.unit, most: 6))</text>
                """
        }.joined()
    }

    private func limitDigits(_ value: Double) -> Int { value == value.rounded() ? 0 : abs(value) < 10 ? 2 : 1 }

    private var marks: Markup {
        guard let start = trace.times.min(), let end = trace.times.max() else { return .empty }
        let shown = trace.marks.filter { $0.at >= start && $0.at <= end }.prefix(Self.mostMarks)
        return shown.enumerated().map { index, mark -> Markup in
            let at = x.pixel(Double(mark.at))
            let row = frame.top - 26 + Double(index % 2) * 16
            let isRight = at > (frame.left + frame.right) / 2
            let anchor: Markup = isRight ? "end" : "start"
            return """
                <path class="mark" d="M\(px(at)) \(px(row - 9))V\(px(frame.bottom))" stroke="#555" \
                stroke-dasharray="2 3"/>
                <text class="mark-label" x="\(px(isRight ? at - 5 : at + 5))" y="\(px(row))" \
                text-anchor="\(anchor)">\(short(mark.label)) \(clock.time(mark.at))</text>
                """
        }.joined()
    }

    private var curves: Markup {
        let drawn = series.enumerated().map { index, one -> Markup in
            let places = PlotCurve.thinned(Array(one.values.prefix(trace.times.count)))
            let points = places.map { place in
                place.flatMap { place in
                    PlotCurve.finite(one.values[place]).map {
                        (x: x.pixel(Double(trace.times[place])), y: y.pixel($0))
                    }
                }
            }
            return "<path class=\"\(curveStyle(index))\" d=\"\(PlotCurve.path(points: points))\"/>"
        }
        return """
            <g fill="none" stroke="#888" stroke-width="1.2" stroke-linecap="round" \
            stroke-linejoin="round">\(drawn.joined())</g>
            """
    }

    /// The subject stands out; without one, up to four curves have colours of their own.
    private func curveStyle(_ index: Int) -> Markup {
        if series[index].isSubject { return "subject" }
        guard !series.contains(where: \.isSubject), series.count <= 4 else { return "sibling" }
        return ["one", "two", "three", "four"][index]
    }

    private var legend: Markup {
        let y = frame.height - 10 - (frame.width < 600 ? 18 : 0)
        var at = frame.left - 46
        var entries = Markup.empty
        let named = series.indices.filter { curveStyle($0).text != "sibling" }.prefix(frame.width < 600 ? 2 : 4)
        for index in named {
            let name = short(series[index].name, most: 24)
            entries =
                entries + """
                    <path class="\(curveStyle(index)) key" d="M\(px(at)) \(px(y - 4))h18" fill="none" \
                    stroke="#888"/><text class="label" x="\(px(at + 24))" y="\(px(y))">\(name)</text>
                    """
            at += 44 + Double(name.count) * 7.2
        }
        let others = series.count - series.indices.filter { curveStyle($0).text != "sibling" }.count
        guard others > 0 else { return entries }
        let words = named.isEmpty ? "\(others) curves" : "\(others) others"
        return entries + """
            <path class="sibling key" d="M\(px(at)) \(px(y - 4))h18" fill="none" stroke="#888"/><text class="label" \
            x="\(px(at + 24))" y="\(px(y))">\(words)</text>
            """
    }

    // MARK: Words

    /// Says in words, with UTC, what the drawing shows.
    private var description: String {
        guard let start = trace.times.min(), let end = trace.times.max() else { return "No values." }
        var parts = ["From \(LocalClock.utc(start)) to \(LocalClock.utc(end)), in \(trace.unit)."]
        for one in series.filter(\.isSubject).prefix(4) {
            let values = one.values.compactMap(PlotCurve.finite)
            guard let low = values.min(), let high = values.max() else { continue }
            parts.append("\(one.name): \(PointText.number(low, digits: 3)) to \(PointText.number(high, digits: 3)).")
        }
        for limit in trace.limits.prefix(Self.mostLimits) where limit.value.isFinite {
            parts.append("Limit \(limit.label): \(PointText.number(limit.value, digits: 3)).")
        }
        for mark in trace.marks.prefix(Self.mostMarks) { parts.append("\(mark.label) at \(LocalClock.utc(mark.at)).") }
        return parts.joined(separator: " ")
    }

    private func short(_ text: String, most: Int = longestLabel) -> String {
        text.count > most ? text.prefix(most - 1) + "…" : text
    }

    private func px(_ value: Double) -> String { PlotCurve.coordinate(value) }
}
