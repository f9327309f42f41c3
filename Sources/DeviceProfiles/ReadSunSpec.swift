internal import StrictYAML

/// Reads `sunspec:` and `models:`.
func sunSpecLayout(_ keys: YAMLMapping, _ context: RowContext) -> SunSpecLayout? {
    let bases = keys.required("sunspec") { value in value.mapping(sunSpecBases) }
    let models = keys.required("models") { value in
        value.list(upTo: 100) { place in place.mapping { sunSpecModel(place, $0, context) } }
    }
    guard let bases, let models else { return nil }
    var ids: Set<Int> = []
    var names: Set<String> = []
    for model in models {
        if !ids.insert(model.id).inserted { keys.report("models: a second model \(model.id)") }
        for name in model.points.map(\.name) + model.texts.map(\.name) where !names.insert(name).inserted {
            keys.report("models: \"\(name)\" stands in two models")
        }
    }
    return SunSpecLayout(bases: bases, models: models)
}

private func sunSpecBases(_ keys: YAMLMapping) -> [Int]? {
    keys.required("bases") { value in
        guard let bases = value.list(upTo: 10, { $0.integer(in: 0...65_000) }) else { return nil }
        return bases.isEmpty ? value.refuse("at least one address expected") : bases
    }
}

private func sunSpecModel(_ place: YAMLValue, _ keys: YAMLMapping, _ context: RowContext) -> SunSpecModel? {
    let id = keys.required("id") { $0.integer(in: 1...65_534) }
    let length = keys.required("length") { $0.integer(in: 1...10_000) }
    let source = keys.required("source") { $0.source(among: context.sources) }
    guard let id, let length, let source else {
        for key in ["points", "alarms"] { keys.optional(key) { _ in () } }
        return nil
    }
    var modelContext = context
    modelContext.model = (id, length + 2)
    modelContext.source = source
    let points = keys.required("points") { pointRows($0, modelContext) }
    guard let rows = profileRows(keys, points, modelContext), rows.isSound else { return nil }
    return SunSpecModel(
        id: id, length: length,
        points: rows.points.map { point in
            SunSpecModel.Point(
                name: point.name, unit: point.unit, coding: point.coding, interval: point.interval,
                labels: point.labels)
        },
        alarms: rows.alarms, words: rows.words, texts: rows.texts)
}
