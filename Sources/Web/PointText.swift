internal import Engine
internal import Telemetry

/// A point's value as text. What is absent never looks like a number.
enum PointText {
    /// `54.3 °C`, `12.1 V (suspect)`, `no value (bad)`.
    static func value(_ point: PointSnapshot) -> String {
        guard let value = point.value else { return "no value (\(Wording.quality(point.quality)))" }
        let text = number(value, digits: digits(unit: point.unit, name: point.name))
        let unit = point.unit.isEmpty ? "" : " \(point.unit)"
        return point.quality == Quality.good.name ? text + unit : "\(text)\(unit) (\(Wording.quality(point.quality)))"
    }

    static func styleClass(_ point: PointSnapshot) -> Markup {
        point.value == nil ? "absent" : point.quality == Quality.good.name ? "good" : "suspect"
    }

    /// Decimals that a unit is read with.
    static func digits(unit: String, name: String) -> Int {
        switch unit {
        case "V": name.hasPrefix("cell") ? 3 : 1
        case "W", "Wh", "s", "rpm": 0
        case "A", "°C", "%", "Hz": 1
        case "": 0
        default: 2
        }
    }

    /// Decimal text with a fixed number of decimals (0 to 6); large and tiny magnitudes keep Swift's own form.
    static func number(_ value: Double, digits: Int) -> String {
        let scale = [1.0, 10, 100, 1_000, 10_000, 100_000, 1_000_000][min(max(digits, 0), 6)]
        let scaled = (value * scale).rounded()
        guard abs(scaled) < 9e15 else { return "\(value)" }
        let whole = Int64(scaled)
        guard digits > 0 else { return sign(whole) + String(whole.magnitude) }
        let divisor = UInt64(scale)
        let rest = String(whole.magnitude % divisor)
        let zeros = String(repeating: "0", count: max(0, min(digits, 6) - rest.count))
        return sign(whole) + "\(whole.magnitude / divisor).\(zeros)\(rest)"
    }

    private static func sign(_ number: Int64) -> String { number < 0 ? "−" : "" }
}
