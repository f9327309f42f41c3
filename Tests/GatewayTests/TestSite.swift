import Engine
import Foundation
import Gateway
import Logging
import ServiceLifecycle
import Simulation
import Synchronization
import Terms
import TestPeers
import Testing
import Ticketing

/// The shipped configuration of this checkout.
let shipped = ConfigurationDirectory(
    path: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("config").path)

/// A directory with a home's configuration and data, removed at the end.
final class TestSite {
    let path: String

    init() throws {
        path = "/tmp/aftercare-\(UUID().uuidString.prefix(13))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        for name in ["policy.yaml", "profiles", "detection"] {
            try FileManager.default.copyItem(atPath: "\(shipped.path)/\(name)", toPath: "\(path)/\(name)")
        }
    }

    /// Leaves these profiles alone in the home: whoever lets the box find out what a device is has all of them read.
    func keepProfiles(_ names: String...) throws {
        for file in try FileManager.default.contentsOfDirectory(atPath: "\(path)/profiles")
        where !names.contains(where: { file == "\($0).yaml" }) {
            try FileManager.default.removeItem(atPath: "\(path)/profiles/\(file)")
        }
    }

    deinit {
        // A folder that stays behind in /tmp harms nothing.
        try? FileManager.default.removeItem(atPath: path)
    }

    var gatewayFile: String { "\(path)/gateway.yaml" }
    var dataDirectory: String { "\(path)/data" }

    /// Writes `gateway.yaml` with one line.
    func configure(url: String, devices: [String], extra: String = "") throws {
        let devices = devices.map { "      - {\($0)}" }.joined(separator: "\n")
        try write(
            """
            site: {id: home-1, zone: Europe/Berlin, standingAuthorisation: 2026-05-04}
            dataDirectory: \(dataDirectory)
            controlSocket: \(path)/control.sock
            \(extra)
            lines:
              - name: line
                url: \(url)
                devices:
            \(devices)
            """)
    }

    func write(_ text: String, to name: String = "gateway.yaml") throws {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
    }

    /// The home with the profiles that its devices name: to read all takes seconds in a program for debugging.
    func read(profiles: ConfigurationDirectory.ProfileSelection = .named) throws -> SiteConfiguration {
        try ConfigurationDirectory(path: path).read(gatewayFile: gatewayFile, profiles: profiles)
    }
}

/// Facts as they come out of a running gateway.
final class Heard: Sendable {
    private let facts = Mutex<[Fact]>([])
    private let stream: AsyncStream<Fact>
    private let continuation: AsyncStream<Fact>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func take(_ fact: Fact) {
        facts.withLock { $0.append(fact) }
        continuation.yield(fact)
    }

    var names: [String] { facts.withLock { $0.map(\.event.name) } }

    /// Waits for a fact of this name that comes from now on or was not waited past yet.
    ///
    /// - Parameter text: what must stand in the fact besides, such as the alarm that it is about. A busy machine can
    ///   make a device look silent for a moment, and that is a fact too.
    func next(_ name: String, with text: String = "") async -> Fact? {
        for await fact in stream where fact.event.name == name {
            if text.isEmpty || String(decoding: fact.canonicalBytes, as: UTF8.self).contains(text) { return fact }
        }
        return nil
    }
}

/// Runs a gateway as long as `body`, its time passing `speed` times as fast.
func withGateway(
    _ configuration: SiteConfiguration, speed: Int64 = 10, pageIsServed: @escaping @Sendable (Int) -> Void = { _ in },
    _ body: @Sendable (EngineOwner, Heard) async throws -> Void
) async throws {
    let heard = Heard()
    let gateway = try buildGateway(
        configuration,
        seams: GatewaySeams(
            time: ScaledTimeSource(SystemTimeSource(), speed: speed),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, announce: { heard.take($0) },
            pageIsServed: pageIsServed,
            stopsOnSignals: false))
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await gateway.services.run() }
        try await body(gateway.engine, heard)
        await gateway.services.triggerGracefulShutdown()
        try await group.waitForAll()
    }
}

/// A GoodWe ET of 10 kW with a battery at 392.1 V, 88 %, hottest cell 25.1 °C.
var goodWe: [Int: [Int: [Int]]] {
    var identity = [1, 10_000, 1] + words("9010KETU000W0001", count: 8)
    identity += Array(repeating: 0, count: 33 - identity.count)
    var running = Array(repeating: 0, count: 125)
    running[80] = 3_921
    running[81] = 0xFFF6
    var battery = Array(repeating: 0, count: 24)
    battery[3] = 250
    battery[7] = 88
    battery[8] = 99
    battery[20] = 251
    battery[21] = 240
    battery[22] = 3_331
    battery[23] = 3_329
    let (meter, diagnosis) = (Array(repeating: 0, count: 45), Array(repeating: 0, count: 12))
    return [3: [35_000: identity, 35_100: running, 35_250: diagnosis, 36_000: meter, 37_000: battery]]
}

private func words(_ text: String, count: Int) -> [Int] {
    let bytes = Array(text.utf8) + Array(repeating: 0, count: 2 * count)
    return (0..<count).map { Int(bytes[2 * $0]) << 8 | Int(bytes[2 * $0 + 1]) }
}
