internal import Engine
internal import Ticketing

/// Where each sibling stood at one moment: bars of how far it lay from the median, the subject coloured.
struct EvidenceStanding {
    /// One cell, probe or whatever the alarm compares.
    struct Bar: Equatable {
        /// What stands below it: the number of the cell or probe, else nothing.
        var number: Int?
        var name: String
        /// From the median, in the panel's unit; nil where nothing was read.
        var deviation: Double?
        var isSubject: Bool
    }

    let bars: [Bar]
    /// mV where the curves are in V, else their unit.
    let unit: String
    let median: Double
    /// When it was, ms since 1970.
    let at: Int64
    /// How far a bar may reach, to each side.
    let limit: Double?
    /// Where the subject usually stands; in `unit`.
    let place: EvidencePlace?

    /// More are not drawn.
    private static let mostBars = 400
    /// A frame farther from the alarm says nothing about it.
    private static let farthest: Int64 = 150_000

    /// Nil where fewer than three siblings can be compared.
    init?(_ document: EvidenceDocument) {
        let curves = document.curves.filter { $0.role != .other }
        let moment = document.header.part == .before ? document.header.alarm.raisedAt : document.header.to
        guard let reading = Self.reading(document, curves, moment) else { return nil }
        let read = reading.values.compactMap { $0 }.sorted()
        guard read.count >= 3 else { return nil }
        let median = SiblingBand.quantile(read, 0.5)
        let isVolts = curves.first?.unit == "V"
        let scale = isVolts ? 1_000.0 : 1
        self.median = median
        at = reading.at
        unit = isVolts ? "mV" : curves.first?.unit ?? ""
        bars = zip(curves, reading.values).prefix(Self.mostBars).map { curve, value in
            Bar(
                number: Self.number(curve.name), name: curve.name, deviation: value.map { ($0 - median) * scale },
                isSubject: curve.role == .subject)
        }
        let finding = document.header.finding
        limit = finding?.measure == .deviation ? finding?.limit.map { abs($0) * scale } : nil
        place = finding.flatMap(EvidencePlace.init).map { given in
            var place = given
            place.usual *= scale
            place.limit *= scale
            return place
        }
    }

    /// The values nearest to a moment: of the frames at full rate, else of the minutes.
    private static func reading(
        _ document: EvidenceDocument, _ curves: [EvidenceDocument.Curve], _ moment: Int64
    ) -> (at: Int64, values: [Double?])? {
        func nearest(_ times: [Int64]) -> Int? {
            times.indices.min { abs(times[$0] - moment) < abs(times[$1] - moment) }
        }
        if let frame = nearest(document.frameTimes), abs(document.frameTimes[frame] - moment) <= farthest {
            let values = curves.map { $0.values.finite(frame) ?? $0.suspects.finite(frame) }
            return (document.frameTimes[frame], values)
        }
        guard let minute = nearest(document.minuteTimes), abs(document.minuteTimes[minute] - moment) <= farthest else {
            return nil
        }
        return (document.minuteTimes[minute], curves.map { $0.minutes.finite(minute) })
    }

    private static func number(_ name: String) -> Int? { name.split(separator: ".").lazy.compactMap { Int($0) }.first }

    func markup(in box: EvidencePanel.Box, clock: LocalClock, heading: String) -> Markup {
        let y = scale(in: box)
        let ticks = y.ticks(about: 4)
        let grid = ticks.values.map { value -> Markup in
            """
            <path class="\(value == 0 ? "axis" : "grid")" d="M\(px(box.left)) \(px(y.pixel(value)))H\(px(box.right))" \
            stroke="#ddd"/><text class="label" x="\(px(box.left - 8))" y="\(px(y.pixel(value) + 4))" \
            text-anchor="end">\(PointText.number(value, digits: ticks.digits))</text>
            """
        }
        return """
            <text class="panel-head" x="\(px(box.left))" y="\(px(box.top - 27))" font-weight="600">\(heading)</text>
            <text class="label" x="\(px(box.left - 8))" y="\(px(box.top - 27))" text-anchor="end">\(unit)</text>
            \(grid.joined())\(drawnBars(y, box))\(limits(y, box))
            """
    }

    private func scale(in box: EvidencePanel.Box) -> PlotScale {
        let deviations = bars.compactMap(\.deviation)
        let quiet = unit == "mV" ? 5.0 : 1
        let lowest = min(deviations.min() ?? 0, -quiet, place?.low ?? 0)
        let highest = max(deviations.max() ?? 0, quiet, place?.high ?? 0)
        let reach = highest - lowest
        // A limit that is far away would press the bars flat.
        let near = limit.map { $0 < 3 * reach ? $0 : 0 } ?? 0
        let low = min(lowest, deviations.contains { $0 < -near / 2 } ? -near : lowest)
        let high = max(highest, near)
        let margin = (high - low) * 0.14
        return PlotScale(low: low - margin, high: high + margin, pixelLow: box.bottom, pixelHigh: box.top)
    }

