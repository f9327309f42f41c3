import DeviceProfiles
import Foundation
import Polling
import Settings
import StrictYAML
import Synchronization
import Telemetry
import Terms
import Testing

@testable import Gateway
@testable import Modbus

/// Time that passes while somebody waits, up to an end.
private final class FuzzTime: TimeSource {
    private let state: Mutex<Int64>
    private let end: Int64
    private let ended: @Sendable () -> Void

    init(seconds: Int64, ended: @escaping @Sendable () -> Void) {
        state = Mutex(1_000_000_000)
        end = (seconds + 1) * 1_000_000_000
        self.ended = ended
    }

    func now() -> Stamp {
        let now = state.withLock { $0 }
        return Stamp(
            boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: now),
            wall: Instant(milliseconds: now / 1_000_000), trust: .synced)
    }

    func pass(_ nanoseconds: Int64) { state.withLock { $0 += max(0, nanoseconds) } }

    func sleep(until deadline: Boottime) async throws {
        try Task.checkCancellation()
        let now = state.withLock { now in
            now = max(now, deadline.nanoseconds)
            return now
        }
        if now >= end { ended() }
        await Task.yield()
    }
}

/// A device that takes everything and writes down every frame: whoever may write to it is for others to say.
private final class OpenDevice: ByteLink, @unchecked Sendable {
    enum Manner: CaseIterable { case obeys, refuses, isSilent, lies, forgets }

    private let time: FuzzTime
    private let manner: Manner
    private let frames: Frames
    private var output: [UInt8] = []
    private var page: (UInt8, UInt8) = (0, 0)

    init(_ time: FuzzTime, _ manner: Manner, _ frames: Frames) {
        self.time = time
        self.manner = manner
        self.frames = frames
    }

    func send(_ bytes: UnsafeRawBufferPointer, within limit: Milliseconds) throws(ReadFailure) {
        let frame = Array(bytes)
        frames.take(frame)
        guard frame.count >= 12 else { return }
        let head = Array(frame[0...3]) + [0]
        guard frame[7] <= 4 else {
            switch manner {
            case .obeys: page = (frame[frame.count - 2], frame[frame.count - 1])
            case .refuses: output = head + [3, frame[6], frame[7] | 0x80, 3]
            case .isSilent, .lies, .forgets: break
            }
            if manner != .refuses, manner != .isSilent { output = head + [6] + frame[6..<12] }
            if manner == .lies { output[11] ^= 1 }
            return
        }
        let count = Int(frame[10]) << 8 | Int(frame[11])
        let isProof = frame[8] == 0x90 && frame[9] == 0x44
        let payload = frame[7] < 3
            ? [UInt8](repeating: 0, count: (count + 7) / 8) : [UInt8](repeating: 1, count: 2 * count)
        let content = isProof ? [page.0, page.1] + payload.dropFirst(2) : payload
        output = head + [UInt8(3 + content.count), frame[6], frame[7], UInt8(content.count)] + content
    }

    func receive(into room: UnsafeMutableRawBufferPointer, patience: inout Int64) throws(ReadFailure) -> Int {
        let count = min(room.count, output.count)
        if count == 0 {
            time.pass(patience)
            patience = 0
        }
        room.copyBytes(from: output.prefix(count))
        output.removeFirst(count)
        return count
    }

    func pause(nanoseconds: Int64) { time.pass(nanoseconds) }

    func close() { output = [] }
}

/// What arrived at a device, and what was put on record before.
private final class Frames: Sendable {
    private let state = Mutex<(reads: Int, writes: [AllowedWrite], strange: [[UInt8]])>((0, [], []))

    var reads: Int { state.withLock { $0.reads } }
    var writes: [AllowedWrite] { state.withLock { $0.writes } }
    /// What is neither a read nor a write of one register.
    var strange: [[UInt8]] { state.withLock { $0.strange } }

    func take(_ frame: [UInt8]) {
        state.withLock { state in
            func word(_ index: Int) -> Int { Int(frame[index]) << 8 | Int(frame[index + 1]) }
            switch (frame.count, frame[7]) {
            case (12, 1...4): state.reads += 1
            case (12, 6):
                state.writes.append(
                    AllowedWrite(unit: Int(frame[6]), function: 6, register: word(8), value: word(10)))
            case (15, 16) where word(10) == 1 && frame[12] == 2:
                state.writes.append(
                    AllowedWrite(unit: Int(frame[6]), function: 16, register: word(8), value: word(13)))
            default: state.strange.append(frame)
            }
        }
    }
}

