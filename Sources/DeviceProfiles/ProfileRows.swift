internal import StrictYAML
internal import Telemetry
internal import Terms

/// The points and alarms of a profile or of one model, written out and checked against each other.
struct ProfileRows {
    private(set) var points: [MappedPoint] = []
    /// What SunSpec calls them.
    private(set) var standardNames: [String] = []
    private(set) var texts: [MappedText] = []
    private(set) var alarms: [MappedAlarm] = []
    private(set) var words: [AlarmWord] = []
    private var places: [YAMLValue] = []
    private var isOverlay: [Bool] = []
    private var names: Set<String> = []
    private var codes: Set<String> = []
    private let context: RowContext
    private(set) var isSound = true

    init(_ pointRows: [PointRow], _ alarmGroups: [AlarmGroup], _ context: RowContext) {
        self.context = context
        for row in pointRows { add(row) }
        for group in alarmGroups { add(group) }
        checkOverlaps()
    }

    private var pageNumber: [Int] { context.page.map { [$0] } ?? [] }

    private mutating func refuse(_ place: YAMLValue, _ message: String) {
        isSound = false
        place.report(message)
    }

    private mutating func add(_ row: PointRow) {
        guard points.count + row.repeats.count <= maximumPoints else {
            return refuse(row.place, "more than \(maximumPoints) points")
        }
        for (numbers, distance) in row.repeats.places {
            let name = Repeats.name(row.name, pageNumber + numbers)
            var coding = row.coding
            coding.address += distance
            guard isReadable(row.place, coding, context) else { return isSound = false }
            guard names.insert(name).inserted else { return refuse(row.place, "a second point \"\(name)\"") }
            if coding.type == .string {
                texts.append(MappedText(name: name, range: coding.valueRange, byteOrder: coding.byteOrder))
                continue
            }
            if row.isAlarmWord {
                words.append(AlarmWord(point: points.count, rule: .bits(AlarmWord.allBits(of: coding))))
            }
            let point = MappedPoint(
                name: name, unit: row.unit, coding: coding, interval: row.interval, labels: row.labels,
                isDisputed: row.isDisputed)
            append(point, row.place, row.standardName, isOverlay: row.isOverlay)
        }
    }

    private mutating func append(
        _ point: MappedPoint, _ place: YAMLValue, _ standardName: String = "", isOverlay: Bool
    ) {
        points.append(point)
        standardNames.append(standardName)
        places.append(place)
        self.isOverlay.append(isOverlay)
    }

    private mutating func add(_ group: AlarmGroup) {
        guard points.count + group.repeats.count <= maximumPoints else {
            return refuse(group.place, "more than \(maximumPoints) points")
        }
        for (numbers, distance) in group.repeats.places {
            guard let point = wordPoint(group, distance: distance) else { return }
            if let index = words.firstIndex(where: { $0.point == point }) {
                guard words[index].rule == group.rule else {
                    return refuse(group.place, "\(points[point].coding.valueRange) stands in two groups that differ")
                }
            } else {
                words.append(AlarmWord(point: point, rule: group.rule))
            }
            for row in group.rows { add(row, point, pageNumber + numbers) }
        }
    }

    private mutating func add(_ row: AlarmRow, _ point: Int, _ numbers: [Int]) {
        guard let alarm = row.mapped(point: point, numbers: numbers) else { return isSound = false }
        guard !alarms.contains(where: { $0.point == point && $0.condition == alarm.condition }) else {
            let what = alarm.condition.bit.map { "bit \($0)" } ?? "this value"
            return refuse(row.place, "a second row for \(what) of \(points[point].coding.valueRange)")
        }
        guard codes.insert(alarm.code).inserted else { return refuse(row.place, "a second alarm \"\(alarm.code)\"") }
        alarms.append(alarm)
    }

    /// The word of a group: a declared point that covers exactly these bits, else one made for it.
    private mutating func wordPoint(_ group: AlarmGroup, distance: Int) -> Int? {
        var coding = group.coding
        coding.address += distance
        guard isReadable(group.place, coding, context) else {
            isSound = false
            return nil
        }
        let found = points.firstIndex {
            $0.type == coding.type && $0.coding.valueRange == coding.valueRange && $0.coding.slice == coding.slice
        }
        if let found {
            guard !group.describesWord || places[found].path == group.place.path else {
                refuse(group.place, "sentinel and interval stand at \"\(points[found].name)\", which is this word")
                return nil
            }
            return found
        }
        let part = coding.slice.map { ".\($0.lowest)" } ?? ""
        let numbers = String(repeating: ".#", count: context.model?.numbers ?? 0)
        let page = context.page.map { "page.\($0)." } ?? ""
        let name = "alarms.\(page)\(context.model?.id ?? coding.function.rawValue).\(coding.address)\(part)\(numbers)"
        guard names.insert(name).inserted else {
            refuse(group.place, "a second group for the same word, with another width or kind")
            return nil
        }
        let point = MappedPoint(name: name, unit: "", coding: coding, interval: group.interval)
        append(point, group.place, isOverlay: false)
        return points.count - 1
    }

