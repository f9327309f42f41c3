internal import StrictYAML

/// Reads `sunspec:` and `models:`.
func sunSpecLayout(_ keys: YAMLMapping, _ context: RowContext) -> SunSpecLayout? {
    let bases = keys.required("sunspec") { value in value.mapping(sunSpecBases) }
    let models = keys.required("models") { value in
        value.list(upTo: 100) { place in place.mapping { sunSpecModel(place, $0, context) } }
    }
    guard let bases, let models else { return nil }
    var ids: Set<Int> = []
    for id in models.flatMap(\.ids) where !ids.insert(id).inserted { keys.report("models: a second model \(id)") }
    let unknown = unknownMasks(models.flatMap(\.alarms), known: Set(models.flatMap(\.alarms).map(\.code)))
    for mask in unknown { keys.report("masks: no alarm is called \"\(mask)\"") }
    return SunSpecLayout(bases: bases, models: models)
}

private func sunSpecBases(_ keys: YAMLMapping) -> [Int]? {
    keys.required("bases") { value in
        guard let bases = value.list(upTo: 10, { $0.integer(in: 0...65_000) }) else { return nil }
        return bases.isEmpty ? value.refuse("at least one address expected") : bases
    }
}

private func sunSpecModel(_ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> SunSpecModel? {
    let ids = keys.required("id") { value -> [Int]? in
        let ids = value.isList ? value.list(upTo: 20, modelID) : modelID(value).map { [$0] }
        return ids?.isEmpty == true ? value.refuse("at least one id expected") : ids
    }
    let length = keys.required("length") { $0.integer(in: 1...10_000) }
    let refined = context.refined(by: keys)
    guard let ids, let length, var refined else {
        for key in ["numberedBy", "points", "alarms", "group"] { keys.optional(key) { _ in () } }
        return nil
    }
    let numbers = keys.optional("numberedBy", default: []) { value in
        value.list(upTo: 2) { $0.integer(in: 2...(length + 1)) }
    }
    refined.model = ModelContext(id: ids[0], end: length + 2, numbers: numbers?.count ?? 0)
    let block = sunSpecBlock(keys, refined)
    let group = keys.optional("group") { place in
        place.mapping { sunSpecGroup(place, $0, refined, fixed: length + 2, depth: 1) }
    }
    guard let numbers, let block, keys.has("group") == (group != nil) else { return nil }
    let model = SunSpecModel(
        ids: ids, length: length, numberOffsets: numbers, block: block, groups: group.map { [$0] } ?? [])
    let span = SunSpecLayout(bases: [], models: [model]).countRange(of: ids[0])
    guard (span?.count ?? 0) <= context.limits.registers else {
        return place.refuse("numberedBy and countAt do not come in one answer")
    }
    return model
}

/// Curves, their parts, and the points of these.
private let deepestGroup = 3

private func modelID(_ value: YAMLValue) -> Int? { value.integer(in: 1...65_534) }

/// Reads what repeats behind `context`; one inside the other where the device's counts say how many.
private func sunSpecGroup(
    _ place: YAMLValue, _ keys: YAMLMapping, _ outer: RowContext, fixed: Int, depth: Int
) -> SunSpecModel.Group? {
    let length = keys.required("length") { $0.integer(in: 1...1_000) }
    let told = keys.optional("countAt") { $0.integer(in: 2...(fixed - 1)) }
    let words = keys.optional("words") { $0.list(upTo: 20) { $0.dottedName() } }
    let countsOn = keys.optional("countsOn", default: false) { $0.boolean() }
    guard let length, let countsOn, let model = outer.model, keys.has("countAt") == (told != nil),
        keys.has("words") == (words != nil)
    else {
        for key in ["points", "alarms", "group"] { keys.optional(key) { _ in () } }
        return nil
    }
    guard depth <= deepestGroup else {
        for key in ["points", "alarms", "group"] { keys.optional(key) { _ in () } }
        return place.refuse("at most \(deepestGroup) groups stand one inside the other")
    }
    var context = outer
    let numbers = countsOn ? 1 : model.numbers + 1
    context.model = ModelContext(id: model.id, first: model.end, end: model.end + length, numbers: numbers)
    let block = sunSpecBlock(keys, context)
    let inner = keys.optional("group") { place in
        place.mapping { sunSpecGroup(place, $0, context, fixed: fixed, depth: depth + 1) }
    }
    guard let block, keys.has("group") == (inner != nil) else { return nil }
    guard told == nil || words == nil else { return place.refuse("either countAt or words, not both") }
    guard inner.map({ $0.count != .fitting }) ?? true else {
        return place.refuse("what repeats inside a group needs countAt or words")
    }
    let count: SunSpecModel.Group.Count = told.map { .told(offset: $0) } ?? words.map { .words($0) } ?? .fitting
    return SunSpecModel.Group(
        offset: model.end, length: length, count: count, countsOn: countsOn, block: block,
        inner: inner.map { [$0] } ?? [])
}

/// Reads `points:` and `alarms:` of a model or of what repeats in it.
private func sunSpecBlock(_ keys: YAMLMapping, _ context: RowContext) -> SunSpecModel.Block? {
    let points = keys.required("points") { pointRows($0, context) }
    guard let rows = profileRows(keys, points, context), rows.isSound else { return nil }
    return SunSpecModel.Block(
        points: zip(rows.points, rows.standardNames).map { point, id in
            SunSpecModel.Point(
                name: point.name, id: id, unit: point.unit, coding: point.coding, interval: point.interval,
                labels: point.labels, isDisputed: point.isDisputed)
        },
        alarms: rows.alarms, words: rows.words, texts: rows.texts)
}