/// Can a write leave without permission? Configurations and profiles, sound and hostile, are read as the daemon reads
/// them, and the lines that come of them run on devices that take everything.
@Suite(.serialized) struct WriteFuzzTests {
    private struct Tally {
        var refused = 0
        var silent = 0
        var wrote = 0
        var withheld = 0
    }

    @Test func nothingIsWrittenThatProfileAndSiteDoNotBothAllow() async throws {
        let environment = ProcessInfo.processInfo.environment
        let rounds = Int(environment["AFTERCARE_FUZZ_ROUNDS"] ?? "") ?? 1
        let seed = UInt64(environment["AFTERCARE_FUZZ_SEED"] ?? "") ?? 20_260_704
        print("WRITES seed \(seed), \(400 * rounds) configurations")
        let site = try TestSite()
        try site.configure(url: "tcp://127.0.0.1:1", devices: ["name: a, unit: 1, profile: goodwe-et"])
        let base = try site.read()
        var tally = Tally()
        for number in 0..<UInt64(400 * rounds) {
            var random = FuzzRandom(seed: seed &+ number)
            let texts = FuzzTexts(&random)
            guard let configuration = read(texts, base) else {
                tally.refused += 1
                continue
            }
            try await run(configuration, texts, &random, &tally, "seed \(seed), configuration \(number)")
        }
        print("WRITES refused \(tally.refused), wrote \(tally.wrote), withheld \(tally.withheld), "
            + "silent \(tally.silent)")
        // Else nothing was tried.
        #expect(tally.wrote > 40 * rounds && tally.withheld > 40 * rounds && tally.refused > 40 * rounds)
    }

    /// As the daemon reads them: every profile and the site's text must be sound.
    private func read(_ texts: FuzzTexts, _ base: SiteConfiguration) -> SiteConfiguration? {
        do throws(InvalidText) {
            var configuration = base
            configuration.library.profiles = [:]
            for (name, text) in texts.profiles {
                configuration.library.profiles[name] = try readProfile(text, name: "\(name).yaml")
            }
            configuration.settings = try readGatewaySettings(
                texts.gateway, name: "gateway.yaml", profiles: Set(texts.profiles.keys),
                writes: configuration.library.writes)
            return configuration
        } catch {
            return nil
        }
    }

    private func run(
        _ configuration: SiteConfiguration, _ texts: FuzzTexts, _ random: inout FuzzRandom, _ tally: inout Tally,
        _ place: String
    ) async throws {
        let frames = Frames()
        let onRecord = Mutex<[AllowedWrite]>([])
        let manner = random.isTrue(oneIn: 3) ? random.pick(OpenDevice.Manner.allCases) : .obeys
        let isOnRecord = !random.isTrue(oneIn: 8)
        for line in configuration.settings.lines {
            let (enough, signal) = AsyncStream<Void>.makeStream()
            let time = FuzzTime(seconds: 840) { signal.finish() }
            let owner = LineOwner(
                url: line.url, devices: configuration.lineDevices(of: line), time: time,
                announce: { round in
                    if isOnRecord { onRecord.withLock { $0 += round.writes.map(AllowedWrite.init) } }
                    return isOnRecord
                },
                open: { (_, _) throws(ReadFailure) in OpenDevice(time, manner, frames) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await owner.run() }
                for await _ in enough {}
                group.cancelAll()
                try await group.waitForAll()
            }
            let written = frames.writes.count
            for profile in configuration.library.sortedProfiles {
                _ = await owner.record(unit: 1, profile: .fixed(profile))
            }
            #expect(frames.writes.count == written, "recording wrote: \(place)")
        }
        let oracle = try WriteOracle(texts)
        let stray = frames.writes.filter { !oracle.allowed.contains($0) }
        #expect(stray.isEmpty && frames.strange.isEmpty, "\(place)\n\(texts)")
        var left = onRecord.withLock { $0 }
        for write in frames.writes {
            let found = left.firstIndex(of: write)
            #expect(found != nil, "not on record before: \(place)")
            if let found { left.remove(at: found) }
        }
        #expect(frames.reads > 0, "\(place)")
        count(frames, configuration, &tally)
    }

    private func count(_ frames: Frames, _ configuration: SiteConfiguration, _ tally: inout Tally) {
        let isWithheld = configuration.settings.devices.contains { device in
            device.profile.flatMap { configuration.library.profiles[$0] }?.withheld(from: device.permission) != nil
        }
        if !frames.writes.isEmpty {
            tally.wrote += 1
        } else if isWithheld {
            tally.withheld += 1
        } else {
            tally.silent += 1
        }
    }
}

extension AllowedWrite {
    fileprivate init(_ write: PermittedWrite) {
        self.init(
            unit: Int(write.unit), function: write.function.rawValue, register: Int(write.address),
            value: Int(write.value))
    }
}
