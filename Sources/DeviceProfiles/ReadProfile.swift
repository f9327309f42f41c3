package import StrictYAML
internal import Terms

/// The most rows of points, and of alarms, that one profile or one SunSpec model may have.
let maximumRows = 1_000
/// The most groups of rows.
let maximumGroups = 300
/// The most points after repeats are written out.
let maximumPoints = 4_000

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
    let documents = keys.optional("documents", default: []) { $0.list(upTo: 20) { $0.string() } }
    let sources = keys.required("sources") { factSources($0) }
    let line = keys.optional("line", default: LineDefaults()) { $0.mapping(lineDefaults) }
    let quirks = keys.optional("quirks", default: DeviceQuirks()) { $0.mapping(deviceQuirks) }
    let limits = keys.optional("limits", default: LimitsRow()) { $0.mapping(limitsRow) }
    let shared = keys.optional("advice", default: [:]) { adviceEntries($0) }
    // The rest is checked against these: without them every message would be a guess.
    guard let id, let sources, let limits, let shared else {
        for key in [
            "identity", "auto", "serial", "operatingLimits", "writes", "pages", "sunspec", "models", "points", "alarms",
        ] { keys.optional(key) { _ in () } }
        return nil
    }
    let context = RowContext(
        profile: id, limits: limits.limits, wordOrder: limits.wordOrder, sources: sources.map(\.key), advice: shared)
    let identity = keys.optional("identity", default: []) { value in
        value.list(upTo: 20) { probe in probe.mapping { identityProbe(probe, $0, context) } }
    }
    let automatic = keys.optional("auto", default: true) { $0.boolean() }
    let limitRows = keys.optional("operatingLimits", default: []) { operatingLimits($0) }
    let writes = keys.optional("writes", default: []) { value in
        value.list(upTo: 20) { place in place.mapping { harmlessWrite(place, $0, context) } }
    }
    let names = writes.map { Set($0.map(\.name)) }
    if let writes, let names, names.count < writes.count { keys.report("writes: each name stands there once") }
    if keys.has("sunspec"), keys.has("writes") || keys.has("pages") {
        keys.report("writes, pages: a SunSpec device is never written to")
    }
    if keys.has("sunspec"), limits.limits.addressing == .bytes {
        keys.report("limits: addressing: SunSpec counts registers")
    }
    let layout: Profile.Layout? =
        keys.has("sunspec")
        ? sunSpecLayout(keys, context).map { .sunSpec($0) } : registerLayout(keys, context).map { .registers($0) }
    let pages = pageGroups(keys, context, writes, identity, layout)
    guard let title, let status, let documents, let line, let quirks, let identity, let automatic,
        let limitRows, let writes, let pages, let layout
    else { return nil }
    return Profile(
        id: id, title: title, status: status, chemistry: chemistry, documents: documents, sources: sources, line: line,
        quirks: quirks, limits: limits.limits, identity: identity,
        isAutomatic: automatic && (layout.pointCount > 0 || !pages.isEmpty)
            && (!identity.isEmpty || keys.has("sunspec")),
        operatingLimits: limitRows, writes: writes, pages: pages, layout: layout)
}

/// Reads `pages:` and checks `writes:` once it is known what stands where.
private func pageGroups(
    _ keys: YAMLMapping, _ context: RowContext, _ writes: [HarmlessWrite]?, _ identity: [IdentityProbe]?,
    _ layout: Profile.Layout?
) -> [PageGroup]? {
    guard let writes, let identity, case .registers(let map) = layout else {
        keys.optional("pages") { _ in () }
        // What is wrong elsewhere is said there.
        return layout == nil ? nil : []
    }
    for write in writes {
        if let reading = write.reading(in: map, identity) {
            keys.report("writes: \"\(write.name)\" writes what is read as \(reading): that sets it")
        }
    }
    guard let pages = pageGroups(keys, context, writes, map) else { return nil }
    let alarms = pages.flatMap { $0.pages.flatMap(\.alarms) }
    let unknown = unknownMasks(alarms, known: Set((map.alarms + alarms).map(\.code)))
    guard unknown.isEmpty else {
        keys.report("pages: masks: no alarm is called \(unknown.map { "\"\($0)\"" }.joined(separator: ", "))")
        return nil
    }
    return pages
}

extension HarmlessWrite {
    /// What the profile reads from the register that this writes; nil: nothing but a page's proof.
    fileprivate func reading(in map: DeviceMap, _ identity: [IdentityProbe]) -> String? {
        let register = RegisterRange(function: .holdingRegisters, address: address, count: 1)
        if identity.contains(where: { $0.range.overlaps(register) }) { return "proof of its identity" }
        if let text = map.texts.first(where: { $0.range.overlaps(register) }) { return "\"\(text.name)\"" }
        return map.points.first { $0.coding.wireRange.overlaps(register) }.map { "\"\($0.name)\"" }
    }
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
