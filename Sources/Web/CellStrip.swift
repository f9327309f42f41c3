internal import Engine
internal import Telemetry

/// All cells side by side: each voltage as a bar above or below the median of the cells, each temperature in figures.
struct CellStrip {
    /// The bar's full height stands for at least this deviation from the median, in volts: healthy cells look calm.
    static let smallestScaleVolts = 0.03

    /// One cell as it is drawn.
    struct Cell: Equatable {
        var number: Int
        var volts: Double?
        var voltsQuality: String
        var celsius: Double?
        var celsiusQuality: String?
    }

    let cells: [Cell]
    /// Probes that cannot be told to belong to one cell each: there are more or fewer of them than cells.
    let probes: [PointSnapshot]

    init(points: [PointSnapshot]) {
        var volts: [Int: PointSnapshot] = [:]
        var celsius: [Int: PointSnapshot] = [:]
        for point in points {
            switch Signal(pointName: point.name) {
            case .cellVoltage(let number): volts[number] = point
            case .cellTemperature(let number): celsius[number] = point
            default: break
            }
        }
        let isOneProbeACell = volts.isEmpty || Set(volts.keys) == Set(celsius.keys)
        let numbers = volts.isEmpty ? celsius.keys.sorted() : volts.keys.sorted()
        cells = numbers.map { number in
            let probe = isOneProbeACell ? celsius[number] : nil
            return Cell(
                number: number, volts: volts[number]?.value,
                voltsQuality: volts[number]?.quality ?? Quality.absent.name,
                celsius: probe?.value, celsiusQuality: probe?.quality)
        }
        probes = isOneProbeACell ? [] : celsius.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The middle of the good voltages, in volts; nil without any.
    var medianVolts: Double? {
        let sorted = cells.filter { $0.voltsQuality == Quality.good.name }.compactMap(\.volts).sorted()
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    var markup: Markup? {
        guard !cells.isEmpty else { return nil }
        let median = medianVolts
        let farthest = cells.compactMap { cell in median.flatMap { m in cell.volts.map { abs($0 - m) } } }.max() ?? 0
        let scale = max(Self.smallestScaleVolts, farthest)
        let items = cells.map { item($0, median: median, scale: scale) }
        let full = PointText.number(scale * 1_000, digits: 0)
        let words =
            median.map { "mV from the median \(PointText.number($0, digits: 3)) V, full bar ±\(full) mV" }
            ?? "no cell voltage was read"
        return """
            <div class="strip"><p class="quiet">Cells: \(words)</p>
            <ol class="cells">\(items.joined())</ol>\(probeList)</div>
            """
    }

    private var probeList: Markup? {
        guard !probes.isEmpty else { return nil }
        let items = probes.enumerated().map { index, point -> Markup in
            let cell = Cell(
                number: index + 1, volts: nil, voltsQuality: "", celsius: point.value, celsiusQuality: point.quality)
            return
                """
                <li class="\(Self.warmth(cell))"><span class="quiet">\(index + 1)</span>
                <span class="warmth">\(PointText.value(point))</span></li>
                """
        }
        return "<p class=\"quiet\">Temperature probes</p><ol class=\"probes\">\(items.joined())</ol>"
    }

    private func item(_ cell: Cell, median: Double?, scale: Double) -> Markup {
        """
        <li class="\(Self.warmth(cell))" aria-label="\(Self.spoken(cell))" title="\(Self.spoken(cell))"><span \
        class="number">\(cell.number)</span>
        <svg class="lean" width="100%" height="44" aria-hidden="true"><rect class="zero" y="21.5" width="100%" \
        height="1"/>\(lean(cell, median, scale))</svg>
        <span class="volts">\(Self.deviation(cell, median))</span><span \
        class="warmth">\(Self.temperature(cell))</span></li>
        """
    }

    private func lean(_ cell: Cell, _ median: Double?, _ scale: Double) -> Markup? {
        guard let volts = cell.volts, let median else { return nil }
        let height = min(1, abs(volts - median) / scale) * 21
        let top = volts >= median ? 22 - height : 22
        let style: Markup = cell.voltsQuality == Quality.good.name ? "value" : "value suspect"
        return """
            <rect class="\(style)" x="18%" width="64%" y="\(PointText.plain(top))" \
            height="\(PointText.plain(max(1, height)))" rx="1.5"/>
            """
    }

    private static func deviation(_ cell: Cell, _ median: Double?) -> String {
        guard let volts = cell.volts, let median else { return "–" }
        let millivolts = Int64(((volts - median) * 1_000).rounded())
        return millivolts == 0 ? "0" : (millivolts > 0 ? "+" : "−") + String(millivolts.magnitude)
    }

    private static func temperature(_ cell: Cell) -> String {
        guard cell.celsiusQuality != nil else { return "" }
        return cell.celsius.map { PointText.number($0, digits: 0) + "°" } ?? "–"
    }

    /// Colour only underlines the figure beside it. The steps are those at which lithium cells begin to suffer.
    static func warmth(_ cell: Cell) -> Markup {
        guard let celsius = cell.celsius, cell.celsiusQuality == Quality.good.name else { return "unknown" }
        switch celsius {
        case ..<5: return "cold"
        case ..<45: return "mild"
        case ..<55: return "warm"
        default: return "hot"
        }
    }

    private static func spoken(_ cell: Cell) -> String {
        let volts =
            cell.volts.map { "\(PointText.number($0, digits: 3)) V" }
            ?? "no value (\(Wording.quality(cell.voltsQuality)))"
        guard let quality = cell.celsiusQuality else { return "Cell \(cell.number): \(volts)" }
        let celsius =
            cell.celsius.map { "\(PointText.number($0, digits: 1)) °C" } ?? "no value (\(Wording.quality(quality)))"
        return "Cell \(cell.number): \(volts), \(celsius)"
    }
}

extension PointText {
    /// A number for an attribute: ASCII minus, two decimals.
    static func plain(_ value: Double) -> String {
        number(value, digits: 2).replacing("−", with: "-")
    }
}
