internal import StrictYAML
internal import Telemetry
internal import Terms

/// What the rows of a profile are read against; a group's own keys stand in place of the profile's for its rows.
struct RowContext {
    let profile: String
    let limits: ReadLimits
    var wordOrder: WordOrder
    var byteOrder = ByteOrder.big
    /// Of the group; nil: each row names its own.
    var function: ReadFunction?
    var interval: Milliseconds?
    var isDisputed = false
    /// Keys of the profile's sources.
    let sources: [String]
    /// Of the group; nil: each row names its own.
    var source: String?
    var advice: [String: Advice] = [:]
    /// Nil for absolute addresses. In a model of SunSpec function 3 is understood.
    var model: ModelContext?
    /// The number of the page that the rows stand on, from 1; nil: on none.
    var page: Int?

    var placeKey: String { model == nil ? "address" : "offset" }
    /// The first address or offset that does not exist.
    var end: Int { model?.end ?? 65_536 }
    /// The first address or offset that the rows may name.
    var first: Int { model?.first ?? 0 }

    /// Whether a value of so many registers, or coils, ends before `end`.
    func holds(_ address: Int, _ length: Int, _ function: ReadFunction) -> Bool {
        address + length * limits.addressing.step(function) <= end
    }

    /// Whether a name has a `#` for each number that it gets: of the row's own repeats, or of what stands around it.
    func takes(_ name: String, _ repeats: Repeats) -> Bool {
        guard let model, model.numbers > 0 else { return repeats.fits(name, besides: page == nil ? 0 : 1) }
        return repeats.steps.isEmpty && name.count { $0 == "#" } == model.numbers
    }

    /// What `takes` asks for, in words.
    var numberRule: String {
        guard let model, model.numbers > 0 else {
            guard page == nil else {
                return "the first \"#\" in the name becomes the number of the page, each other that of a \"repeat\""
            }
            return "\"#\" in the name and \"repeat\" go together: each # becomes 1, 2, 3 …"
        }
        return "names here have \(model.numbers) \"#\", and rows no \"repeat\" of their own"
    }

    /// The same with what a group or a row says for itself; nil where one of these keys is wrong.
    func refined(by keys: YAMLMapping) -> RowContext? {
        var refined = self
        if model == nil { keys.take("function", into: &refined.function) { $0.readFunction() } }
        keys.take("interval", into: &refined.interval) { $0.duration(in: Milliseconds(100) ... .days(1)) }
        keys.take("source", into: &refined.source) { $0.source(among: sources) }
        let wordOrder = keys.optional("wordOrder", default: wordOrder) { $0.oneOf(WordOrder.self) }
        let byteOrder = keys.optional("byteOrder", default: byteOrder) { $0.oneOf(ByteOrder.self) }
        let disputed = keys.optional("disputed", default: isDisputed) { $0.boolean() }
        guard let wordOrder, let byteOrder, let disputed else { return nil }
        let isSound = [
            ("function", refined.function == nil), ("interval", refined.interval == nil),
            ("source", refined.source == nil),
        ].allSatisfy { key, isMissing in !(keys.has(key) && isMissing) }
        refined.wordOrder = wordOrder
        refined.byteOrder = byteOrder
        refined.isDisputed = disputed
        return isSound ? refined : nil
    }
}

/// Where in a model of SunSpec rows stand: in its fixed part, or in the first of what repeats.
struct ModelContext {
    let id: Int
    var first = 0
    /// The first offset behind.
    let end: Int
    /// How many numbers every name has.
    let numbers: Int
}

extension YAMLMapping {
    /// Puts a key's value in place of another, where the key is written; nil where it is written and wrong.
    fileprivate func take<Value>(_ key: String, into value: inout Value?, _ read: (YAMLValue) -> Value?) {
        let written = optional(key, read)
        if has(key) { value = written }
    }
}

/// One row of points, before its repeats are written out.
struct PointRow {
    let place: YAMLValue
    let name: String
    /// What SunSpec calls it.
    let standardName: String
    let unit: String
    let coding: PointCoding
    let interval: Milliseconds?
    let labels: [Int: String]
    let isDisputed: Bool
    let repeats: Repeats
    /// Whether the row says that it may share registers with others.
    let isOverlay: Bool
    /// Whether every set bit is an alarm, with a row or without.
    let isAlarmWord: Bool
}

/// Reads a list of groups of points, each with its `rows:`.
func pointGroups(_ value: YAMLValue, _ context: RowContext) -> [PointRow]? {
    value.list(upTo: maximumGroups) { place in
        place.mapping { keys -> [PointRow]? in
            guard let group = context.refined(by: keys) else {
                keys.optional("rows") { _ in () }
                return nil
            }
            return keys.required("rows") { pointRows($0, group) }
        }
    }?.flatMap { $0 }
}

/// Reads a list of points.
func pointRows(_ value: YAMLValue, _ context: RowContext) -> [PointRow]? {
    value.list(upTo: maximumRows) { place in
        place.mapping { keys in context.refined(by: keys).flatMap { pointRow(place, keys, $0) } }
    }
}

/// Reads one point, with everything that its group says already in `context`.
func pointRow(_ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> PointRow? {
    let name = keys.required("name") { $0.dottedName(allowing: "#") }
    let standardName = context.model == nil ? nil : keys.optional("id") { $0.dottedName(allowing: "_") }
    let unit = keys.optional("unit", default: "") { $0.string() }
    let coding = pointCoding(place, keys, context)
    let labels = keys.optional("labels", default: [:]) { $0.labels() }
    let overlay = keys.optional("overlay", default: false) { $0.boolean() }
    let alarm = keys.optional("alarm", default: false) { $0.boolean() }
    let repeats = keys.optional("repeat", default: Repeats()) { $0.repeats() }
    guard let name, let unit, let coding, let labels, let overlay, let alarm, let repeats else { return nil }
    guard context.source != nil else { return place.refuse("\"source\" is missing, here and in the group") }
    guard context.takes(name, repeats) else { return place.refuse(context.numberRule) }
    guard labels.isEmpty || coding.type.isEnumeration || coding.slice != nil || coding.type == .bit else {
        return place.refuse("labels go with enum16, enum32, bit, and parts of a word")
    }
    guard !alarm || coding.type.isBitfield else { return place.refuse("only a bit field can be an alarm word") }
    guard coding.type != .string || repeats.count == 1 else { return place.refuse("text cannot be repeated") }
    let last = coding.valueRange.end + repeats.reach
    guard last <= context.end else {
        return place.refuse("the last repeat ends at \(last), behind the last register")
    }
    return PointRow(
        place: place, name: name, standardName: standardName ?? name.split(separator: ".").last.map(String.init) ?? "",
        unit: unit, coding: coding, interval: context.interval, labels: labels,
        isDisputed: context.isDisputed, repeats: repeats, isOverlay: overlay, isAlarmWord: alarm)
}
