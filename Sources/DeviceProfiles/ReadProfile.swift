package import StrictYAML
internal import Terms

/// The most rows of points, and of alarms, that one profile or one SunSpec model may have.
let maximumRows = 1_000
/// The most points after repeats are written out.
let maximumPoints = 2_000

/// Reads a device profile strictly: everything that is wrong is reported at once, each with its place.
///
/// - Parameter name: How messages name the text, normally its path. Where it ends in `.yaml`, the profile's id must be
///   the file's name.
package func readProfile(_ text: String, name: String) throws(InvalidText) -> Profile {
    try readYAML(text, name: name) { root in
        root.mapping { keys in profile(root, keys, fileName: name) }
    }
}

private func profile(_ root: YAMLValue, _ keys: YAMLMapping, fileName: String) -> Profile? {
    let id = keys.required("profile") { profileID($0, fileName: fileName) }
    let title = keys.required("title") { $0.string() }
    let status = keys.required("status") { $0.oneOf(ProfileStatus.self) }
    let chemistry = keys.optional("chemistry") { $0.oneOf(Chemistry.self) }
    let sources = keys.required("sources") { $0.list(upTo: 50) { $0.string() } }
    let line = keys.optional("line", default: LineDefaults()) { $0.mapping(lineDefaults) }
    let limits = keys.optional("limits", default: LimitsRow()) { $0.mapping(limitsRow) }
    // The rest is checked against the limits: without them every message would be a guess.
    guard let id, let limits else {
        for key in ["identity", "serial", "sunspec", "models", "points", "alarms"] { keys.optional(key) { _ in () } }
        return nil
    }
    let context = RowContext(profile: id, limits: limits.limits, wordOrder: limits.wordOrder)
    let identity = keys.optional("identity", default: []) { value in
        value.list(upTo: 20) { probe in probe.mapping { identityProbe(probe, $0, context) } }
    }
    let layout: Profile.Layout? =
        keys.has("sunspec")
        ? sunSpecLayout(keys, context).map { .sunSpec($0) } : registerLayout(keys, context).map { .registers($0) }
    guard let title, let status, let sources, let line, let identity, let layout else { return nil }
    return Profile(
        id: id, title: title, status: status, chemistry: chemistry, sources: sources, line: line,
        limits: limits.limits, identity: identity, layout: layout)
}

private func profileID(_ value: YAMLValue, fileName: String) -> String? {
    guard let id = value.string() else { return nil }
    guard id.count <= 60, id.allSatisfy({ $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }) else {
        return value.refuse("small letters, digits and hyphens expected, at most 60")
    }
    let file = fileName.split(separator: "/").last ?? ""
    guard !file.hasSuffix(".yaml") || file == "\(id).yaml" else {
        return value.refuse("\"\(id)\" must be the file's name: \"\(file.dropLast(5))\"")
    }
    return id
}

private func lineDefaults(_ keys: YAMLMapping) -> LineDefaults? {
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
    guard let unit, let baud, let parity, let stopBits, let pause, let afterConnect, let timeout else { return nil }
    var line = LineDefaults()
    line.unit = unit
    line.baud = baud
    line.parity = parity
    line.stopBits = stopBits
    line.pause = pause
    line.afterConnect = afterConnect
    line.timeout = timeout
    return line
}

private struct LimitsRow {
    var limits = ReadLimits()
    var wordOrder = WordOrder.big
}

private func limitsRow(_ keys: YAMLMapping) -> LimitsRow? {
    let registers = keys.optional("registers", default: 125) { $0.integer(in: 1...125) }
    let wordOrder = keys.optional("wordOrder", default: .big) { $0.oneOf(WordOrder.self) }
    let readable = keys.optional("readable", default: []) { value in
        value.list(upTo: 200) { entry in entry.mapping { readableRange(entry, $0) } }
    }
    guard let registers, let wordOrder, let readable else { return nil }
    return LimitsRow(limits: ReadLimits(registers: registers, readable: readable), wordOrder: wordOrder)
}

private func readableRange(_ entry: YAMLValue, _ keys: YAMLMapping) -> RegisterRange? {
    let function = keys.required("function") { $0.readFunction() }
    let from = keys.required("from") { $0.integer(in: 0...65_535) }
    let to = keys.required("to") { $0.integer(in: 0...65_535) }
    guard let function, let from, let to else { return nil }
    guard from <= to else { return entry.refuse("\"from\" \(from) lies behind \"to\" \(to)") }
    return RegisterRange(function: function, address: from, count: to - from + 1)
}

private func identityProbe(_ probe: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> IdentityProbe? {
    let coding = pointCoding(probe, keys, context)
    let text = keys.optional("text") { $0.string() }
    let equals = keys.optional("equals") { $0.integer(in: -2_147_483_648...4_294_967_295) }.map(Double.init)
    let range = keys.optional("range") { $0.numberRange() }
    guard ["text", "equals", "range"].filter(keys.has).count == 1 else {
        return probe.refuse("exactly one of text, equals and range says what is expected")
    }
    guard let coding else { return nil }
    guard keys.has("text") == (coding.type == .string) else {
        return probe.refuse("text goes with type string, equals and range with numbers")
    }
    if let text { return IdentityProbe(coding: coding, expectation: .text(text)) }
    return (equals.map { $0...$0 } ?? range).map { IdentityProbe(coding: coding, expectation: .number($0)) }
}
