internal import Detection
internal import DeviceProfiles
internal import Polling
package import StrictYAML
internal import Terms

/// Where commands reach the daemon when the configuration says nothing.
package let defaultControlSocket = "/run/aftercare/control.sock"

/// What the address of a Unix socket holds (unix(7)), its closing zero byte excluded.
private let socketPathLimit = 107

/// More than any home has.
private let lineLimit = 32
private let devicesPerLineLimit = 32

/// Reads `gateway.yaml` strictly: every error at once, each with its place.
///
/// - Parameters:
///   - profiles: The names of the profiles that exist; a device may name one of them, or `auto`. Nil where that is not
///     known, and any name is taken.
///   - empty: Those of them that name no register: nothing can be read with them.
///   - writes: The names of the writes that each profile offers; a device may allow those of its profile.
package func readGatewaySettings(
    _ text: String, name: String, profiles: Set<String>?, empty: Set<String> = [], writes: [String: [String]] = [:]
) throws(InvalidText) -> GatewaySettings {
    let taken = TakenNames()
    let known = KnownProfiles(names: profiles, empty: empty, writes: writes)
    return try readYAML(text, name: name) { root in
        root.mapping { map in
            let site = map.required("site", readSite)
            let dataDirectory = map.required("dataDirectory") { $0.absolutePath() }
            let controlSocket = map.optional("controlSocket", default: defaultControlSocket) {
                $0.absolutePath(upTo: socketPathLimit)
            }
            let web = map.optional("web") { $0.mapping { $0.required("listen", readWebSettings) } }
            let lines = map.required("lines") { value in
                value.list(upTo: lineLimit) { readLine($0, known, taken) }
            }
            let notifications = map.optional("notification", default: [], readNotifications)
            guard let site, let dataDirectory, let controlSocket, let lines, let notifications else { return nil }
            if lines.isEmpty { map.report("lines: at least one line is needed") }
            return GatewaySettings(
                site: site, dataDirectory: dataDirectory, controlSocket: controlSocket, web: web, lines: lines,
                notifications: notifications)
        }
    }
}

/// What each line and device needs for itself alone.
private final class TakenNames {
    private var taken: Set<String> = []

    /// Reports at `value` when another one has the name already.
    func take(_ kind: String, _ name: String, at value: YAMLValue) {
        if !taken.insert("\(kind) \(name)").inserted {
            value.report("\(kind) \"\(name)\" is there twice; each needs its own")
        }
    }
}

/// The units of one line, and with which profiles they are read.
private final class TakenUnits {
    private var profiles: [Int: [String?]] = [:]

    /// Some devices have two maps on one unit, each with a profile of its own. Anything else would be the same device
    /// twice.
    func take(_ unit: Int, profile: String?, at value: YAMLValue) {
        let others = profiles[unit] ?? []
        profiles[unit] = others + [profile]
        guard !others.isEmpty, profile == nil || others.contains(nil) || others.contains(profile) else { return }
        value.report(
            "unit \"\(unit)\" is there twice; that is only allowed where each of its devices names another profile")
    }
}

private func readSite(_ value: YAMLValue) -> SiteSettings? {
    value.mapping { map in
        let id = map.required("id") { $0.identifier() }
        let zone = map.required("zone") { $0.zone() }
        let authorisation = map.optional("standingAuthorisation") { $0.day()?.text }
        let promise = map.optional("promise", default: "default") { $0.identifier() }
        let calendar = map.optional("calendar") { $0.identifier() }
        guard let id, let zone, let promise else { return nil }
        return SiteSettings(
            id: SiteID(id), zone: zone, standingAuthorisation: authorisation, promise: promise, calendar: calendar)
    }
}

private func readWebSettings(_ value: YAMLValue) -> WebSettings? {
    guard let text = value.string() else { return nil }
    guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
        let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port), text.hasSuffix(":\(port)")
    else { return value.refuse("\"\(text)\" is no address such as 127.0.0.1:8080") }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard ["127.0.0.1", "localhost", "::1"].contains(host) else {
        return value.refuse(
            "the page has no passwords yet and is served on this machine only: listen on 127.0.0.1, ::1 or localhost")
    }
    return WebSettings(host: host, port: port)
}

