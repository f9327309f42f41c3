internal import Engine

/// How much of a site is shown at most; what lies beyond is left out and never makes the page unusable.
enum PageLimit {
    static let devices = 64
    static let points = 2_000
    static let alarms = 200
    static let tickets = 200
    static let clocks = 32
    static let facts = 500
    /// Characters of any one text.
    static let text = 2_000
    /// The last millisecond of the year 9999: what lies beyond 1970 to 9999 is no instant of a house.
    static let latest: Int64 = 253_402_300_799_999
}

extension Int64 {
    /// Milliseconds since 1970 within the years 1970 to 9999, so that no arithmetic on instants overflows.
    var boundedInstant: Int64 { Swift.min(Swift.max(0, self), PageLimit.latest) }
}

extension SiteSnapshot {
    /// The snapshot within `PageLimit`, without numbers that are none (JSON has no word for them).
    func bounded() -> SiteSnapshot {
        var result = self
        result.site = site.bounded()
        result.zone = zone.bounded()
        result.now = now.boundedInstant
        result.devices = devices.prefix(PageLimit.devices).map { $0.bounded() }
        result.alarms = alarms.prefix(PageLimit.alarms).map { $0.bounded() }
        result.tickets = tickets.prefix(PageLimit.tickets).map { $0.bounded() }
        return result
    }

    /// The snapshot without what changes by mere passing of time: two that are equal show the same site.
    func withoutTime() -> SiteSnapshot {
        var result = self
        result.now = 0
        for ticket in result.tickets.indices {
            for clock in result.tickets[ticket].clocks.indices {
                result.tickets[ticket].clocks[clock].elapsed = 0
                result.tickets[ticket].clocks[clock].remaining = 0
                result.tickets[ticket].clocks[clock].overrun = 0
            }
        }
        return result
    }
}

extension DeviceSnapshot {
    fileprivate func bounded() -> DeviceSnapshot {
        var result = self
        result.name = name.bounded()
        result.profile = profile.bounded()
        result.serial = serial?.bounded()
        result.heardAt = heardAt?.boundedInstant
        result.wire?.silentSince = wire?.silentSince?.boundedInstant
        result.points = points.prefix(PageLimit.points).map { point in
            let value = point.value.flatMap { $0.isFinite ? $0 : nil }
            return PointSnapshot(
                name: point.name.bounded(), value: value, unit: point.unit.bounded(), quality: point.quality.bounded())
        }
        return result
    }
}

extension AlarmSnapshot {
    fileprivate func bounded() -> AlarmSnapshot {
        var result = self
        result.device = device.bounded()
        result.code = code.bounded()
        result.raisedAt = raisedAt.boundedInstant
        result.explanation = explanation.bounded()
        return result
    }
}

extension TicketSnapshot {
    fileprivate func bounded() -> TicketSnapshot {
        var result = self
        result.id = id.bounded()
        result.device = device.bounded()
        result.explanation = explanation.bounded()
        result.advice = advice.bounded()
        result.openedAt = openedAt.boundedInstant
        result.began = began.map { began in
            UncertainInstant(
                earliest: began.earliest.boundedInstant, latest: began.latest.map { $0.boundedInstant })
        }
        result.clocks = Array(clocks.prefix(PageLimit.clocks))
        for index in result.clocks.indices {
            result.clocks[index].start = result.clocks[index].start?.boundedInstant
            result.clocks[index].deadline = result.clocks[index].deadline?.boundedInstant
            result.clocks[index].stop = result.clocks[index].stop?.boundedInstant
        }
        // The first fact says why there is a ticket, the newest say where it stands.
        if facts.count > PageLimit.facts { result.facts = [facts[0]] + facts.suffix(PageLimit.facts - 1) }
        for index in result.facts.indices {
            result.facts[index].at = result.facts[index].at.boundedInstant
            result.facts[index].sentence = result.facts[index].sentence.bounded()
            result.facts[index].reason = result.facts[index].reason?.bounded()
        }
        return result
    }
}

extension String {
    /// At most `PageLimit.text` characters, with an ellipsis where something was cut.
    fileprivate func bounded() -> String {
        // UTF-8 first: counting characters of a huge text is slow, its bytes are known.
        guard utf8.count > PageLimit.text else { return self }
        // A character may hold any number of combining marks, so the cut is by scalars.
        return String(String.UnicodeScalarView(unicodeScalars.prefix(PageLimit.text))) + "…"
    }
}
