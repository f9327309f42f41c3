internal import Detection
internal import Telemetry
internal import Terms
internal import Ticketing

/// Writes the frames of a device's record into an evidence document, column by column, and stops where it is full.
struct EvidenceWriter {
    let record: DeviceRecord
    let points: [WatchedDevice.Point]
    /// What a point of the device is to the alarm.
    let role: (Int) -> EvidenceDocument.Curve.Role
    /// The frames that belong to the document, in ms of the clock that never steps.
    let window: ClosedRange<Int64>
    /// What is added to such a time for ms since 1970.
    let wallOffset: Int64
    /// The size of the document, in bytes.
    let budget: Int

    /// One column of one curve.
    private enum Column: String, CaseIterable {
        case minutes, values, suspects, lows, highs, registers
    }

    /// The document's canonical bytes, never more than `budget` beyond the header.
    func bytes(_ header: EvidenceDocument.Header) -> [UInt8] {
        let minutes = (0..<record.minutes.count).filter { window.contains(record.minutes.time($0)) }
        let frames = (0..<record.frames.count).filter { window.contains(record.frames.time($0)) }
        var members = header.members.compactMapValues { $0 }
        members["minuteTimes"] = .text(CurveText.text(minutes.map { record.minutes.time($0) + wallOffset }))
        members["frameTimes"] = .text(CurveText.text(frames.map { record.frames.time($0) + wallOffset }))
        var left = budget - CanonicalValue.object(members).bytes.count - Self.reserve
        var curves: [Int: [String: CanonicalValue]] = [:]
        var leftOut = 0
        for (position, column) in order {
            guard let text = text(column, position, minutes, frames) else { continue }
            let heading = curves[position] == nil ? heading(position) : [:]
            let cost = text.utf8.count + column.rawValue.utf8.count + 6 + CanonicalValue.object(heading).bytes.count
            guard cost <= left else {
                leftOut += 1
                continue
            }
            left -= cost
            curves[position, default: heading][column.rawValue] = .text(text)
        }
        members["columnsLeftOut"] = .integer(Int64(leftOut))
        members["curves"] = .list(curves.sorted { $0.key < $1.key }.map { .object($0.value) })
        return CanonicalValue.object(members).bytes
    }

    /// For the counts and brackets that come last.
    private static let reserve = 256

    /// What the alarm is about comes first and whole, then the values of everything else, then what refines them.
    private var order: [(position: Int, column: Column)] {
        let positions = record.points.indices.sorted { a, b in
            (rank(a), a) < (rank(b), b)
        }
        let concerned = positions.filter { rank($0) < 2 }
        let others = positions.filter { rank($0) == 2 }
        return concerned.flatMap { position in Column.allCases.map { (position, $0) } }
            + others.flatMap { position in [Column.minutes, .values, .suspects].map { (position, $0) } }
            + others.flatMap { position in [Column.lows, .highs, .registers].map { (position, $0) } }
    }

    private func rank(_ position: Int) -> Int {
        switch role(record.points[position]) {
        case .subject: 0
        case .sibling: 1
        case .other: 2
        }
    }

    private func heading(_ position: Int) -> [String: CanonicalValue] {
        let point = points[record.points[position]]
        return [
            "name": .text(point.name), "unit": .text(point.unit),
            "role": .text(role(record.points[position]).rawValue),
        ]
    }

    /// Nil for a column that is not kept or has nothing in it.
    private func text(_ column: Column, _ position: Int, _ minutes: [Int], _ frames: [Int]) -> String? {
        switch column {
        case .minutes: scaled(minutes) { record.minutes.last($0, at: position) }
        case .lows: scaled(minutes) { record.minutes.lowest($0, at: position) }
        case .highs: scaled(minutes) { record.minutes.highest($0, at: position) }
        case .values: scaled(frames) { record.frames.value($0, at: position) }
        case .suspects: scaled(frames) { record.frames.suspect($0, at: position) }
        case .registers:
            written(frames) { record.frames.registers($0, at: position).map { Int64(bitPattern: $0) } }
        }
    }

    private func scaled(_ places: [Int], _ value: (Int) -> Double?) -> String? {
        written(places) { value($0).flatMap(Int64.init(thousandthsOf:)) }
    }

    private func written(_ places: [Int], _ number: (Int) -> Int64?) -> String? {
        let column = places.map(number)
        return column.contains { $0 != nil } ? CurveText.text(column) : nil
    }
}