private func readLine(_ value: YAMLValue, _ known: KnownProfiles, _ taken: TakenNames) -> LineSettings? {
    value.mapping { map in
        let name = map.required("name") { readName($0, of: "line", taken) }
        let url = map.required("url") { readDeviceURL($0, taken) }
        let link = map.optional("link", default: .lan) { $0.oneOf(WatchedDevice.Link.self) }
        let devices = map.required("devices") { value in
            let units = TakenUnits()
            return value.list(upTo: devicesPerLineLimit) { readDevice($0, on: url, known, taken, units) }
        }
        guard let name, let url, let link, let devices else { return nil }
        if devices.isEmpty { map.report("devices: at least one device is needed") }
        return LineSettings(name: name, url: url, link: link, devices: devices)
    }
}

private func readName(_ value: YAMLValue, of kind: String, _ taken: TakenNames) -> String? {
    guard let name = value.identifier() else { return nil }
    taken.take(kind, name, at: value)
    return name
}

private func readDeviceURL(_ value: YAMLValue, _ taken: TakenNames) -> DeviceURL? {
    guard let text = value.string() else { return nil }
    do throws(InvalidDeviceURL) {
        let url = try DeviceURL(text: text)
        // One port has one speed, and a host's name no upper case of its own.
        switch url {
        case .rtu(let path, _): taken.take("port", path, at: value)
        case .capture(let path): taken.take("capture", path, at: value)
        case .tcp, .rtuTCP: taken.take("line URL", url.description.lowercased(), at: value)
        }
        return url
    } catch {
        return value.refuse(error.description)
    }
}

private func readDevice(
    _ value: YAMLValue, on url: DeviceURL?, _ known: KnownProfiles, _ taken: TakenNames, _ units: TakenUnits
) -> DeviceSettings? {
    value.mapping { map in
        let name = map.required("name") { readName($0, of: "device", taken) }
        var unitPlace: YAMLValue?
        let unit = map.required("unit") { value -> Int? in
            unitPlace = value
            return value.integer(in: readableUnits(on: url))
        }
        let profile = map.required("profile") { readProfileName($0, known) }
        if let unit, let unitPlace, let profile { units.take(unit, profile: profile, at: unitPlace) }
        let chemistry = map.optional("chemistry") { $0.oneOf(Chemistry.self) }
        let capacity = map.optional("capacityAh") { $0.number(in: 1...10_000) }
        let serial = map.optional("serial", default: .automatic, readSerial)
        let interval = map.optional("interval", default: Milliseconds.seconds(1)) {
            $0.duration(in: Milliseconds(100)...Milliseconds.hours(1))
        }
        let timeout = map.optional("timeout") { $0.duration(in: Milliseconds(10)...Milliseconds.seconds(30)) }
        let pause = map.optional("pause") { $0.duration(in: .zero...Milliseconds.seconds(10)) }
        let busShare = map.optional("busShare") { $0.number(in: 0.01...1) }
        let permission = map.optional("allowWrites", default: SitePermission.none) {
            readPermission($0, profile: profile, unit: unit, on: url, known)
        }
        guard let name, let unit, let profile, let serial, let interval, let permission else { return nil }
        return DeviceSettings(
            name: DeviceName(name), unit: UInt8(unit), profile: profile, chemistry: chemistry,
            capacityAmpereHours: capacity, serial: serial, interval: interval, timeout: timeout, pause: pause,
            busShare: busShare, permission: permission)
    }
}

/// On a serial line 248 to 255 are reserved (Modbus over Serial Line 2.2). 0 speaks to all there, so that nobody should
/// answer; some batteries do (Seplos), and a read that nobody answers does no harm.
private func readableUnits(on url: DeviceURL?) -> ClosedRange<Int> {
    url?.serialLine == nil ? 0...255 : 0...247
}

/// A profile's name, or `auto`, which is nil; nothing where it was refused.
private func readProfileName(_ value: YAMLValue, _ profiles: KnownProfiles) -> String?? {
    guard let text = value.string() else { return nil }
    if text == "auto" { return .some(nil) }
    if let names = profiles.names, !names.contains(text) {
        return value.refuse("there is no profile \"\(text)\"\(names.union(["auto"]).suggestion(for: text))")
    }
    if profiles.empty.contains(text) { return value.refuse(Profile.recordingAdvice(for: text)) }
    return text
}

private func readSerial(_ value: YAMLValue) -> DeviceSettings.Serial? {
    guard let text = value.string() else { return nil }
    guard text != "auto" else { return .automatic }
    let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }
    guard isPlain, text.utf8.count <= 64 else {
        return value.refuse("a serial has 1 to 64 letters, digits and signs, without blanks and slashes")
    }
    return .fixed(text)
}