    private func drawnBars(_ y: PlotScale, _ box: EvidencePanel.Box) -> Markup {
        let pitch = (box.right - box.left) / Double(max(1, bars.count))
        let width = max(1, min(22, pitch * 0.72))
        // Numbers may not touch each other.
        let room = (Double(String(bars.count).count) * 7.5 + 5) / pitch
        let every = [1, 2, 5, 10, 20, 50].first { Double($0) >= room } ?? 100
        return bars.enumerated().map { index, bar -> Markup in
            let middle = box.left + (Double(index) + 0.5) * pitch
            let isNumbered = bar.isSubject || index % every == every - 1 && !isBesideSubject(index, every)
            let number: Markup? =
                bar.number.flatMap { isNumbered ? $0 : nil }.map {
                    """
                    <text class="\(bar.isSubject ? "subject-label" : "label")" x="\(px(middle))" \
                    y="\(px(box.bottom + 17))" text-anchor="middle">\($0)</text>
                    """
                }
            guard let deviation = bar.deviation else { return number ?? .empty }
            let (zero, end) = (y.pixel(0), y.pixel(deviation))
            let value: Markup? =
                bar.isSubject
                ? """
                <text class="subject-label halo" x="\(px(min(max(middle, box.left + 34), box.right - 34)))" \
                y="\(px(deviation < 0 ? end + 15 : end - 6))" text-anchor="middle" \
                font-weight="600">\(signed(deviation)) \(unit)</text>
                """
                : nil
            return """
                <rect class="\(bar.isSubject ? "subject-bar" : "bar")" x="\(px(middle - width / 2))" \
                y="\(px(min(zero, end)))" width="\(px(width))" height="\(px(max(1, abs(end - zero))))" \
                rx="\(px(min(2, width / 4)))" fill="\(bar.isSubject ? "#c00" : "#888")"/>\
                \(bar.isSubject ? drawnPlace(middle, width, y) : nil)\(number)\(value)
                """
        }.joined()
    }

    /// A bracket beside the subject's bar: where it usually ends, and how far off that it may.
    private func drawnPlace(_ middle: Double, _ width: Double, _ y: PlotScale) -> Markup? {
        guard let place else { return nil }
        let (left, right) = (middle - width / 2 - 4, middle + width / 2 + 4)
        let ends = place.ends.map { end -> Markup in
            """
            <path class="limit" d="M\(px(left)) \(px(y.pixel(end)))H\(px(right))" stroke="#c00" stroke-width="1.6"/>
            """
        }
        return """
            <rect class="place" x="\(px(left))" y="\(px(y.pixel(place.high)))" width="\(px(right - left))" \
            height="\(px(max(1, y.pixel(place.low) - y.pixel(place.high))))" fill="#c00" fill-opacity=".1"/>\
            \(ends.joined())<path class="usual" d="M\(px(left)) \(px(y.pixel(place.usual)))H\(px(right))" \
            stroke="#c00" stroke-dasharray="2 3"/>
            """
    }

    /// The subject's own number always stands there, so its neighbours' may not.
    private func isBesideSubject(_ index: Int, _ every: Int) -> Bool {
        every > 1 && bars.indices.contains { bars[$0].isSubject && abs($0 - index) < every }
    }

    private func limits(_ y: PlotScale, _ box: EvidencePanel.Box) -> Markup? {
        guard let limit else { return nil }
        // Away from the subject's bar.
        let isLeft = (bars.firstIndex(where: \.isSubject) ?? 0) > bars.count / 2
        let lines = [limit, -limit].filter { $0 > y.low && $0 < y.high }.map { value -> Markup in
            """
            <path class="limit" d="M\(px(box.left)) \(px(y.pixel(value)))H\(px(box.right))" stroke="#c00" \
            stroke-dasharray="7 5"/><text class="limit-label halo" x="\(px(isLeft ? box.left + 4 : box.right))" \
            y="\(px(y.pixel(value) + (value > 0 ? -6 : 15)))" text-anchor="\(isLeft ? "start" : "end")" \
            fill="#a05a00">limit \(signed(value)) \(unit)</text>
            """
        }
        return lines.joined()
    }

    /// What the bars show, for those who do not see them.
    var description: String {
        let subjects = bars.filter(\.isSubject).compactMap { bar in
            bar.deviation.map { "\(bar.name) lay \(signed($0)) \(unit) from the median" }
        }
        let others = bars.filter { !$0.isSubject }.compactMap(\.deviation)
        guard let low = others.min(), let high = others.max() else { return subjects.joined(separator: ". ") }
        let rest = "the others between \(signed(low)) and \(signed(high)) \(unit)"
        return (subjects + [rest]).joined(separator: "; ") + ", at \(LocalClock.utc(at))."
    }

    func signed(_ value: Double) -> String {
        let digits = unit == "mV" ? 0 : 1
        return (value > 0 ? "+" : "") + PointText.number(value, digits: digits)
    }

    private func px(_ value: Double) -> String { PlotCurve.coordinate(value) }
}
