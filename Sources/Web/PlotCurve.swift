/// One curve as the data of an SVG path, thinned so that its highest and lowest values stay.
enum PlotCurve {
    /// The most points that one curve is drawn with.
    static let mostPoints = 1_200

    /// One drawn point by its place in the trace; nil is a gap.
    ///
    /// Curves with more values than `mostPoints` are cut into half as many slices of equal count, and each slice keeps
    /// its lowest and its highest value in the order of time. A slice with a gap in it ends the line after it.
    static func thinned(_ values: [Double?], mostPoints: Int = mostPoints) -> [Int?] {
        guard values.count > mostPoints else { return values.indices.map { finite(values[$0]) == nil ? nil : $0 } }
        let slices = max(1, mostPoints / 2)
        var result: [Int?] = []
        for slice in 0..<slices {
            var lowest: Int?
            var highest: Int?
            var hasGap = false
            for index in (slice * values.count / slices)..<((slice + 1) * values.count / slices) {
                guard let value = finite(values[index]) else {
                    hasGap = true
                    continue
                }
                if value < lowest.flatMap({ finite(values[$0]) }) ?? .infinity { lowest = index }
                if value > highest.flatMap({ finite(values[$0]) }) ?? -.infinity { highest = index }
            }
            result += Set([lowest, highest].compactMap { $0 }).sorted()
            if hasGap { result.append(nil) }
        }
        return result
    }

    /// Path data: a new sub-path after every gap. A point alone becomes a dot (a line without length, round ends).
    static func path(points: [(x: Double, y: Double)?]) -> String {
        var data = ""
        var runLength = 0
        for point in points {
            guard let point else {
                if runLength == 1 { data += "h0" }
                runLength = 0
                continue
            }
            data +=
                (runLength == 0 ? "M" : runLength == 1 ? "L" : " ") + coordinate(point.x) + " " + coordinate(point.y)
            runLength += 1
        }
        return runLength == 1 ? data + "h0" : data
    }

    /// Tenths of a pixel.
    static func coordinate(_ value: Double) -> String {
        PointText.number(value, digits: 1).replacing("−", with: "-")
    }

    static func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
}
