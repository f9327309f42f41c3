internal import StrictYAML
internal import Telemetry
internal import Terms

/// What the rows of a profile are read against.
struct RowContext {
    let profile: String
    let limits: ReadLimits
    let wordOrder: WordOrder
    /// Nil for absolute addresses. In a model of SunSpec: its id and its last offset plus 1; function 3 is understood.
    var model: (id: Int, end: Int)?

    var placeKey: String { model == nil ? "address" : "offset" }
}

/// One row of `points:`, before its repeats are written out.
struct PointRow {
    let place: YAMLValue
    let name: String
    let unit: String
    let coding: PointCoding
    let interval: Milliseconds?
    let count: Int
    let stride: Int
    let firstNumber: Int
    /// Whether the row says that it may share registers with others.
    let isOverlay: Bool
    /// Whether every set bit is an alarm, with a row or without.
    let isAlarmWord: Bool
}

/// Reads one row of `points:`.
func pointRow(_ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> PointRow? {
    let name = keys.required("name") { $0.dottedName(allowing: "#") }
    let unit = keys.optional("unit", default: "") { $0.string() }
    let coding = pointCoding(place, keys, context)
    let interval = keys.optional("interval") { $0.duration(in: Milliseconds(100) ... .days(1)) }
    let overlay = keys.optional("overlay", default: false) { $0.boolean() }
    let alarm = keys.optional("alarm", default: false) { $0.boolean() }
    let several = keys.optional("repeat", default: Repeat()) { $0.mapping(repeats) }
    guard let name, let unit, let coding, let overlay, let alarm, let several else { return nil }
    guard keys.has("repeat") == name.contains("#") else {
        return place.refuse("\"#\" in the name and \"repeat\" go together: # becomes 1, 2, 3 …")
    }
    guard !alarm || coding.type.isBitfield else { return place.refuse("only a bit field can be an alarm word") }
    guard coding.type != .string || several.count == 1 else { return place.refuse("text cannot be repeated") }
    let last = coding.valueRange.end + (several.count - 1) * several.stride
    guard last <= (context.model?.end ?? 65_536) else {
        return place.refuse("the last repeat ends at \(last), behind the last register")
    }
    return PointRow(
        place: place, name: name, unit: unit, coding: coding, interval: interval, count: several.count,
        stride: several.stride, firstNumber: several.from, isOverlay: overlay, isAlarmWord: alarm)
}

private struct Repeat {
    var count = 1
    var stride = 1
    var from = 1
}

private func repeats(_ keys: YAMLMapping) -> Repeat? {
    let count = keys.required("count") { $0.integer(in: 1...400) }
    let stride = keys.required("stride") { $0.integer(in: 1...1_000) }
    let from = keys.optional("from", default: 1) { $0.integer(in: 0...10_000) }
    guard let count, let stride, let from else { return nil }
    return Repeat(count: count, stride: stride, from: from)
}

/// Reads where a value stands and how it is written. Checks that its registers exist and may be asked for at once.
func pointCoding(_ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> PointCoding? {
    let end = context.model?.end ?? 65_536
    let function =
        context.model == nil ? keys.required("function") { $0.readFunction() } : ReadFunction.holdingRegisters
    let address = keys.required(context.placeKey) { $0.integer(in: 0...(end - 1)) }
    let type = keys.required("type") { $0.oneOf(ValueType.self) }
    let length = keys.optional("registers") { $0.integer(in: 1...125) }
    let scale = keys.optional("scale", default: 1) { $0.number() }
    let offset = context.model == nil ? keys.optional("offset", default: 0) { $0.number() } : 0
    let sentinel = keys.optional("sentinel") { $0.integer(in: 0...Int.max) }
    let sentinels = keys.optional("sentinels") { $0.list(upTo: 2) { $0.integer(in: 0...Int.max) } }
    if keys.has("sentinel"), keys.has("sentinels") { place.report("either sentinel or sentinels, not both") }
    let plausible = keys.optional("plausible") { $0.numberRange() }
    let scaleFactor = keys.optional("scaleFactor") { $0.integer(in: 0...(end - 1)) }
    guard let function, let address, let type, let scale, let offset else { return nil }
    guard keys.has("registers") == (type == .string) else {
        return place.refuse("\"registers\" goes with type string, and only with it")
    }
    guard type == .string ? length != nil : true else { return nil }
    guard function.isBits == (type == .bit) else {
        return place.refuse("functions 1 and 2 go with type bit, functions 3 and 4 with every other")
    }
    let registers = length ?? type.registers
    guard address + registers <= end else {
        return place.refuse("\(context.placeKey) \(address) with \(registers) registers ends behind \(end - 1)")
    }
    let coding = PointCoding(
        function: function, address: address, registers: registers, type: type, wordOrder: context.wordOrder,
        scale: scale, offset: offset, sentinel: (sentinel ?? sentinels?.first).map(UInt64.init),
        secondSentinel: sentinels?.dropFirst().first.map(UInt64.init), plausible: plausible,
        absence: context.model == nil ? .sentinelOnly : .sunSpec, scaleFactorAddress: scaleFactor)
    return isReadable(place, coding, context) ? coding : nil
}

/// Reports a value that one answer cannot hold, or that the profile says must not be asked for.
func isReadable(_ place: YAMLValue, _ coding: PointCoding, _ context: RowContext) -> Bool {
    let range = coding.wireRange
    let most = coding.function.isBits ? coding.function.maximumCount : context.limits.registers
    guard range.count <= most else {
        let subject = coding.scaleFactorAddress == nil ? "" : "with its scale factor "
        place.report("\(subject)\(range.count) registers cannot come in one answer of at most \(most)")
        return false
    }
    // In SunSpec the addresses are known only when the device has listed its models.
    guard context.model != nil || context.limits.allows(range) else {
        place.report("\(range) lies wholly or partly outside \"readable\"")
        return false
    }
    return true
}
