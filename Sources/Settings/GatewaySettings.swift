package import Detection
package import DeviceProfiles
package import Polling
package import Terms

/// What `gateway.yaml` says: one home, its lines and devices, and where things are kept.
package struct GatewaySettings: Sendable, Equatable {
    package var site: SiteSettings
    /// Absolute.
    package var dataDirectory: String
    /// Absolute; the socket by which commands reach the running daemon.
    package var controlSocket: String
    /// Nil where no page is served.
    package var web: WebSettings?
    package var lines: [LineSettings]
    package var notifications: [NotificationSettings]

    /// Every device of every line, in the order of the text.
    package var devices: [DeviceSettings] { lines.flatMap(\.devices) }
}

/// The home.
package struct SiteSettings: Sendable, Equatable {
    package var id: SiteID
    /// IANA zone: for display, and for what is promised in days; hours are counted in UTC.
    package var zone: String
    /// The day (YYYY-MM-DD) since which the box may notify in the user's name; nil without it.
    package var standingAuthorisation: String?
    /// The name of the policy whose promise is kept.
    package var promise: String
    /// The calendar of working days for what is promised in them; nil where none is named.
    package var calendar: String?
}

/// Where the page is served: a loopback host and a port, 0 for any free one.
package struct WebSettings: Sendable, Equatable {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// One serial port or one TCP endpoint.
package struct LineSettings: Sendable, Equatable {
    package var name: String
    package var url: DeviceURL
    package var link: WatchedDevice.Link
    package var devices: [DeviceSettings]
}

/// One device on a line.
package struct DeviceSettings: Sendable, Equatable {
    /// Where its serial number comes from.
    package enum Serial: Sendable, Equatable {
        /// The device tells it.
        case automatic
        case fixed(String)
    }

    package var name: DeviceName
    /// 0 to 255
    package var unit: UInt8
    /// A profile's name, or nil to find out.
    package var profile: String?
    /// Of its cells, where the profile does not know it or is wrong: it decides the limits of detection.
    package var chemistry: Chemistry?
    /// What the pack holds, 1 to 10 000 Ah; nil where nobody has said it.
    package var capacityAmpereHours: Double?
    package var serial: Serial
    /// Between the starts of two sweeps, 100 ms to 1 h.
    package var interval: Milliseconds
    /// In place of what the profile says.
    package var timeout: Milliseconds?
    package var pause: Milliseconds?
    /// How much of the line's time it may take, 0.01 to 1; in place of what the profile says.
    package var busShare: Double?
    /// What may be written to it.
    package var permission = SitePermission.none
}
