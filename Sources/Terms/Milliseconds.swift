/// A length of time in whole milliseconds. Promises are computed with this and never with floating point.
package struct Milliseconds: Hashable, Comparable, Sendable, BitwiseCopyable {
    package var count: Int64

    package init(_ count: Int64) { self.count = count }

    package static let zero = Milliseconds(0)
    /// Whole seconds.
    package static func seconds(_ n: Int64) -> Milliseconds { Milliseconds(n * 1_000) }
    /// Whole minutes.
    package static func minutes(_ n: Int64) -> Milliseconds { Milliseconds(n * 60_000) }
    /// Whole hours.
    package static func hours(_ n: Int64) -> Milliseconds { Milliseconds(n * 3_600_000) }
    /// Days of 24 hours.
    package static func days(_ n: Int64) -> Milliseconds { Milliseconds(n * 86_400_000) }

    package static func < (a: Milliseconds, b: Milliseconds) -> Bool { a.count < b.count }
    package static func + (a: Milliseconds, b: Milliseconds) -> Milliseconds { Milliseconds(a.count + b.count) }
    package static func - (a: Milliseconds, b: Milliseconds) -> Milliseconds { Milliseconds(a.count - b.count) }

    /// Seconds, for physics and display only; decisions use `count`.
    package var inSeconds: Double { Double(count) / 1_000 }
}

extension Milliseconds {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// Reads `90s`, `15min`, `18h30min`, `250ms`, `30d` or `0`: whole numbers with a unit, the largest unit first.
    /// Nil for anything else, for a sign, and for what does not fit into 64 bits.
    package init?(text: String) {
        if text == "0" {
            self = .zero
            return
        }
        var rest = Substring(text)
        var total: Int64 = 0
        var nextUnit = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let number = Int64(digits),
                let unit = Self.units[nextUnit...].firstIndex(where: { $0.name == name })
            else { return nil }
            let (product, tooLarge) = number.multipliedReportingOverflow(by: Self.units[unit].milliseconds)
            let (sum, overflow) = total.addingReportingOverflow(product)
            guard !tooLarge, !overflow else { return nil }
            total = sum
            nextUnit = unit + 1
        }
        guard nextUnit > 0 else { return nil }
        self.init(total)
    }

    /// The shortest exact text that `init(text:)` reads back, up to hours: `47h59min30s`, `1ms`, `0`.
    package var text: String {
        guard count != 0 else { return "0" }
        var rest = count.magnitude
        var result = count < 0 ? "-" : ""
        for unit in Self.units.dropFirst() where rest >= UInt64(unit.milliseconds) {
            result += "\(rest / UInt64(unit.milliseconds))\(unit.name)"
            rest %= UInt64(unit.milliseconds)
        }
        return result
    }
}
