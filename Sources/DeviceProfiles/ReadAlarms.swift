internal import StrictYAML
internal import Telemetry
internal import Terms

/// One group of `alarms:`: a word, and what is wrong when.
struct AlarmGroup {
    let place: YAMLValue
    /// The word, without its repeats.
    let coding: PointCoding
    let rule: AlarmWord.Rule
    let rows: [AlarmRow]
    let repeats: Repeats
    let interval: Milliseconds?
    /// Whether the group itself says which patterns mean "no such value", or when the word is wanted.
    let describesWord: Bool
}

/// One row of a group.
struct AlarmRow {
    let place: YAMLValue
    let condition: AlarmCondition
    let code: String
    /// Nil where the alarm is a fault of its own.
    let fault: String?
    let name: String
    let advice: Advice
    let masks: [String]
    let isDisputed: Bool

    /// The row as an alarm of the word at this position; `#` becomes the number of its repeat.
    func mapped(point: Int, numbers: [Int]) -> MappedAlarm? {
        guard let severity = advice.severity, let routing = advice.routing, let consequence = advice.consequence,
            let remedy = advice.remedy
        else { return nil }
        return MappedAlarm(
            point: point, condition: condition, code: Repeats.name(code, numbers), fault: fault,
            name: Repeats.name(name, numbers), severity: severity, routing: routing, consequence: consequence,
            remedy: remedy, clearing: advice.clearing ?? .auto, masks: masks, isDisputed: isDisputed)
    }
}

/// What several alarms have in common: how serious they are, what they mean and what to do.
struct Advice {
    var severity: Severity?
    var routing: Routing?
    var consequence: String?
    var remedy: String?
    var clearing: AlarmClearing?

    /// This, and the other's where this says nothing.
    func completed(by other: Advice) -> Advice {
        Advice(
            severity: severity ?? other.severity, routing: routing ?? other.routing,
            consequence: consequence ?? other.consequence, remedy: remedy ?? other.remedy,
            clearing: clearing ?? other.clearing)
    }

    /// The first key that is still missing.
    var missing: String? {
        if severity == nil { return "severity" }
        if routing == nil { return "routing" }
        if consequence == nil { return "consequence" }
        return remedy == nil ? "remedy" : nil
    }
}

/// Reads the keys that `advice:` and alarm rows share; nil where one of them is wrong.
func advice(_ keys: YAMLMapping) -> Advice? {
    let advice = Advice(
        severity: keys.optional("severity") { $0.oneOf(Severity.self) },
        routing: keys.optional("routing") { $0.oneOf(Routing.self) },
        consequence: keys.optional("consequence") { $0.string() }, remedy: keys.optional("remedy") { $0.string() },
        clearing: keys.optional("clear") { $0.oneOf(AlarmClearing.self) })
    let isRead = [
        ("severity", advice.severity != nil), ("routing", advice.routing != nil),
        ("consequence", advice.consequence != nil), ("remedy", advice.remedy != nil), ("clear", advice.clearing != nil),
    ].allSatisfy { key, isRead in keys.has(key) == isRead }
    return isRead ? advice : nil
}

