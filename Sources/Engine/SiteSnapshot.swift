/// Everything that a person may want to see of a site at one instant: what the page, the control socket and
/// `--json` show. Instants are milliseconds since 1970 UTC, lengths of time are milliseconds.
package struct SiteSnapshot: Codable, Sendable, Equatable {
    package var site: String
    /// The site's IANA time zone, for display only.
    package var zone: String
    package var now: Int64
    /// unset, stale, synced or suspect: how far `now` may be believed.
    package var clockTrust: String
    package var devices: [DeviceSnapshot]
    package var alarms: [AlarmSnapshot]
    /// Open ones first: the gravest class, within it the one that waits longest. Then closed ones, the newest first.
    package var tickets: [TicketSnapshot]
    /// Through which people are told, in the order of hand-over.
    package var channels: [ChannelSnapshot]
    /// Whom no channel can tell at present, though some are configured.
    package var unreached: [UnreachedSnapshot]

    package init(
        site: String, zone: String, now: Int64, clockTrust: String, devices: [DeviceSnapshot] = [],
        alarms: [AlarmSnapshot] = [], tickets: [TicketSnapshot] = [], channels: [ChannelSnapshot] = [],
        unreached: [UnreachedSnapshot] = []
    ) {
        self.site = site
        self.zone = zone
        self.now = now
        self.clockTrust = clockTrust
        self.devices = devices
        self.alarms = alarms
        self.tickets = tickets
        self.channels = channels
        self.unreached = unreached
    }
}

/// One device and its newest values.
package struct DeviceSnapshot: Codable, Sendable, Equatable {
    /// How fresh its values are.
    package enum State: String, Codable, Sendable {
        /// Nothing heard since the start.
        case starting
        case live
        /// Some requests of the newest sweep failed, or none came in time.
        case stale
        case lost
    }

    package var name: String
    package var profile: String
    package var serial: String?
    package var state: State
    /// When the newest answer came; nil before the first.
    package var heardAt: Int64?
    package var points: [PointSnapshot]
    /// How it does on its line; nil where that is not told.
    package var wire: WireSnapshot?

    package init(
        name: String, profile: String, serial: String?, state: State, heardAt: Int64?, points: [PointSnapshot],
        wire: WireSnapshot? = nil
    ) {
        self.name = name
        self.profile = profile
        self.serial = serial
        self.state = state
        self.heardAt = heardAt
        self.points = points
        self.wire = wire
    }
}

/// How the requests to a device do.
package struct WireSnapshot: Codable, Sendable, Equatable {
    /// Nil before the first request.
    package var answeredPercent: Double?
    /// From a question to the end of its answer; nil before the first.
    package var medianMilliseconds: Double?
    /// Nil while it is heard.
    package var silentSince: Int64?

    package init(answeredPercent: Double?, medianMilliseconds: Double?, silentSince: Int64?) {
        self.answeredPercent = answeredPercent
        self.medianMilliseconds = medianMilliseconds
        self.silentSince = silentSince
    }
}

/// One point's newest value. A value that is absent is nil with its quality, never 0.
package struct PointSnapshot: Codable, Sendable, Equatable {
    package var name: String
    package var value: Double?
    package var unit: String
    package var quality: String

    package init(name: String, value: Double?, unit: String, quality: String) {
        self.name = name
        self.value = value
        self.unit = unit
        self.quality = quality
    }
}

/// An alarm that is active now.
package struct AlarmSnapshot: Codable, Sendable, Equatable {
    package var device: String
    /// `cellTemperatureHigh`, or a maker's code.
    package var code: String
    /// The cell or probe, from 1; nil for what concerns the device as a whole.
    package var place: Int?
    package var routing: String
    package var severity: String
    package var raisedAt: Int64
    /// What is seen, in one sentence.
    package var explanation: String
    /// It comes and goes without rest; it counts as one.
    package var isChattering: Bool

    package init(
        device: String, code: String, place: Int?, routing: String, severity: String, raisedAt: Int64,
        explanation: String, isChattering: Bool = false
    ) {
        self.device = device
        self.code = code
        self.place = place
        self.routing = routing
        self.severity = severity
        self.raisedAt = raisedAt
        self.explanation = explanation
        self.isChattering = isChattering
    }
}
