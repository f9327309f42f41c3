extension Profile {
    /// The map of a SunSpec device with these models. Nil where the profile understands none of them, and for a
    /// profile with fixed addresses.
    ///
    /// Of a model that a device lists twice the first is taken. A point that lies behind the device's own length of
    /// the model is left out: the device implements an older revision.
    package func deviceMap(models places: [SunSpecModelPlace]) -> DeviceMap? {
        guard case .sunSpec(let layout) = layout else { return nil }
        var builder = SunSpecMapBuilder()
        for model in layout.models {
            if let place = places.first(where: { $0.id == model.id }) { builder.add(model, at: place) }
        }
        guard !builder.points.isEmpty else { return nil }
        return DeviceMap(
            profile: id, points: builder.points, alarms: builder.alarms, texts: builder.texts, limits: limits,
            words: builder.words)
    }
}

/// Collects the points of several models.
private struct SunSpecMapBuilder {
    var points: [MappedPoint] = []
    var alarms: [MappedAlarm] = []
    var texts: [MappedText] = []
    var words: [AlarmWord] = []

    /// Adds what the device implements of a model.
    mutating func add(_ model: SunSpecModel, at place: SunSpecModelPlace) {
        let end = min(place.length + 2, 65_536 - place.address)
        var positions: [Int: Int] = [:]
        for (index, point) in model.points.enumerated() where point.coding.wireRange.end <= end {
            positions[index] = points.count
            points.append(point.mapped(at: place.address))
        }
        words += model.words.compactMap { word in
            positions[word.point].map { AlarmWord(point: $0, rule: word.rule) }
        }
        alarms += model.alarms.compactMap { alarm in positions[alarm.point].map { alarm.moved(to: $0) } }
        texts += model.texts.filter { $0.range.end <= end }.map { text in
            let range = text.range
            return MappedText(
                name: text.name,
                range: RegisterRange(
                    function: range.function, address: range.address + place.address, count: range.count),
                byteOrder: text.byteOrder)
        }
    }
}

extension SunSpecModel.Point {
    fileprivate func mapped(at address: Int) -> MappedPoint {
        var absolute = coding
        absolute.address += address
        absolute.scaleFactorAddress = coding.scaleFactorAddress.map { $0 + address }
        return MappedPoint(name: name, unit: unit, coding: absolute, interval: interval, labels: labels)
    }
}
