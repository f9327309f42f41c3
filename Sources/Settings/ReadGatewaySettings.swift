internal import Detection
internal import Foundation
internal import Polling
package import StrictYAML
internal import Terms

/// Where commands reach the daemon when the configuration says nothing.
package let defaultControlSocket = "/run/aftercare/control.sock"

/// More than any home has.
private let lineLimit = 32
private let devicesPerLineLimit = 32

/// Reads `gateway.yaml` strictly: every error at once, each with its place.
///
/// - Parameter profiles: The names of the profiles that exist; a device may name one of them, or `auto`. Nil where
///   that is not known, and any name is taken.
package func readGatewaySettings(
    _ text: String, name: String, profiles: Set<String>?
) throws(InvalidText) -> GatewaySettings {
    try readYAML(text, name: name) { root in
        root.mapping { map in
            let site = map.required("site", readSite)
            let dataDirectory = map.required("dataDirectory") { $0.absolutePath() }
            let controlSocket = map.optional("controlSocket", default: defaultControlSocket) { $0.absolutePath() }
            let web = map.optional("web") { $0.mapping { $0.required("listen", readWebSettings) } }
            let lines = map.required("lines") { value in
                value.list(upTo: lineLimit) { readLine($0, profiles: profiles) }
            }
            let notifications = map.optional("notification", default: []) { $0.list(upTo: 16, readNotification) }
            guard let site, let dataDirectory, let controlSocket, let lines, let notifications else { return nil }
            if lines.isEmpty { map.report("lines: at least one line is needed") }
            reportTwice(lines.map(\.name), "line", map)
            reportTwice(lines.flatMap(\.devices).map(\.name.text), "device", map)
            reportTwice(lines.map(\.url.description), "line URL", map)
            return GatewaySettings(
                site: site, dataDirectory: dataDirectory, controlSocket: controlSocket, web: web, lines: lines,
                notifications: notifications)
        }
    }
}

private func reportTwice(_ names: [String], _ what: String, _ map: YAMLMapping) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
        map.report("\(what) \"\(name)\" is there twice; each needs its own")
    }
}

private func readSite(_ value: YAMLValue) -> SiteSettings? {
    value.mapping { map in
        let id = map.required("id") { $0.identifier() }
        let zone = map.required("zone") { value -> String? in
            guard let text = value.string() else { return nil }
            guard TimeZone(identifier: text) != nil else {
                let known = TimeZone.knownTimeZoneIdentifiers
                let near = nearest(to: text, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
                return value.refuse("\"\(text)\" is no IANA time zone such as Europe/Berlin\(near)")
            }
            return text
        }
        let authorisation = map.optional("standingAuthorisation") { value -> String? in
            guard let text = value.string() else { return nil }
            guard text.utf8.count == 10, Instant(rfc3339: text + "T00:00:00Z") != nil else {
                return value.refuse("\"\(text)\" is no day such as 2026-05-04")
            }
            return text
        }
        let promise = map.optional("promise", default: "default") { $0.identifier() }
        guard let id, let zone, let promise else { return nil }
        return SiteSettings(id: SiteID(id), zone: zone, standingAuthorisation: authorisation, promise: promise)
    }
}

private func readWebSettings(_ value: YAMLValue) -> WebSettings? {
    guard let text = value.string() else { return nil }
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
        (0...65_535).contains(port), colon > text.startIndex
    else { return value.refuse("\"\(text)\" is no address such as 127.0.0.1:8080") }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard ["127.0.0.1", "localhost", "::1"].contains(host) else {
        return value.refuse(
            "the page has no passwords yet and is served on this machine only: listen on 127.0.0.1, ::1 or localhost")
    }
    return WebSettings(host: host, port: port)
}

private func readLine(_ value: YAMLValue, profiles: Set<String>?) -> LineSettings? {
    value.mapping { map in
        let name = map.required("name") { $0.identifier() }
        let url = map.required("url") { value -> DeviceURL? in
            guard let text = value.string() else { return nil }
            do throws(InvalidDeviceURL) {
                return try DeviceURL(text: text)
            } catch {
                return value.refuse(error.description)
            }
        }
        let link = map.optional("link", default: .lan) { $0.oneOf(WatchedDevice.Link.self) }
        let devices = map.required("devices") { value in
            value.list(upTo: devicesPerLineLimit) { readDevice($0, profiles: profiles) }
        }
        guard let name, let url, let link, let devices else { return nil }
        if devices.isEmpty { map.report("devices: at least one device is needed") }
        reportTwice(devices.map { "unit \($0.unit)" }, "on this line", map)
        return LineSettings(name: name, url: url, link: link, devices: devices)
    }
}

private func readDevice(_ value: YAMLValue, profiles: Set<String>?) -> DeviceSettings? {
    value.mapping { map in
        let name = map.required("name") { $0.identifier() }
        let unit = map.required("unit") { $0.integer(in: 0...255) }
        let profile = map.required("profile") { value -> String?? in
            guard let text = value.string() else { return nil }
            if text == "auto" { return .some(nil) }
            if let profiles, !profiles.contains(text) {
                let known = profiles.union(["auto"]).suggestion(for: text)
                return value.refuse("there is no profile \"\(text)\"\(known)")
            }
            return text
        }
        let serial = map.optional("serial", default: DeviceSettings.Serial.automatic) { value in
            value.string().flatMap { text in
                text == "auto" ? .automatic : text.contains("/") ? value.refuse("a serial has no slash") : .fixed(text)
            }
        }
        let interval = map.optional("interval", default: Milliseconds.seconds(1)) {
            $0.duration(in: Milliseconds(100)...Milliseconds.hours(1))
        }
        let timeout = map.optional("timeout") { $0.duration(in: Milliseconds(10)...Milliseconds.seconds(30)) }
        let pause = map.optional("pause") { $0.duration(in: .zero...Milliseconds.seconds(10)) }
        guard let name, let unit, let profile, let serial, let interval else { return nil }
        return DeviceSettings(
            name: DeviceName(name), unit: UInt8(unit), profile: profile, serial: serial, interval: interval,
            timeout: timeout, pause: pause)
    }
}

private func readNotification(_ value: YAMLValue) -> NotificationSettings? {
    enum Kind: String, CaseIterable { case mail, webhook }
    return value.mapping { map in
        switch map.required("channel", { $0.oneOf(Kind.self) }) {
        case .mail:
            let to = map.required("to") { $0.string() }
            let server = map.required("server") { $0.url(schemes: ["smtp", "smtps"]) }
            guard let to, let server else { return nil }
            return .mail(to: to, server: server)
        case .webhook:
            return map.required("url") { $0.url(schemes: ["https", "http"]) }.map { .webhook(url: $0) }
        case nil:
            return nil
        }
    }
}
