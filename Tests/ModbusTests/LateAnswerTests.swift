import DeviceProfiles
import Polling
import Synchronization
import Telemetry
import Terms
import TestPeers
import Testing

@testable import Modbus

/// A device whose register 10 holds the unit × 1000 + 10, and so on: a value that belongs elsewhere shows.
private func profile() throws -> Profile { try twoBlockProfile() }

private func isRight(_ samples: [Sample], unit: Int = 1) -> Bool {
    zip(samples, [10, 13, 20, 23]).allSatisfy { sample, address in
        sample.goodValue.map { $0 == Double(unit * 1_000 + address) } ?? true
    }
}

@Suite struct LateAnswerTests {
    /// The device answers the first block of a sweep only when the second one of the same shape is asked.
    @Test func aLateAnswerOnTCPNeverGivesAValue() async throws {
        let late = Mutex<[UInt8]?>(nil)
        let server = try RawServer(tcp: { request, number in
            let sound = SoundAnswer.tcp(request)
            if number % 3 == 1 {
                late.withLock { $0 = sound }
                return .silence
            }
            return .send(late.withLock { $0.take() ?? [] } + sound)
        })
        defer { server.stop() }
        let device = LineDevice.test(.fixed(try profile()), timeout: Milliseconds(60))
        let events = try await events(.tcp(host: "127.0.0.1", port: server.port), [device]) { $0.frames().count >= 6 }
        #expect(events.frames().allSatisfy { isRight($0.samples) })
        #expect(events.frames().contains { $0.samples.contains { $0.quality == .good } })
    }

    /// On a serial line a late answer of the same shape looks exactly like the right one. Time does not pass in this
    /// test, so nothing but the question of another shape protects.
    @Test(arguments: [1, 2]) func aLateAnswerOnASerialLineNeverGivesAValue(copies: Int) async throws {
        let line = try SerialPair()
        let late = Mutex<[UInt8]>([])
        let server = try RawServer(serial: line.far) { request, number in
            let sound = SoundAnswer.rtu(request)
            if number % 4 == 2 {
                late.withLock { $0 = Array((0..<copies).map { _ in sound }.joined()) }
                return .silence
            }
            let before = late.withLock { bytes in
                defer { bytes = [] }
                return bytes
            }
            return .send(before + sound)
        }
        defer { server.stop() }
        let device = LineDevice.test(.fixed(try profile()), timeout: Milliseconds(100))
        let url = DeviceURL.rtu(path: line.near, SerialSettings(baud: 19_200))
        let events = try await events(url, [device]) { $0.frames().count >= 8 }
        #expect(events.frames().allSatisfy { isRight($0.samples) })
        #expect(events.frames().contains { $0.samples.contains { $0.quality == .good } })
    }

    @Test(arguments: 0..<4) func aDeviceThatDoesEverythingWrongNeverGivesAWrongValue(seed: UInt64) async throws {
        let random = Mutex(SeededRandom(seed: seed))
        let server = try RawServer(tcp: { request, _ in
            random.withLock { mischief(SoundAnswer.tcp(request), &$0) }
        })
        defer { server.stop() }
        let device = LineDevice.test(.fixed(try profile()), timeout: Milliseconds(30))
        let events = try await events(.tcp(host: "127.0.0.1", port: server.port), [device]) { $0.frames().count >= 40 }
        #expect(events.frames().allSatisfy { isRight($0.samples) })
        #expect(server.requests.allSatisfy { (1...4).contains($0[7]) })
    }
}

/// Half of the answers are sound; the others are spoilt in every way that framing can tell.
private func mischief(_ sound: [UInt8], _ random: inout SeededRandom) -> Reply {
    var bytes = sound
    switch Int.random(in: 0..<16, using: &random) {
    case 0: return .silence
    case 1: return .close
    case 2: return .send(Array(sound.prefix(Int.random(in: 1..<sound.count, using: &random))))
    case 3: return .sendAndClose(Array(sound.prefix(Int.random(in: 1..<sound.count, using: &random))))
    case 4: return .send(sound + sound)
    case 5: return .send((0..<300).map { _ in UInt8.random(in: 0...255, using: &random) })
    case 6, 7:
        // Any field of the header, the unit, the function or the byte count; the values speak for another address.
        bytes[Int.random(in: 0...8, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
        bytes[bytes.count - 1] ^= 0x55
        bytes[9] ^= 0x55
        return .send(bytes)
    default: return .send(sound)
    }
}
