internal import StrictYAML
internal import Terms

/// Reads `sources:`.
func factSources(_ value: YAMLValue) -> [FactSource]? {
    guard let entries = value.entries(upTo: 50) else { return nil }
    guard !entries.isEmpty else { return value.refuse("at least one source expected") }
    let sources = entries.map { key, value in value.string().map { FactSource(key: key, text: $0) } }
    return sources.contains { $0 == nil } ? nil : sources.compactMap { $0 }
}

/// Reads `advice:`.
func adviceEntries(_ value: YAMLValue) -> [String: Advice]? {
    guard let entries = value.entries(upTo: 100) else { return nil }
    var result: [String: Advice] = [:]
    for (key, value) in entries {
        guard let read = value.mapping(advice) else { return nil }
        result[key] = read
    }
    return result
}

/// Reads `line:`.
func lineDefaults(_ keys: YAMLMapping) -> LineDefaults? {
    let none = LineDefaults()
    let unit = keys.optional("unit", default: none.unit) { $0.integer(in: 0...255) }
    let baud = keys.optional("baud", default: none.baud) { $0.integer(in: 300...921_600) }
    let parity = keys.optional("parity", default: none.parity) { $0.oneOf(Parity.self) }
    let stopBits = keys.optional("stopbits", default: none.stopBits) { $0.integer(in: 1...2) }
    let pause = keys.optional("pause", default: none.pause) { $0.duration(in: .zero ... .seconds(10)) }
    let afterConnect = keys.optional("afterConnect", default: none.afterConnect) {
        $0.duration(in: .zero ... .seconds(30))
    }
    let timeout = keys.optional("timeout", default: none.timeout) { $0.duration(in: Milliseconds(10) ... .seconds(30)) }
    let minimumInterval = keys.optional("minimumInterval", default: none.minimumInterval) {
        $0.duration(in: .zero ... .hours(1))
    }
    let busShare = keys.optional("busShare", default: none.busShare) { $0.number(in: 0.01...1) }
    guard let unit, let baud, let parity, let stopBits, let pause, let afterConnect, let timeout, let minimumInterval,
        let busShare
    else { return nil }
    var line = LineDefaults()
    line.unit = unit
    line.baud = baud
    line.parity = parity
    line.stopBits = stopBits
    line.pause = pause
    line.afterConnect = afterConnect
    line.timeout = timeout
    line.minimumInterval = minimumInterval
    line.busShare = busShare
    return line
}

/// Reads `quirks:`.
func deviceQuirks(_ keys: YAMLMapping) -> DeviceQuirks? {
    let unit = keys.optional("answersAsUnit") { $0.integer(in: 0...255) }
    let echo = keys.optional("transactionEcho", default: true) { $0.boolean() }
    guard let echo, keys.has("answersAsUnit") == (unit != nil) else { return nil }
    var quirks = DeviceQuirks()
    quirks.answersAsUnit = unit.map { UInt8($0) }
    quirks.echoesTransaction = echo
    return quirks
}

/// What `limits:` says.
struct LimitsRow {
    var limits = ReadLimits()
    var wordOrder = WordOrder.big
}

/// Reads `limits:`.
func limitsRow(_ keys: YAMLMapping) -> LimitsRow? {
    let registers = keys.optional("registers", default: 125) { $0.integer(in: 1...125) }
    let wordOrder = keys.optional("wordOrder", default: .big) { $0.oneOf(WordOrder.self) }
    let addressing = keys.optional("addressing", default: .registers) { $0.oneOf(Addressing.self) }
    func ranges(_ key: String) -> [RegisterRange]? {
        keys.optional(key, default: []) { value in
            value.list(upTo: 200) { entry in entry.mapping { addressRange(entry, $0, addressing ?? .registers) } }
        }
    }
    let (readable, holes) = (ranges("readable"), ranges("holes"))
    guard let registers, let wordOrder, let addressing, let readable, let holes else { return nil }
    let limits = ReadLimits(registers: registers, readable: readable, holes: holes, addressing: addressing)
    return LimitsRow(limits: limits, wordOrder: wordOrder)
}

