package import Engine
internal import Ticketing

/// The drawing of a ticket's evidence: what was seen at full rate, against which limit, the day before it, and where
/// the cell stands among its siblings.
package struct EvidenceSVG {
    /// The drawing's size; the narrow one keeps its text readable on a phone.
    struct Frame: Equatable {
        var width: Double
        var height: Double
        var isNarrow: Bool

        static let wide = Frame(width: 960, height: 640, isNarrow: false)
        static let narrow = Frame(width: 380, height: 850, isNarrow: true)

        var left: Double { isNarrow ? 50 : 62 }
        var right: Double { width - 16 }
    }

    /// A day that has hardly begun shows no more than the frames at full rate do.
    private static let shortestDay: Int64 = 30 * 60_000

    let document: EvidenceDocument
    let clock: LocalClock
    let frame: Frame
    private let concerned: [EvidenceDocument.Curve]
    private let standing: EvidenceStanding?

    init(_ given: EvidenceDocument, clock: LocalClock, frame: Frame = .wide) {
        let document = given.bounded
        self.document = document
        self.clock = clock
        self.frame = frame
        concerned = document.curves.filter { $0.role != .other }
        standing = EvidenceStanding(document)
    }

    /// The drawing of whatever the ledger keeps, as text.
    ///
    /// - Parameters:
    ///   - zone: the site's IANA zone.
    ///   - isNarrow: for a phone.
    package static func text(_ kept: KeptEvidence, zone: String, isNarrow: Bool) -> String {
        let clock = LocalClock(zone: zone)
        let frame: Frame = isNarrow ? .narrow : .wide
        switch kept {
        case .document(let document): return EvidenceSVG(document, clock: clock, frame: frame).markup.text
        case .trace(let trace):
            let size = PlotSVG.Frame(width: frame.width, height: frame.height, ticks: isNarrow ? 4 : 8)
            return PlotSVG(trace: trace, clock: clock, frame: size).markup.text
        }
    }

    var markup: Markup {
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(frame.width)) \(Int(frame.height))" role="img" \
        aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="12.5">
        <title id="t">\(document.header.title)</title><desc id="d">\(description)</desc>
        <style>\(PlotSVG.style)\(Self.style)</style>
        <defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" \
        patternTransform="rotate(45)"><path class="hatch" d="M0 0V7" stroke="#999" stroke-width="2"/></pattern></defs>
        \(heading)\(panels)\(legend)
        </svg>
        """
    }

    // MARK: Words above

    private var heading: Markup {
        let title = document.header.title
        let lines = wrapped(
            title.prefix(1).uppercased() + title.dropFirst(), width: frame.isNarrow ? 38 : 100,
            most: frame.isNarrow ? 4 : 2)
        let size = frame.isNarrow ? 14 : 15
        let drawn = lines.enumerated().map { index, line -> Markup in
            """
            <text class="head" x="16" y="\(26 + index * 20)" font-size="\(size)" font-weight="600">\(line)</text>
            """
        }
        let numbers = wrapped(
            EvidenceWords(document).numbers, width: frame.isNarrow ? 46 : 120, most: frame.isNarrow ? 3 : 1)
        let top = 28 + lines.count * 20
        let small = numbers.enumerated().map { index, line -> Markup in
            "<text class=\"label\" x=\"16\" y=\"\(top + index * 17)\" font-size=\"13\">\(line)</text>"
        }
        return drawn.joined() + small.joined()
    }

    private func wrapped(_ text: String, width: Int, most: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + word.count < width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word.prefix(width)))
            }
        }
        guard lines.count > most else { return lines }
        return lines.prefix(most - 1) + [lines[most - 1].prefix(width - 2) + " …"]
    }

    // MARK: Panels

    private var panels: Markup {
        guard !concerned.isEmpty, !document.frameTimes.isEmpty || !document.minuteTimes.isEmpty else {
            return """
                <text class="label" x="\(Int(frame.width / 2))" y="\(Int(frame.height / 2))" \
                text-anchor="middle">\(EvidenceWords(document).nothing)</text>
                """
        }
        let boxes = boxes
        let day = dayPanel(boxes.day)
        let bars = standing.map { standing -> Markup in
            let box = day == nil && !frame.isNarrow ? joined(boxes.day, boxes.bars) : boxes.bars
            let moment = document.header.part == .before ? "at the alarm" : "an hour later"
            return standing.markup(in: box, clock: clock, heading: "Distance from the median \(moment)")
        }
        var main = boxes.main
        if day == nil, bars == nil { main.bottom = boxes.bars.bottom }
        var dayBox = boxes.day
        if bars == nil, !frame.isNarrow { dayBox = joined(boxes.day, boxes.bars) }
        return "\(mainPanel(main))\(day == nil ? nil : dayPanel(dayBox))\(bars)"
    }

    private var boxes: (main: EvidencePanel.Box, day: EvidencePanel.Box, bars: EvidencePanel.Box) {
        let (left, right) = (frame.left, frame.right)
        guard frame.isNarrow else {
            return (
                .init(left: left, right: right, top: 132, bottom: 348),
                .init(left: left, right: 548, top: 426, bottom: 566),
                .init(left: 624, right: right, top: 426, bottom: 566)
            )
        }
        return (
            .init(left: left, right: right, top: 192, bottom: 392),
            .init(left: left, right: right, top: 466, bottom: 586),
            .init(left: left, right: right, top: 660, bottom: 774)
        )
    }

    private func joined(_ a: EvidencePanel.Box, _ b: EvidencePanel.Box) -> EvidencePanel.Box {
        .init(left: a.left, right: b.right, top: a.top, bottom: a.bottom)
    }

    /// The frames at full rate; of the hour after, the whole hour.
    private func mainPanel(_ box: EvidencePanel.Box) -> Markup {
        guard document.header.part == .before, let first = document.frameTimes.first,
            let last = document.frameTimes.last, last > first
        else { return minutesPanel("The hour after the ticket", box).markup }
        let minutes = max(1, (last - first + 30_000) / 60_000)
        let heading = last - first < 90_000 ? "The last \((last - first) / 1_000) s" : "The last \(minutes) min"
        let span = first...max(first + 1, document.header.to)
        var panel = panel(heading, box, times: document.frameTimes, span: span) { curve in
            EvidencePanel.Line(values: curve.values, suspects: curve.suspects)
        }
        panel.place = document.header.finding.flatMap(EvidencePlace.init)
        return panel.markup
    }

    private func dayPanel(_ box: EvidencePanel.Box) -> Markup? {
        guard document.header.part == .before, let first = document.minuteTimes.first,
            let last = document.minuteTimes.last, last - first >= Self.shortestDay
        else { return nil }
        return minutesPanel("The 24 hours before", box).markup
    }

    private func minutesPanel(_ heading: String, _ box: EvidencePanel.Box) -> EvidencePanel {
        let span = document.header.from...max(document.header.from + 1, document.header.to)
        var panel = panel(heading, box, times: document.minuteTimes, span: span) { curve in
            EvidencePanel.Line(values: curve.minutes, lows: curve.lows, highs: curve.highs)
        }
        panel.ticks = frame.isNarrow ? 4 : 6
        // The frames at full rate have named what they show.
        let first = document.frameTimes.first ?? .max
        if document.header.part == .before {
            panel.namesMarks = { $0 < first }
        } else {
            // What is usual was learned for the state of the alarm; a whole day has seen others.
            panel.place = document.header.finding.flatMap(EvidencePlace.init)
        }
        return panel
    }

    private func panel(
        _ heading: String, _ box: EvidencePanel.Box, times: [Int64], span: ClosedRange<Int64>,
        _ line: (EvidenceDocument.Curve) -> EvidencePanel.Line
    ) -> EvidencePanel {
        let alarm = document.header.alarm
        let finding = document.header.finding
        var panel = EvidencePanel(
            heading: heading, unit: concerned.first?.unit ?? "", box: box, times: times, span: span,
            subjects: concerned.filter { $0.role == .subject }.map(line),
            siblings: concerned.filter { $0.role == .sibling }.map(line), limits: [], deviationLimit: nil,
            marks: [("alarm", alarm.raisedAt)], gaps: document.header.gaps, clock: clock,
            ticks: frame.isNarrow ? 4 : 8)
        if alarm.openedAt != alarm.raisedAt { panel.marks.append(("ticket", alarm.openedAt)) }
        guard let finding, let limit = finding.limit else { return panel }
        switch finding.measure {
        case .amount, .shift: break
        case .value: panel.limits = [(finding.limitLabel ?? "limit", limit)]
        case .deviation:
            let side = (finding.deviation ?? 0) < 0 ? -abs(limit) : abs(limit)
            let words = "limit: median \(side < 0 ? "−" : "+") \(EvidenceWords.amount(abs(side), finding.unit))"
            panel.deviationLimit = (words, side)
        }
        return panel
    }

    // MARK: Words below

    private var legend: Markup {
        let subject = concerned.filter { $0.role == .subject }
        let siblings = concerned.filter { $0.role == .sibling }
        var parts: [(mark: Markup, words: String)] = []
        if let first = subject.first {
            let words = subject.count == 1 ? EvidenceWords.name(first.name) : "\(subject.count) curves of the alarm"
            parts.append(("<path class=\"subject key\" d=\"M0 -4h18\" stroke=\"#c00\" fill=\"none\"/>", words))
        }
        if siblings.count > EvidencePanel.mostSingleSiblings {
            let mark: Markup = """
                <path class="band" fill="#888" fill-opacity=".18" d="M0 -11h18v13h-18z"/>\
                <path class="band" fill="#888" fill-opacity=".3" d="M0 -8h18v7h-18z"/>
                """
            parts.append((mark, "\(siblings.count) others: all, middle half"))
        } else if !siblings.isEmpty {
            let words = siblings.map { EvidenceWords.name($0.name) }.joined(separator: ", ")
            parts.append(("<path class=\"sibling key\" d=\"M0 -4h18\" stroke=\"#888\" fill=\"none\"/>", words))
        }
        if document.header.finding?.measure == .shift {
            let mark: Markup = """
                <path class="place" fill="#c00" fill-opacity=".1" d="M0 -11h18v13h-18z"/>\
                <path class="usual" fill="none" stroke="#c00" stroke-dasharray="2 3" d="M0 -4h18"/>
                """
            parts.append((mark, "usual place, limits"))
        }
        if concerned.contains(where: { $0.suspects.contains { $0 != nil } }) {
            let cross: Markup = "<path class=\"suspect\" d=\"M5 -8l7 7m0 -7l-7 7\" stroke=\"#a05a00\" fill=\"none\"/>"
            parts.append((cross, "not believed"))
        }
        var (x, y) = (16.0, frame.height - (frame.isNarrow ? 34 : 16))
        let drawn = parts.map { part -> Markup in
            let width = 26 + Double(part.words.count) * 6.7 + 18
            if x > 16, x + width > frame.right {
                x = 16
                y += 18
            }
            defer { x += width }
            return """
                <g transform="translate(\(PlotCurve.coordinate(x)) \(PlotCurve.coordinate(y)))">\(part.mark)\
                <text class="label" x="26">\(part.words)</text></g>
                """
        }
        let when: Markup? =
            frame.isNarrow
            ? nil
            : """
            <text class="label" x="\(Int(frame.right))" y="\(Int(frame.height - 16))" text-anchor="end">\(day)</text>
            """
        return "\(drawn.joined())\(when)"
    }

    private var day: String {
        let at = document.header.alarm.openedAt
        return "\(clock.date(at)) · \(clock.zoneName) (\(clock.offsetName(at: at)))"
    }

    private var description: String {
        ([EvidenceWords(document).whole] + (standing.map { [$0.description] } ?? [])).joined(separator: " ")
    }
}

extension EvidenceDocument {
    /// The document with instants that can be computed with.
    fileprivate var bounded: EvidenceDocument {
        var result = self
        result.minuteTimes = minuteTimes.map(\.boundedInstant)
        result.frameTimes = frameTimes.map(\.boundedInstant)
        result.header.from = header.from.boundedInstant
        result.header.to = header.to.boundedInstant
        result.header.alarm.raisedAt = header.alarm.raisedAt.boundedInstant
        result.header.alarm.openedAt = header.alarm.openedAt.boundedInstant
        for index in header.gaps.indices {
            result.header.gaps[index].from = header.gaps[index].from.boundedInstant
            result.header.gaps[index].to = header.gaps[index].to.boundedInstant
        }
        return result
    }
}
