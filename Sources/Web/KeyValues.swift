internal import Engine
internal import Telemetry

/// The few values that are read from across the room.
struct KeyValues {
    let points: [PointSnapshot]

    var markup: Markup? {
        let tiles = [charge, power, voltage, hottest].compactMap { $0 }
        guard !tiles.isEmpty else { return nil }
        return "<dl class=\"values\">\(tiles.joined())</dl>"
    }

    private var charge: Markup? {
        point(.packStateOfCharge).map { tile("Charge", $0, digits: 0) }
    }

    private var power: Markup? {
        point(.packPower).map { point in
            let direction =
                point.value.map { $0 > 20 ? "Charging" : $0 < -20 ? "Discharging" : "Resting" } ?? "Power"
            guard let watts = point.value, abs(watts) >= 1_000 else {
                return tile(direction, magnitude(point), digits: 0)
            }
            let kilowatts = PointSnapshot(
                name: point.name, value: abs(watts) / 1_000, unit: "kW", quality: point.quality)
            return tile(direction, kilowatts, digits: 2)
        }
    }

    /// The direction stands in the label, so the figure needs no sign.
    private func magnitude(_ point: PointSnapshot) -> PointSnapshot {
        var result = point
        result.value = point.value.map(abs)
        return result
    }

    private var voltage: Markup? {
        point(.packVoltage).map { tile("Voltage", $0, digits: 1) }
    }

    private var hottest: Markup? {
        let probes = points.filter { point in
            if case .cellTemperature = Signal(pointName: point.name) { return true }
            return false
        }
        let read = probes.filter { $0.value != nil && $0.quality == Quality.good.name }
        let highest = read.max { ($0.value ?? 0) < ($1.value ?? 0) }
        let shown = highest ?? point(.packTemperatureMaximum) ?? probes.first ?? point(.inverterTemperature)
        return shown.map { tile("Highest temperature", $0, digits: 1) }
    }

    private func point(_ signal: Signal) -> PointSnapshot? {
        points.first { Signal(pointName: $0.name) == signal }
    }

    private func tile(_ label: String, _ point: PointSnapshot, digits: Int) -> Markup {
        guard let value = point.value else {
            return
                """
                <div class="absent"><dt>\(label)</dt>
                <dd>no value <small>(\(Wording.quality(point.quality)))</small></dd></div>
                """
        }
        let quality: Markup? =
            point.quality == Quality.good.name ? nil : " <small>(\(Wording.quality(point.quality)))</small>"
        return """
            <div><dt>\(label)</dt><dd>\(PointText.number(value, digits: digits))<small> \
            \(point.unit)</small>\(quality)</dd></div>
            """
    }
}
