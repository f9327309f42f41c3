internal import Telemetry

/// Lays the models of a device out one after the other: with the device's own lengths and counts, and with names that
/// nothing else in the device has.
struct SunSpecMapBuilder {
    private(set) var points: [MappedPoint] = []
    private(set) var alarms: [MappedAlarm] = []
    private(set) var texts: [MappedText] = []
    private(set) var words: [AlarmWord] = []
    /// What could not be mapped, in words.
    private(set) var remarks: [String] = []
    private let limits: ReadLimits
    private var names: Set<String> = []
    private var codes: Set<String> = []
    /// By the id of a group's first model: how many of those that count on were seen.
    private var seen: [Int: Int] = [:]

    init(limits: ReadLimits) { self.limits = limits }

    /// Adds what the device implements of a model.
    ///
    /// - Parameter instance: The first, second, … of its kind that the device lists.
    mutating func add(_ model: SunSpecModel, at place: SunSpecModelPlace, instance: Int) {
        let numbers = model.numberOffsets.map { String(place.counts[$0] ?? instance) }
        let isNumbered = !model.numberOffsets.isEmpty
        let site = Site(
            model: model, place: place, suffix: isNumbered || instance == 1 ? "" : "@\(instance)", numbers: numbers,
            shifts: [Site.Shift(from: 0, by: place.address)])
        add(model.block, site)
        for group in model.groups { add(group, site) }
    }

    /// Adds all of what repeats.
    private mutating func add(_ group: SunSpecModel.Group, _ site: Site) {
        guard let length = site.length(of: group) else {
            return remarks.append("\(site): what repeats is left out, its size could not be read")
        }
        let count = count(of: group, length, site)
        let before = group.countsOn ? seen[site.model.ids[0], default: 0] : 0
        let outer = group.countsOn ? [] : site.numbers
        if group.countsOn { noteNumbers(count, after: before, site) }
        for index in 0..<count {
            guard points.count + group.block.points.count <= maximumPoints else {
                return remarks.append(
                    "\(site): left out from repeat \(index + 1) on: \(maximumPoints) points are the most")
            }
            var repeated = site.moved(behind: group.offset, by: index * length)
            repeated.numbers = outer + [group.name(of: before + index)]
            add(group.block, repeated)
            for inner in group.inner { add(inner, repeated) }
        }
    }

    /// How many there are: what the device says, as far as the model's length holds them.
    private mutating func count(of group: SunSpecModel.Group, _ length: Int, _ site: Site) -> Int {
        let room = max(0, (site.end - site.address(of: group.offset)) / length)
        guard let told = site.count(of: group) else { return room }
        if told > room { remarks.append("\(site): tells of \(told) repeats and has room for \(room)") }
        return min(told, room)
    }

    /// Numbers that run through several models are told once per model: a person must find the cell.
    private mutating func noteNumbers(_ count: Int, after before: Int, _ site: Site) {
        seen[site.model.ids[0]] = before + count
        let numbers = site.numbers.joined(separator: " and ")
        if count > 0 { remarks.append("\(site), number \(numbers): repeats \(before + 1) to \(before + count)") }
    }

    /// Adds the rows of one block; what lies behind the device's end of the model is not implemented.
    private mutating func add(_ block: SunSpecModel.Block, _ site: Site) {
        guard points.count + block.points.count <= maximumPoints else {
            return remarks.append("\(site): left out in part: \(maximumPoints) points are the most")
        }
        var positions: [Int: Int] = [:]
        for (index, point) in block.points.enumerated() {
            guard let coding = site.coding(of: point, limits) else { continue }
            positions[index] = points.count
            let name = free(site.name(point.name), site, &names)
            points.append(
                MappedPoint(
                    name: name, unit: point.unit, coding: coding, interval: point.interval, labels: point.labels,
                    isDisputed: point.isDisputed))
        }
        words += block.words.compactMap { word in
            positions[word.point].map { AlarmWord(point: $0, rule: word.rule) }
        }
        for alarm in block.alarms {
            guard let position = positions[alarm.point] else { continue }
            alarms.append(
                alarm.placed(
                    at: position, code: free(site.name(alarm.code), site, &codes),
                    fault: site.numbered(alarm.fault), name: site.numbered(alarm.name)))
        }
        for text in block.texts {
            let address = site.address(of: text.range.address)
            guard address + text.range.count <= site.end else { continue }
            let range = RegisterRange(function: .holdingRegisters, address: address, count: text.range.count)
            let name = free(site.name(text.name), site, &names)
            texts.append(MappedText(name: name, range: range, byteOrder: text.byteOrder))
        }
    }

