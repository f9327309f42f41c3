import DeviceProfiles
import Polling
import Synchronization
import Telemetry
import Terms
import TestPeers
import Testing

@testable import Modbus

private func url(_ port: Int) -> DeviceURL { .tcp(host: "127.0.0.1", port: port) }

/// The registers of a GoodWe ET with a battery.
private var goodWe: [Int: [Int: [Int]]] {
    var identity = [1, 10_000, 1] + registers("9010KETU000W0000", count: 8) + registers("GW10K-ET", count: 5)
    identity += Array(repeating: 0, count: 33 - identity.count)
    var running = Array(repeating: 0, count: 125)
    running[35_180 - 35_100] = 3_921
    running[35_181 - 35_100] = 0xFFF6
    var battery = Array(repeating: 0, count: 24)
    battery[6] = 1 << 2 | 1 << 9
    battery[7] = 88
    battery[8] = 99
    battery[20] = 251
    let (meter, diagnosis) = (Array(repeating: 0, count: 45), Array(repeating: 0, count: 12))
    return [3: [35_000: identity, 35_100: running, 35_250: diagnosis, 36_000: meter, 37_000: battery]]
}

/// The registers of a SunSpec inverter with a battery, and no end model.
private var sunSpec: [Int: [Int: [Int]]] {
    let common = [1, 66] + registers("Maker", count: 16) + registers("Model", count: 16)
        + Array(repeating: 0, count: 8) + registers("1.2", count: 8) + registers("SN-7", count: 16) + [1, 0]
    var inverter = [103, 50] + Array(repeating: 0, count: 50)
    inverter[10...12] = [2_301, 2_302, 0xFFFF]
    inverter[13] = 0xFFFF
    inverter[33] = 451
    inverter[37] = 0xFFFF
    var battery = [802, 62] + Array(repeating: 0, count: 62)
    battery[11] = 555
    battery[56] = 0xFFFF
    battery[26...27] = [0x0040, 0x0002]
    battery[44] = 125
    battery[61] = 0xFFFF
    battery[47] = 500
    battery[63] = 0x8000
    return [3: [40_000: [0x5375, 0x6E53] + common + inverter + battery]]
}

