internal import StrictYAML
internal import Telemetry
internal import Terms

/// The points and alarms of a profile or of one model, written out and checked against each other.
struct ProfileRows {
    private(set) var points: [MappedPoint] = []
    private(set) var texts: [MappedText] = []
    private(set) var alarms: [MappedAlarm] = []
    private(set) var alarmPoints: [Int] = []
    private var places: [YAMLValue] = []
    private var isOverlay: [Bool] = []
    private var names: Set<String> = []
    private let context: RowContext
    private(set) var isSound = true

    init(_ pointRows: [PointRow], _ alarmRows: [AlarmRow], _ context: RowContext) {
        self.context = context
        for row in pointRows { add(row) }
        for row in alarmRows { add(row) }
        checkOverlaps()
    }

    private mutating func refuse(_ place: YAMLValue, _ message: String) {
        isSound = false
        place.report(message)
    }

    private mutating func add(_ row: PointRow) {
        for index in 0..<row.count {
            let number = String(row.firstNumber + index)
            let name = String(row.name.flatMap { $0 == "#" ? number : String($0) })
            var coding = row.coding
            coding.address += index * row.stride
            guard points.count < maximumPoints else {
                return refuse(row.place, "more than \(maximumPoints) points")
            }
            guard isReadable(row.place, coding, context) else { return isSound = false }
            guard names.insert(name).inserted else { return refuse(row.place, "a second point \"\(name)\"") }
            if coding.type == .string {
                texts.append(MappedText(name: name, range: coding.valueRange))
                continue
            }
            if row.isAlarmWord { alarmPoints.append(points.count) }
            append(
                MappedPoint(name: name, unit: row.unit, coding: coding, interval: row.interval), row.place,
                isOverlay: row.isOverlay)
        }
    }

    private mutating func append(_ point: MappedPoint, _ place: YAMLValue, isOverlay: Bool) {
        points.append(point)
        places.append(place)
        self.isOverlay.append(isOverlay)
    }

    private mutating func add(_ row: AlarmRow) {
        guard let point = wordPoint(row) else { return }
        guard !alarms.contains(where: { $0.point == point && $0.bit == row.bit }) else {
            return refuse(row.place, "a second row for bit \(row.bit) of \(row.word)")
        }
        alarms.append(row.mapped(point: point))
    }

    /// The bit field of an alarm row: a declared one that covers exactly these registers, else one made for it.
    private mutating func wordPoint(_ row: AlarmRow) -> Int? {
        let found = points.firstIndex { $0.type.isBitfield && $0.coding.valueRange == row.word }
        if let found { return found }
        guard context.model != nil || context.limits.allows(row.word) else {
            refuse(row.place, "\(row.word) lies wholly or partly outside \"readable\"")
            return nil
        }
        let coding = PointCoding(
            function: row.word.function, address: row.word.address, registers: row.word.count,
            type: row.word.count == 1 ? .bitfield16 : .bitfield32, wordOrder: context.wordOrder,
            absence: context.model == nil ? .sentinelOnly : .sunSpec)
        let name = "alarms.\(context.model?.id ?? row.word.function.rawValue).\(row.word.address)"
        names.insert(name)
        append(MappedPoint(name: name, unit: "", coding: coding), row.place, isOverlay: false)
        return points.count - 1
    }

    private func reach(of index: Int) -> (ReadFunction, Int) {
        (points[index].function, points[index].coding.valueRange.end)
    }

    /// Two points that share a register are refused unless one of them says `overlay: true`.
    private mutating func checkOverlaps() {
        let order = points.indices.filter { !isOverlay[$0] }.sorted {
            (points[$0].function, points[$0].address, $0) < (points[$1].function, points[$1].address, $1)
        }
        var furthest: Int?
        for index in order {
            defer {
                let isFurther = furthest.map { reach(of: $0) < reach(of: index) }
                if isFurther ?? true { furthest = index }
            }
            guard let other = furthest, points[other].coding.valueRange.overlaps(points[index].coding.valueRange)
            else { continue }
            let later = max(index, other)
            let earlier = min(index, other)
            refuse(
                places[later],
                "\"\(points[later].name)\" shares registers with \"\(points[earlier].name)\"; "
                    + "where that is meant, say overlay: true")
        }
    }
}

/// Reads `points:`, `alarms:` and `serial:` of a device with fixed addresses.
func registerLayout(_ keys: YAMLMapping, _ context: RowContext) -> DeviceMap? {
    let serial = keys.optional("serial") { place in place.mapping { serialText(place, $0, context) } }
    guard let rows = profileRows(keys, context), rows.isSound else { return nil }
    guard keys.has("serial") == (serial != nil) else { return nil }
    return DeviceMap(
        profile: context.profile, points: rows.points, alarms: rows.alarms,
        texts: rows.texts.filter { $0.name != serial?.name } + [serial].compactMap { $0 }, limits: context.limits,
        alarmPoints: rows.alarmPoints)
}

/// Reads `points:` and `alarms:` of a profile or of one model.
func profileRows(_ keys: YAMLMapping, _ context: RowContext) -> ProfileRows? {
    let points = keys.required("points") { value in
        value.list(upTo: maximumRows) { place in place.mapping { pointRow(place, $0, context) } }
    }
    let alarms = keys.optional("alarms", default: []) { value in
        value.list(upTo: maximumRows) { place in place.mapping { alarmRow(place, $0, context) } }
    }
    guard let points, let alarms else { return nil }
    return ProfileRows(points, alarms, context)
}

private func serialText(_ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> MappedText? {
    let function = keys.required("function") { $0.readFunction() }
    let address = keys.required("address") { $0.integer(in: 0...65_535) }
    let registers = keys.required("registers") { $0.integer(in: 1...125) }
    guard let function, let address, let registers else { return nil }
    guard !function.isBits else { return place.refuse("text stands in registers: function 3 or 4") }
    guard address + registers <= 65_536 else { return place.refuse("ends behind 65535") }
    let range = RegisterRange(function: function, address: address, count: registers)
    guard context.limits.allows(range) else { return place.refuse("\(range) lies outside \"readable\"") }
    return MappedText(name: MappedText.serialName, range: range)
}