    /// The name, or the name with the model's id behind it where an earlier model has taken it.
    private func free(_ name: String, _ site: Site, _ taken: inout Set<String>) -> String {
        var candidate = name
        var attempt = 1
        while !taken.insert(candidate).inserted {
            candidate = "\(name)@\(site.place.id)" + (attempt == 1 ? "" : ".\(attempt)")
            attempt += 1
        }
        return candidate
    }
}

/// Where in a device the rows of one block stand.
private struct Site: CustomStringConvertible {
    /// Offsets from `from` on lie `by` registers further.
    struct Shift {
        let from: Int
        let by: Int
    }

    let model: SunSpecModel
    let place: SunSpecModelPlace
    /// Behind every name, where the device lists the model again.
    let suffix: String
    /// What becomes of each `#`, the outer first.
    var numbers: [String]
    /// The inner last; the first is the model's own.
    var shifts: [Shift]

    /// The first address behind the model.
    var end: Int { place.address + place.end }

    /// `model 803 at 40124`
    var description: String { "model \(place.id) at \(place.address)" }

    func moved(behind offset: Int, by distance: Int) -> Site {
        var moved = self
        moved.shifts.append(Shift(from: offset, by: (shifts.last?.by ?? 0) + distance))
        return moved
    }

    /// Of the innermost repeat.
    func address(of offset: Int) -> Int { offset + (shifts.last?.by ?? 0) }

    /// The point's coding here; nil where it, or its scale factor, lies behind the device's end of the model. A scale
    /// factor that stands before what repeats stays where it is.
    func coding(of point: SunSpecModel.Point, _ limits: ReadLimits) -> PointCoding? {
        var coding = point.coding
        let factor = coding.scaleFactorAddress.map { factor in
            factor + (shifts.last { $0.from <= factor }?.by ?? 0)
        }
        guard address(of: coding.address) + coding.registers <= end, factor ?? 0 < end else { return nil }
        coding.address = address(of: coding.address)
        coding.scaleFactorAddress = factor
        coding.scaleFactorIsApart = coding.wireRange.count > limits.registers
        return coding
    }

    /// Of one repeat, with what repeats inside it; nil where the device does not tell.
    func length(of group: SunSpecModel.Group) -> Int? {
        guard let inner = group.inner.first else { return group.length }
        guard let count = count(of: inner), let length = length(of: inner) else { return nil }
        return group.length + count * length
    }

    /// What the device or the profile says; nil where nobody does.
    func count(of group: SunSpecModel.Group) -> Int? {
        switch group.count {
        case .fitting: nil
        case .told(let offset): place.counts[offset]
        case .words(let words): words.count
        }
    }

    func name(_ name: String) -> String { numbered(name) + suffix }

    /// The text with its numbers in place of each `#`.
    func numbered(_ text: String) -> String {
        var numbers = numbers[...]
        return text.reduce(into: "") { $0 += $1 == "#" ? numbers.popFirst() ?? "#" : String($1) }
    }
}

extension SunSpecModel.Group {
    /// What stands in place of `#`, counted from 0.
    fileprivate func name(of index: Int) -> String {
        if case .words(let words) = count { words[index] } else { String(index + 1) }
    }
}