private func addressRange(_ entry: YAMLValue, _ keys: YAMLMapping, _ addressing: Addressing) -> RegisterRange? {
    let function = keys.required("function") { $0.readFunction() }
    let from = keys.required("from") { $0.integer(in: 0...65_535) }
    let to = keys.required("to") { $0.integer(in: 0...65_535) }
    guard let function, let from, let to else { return nil }
    guard from <= to else { return entry.refuse("\"from\" \(from) lies behind \"to\" \(to)") }
    let step = addressing.step(function)
    guard from % step == 0, to % step == 0 else {
        return entry.refuse("addresses count bytes here: \"from\" and \"to\" are the even addresses of registers")
    }
    return RegisterRange(function: function, address: from, count: (to - from) / step + 1, step: step)
}

/// Reads one entry of `identity:`.
func identityProbe(_ probe: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> IdentityProbe? {
    let coding = context.refined(by: keys).flatMap { pointCoding(probe, keys, $0) }
    let text = keys.optional("text") { $0.string() }
    let beginning = keys.optional("startsWith") { $0.string() }
    let printable = keys.optional("printable") { $0.boolean() }
    let equals = keys.optional("equals") { $0.number() }
    let range = keys.optional("range") { $0.numberRange() }
    let oneOf = keys.optional("oneOf") { $0.list(upTo: 100) { $0.number() } }
    let expectations: [(key: String, isText: Bool, IdentityProbe.Expectation?)] = [
        ("text", true, text.map { .text($0) }), ("startsWith", true, beginning.map { .textBeginning($0) }),
        ("printable", true, printable == true ? .readableText : nil),
        ("equals", false, equals.map { .number($0...$0) }), ("range", false, range.map { .number($0) }),
        ("oneOf", false, oneOf.map { .oneOf($0) }),
    ]
    for key in ["interval", "disputed"] where keys.has(key) { probe.report("\"\(key)\" has no meaning here") }
    let written = expectations.filter { keys.has($0.key) }
    guard let wanted = written.first, written.count == 1 else {
        return probe.refuse("exactly one of \(expectations.map(\.key).joined(separator: ", ")) says what is expected")
    }
    guard let coding else { return nil }
    guard wanted.isText == (coding.type == .string) else {
        return probe.refuse("text, startsWith and printable go with type string, the others with numbers")
    }
    guard let expectation = wanted.2 else {
        return printable == false ? probe.refuse("printable: true, or leave it out") : nil
    }
    return IdentityProbe(coding: coding, expectation: expectation)
}

/// Reads `operatingLimits:`.
func operatingLimits(_ value: YAMLValue) -> [OperatingLimit]? {
    let quantities = [
        "pack.voltage", "pack.current", "pack.soc", "pack.temperature", "cell.voltage", "cell.temperature",
        "inverter.temperature",
    ]
    guard let entries = value.entries(upTo: quantities.count) else { return nil }
    let limits = entries.map { key, value -> OperatingLimit? in
        guard quantities.contains(key) else {
            return value.refuse("\"\(key.prefix(60))\" is no quantity with limits" + quantities.suggestion(for: key))
        }
        return value.numberRange().map { OperatingLimit(quantity: key, range: $0) }
    }
    return limits.contains { $0 == nil } ? nil : limits.compactMap { $0 }
}

/// Reads one entry of `writes:`.
func harmlessWrite(_ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> HarmlessWrite? {
    let name = keys.required("name") { $0.dottedName() }
    let function = keys.required("function") { $0.integer(in: 1...255) }
    let address = keys.required("address") { $0.integer(in: 0...65_535) }
    let values = keys.required("values") { value -> ClosedRange<Int>? in
        guard let bounds = value.list(upTo: 2, { $0.integer(in: 0...65_535) }) else { return nil }
        guard bounds.count == 2, bounds[0] <= bounds[1] else { return value.refuse("[low, high] expected") }
        return bounds[0]...bounds[1]
    }
    let reason = keys.required("reason") { $0.string() }
    let source = keys.required("source") { $0.source(among: context.sources) }
    guard let name, let function, let address, let values, let reason, let source else { return nil }
    guard let function = HarmlessWrite.Function(rawValue: function) else {
        return place.refuse("function \(function): only 6 and 16, for one register, can be harmless")
    }
    let write = HarmlessWrite(
        name: name, function: function, address: address, values: values, reason: reason, source: source)
    if let refusal = DeniedWrites.refusal(of: write) { return place.refuse(refusal) }
    return write
}