@Suite struct LineOwnerTests {
    @Test func aGoodWeOnTCPIsDescribedAndRead() async throws {
        let peer = try ModbusPeer([247: goodWe])
        let device = LineDevice.test(.fixed(try shippedProfile("goodwe-et")), unit: 247)
        let events = try await events(url(peer.port), [device]) { $0.frames().count >= 2 }
        guard case .described(_, let description)? = events.first else {
            Issue.record("not described first")
            return
        }
        #expect(description.serial == "9010KETU000W0000")
        #expect(description.profileName == "goodwe-et")
        let frame = try #require(events.frames().last)
        #expect(frame.failedRequests == 0)
        #expect(frame.sample("pack.voltage", description.map).goodValue == 392.1)
        // 1 A flows into the battery; the inverter says −1 A.
        #expect(frame.sample("pack.current", description.map).goodValue == 1)
        #expect(frame.sample("pack.soc", description.map).goodValue == 88)
        #expect(frame.sample("pack.temperature.max", description.map).goodValue == 25.1)
        #expect(
            description.map.activeAlarms(in: frame.samples).map(\.code)
                == ["goodwe.cellTemperatureHigh2", "goodwe.batteryLock"])
        #expect(try peer.counts().writes == 0)
    }

    @Test func aSunSpecChainIsFoundAndReadWithItsScaleFactors() async throws {
        let peer = try ModbusPeer([1: sunSpec])
        let choice = ProfileChoice.automatic([try shippedProfile("goodwe-et"), try shippedProfile("sunspec")])
        let events = try await events(url(peer.port), [.test(choice)]) { $0.frames().count >= 1 }
        let description = try #require(events.description())
        let frame = try #require(events.frames().first)
        #expect(description.profileName == "sunspec")
        #expect(description.serial == "SN-7")
        #expect(description.texts.map(\.text) == ["Maker", "Model", "1.2", "SN-7"])
        #expect(frame.sample("grid.voltage.1", description.map).goodValue == 230.1)
        #expect(frame.sample("grid.voltage.3", description.map).quality == .notImplemented)
        #expect(frame.sample("inverter.temperature", description.map).goodValue == 45.1)
        #expect(frame.sample("pack.soc", description.map).goodValue == 55.5)
        #expect(frame.sample("pack.current", description.map).goodValue == -12.5)
        #expect(frame.sample("pack.power", description.map).quality == .notImplemented)
        #expect(
            description.map.activeAlarms(in: frame.samples).map(\.code)
                == ["sunspec.battery.overTemperature", "sunspec.battery.groundFault"])
        #expect(try peer.counts().writes == 0)
    }

    @Test func stringsFarBehindTheirScaleFactorsAreReadWithThem() async throws {
        var bank = [803, 26 + 10 * 32] + Array(repeating: 0, count: 26 + 10 * 32)
        bank[2] = 10
        bank[26] = 0xFFFF
        for string in 0..<10 { bank[28 + 32 * string + 4] = 500 + string }
        let peer = try ModbusPeer([1: [3: [40_000: [0x5375, 0x6E53] + bank + [0xFFFF, 0]]]])
        let choice = ProfileChoice.fixed(try shippedProfile("sunspec"))
        let events = try await events(url(peer.port), [.test(choice)]) { $0.frames().count >= 2 }
        let map = try #require(events.description()).map
        let far = map.points[try #require(map.position(of: "string.10.soc"))].coding
        #expect(far.scaleFactorIsApart)
        for frame in events.frames() {
            #expect(frame.failedRequests == 0)
            for string in 1...10 {
                #expect(frame.sample("string.\(string).soc", map).goodValue == Double(499 + string) / 10)
            }
        }
        let reading = try await LineOwner(url: url(peer.port), devices: [], time: LeapingTime())
            .readOnce(unit: 1, profile: choice)
        #expect(map.position(of: "string.10.soc").flatMap { reading.samples[$0].goodValue } == 50.9)
    }

    @Test func aBlockThatTheDeviceLacksIsBadAndTheOthersAreRead() async throws {
        let peer = try ModbusPeer([1: [3: [10: [1, 2, 3, 4]]]])
        let events = try await events(url(peer.port), [.test(.fixed(try twoBlockProfile()))]) { $0.frames().count >= 3 }
        for frame in events.frames() {
            #expect(frame.samples.map(\.quality) == [.good, .good, .bad, .bad])
            #expect(frame.requests == 2)
            #expect(frame.failedRequests == 1)
            #expect(!frame.isSilent)
        }
        // Told once, not in every sweep.
        #expect(events.failures() == [.exception(2)])
    }

    @Test func aDeadPortIsReportedOnceAndTheLineGoesOn() async throws {
        let dead = try DeadPort()
        let attempts = Mutex(0)
        let profile = try twoBlockProfile()
        let owner = LineOwner(
            url: url(dead.port), devices: [.test(.fixed(profile)), .test(.fixed(profile), device: 1, unit: 2)],
            time: LeapingTime()
        ) { event in
            if case .failure(_, .refused, _) = event { attempts.withLock { $0 += 1 } }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await owner.run() }
            while await owner.statistics()[1].map({ $0.requests < 20 }) ?? true { await Task.yield() }
            group.cancelAll()
            try await group.waitForAll()
        }
        // Two devices of two requests each, each told once.
        #expect(attempts.withLock { $0 } <= 4)
    }

    @Test func aDeviceThatFallsSilentIsReadAgainWhenItComesBack() async throws {
        let peer = try ModbusPeer([1: [3: [10: [1, 2, 3, 4], 20: [5, 6, 7, 8]]]])
        let device = LineDevice.test(.fixed(try twoBlockProfile()), timeout: .seconds(1))
        let events = try await events(url(peer.port), [device]) { events in
            let frames = events.frames()
            // The peer's answers are waited for, so the next sweep sees the change.
            if case .frame? = events.last {
                // A peer that did not hear shows as frames that did not change.
                if frames.count == 2 { try? peer.silence(unit: 1) }
                // As above.
                if frames.count == 4 { try? peer.speak(unit: 1) }
            }
            return frames.count >= 6
        }
        let frames = events.frames()
        #expect(frames[..<6].map(\.isSilent) == [false, false, true, true, false, false])
        #expect(frames[2].samples.allSatisfy { $0.quality == .bad })
        #expect(frames[5].samples.map(\.goodValue) == [1, 4, 5, 8])
        #expect(events.failures().allSatisfy { $0 == .timeout })
    }

    @Test func aDeadUnitOnASerialLineDoesNotHideTheLivingOne() async throws {
        let line = try SerialPair()
        let peer = try ModbusPeer([2: [3: [10: [1, 2, 3, 4], 20: [5, 6, 7, 8]]]], serial: line.far)
        let profile = ProfileChoice.fixed(try twoBlockProfile())
        let url = DeviceURL.rtu(path: line.near, SerialSettings(baud: 19_200))
        let events = try await events(
            url, [.test(profile, timeout: Milliseconds(100)), .test(profile, device: 1, unit: 2)]
        ) { $0.frames(of: 1).count >= 5 }
        #expect(events.frames(of: 1).allSatisfy { $0.samples.map(\.goodValue) == [1, 4, 5, 8] })
        #expect(events.frames(of: 0).allSatisfy { $0.samples.allSatisfy { $0.quality == .bad } })
        #expect(try peer.counts().writes == 0)
    }

    @Test func afterAFailureThatIsNoExceptionTCPConnectsAnew() async throws {
        let server = try RawServer(tcp: { request, number in
            switch number {
            case 1: .send(SoundAnswer.tcp(request))
            case 2: .send([request[0], request[1], 0, 0, 0, 3, request[6], request[7] | 0x80, 4])
            case 3: .silence
            default: .send(SoundAnswer.tcp(request))
            }
        })
        defer { server.stop() }
        let device = LineDevice.test(.fixed(try twoBlockProfile()), timeout: .seconds(1))
        let events = try await events(url(server.port), [device]) { $0.frames().count >= 4 }
        #expect(events.failures() == [.exception(4), .timeout])
        #expect(server.connections == 2)
    }

    @Test func aDeviceThatClosesAfterEveryAnswerIsReadWithoutAGap() async throws {
        let server = try RawServer(tcp: { request, _ in .sendAndClose(SoundAnswer.tcp(request)) })
        defer { server.stop() }
        let events = try await events(url(server.port), [.test(.fixed(try twoBlockProfile()))]) {
            $0.frames().count >= 3
        }
        #expect(events.frames().allSatisfy { $0.failedRequests == 0 })
        #expect(events.failures().isEmpty)
    }

    @Test func theFrameIsNeverCopied() async throws {
        let peer = try ModbusPeer([1: [3: [10: [1, 2, 3, 4], 20: [5, 6, 7, 8]]]])
        let places = Mutex<[UInt]>([])
        let (enough, signal) = AsyncStream<Void>.makeStream()
        let owner = LineOwner(
            url: url(peer.port), devices: [.test(.fixed(try twoBlockProfile()))], time: LeapingTime()
        ) { event in
            guard case .frame(let frame) = event else { return }
            let place = frame.samples.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
            if places.withLock({ $0.append(place); return $0.count }) == 20 { signal.finish() }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await owner.run() }
            for await _ in enough {}
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(Set(places.withLock { $0 }).count == 1)
    }

    @Test func aDeviceThatIsNotWhatItsProfileSaysGivesNoFrame() async throws {
        let peer = try ModbusPeer([1: sunSpec, 2: [3: [35_001: [0, 9]]]])
        let goodWe = try shippedProfile("goodwe-et")
        let events = try await events(
            url(peer.port), [.test(.fixed(goodWe)), .test(.automatic([goodWe]), device: 1, unit: 2)]
        ) { !$0.failures(of: 0).isEmpty && !$0.failures(of: 1).isEmpty }
        #expect(events.failures(of: 0) == [.wrongDevice])
        #expect(events.failures(of: 1) == [.notRecognised])
        #expect(events.frames(of: 0).isEmpty && events.frames(of: 1).isEmpty)
    }
}