    private func reach(of index: Int) -> (ReadFunction, Int) {
        (points[index].function, points[index].coding.valueRange.end)
    }

    /// Two points that share a register are refused unless one of them says `overlay: true`, or both are parts of one
    /// word that hold no common bit.
    private mutating func checkOverlaps() {
        let order = points.indices.filter { !isOverlay[$0] }.sorted {
            (points[$0].function, points[$0].address, $0) < (points[$1].function, points[$1].address, $1)
        }
        var open: [Int] = []
        for index in order {
            open.removeAll { !points[$0].coding.valueRange.overlaps(points[index].coding.valueRange) }
            if let other = open.first(where: { !arePartsOfOneWord($0, index) }) {
                let later = max(index, other)
                refuse(
                    places[later],
                    "\"\(points[later].name)\" shares registers with \"\(points[min(index, other)].name)\"; "
                        + "where that is meant, say overlay: true")
            }
            open.append(index)
        }
    }

    private func arePartsOfOneWord(_ a: Int, _ b: Int) -> Bool {
        guard let first = points[a].coding.slice, let second = points[b].coding.slice,
            points[a].coding.valueRange == points[b].coding.valueRange
        else { return false }
        return !first.overlaps(second)
    }
}

/// Reads `points:`, `alarms:` and `serial:` of a device with fixed addresses.
func registerLayout(_ keys: YAMLMapping, _ context: RowContext) -> DeviceMap? {
    let serial = keys.optional("serial") { place in place.mapping { serialText(place, $0, context) } }
    let points = keys.required("points") { pointGroups($0, context) }
    guard let rows = profileRows(keys, points, context), rows.isSound else { return nil }
    guard keys.has("serial") == (serial != nil) else { return nil }
    let unknown = unknownMasks(rows.alarms, known: Set(rows.alarms.map(\.code)))
    guard unknown.isEmpty else {
        keys.report("masks: no alarm is called \(unknown.map { "\"\($0)\"" }.joined(separator: ", "))")
        return nil
    }
    return DeviceMap(
        profile: context.profile, points: rows.points, alarms: rows.alarms,
        texts: rows.texts.filter { $0.name != serial?.name } + [serial].compactMap { $0 }, limits: context.limits,
        words: rows.words)
}

/// Joins points that were read already with `alarms:` of a profile or of one model.
func profileRows(_ keys: YAMLMapping, _ points: [PointRow]?, _ context: RowContext) -> ProfileRows? {
    let alarms = keys.optional("alarms", default: []) { value in
        value.list(upTo: maximumGroups) { place in place.mapping { alarmGroup(place, $0, context) } }
    }
    guard let points, let alarms else { return nil }
    return ProfileRows(points, alarms, context)
}

/// Names under `masks` that no alarm has; `#` stands for any number.
func unknownMasks(_ alarms: [MappedAlarm], known: Set<String>) -> [String] {
    Set(alarms.flatMap(\.masks)).subtracting(known).filter { mask in
        guard let hash = mask.firstIndex(of: "#") else { return true }
        return !known.contains { $0.hasPrefix(mask[..<hash]) }
    }.sorted()
}

private func serialText(_ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> MappedText? {
    let function = keys.required("function") { $0.readFunction() }
    let address = keys.required("address") { $0.integer(in: 0...65_535) }
    let registers = keys.required("registers") { $0.integer(in: 1...125) }
    let byteOrder = keys.optional("byteOrder", default: .big) { $0.oneOf(ByteOrder.self) }
    guard let function, let address, let registers, let byteOrder else { return nil }
    guard !function.isBits else { return place.refuse("text stands in registers: function 3 or 4") }
    guard context.holds(address, registers, function) else { return place.refuse("ends behind 65535") }
    let range = RegisterRange(
        function: function, address: address, count: registers, step: context.limits.addressing.step(function))
    guard context.limits.allows(range) else { return place.refuse("\(range) lies outside \"readable\"") }
    return MappedText(name: MappedText.serialName, range: range, byteOrder: byteOrder)
}
