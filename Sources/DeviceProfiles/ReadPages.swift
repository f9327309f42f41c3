internal import StrictYAML
internal import Terms

/// More groups of pages than any device has.
private let mostPageGroups = 8

/// Reads `pages:`.
///
/// - Parameters:
///   - writes: Of the same profile.
///   - map: What stands on no page.
func pageGroups(
    _ keys: YAMLMapping, _ context: RowContext, _ writes: [HarmlessWrite], _ map: DeviceMap
) -> [PageGroup]? {
    var taken = TakenByPages(map)
    return keys.optional("pages", default: []) { value in
        value.list(upTo: mostPageGroups) { place in
            place.mapping { keys in pageGroup(place, keys, context, writes, &taken) }
        }
    }
}

/// Names and codes that are given already, and the registers that are on no page.
private struct TakenByPages {
    var names: Set<String>
    var codes: Set<String>
    let points: [MappedPoint]

    init(_ map: DeviceMap) {
        names = Set(map.points.map(\.name) + map.texts.map(\.name))
        codes = Set(map.alarms.map(\.code))
        points = map.points
    }
}

private func pageGroup(
    _ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext, _ writes: [HarmlessWrite],
    _ taken: inout TakenByPages
) -> PageGroup? {
    let write = keys.required("select") { $0.write(among: writes) }
    let values = keys.required("values") { value in
        value.list(upTo: PageGroup.mostPages) { $0.integer(in: 0...65_535) }
    }
    let settle = keys.optional("settle", default: PageGroup.defaultSettle) {
        $0.duration(in: .zero...PageGroup.longestSettle)
    }
    let interval = keys.optional("interval", default: PageGroup.defaultInterval) {
        $0.duration(in: PageGroup.shortestInterval...PageGroup.longestInterval)
    }
    let proof = keys.optional("proof") { place in place.mapping { pageProof(place, $0, context) } }
    var inPage = context
    inPage.page = 1
    let rows = keys.optional("points", default: []) { pointGroups($0, inPage) }
    let alarms = keys.optional("alarms", default: []) { value in
        value.list(upTo: maximumGroups) { place in place.mapping { alarmGroup(place, $0, inPage) } }
    }
    guard let write, let values, let settle, let interval, let rows, let alarms, keys.has("proof") == (proof != nil)
    else { return nil }
    guard !values.isEmpty, Set(values).count == values.count else {
        return place.refuse("values: at least one, and each only once")
    }
    if let stray = values.first(where: { !write.values.contains($0) }) {
        return place.refuse(
            "values: \(stray) is outside \(write.values.lowerBound) to \(write.values.upperBound), which "
                + "\"\(write.name)\" may write")
    }
    guard !rows.isEmpty || !alarms.isEmpty else { return place.refuse("there is nothing on these pages") }
    guard checkRows(rows, alarms) else { return nil }
    guard rows.reduce(0, { $0 + $1.repeats.count }) * values.count <= maximumPoints else {
        return place.refuse("more than \(maximumPoints) points on all pages")
    }
    var pages: [PageGroup.Page] = []
    for (index, value) in values.enumerated() {
        inPage.page = index + 1
        let page = ProfileRows(rows, alarms, inPage)
        // Every page has the same rows: what is wrong with one is wrong with all.
        guard page.isSound, take(page, &taken, place) else { return nil }
        pages.append(
            PageGroup.Page(value: value, points: page.points, alarms: page.alarms, words: page.words))
    }
    return PageGroup(write: write, pages: pages, settle: settle, interval: interval, proof: proof)
}

/// What rows of a page cannot have.
private func checkRows(_ rows: [PointRow], _ alarms: [AlarmGroup]) -> Bool {
    var isSound = true
    for row in rows where row.interval != nil {
        row.place.report("\"interval\" has no meaning here: the pages have one")
        isSound = false
    }
    for group in alarms where group.interval != nil {
        group.place.report("\"interval\" has no meaning here: the pages have one")
        isSound = false
    }
    for row in rows where row.coding.type == .string {
        row.place.report("text cannot stand on a page: it is read when the device is identified")
        isSound = false
    }
    return isSound
}

private func take(_ page: ProfileRows, _ taken: inout TakenByPages, _ place: YAMLValue) -> Bool {
    for point in page.points {
        guard taken.names.insert(point.name).inserted else {
            place.report("a second point \"\(point.name)\"")
            return false
        }
        if let other = taken.points.first(where: { $0.coding.valueRange.overlaps(point.coding.valueRange) }) {
            place.report("\"\(other.name)\" stands on no page, and shares registers with \"\(point.name)\"")
            return false
        }
    }
    for alarm in page.alarms where !taken.codes.insert(alarm.code).inserted {
        place.report("a second alarm \"\(alarm.code)\"")
        return false
    }
    return true
}

private func pageProof(_ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> RegisterRange? {
    let function = keys.required("function") { $0.readFunction() }
    let address = keys.required("address") { $0.integer(in: 0...65_535) }
    guard let function, let address else { return nil }
    guard !function.isBits else { return place.refuse("a register proves it: function 3 or 4") }
    let step = context.limits.addressing.step(function)
    guard address + step <= 65_536 else { return place.refuse("ends behind 65535") }
    let range = RegisterRange(function: function, address: address, count: 1, step: step)
    guard context.limits.allows(range) else { return place.refuse("\(range) lies outside \"readable\"") }
    return range
}

extension YAMLValue {
    /// The name of one of the profile's writes.
    fileprivate func write(among writes: [HarmlessWrite]) -> HarmlessWrite? {
        guard let name = string() else { return nil }
        guard let write = writes.first(where: { $0.name == name }) else {
            guard !writes.isEmpty else { return refuse("\"\(name.prefix(60))\": the profile has no \"writes\"") }
            return refuse(
                "\"\(name.prefix(60))\" is no name under \"writes\"" + writes.map(\.name).suggestion(for: name))
        }
        return write
    }
}
