import DeviceProfiles
import Foundation
import Polling
import Synchronization
import Telemetry
import Terms

@testable import Modbus

/// Runs a line until its events are enough, and gives them.
func events(
    _ url: DeviceURL, _ devices: [LineDevice], until isEnough: @escaping @Sendable ([LineEvent]) -> Bool
) async throws -> [LineEvent] {
    let log = EventLog()
    let (enough, signal) = AsyncStream<Void>.makeStream()
    let owner = LineOwner(url: url, devices: devices, time: LeapingTime(), seed: 1) { event in
        if isEnough(log.append(event)) { signal.finish() }
    }
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await owner.run() }
        for await _ in enough {}
        group.cancelAll()
        try await group.waitForAll()
        return log.all
    }
}

/// What a line has said so far.
private final class EventLog: Sendable {
    private let events = Mutex<[LineEvent]>([])

    var all: [LineEvent] { events.withLock { $0 } }

    func append(_ event: LineEvent) -> [LineEvent] {
        events.withLock { all in
            all.append(event)
            return all
        }
    }
}

extension [LineEvent] {
    func frames(of device: Int = 0) -> [SampleFrame] {
        compactMap { event in
            if case .frame(let frame) = event, frame.device.position == device { return frame }
            return nil
        }
    }

    func failures(of device: Int = 0) -> [ReadFailure] {
        compactMap { event in
            if case .failure(let index, let failure, _) = event, index.position == device { return failure }
            return nil
        }
    }

    func description(of device: Int = 0) -> DeviceDescription? {
        for case .described(let index, let description) in self where index.position == device { return description }
        return nil
    }
}

extension SampleFrame {
    func sample(_ name: String, _ map: DeviceMap) -> Sample {
        map.position(of: name).map { samples[$0] } ?? .absent
    }
}

extension LineDevice {
    /// A device that answers slowly enough for a busy machine.
    static func test(
        _ profile: ProfileChoice, device index: Int = 0, unit: UInt8 = 1, timeout: Milliseconds = .seconds(5)
    ) -> LineDevice {
        LineDevice(
            index: DeviceIndex(index), unit: unit, profile: profile, interval: .seconds(1), timeout: timeout)
    }
}

/// A profile that is shipped, from config/profiles.
func shippedProfile(_ name: String) throws -> Profile {
    let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appendingPathComponent("config/profiles/\(name).yaml").path
    return try readProfile(try String(contentsOfFile: path, encoding: .utf8), name: path)
}

/// Registers for tests of the line: two blocks that no plan joins on TCP, because the profile says so.
func twoBlockProfile() throws -> Profile {
    try readProfile(
        """
        profile: two-blocks
        title: Two blocks
        status: simulated
        sources: {none: made for a test}
        limits: {registers: 4, readable: [{function: 3, from: 10, to: 13}, {function: 3, from: 20, to: 23}]}
        points:
          - source: none
            function: 3
            rows:
              - {name: a, address: 10, type: u16}
              - {name: b, address: 13, type: u16}
              - {name: c, address: 20, type: u16}
              - {name: d, address: 23, type: u16}
        """, name: "two-blocks")
}

/// Characters in registers, filled with NUL.
func registers(_ text: String, count: Int) -> [Int] {
    let bytes = Array(text.utf8) + Array(repeating: 0, count: max(0, 2 * count - text.utf8.count))
    return (0..<count).map { Int(bytes[2 * $0]) << 8 | Int(bytes[2 * $0 + 1]) }
}
