/// A length that terms name: whole months, or whole days.
package enum TermLength: Hashable, Sendable {
    /// From 0.
    case months(Int)
    /// From 0.
    case days(Int)

    /// `12 years`, `6 months`, `90 days`.
    package var text: String {
        switch self {
        case .months(let count) where count > 0 && count % 12 == 0: counted(count / 12, "year")
        case .months(let count): counted(count, "month")
        case .days(let count): counted(count, "day")
        }
    }

    /// Reads `12 years`, `1 year`, `6 months` or `90 days`; nil for anything else and beyond a hundred years.
    package init?(text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, let count = wholeNumber(words[0]), count <= 36_525 else { return nil }
        switch words[1] {
        case "year", "years": self = .months(count * 12)
        case "month", "months": self = .months(count)
        case "day", "days": self = .days(count)
        default: return nil
        }
        if case .months(let months) = self, months > 1_200 { return nil }
    }
}

/// `1 year`, `2 years`.
func counted(_ count: Int, _ unit: String) -> String { "\(count) \(unit)\(count == 1 ? "" : "s")" }

/// `a`, `a and b`, `a, b and c`.
func listed(_ words: [String]) -> String {
    words.count > 1 ? "\(words.dropLast().joined(separator: ", ")) and \(words[words.count - 1])" : words.joined()
}

/// Decimal digits and nothing else; nil above what an `Int` holds.
func wholeNumber(_ text: some StringProtocol) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
}

/// Energy in whole watt-hours. Decisions compare these integers; texts show them exactly.
package struct Energy: Hashable, Comparable, Sendable {
    /// From 0.
    package var wattHours: Int

    package init(wattHours: Int) { self.wattHours = wattHours }

    package static func < (a: Energy, b: Energy) -> Bool { a.wattHours < b.wattHours }

    private static let units: [(name: String, decimals: Int)] = [("MWh", 6), ("kWh", 3), ("Wh", 0)]

    /// Reads `43 MWh`, `13.6 kWh` or `900 Wh` where that is a whole number of watt-hours; nil for anything else and
    /// above a million MWh.
    package init?(text: String) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, let unit = Self.units.first(where: { $0.name == words[1] }),
            let count = scaledNumber(words[0], decimals: unit.decimals), count <= 1_000_000_000_000
        else { return nil }
        wattHours = count
    }

    /// `21.4 MWh`, `13.6 kWh`: the largest unit that leaves at least one whole, with every digit there is.
    package var text: String { number(in: unit) + " " + unit.name }

    /// `21.4 of 43 MWh`: both in the unit of the second.
    func text(of whole: Energy) -> String { "\(number(in: whole.unit)) of \(whole.text)" }

    private var unit: (name: String, decimals: Int) {
        wattHours >= 1_000_000 ? Self.units[0] : wattHours >= 1_000 ? Self.units[1] : Self.units[2]
    }

    private func number(in unit: (name: String, decimals: Int)) -> String {
        scaledText(wattHours, decimals: unit.decimals)
    }
}

/// Full-equivalent cycles in whole thousandths.
package struct CycleCount: Hashable, Comparable, Sendable {
    /// From 0.
    package var thousandths: Int

    package init(thousandths: Int) { self.thousandths = thousandths }

    package static func < (a: CycleCount, b: CycleCount) -> Bool { a.thousandths < b.thousandths }

    /// Reads `6000` or `1570.25`, at most three decimals; nil for anything else and above a million.
    package init?(text: String) {
        guard let count = scaledNumber(text, decimals: 3), count <= 1_000_000_000 else { return nil }
        thousandths = count
    }

    /// `1570.25`.
    package var text: String { scaledText(thousandths, decimals: 3) }
}

/// `13.6` with three decimals is 13 600; nil for a sign, for more decimals than that, and for what does not fit.
private func scaledNumber(_ text: some StringProtocol, decimals: Int) -> Int? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    guard fraction.utf8.count <= decimals else { return nil }
    return wholeNumber(parts[0] + fraction + String(repeating: "0", count: decimals - fraction.utf8.count))
}

private func scaledText(_ count: Int, decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
    guard count % scale != 0 else { return "\(count / scale)" }
    let digits = String(abs(count % scale))
    let fraction = String(repeating: "0", count: decimals - digits.utf8.count) + digits
    let sign = count < 0 && count / scale == 0 ? "-" : ""
    return "\(sign)\(count / scale)." + String(fraction.reversed().drop { $0 == "0" }.reversed())
}

/// a × b, held at the ends of what an `Int` holds.
func product(_ a: Int, _ b: Int) -> Int {
    let (result, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? ((a < 0) == (b < 0) ? .max : .min) : result
}

/// a + b, held at the ends of what an `Int` holds.
func sum(_ a: Int, _ b: Int) -> Int {
    let (result, overflow) = a.addingReportingOverflow(b)
    return overflow ? (a < 0 ? .min : .max) : result
}

/// Whole percents of `part` in `whole`, rounded down, so that 100 % is never shown before it is reached.
func percent(_ part: Int, of whole: Int) -> Int { whole > 0 ? product(part, 100) / whole : 100 }
