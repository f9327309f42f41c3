internal import Engine
internal import Telemetry

/// One device as a card: key values large, cells as a strip, everything else in a table.
struct DeviceHTML {
    let device: DeviceSnapshot
    let now: Int64
    let clock: LocalClock

    var card: Markup {
        """
        <article class="card device" id="\(elementID)">
        <div class="head"><h3><bdi>\(device.name)</bdi></h3><span class="pill \(stateStyle)">\(stateWords)</span>
        <p class="quiet">\(device.profile)\(serial) · \(heard)</p>\(wire)</div>
        \(KeyValues(points: device.points).markup)
        \(CellStrip(points: device.points).markup)
        \(plots)
        \(table)
        </article>
        """
    }

    /// Unique within the page and free of spaces, whatever the name holds.
    private var elementID: String { "device-\(Route.segment(device.name))" }

    private var serial: Markup? { device.serial.map { " · serial \($0)" } }

    private var stateStyle: Markup {
        switch device.state {
        case .live: "well"
        case .starting, .stale: "watch"
        case .lost: "trouble"
        }
    }

    private var stateWords: Markup {
        switch device.state {
        case .live: "live"
        case .starting: "starting"
        case .stale: "values are late"
        case .lost: "no data"
        }
    }

    private var heard: Markup {
        guard let heardAt = device.heardAt else { return "nothing heard yet" }
        return """
            heard <span data-since="\(heardAt)">\(Wording.duration(now - heardAt))</span> ago
            <span class="utc">(\(clock.element(heardAt)))</span>
            """
    }

    /// How its requests do, for whoever looks for a bad cable.
    private var wire: Markup? {
        guard let wire = device.wire, let percent = wire.answeredPercent, percent.isFinite else { return nil }
        let median = wire.medianMilliseconds.flatMap { $0.isFinite ? $0 : nil }
            .map { " · half of them within \($0 < 10 ? "\($0)" : "\(Int($0.rounded()))") ms" as Markup }
        let silence = wire.silentSince.map { since -> Markup in
            " · silent for <span data-since=\"\(since)\">\(Wording.duration(now - since))</span>"
        }
        return "<p class=\"quiet\">\("\(percent)") % of requests answered\(median)\(silence)</p>"
    }

    private var plots: Markup? {
        let kinds = TraceKind.allCases.filter { kind in device.points.contains { Self.belongs($0.name, to: kind) } }
        guard !kinds.isEmpty else { return nil }
        let images = kinds.map { kind -> Markup in
            let path = "/devices/\(Route.segment(device.name))/\(kind.rawValue).svg"
            return """
                <figure class="plot"><img loading="lazy" width="380" height="290" alt="\(Self.title(kind)) of \
                \(device.name)"
                src="\(path)" data-live="\(path)"></figure>
                """
        }
        return """
            <details class="plots" id="\(elementID)-plots" open><summary>Curves</summary>
            <div class="gallery">\(images.joined())</div></details>
            """
    }

    private static func title(_ kind: TraceKind) -> Markup {
        switch kind {
        case .cellVoltages: "Cell voltages"
        case .temperatures: "Temperatures"
        case .power: "Power"
        }
    }

    private static func belongs(_ name: String, to kind: TraceKind) -> Bool {
        switch (Signal(pointName: name), kind) {
        case (.cellVoltage, .cellVoltages), (.cellVoltageMaximum, .cellVoltages), (.cellVoltageMinimum, .cellVoltages):
            true
        case (.cellTemperature, .temperatures), (.packTemperatureMaximum, .temperatures),
            (.packTemperatureMinimum, .temperatures), (.inverterTemperature, .temperatures):
            true
        case (.packPower, .power), (.packCurrent, .power): true
        default: false
        }
    }

    private var table: Markup? {
        guard !device.points.isEmpty else { return nil }
        let rows = device.points.map { point -> Markup in
            let value: Markup = "\(PointText.value(point))"
            return """
                <tr class="\(PointText.styleClass(point))"><th \
                scope="row">\(point.name)</th><td>\(value)</td><td>\(Wording.quality(point.quality))</td></tr>
                """
        }
        return """
            <details class="points" id="\(elementID)-points"><summary>All \(device.points.count) values</summary>
            <table><thead><tr><th scope="col">Point</th><th scope="col">Value</th><th \
            scope="col">Quality</th></tr></thead>
            <tbody>\(rows.joined())</tbody></table></details>
            """
    }
}