/// Reads one group of `alarms:`.
func alarmGroup(_ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> AlarmGroup? {
    let refined = context.refined(by: keys)
    let wordAddress = keys.required(context.placeKey) { $0.integer(in: context.first...(context.end - 1)) }
    let width = keys.optional("width", default: 16) { $0.integer(in: 1...64) }
    let active = keys.optional("active", default: 1) { $0.integer(in: 0...1) }
    let slice = keys.optional("bits") { $0.bitSlice() }
    let ignored = keys.optional("ignored", default: []) { $0.list(upTo: 64) { $0.integer(in: 0...63) } }
    let quiet = keys.optional("quiet", default: [0]) { $0.list(upTo: 64) { $0.bitPattern() } }
    let sentinels = sentinels(keys)
    let repeats = keys.optional("repeat", default: Repeats()) { $0.repeats() }
    let rows = keys.required("rows") { value in
        value.list(upTo: maximumRows) { row in
            row.mapping { keys in alarmRow(row, keys, refined ?? context, active: active ?? 1) }
        }
    }
    guard let refined, let wordAddress, let width, let active, let ignored, let quiet, let sentinels, let repeats,
        let rows, keys.has("bits") == (slice != nil)
    else { return nil }
    guard refined.source != nil else { return place.refuse("\"source\" is missing: where do these facts come from?") }
    let isOfNumbers = rows.contains { if case .equals = $0.condition { true } else { false } }
    guard rows.allSatisfy({ ($0.condition.bit == nil) == isOfNumbers }), !rows.isEmpty else {
        return place.refuse("the rows of a word are at least one, and either all of a \"bit\" or all of a \"value\"")
    }
    guard isOfNumbers ? !keys.has("active") && ignored.isEmpty : !keys.has("quiet") else {
        return place.refuse("\"quiet\" goes with rows of a value, \"active\" and \"ignored\" with rows of a bit")
    }
    let word = WordRow(
        address: wordAddress, width: width, slice: slice, sentinels: sentinels, isOfNumbers: isOfNumbers)
    guard let coding = word.coding(place, refined) else { return nil }
    let all = AlarmWord.allBits(of: coding)
    for row in rows { row.checkFits(coding) }
    guard coding.valueRange.end + repeats.reach <= context.end else {
        return place.refuse("the last repeat ends behind the last register")
    }
    guard rows.allSatisfy({ context.takes($0.code, repeats) && context.takes($0.name, repeats) }) else {
        return place.refuse("code and name of each row: " + context.numberRule)
    }
    let bits = ignored.reduce(all) { $0 & ~(1 << UInt64($1)) }
    let rule: AlarmWord.Rule =
        isOfNumbers ? .numbers(quiet: quiet) : active == 1 ? .bits(bits) : .clearBits(bits)
    return AlarmGroup(
        place: place, coding: coding, rule: rule, rows: rows, repeats: repeats, interval: refined.interval,
        describesWord: !sentinels.isEmpty || keys.has("interval"))
}

/// The word of a group as it is written.
private struct WordRow {
    let address: Int
    let width: Int
    let slice: BitSlice?
    let sentinels: [UInt64]
    let isOfNumbers: Bool

    func coding(_ place: YAMLValue, _ context: RowContext) -> PointCoding? {
        let function = context.model == nil ? context.function : .holdingRegisters
        guard let function else { return place.refuse("\"function\" is missing") }
        guard !function.isBits || !isOfNumbers else { return place.refuse("coils have no \"value\": rows of a bit") }
        guard let type = type(function) else {
            return place.refuse("width \(width): 16, 32 or 64 expected, or the number of coils; numbers have 16 or 32")
        }
        guard context.byteOrder != .low else { return place.refuse("byteOrder low is for text") }
        let length = function.isBits ? width : width / 16
        guard context.holds(address, length, function) else {
            return place.refuse("\(address) with \(width) bits ends behind \(context.end - 1)")
        }
        guard !function.isBits || slice == nil else { return place.refuse("\"bits\" is for words, not for coils") }
        guard (slice.map { $0.lowest + $0.count } ?? 0) <= width else {
            return place.refuse("\"bits\" lies outside the \(width) bits of the word")
        }
        let coding = PointCoding(
            function: function, address: address, registers: length, type: type, wordOrder: context.wordOrder,
            byteOrder: context.byteOrder, slice: slice, sentinels: sentinels,
            absence: context.model == nil ? .sentinelOnly : .sunSpec, addressing: context.limits.addressing)
        return isReadable(place, coding, context) ? coding : nil
    }

    private func type(_ function: ReadFunction) -> ValueType? {
        if function.isBits { return .bits }
        switch width {
        case 16: return isOfNumbers ? .enum16 : .bitfield16
        case 32: return isOfNumbers ? .enum32 : .bitfield32
        case 64: return isOfNumbers ? nil : .bitfield64
        default: return nil
        }
    }
}

extension AlarmRow {
    fileprivate func checkFits(_ coding: PointCoding) {
        switch condition {
        case .bitSet(let bit), .bitClear(let bit):
            if bit >= coding.bitCount { place.report("bit \(bit) does not exist in \(coding.bitCount) bits") }
        case .equals(let number):
            if number > AlarmWord.allBits(of: coding) {
                place.report("\(number) does not fit in \(coding.bitCount) bits")
            }
        case .noneOf: return
        }
    }
}

/// Reads one row of a group.
private func alarmRow(
    _ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext, active: Int
) -> AlarmRow? {
    let bit = keys.optional("bit") { $0.integer(in: 0...63) }
    let number = keys.optional("value") { $0.bitPattern() }
    let code = keys.required("code") { $0.dottedName(allowing: "#") }
    let fault = keys.optional("fault") { $0.dottedName() }
    let name = keys.required("name") { $0.string() }
    let own = advice(keys)
    let shared = keys.optional("advice", default: Advice()) { value in
        value.string().flatMap { key in
            context.advice[key]
                ?? value.refuse("\"\(key)\" is no key of \"advice\"" + Array(context.advice.keys).suggestion(for: key))
        }
    }
    let masks = keys.optional("masks", default: []) { $0.list(upTo: 64) { $0.dottedName(allowing: "#") } }
    let disputed = keys.optional("disputed", default: context.isDisputed) { $0.boolean() }
    let source = keys.optional("source", default: context.source) { $0.source(among: context.sources) }
    guard keys.has("bit") != keys.has("value") else { return place.refuse("exactly one of bit and value expected") }
    guard let code, let name, let own, let shared, let masks, let disputed, source != nil || !keys.has("source"),
        keys.has("fault") == (fault != nil)
    else { return nil }
    let advice = own.completed(by: shared)
    if let missing = advice.missing { return place.refuse("\"\(missing)\" is missing, here and in the advice") }
    guard let condition = bit.map({ active == 1 ? .bitSet($0) : .bitClear($0) }) ?? number.map(AlarmCondition.equals)
    else { return nil }
    return AlarmRow(
        place: place, condition: condition, code: code, fault: fault, name: name, advice: advice, masks: masks,
        isDisputed: disputed)
}
