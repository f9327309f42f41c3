internal import Terms
internal import Ticketing

/// How an open day is kept in a checkpoint.
extension UsageRecord {
    var value: CanonicalValue {
        var members: [String: CanonicalValue] = [
            "device": .text(device.text), "day": .text(day.date.text), "startMs": .integer(day.start.milliseconds),
            "endMs": .integer(day.end.milliseconds), "heard": .integer(isHeard ? 1 : 0),
            "watchedMs": .integer(watched), "onlineMs": .integer(online), "hottest": hottest.value,
            "coldest": coldest.value, "energy": energy.value, "charge": charge.value,
        ]
        members["serial"] = serial.map { .text($0) }
        members["capacityMilliampereHours"] = capacity.map { .integer($0) }
        members["charged"] = charged.value
        members["discharged"] = discharged.value
        members["cycles"] = cycles.value
        return .object(members)
    }

    init(_ fields: CheckpointFields) throws(UsageCheckpoint.Invalid) {
        guard let date = CivilDate(text: try fields.text("day")) else { throw fields.missing("day") }
        let start = Instant(milliseconds: try fields.integer("startMs", in: Self.instants))
        let end = Instant(milliseconds: try fields.integer("endMs", in: Self.instants))
        self.init(
            device: DeviceName(try fields.text("device")), serial: try fields.optionalText("serial"),
            day: LocalDay(date: date, start: start, end: end))
        isHeard = try fields.integer("heard", in: 0...1) == 1
        watched = try fields.integer("watchedMs", in: Self.times)
        online = try fields.integer("onlineMs", in: Self.times)
        hottest = try Self.bands(fields, "hottest")
        coldest = try Self.bands(fields, "coldest")
        energy = try Self.flow(fields, "energy")
        charge = try Self.flow(fields, "charge")
        capacity = try fields.optionalInteger("capacityMilliampereHours", in: 1...2_000_000_000)
        charged = try Self.counter(fields, "charged")
        discharged = try Self.counter(fields, "discharged")
        cycles = try Self.counter(fields, "cycles")
    }

    /// Years 1970 to 9999, and what lies around them in zones.
    private static let instants: ClosedRange<Int64> = -86_400_000...253_402_400_000_000
    /// A day whose hours were shown again and again is still none of a week.
    private static let times: ClosedRange<Int64> = 0...7 * 86_400_000

    private static func bands(
        _ fields: CheckpointFields, _ key: String
    ) throws(UsageCheckpoint.Invalid) -> TemperatureBands {
        var bands: [TemperatureBands.Band] = []
        for part in try fields.list(key) {
            guard case .list(let pair) = part, pair.count == 2, case .integer(let from) = pair[0],
                case .integer(let time) = pair[1]
            else { throw fields.missing(key) }
            bands.append(TemperatureBands.Band(from: Int(from), milliseconds: time))
        }
        guard let read = TemperatureBands(bands, most: times.upperBound) else { throw fields.missing(key) }
        return read
    }

    private static func flow(_ fields: CheckpointFields, _ key: String) throws(UsageCheckpoint.Invalid) -> UsageFlow {
        guard let flow = try fields.object(key) else { throw fields.missing(key) }
        return UsageFlow(
            into: try flow.integer("into"), out: try flow.integer("out"),
            isKnown: try flow.integer("known", in: 0...1) == 1)
    }

    private static func counter(
        _ fields: CheckpointFields, _ key: String
    ) throws(UsageCheckpoint.Invalid) -> LifetimeCounter {
        guard let counter = try fields.object(key) else { return LifetimeCounter() }
        guard let boot = BootID(text: try counter.text("boot")) else { throw counter.missing("boot") }
        let most = 0...UsageAmount.most
        let stamp = Stamp(
            boot: boot, boottime: Boottime(nanoseconds: try counter.integer("boottimeNs", in: 0...Int64.max)),
            wall: Instant(milliseconds: try counter.integer("wallMs", in: instants)), trust: .stale)
        return LifetimeCounter(
            last: LifetimeCounter.Reading(value: try counter.integer("last", in: most), at: stamp),
            from: try counter.integer("from", in: most), counted: try counter.integer("counted", in: most),
            restarts: Int(try counter.integer("restarts", in: 0...1_000_000)),
            isFresh: try counter.integer("fresh", in: 0...1) == 1)
    }
}

extension TemperatureBands {
    fileprivate var value: CanonicalValue {
        .list(bands.map { .list([.integer(Int64($0.from)), .integer($0.milliseconds)]) })
    }
}

extension UsageFlow {
    fileprivate var value: CanonicalValue {
        .object(["into": .integer(into), "out": .integer(out), "known": .integer(isKnown ? 1 : 0)])
    }
}

extension LifetimeCounter {
    /// Nil before the first reading.
    fileprivate var value: CanonicalValue? {
        guard let last, let from else { return nil }
        return .object([
            "boot": .text(last.at.boot.text), "boottimeNs": .integer(last.at.boottime.nanoseconds),
            "wallMs": .integer(last.at.wall.milliseconds), "last": .integer(last.value), "from": .integer(from),
            "counted": .integer(counted), "restarts": .integer(Int64(restarts)), "fresh": .integer(isFresh ? 1 : 0),
        ])
    }
}
