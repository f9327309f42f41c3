extension Profile {
    /// The map of a SunSpec device with these models. Nil where the profile understands none of them, and for a
    /// profile with fixed addresses.
    ///
    /// A point that lies behind the device's own length of a model is left out: the device implements an older
    /// revision. What else could not be mapped stands among the map's remarks.
    package func deviceMap(models places: [SunSpecModelPlace]) -> DeviceMap? {
        guard case .sunSpec(let layout) = layout else { return nil }
        var builder = SunSpecMapBuilder(limits: limits)
        for model in layout.models {
            for (index, place) in places.filter({ model.ids.contains($0.id) }).enumerated() {
                builder.add(model, at: place, instance: index + 1)
            }
        }
        guard !builder.points.isEmpty else { return nil }
        let isCut = places.count >= SunSpecWalk.maximumModels
        let cut = "the device lists more than \(SunSpecWalk.maximumModels) models; the others are left out"
        return DeviceMap(
            profile: id, points: builder.points, alarms: builder.alarms, texts: builder.texts, limits: limits,
            words: builder.words, remarks: builder.remarks + (isCut ? [cut] : []))
    }
}
