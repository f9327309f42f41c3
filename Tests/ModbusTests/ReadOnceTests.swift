import DeviceProfiles
import Polling
import Synchronization
import Telemetry
import Terms
import TestPeers
import Testing

@testable import Modbus

@Suite struct ReadOnceTests {
    private func url(_ port: Int) -> DeviceURL { .tcp(host: "127.0.0.1", port: port) }

    @Test func onePollTellsPointsAlarmsAndWhatFailed() async throws {
        let peer = try ModbusPeer([1: [3: [10: [1, 2, 3, 4]]]])
        let reading = try await readOnce(
            url: url(peer.port), unit: 1, profile: .fixed(try twoBlockProfile()), time: LeapingTime())
        #expect(reading.device.profileName == "two-blocks")
        #expect(reading.samples.map(\.goodValue) == [1, 4, nil, nil])
        #expect(reading.samples.map(\.quality) == [.good, .good, .bad, .bad])
        let request = ReadRequest(unit: 1, function: .holdingRegisters, address: 20, count: 4)
        #expect(reading.failures == [Reading.Failed(request: request, failure: .exception(2))])
    }

    @Test func oneLineCanBePolledAgainAfterItsOwnerWasCancelled() async throws {
        let peer = try ModbusPeer([1: [3: [10: [1, 2, 3, 4], 20: [5, 6, 7, 8]]]])
        let sound = Mutex(0)
        let owner = LineOwner(
            url: url(peer.port), devices: [.test(.fixed(try twoBlockProfile()))], time: LeapingTime()
        ) { event in
            guard case .frame(let frame) = event else { return }
            #expect(frame.requests == 2)
            if frame.failedRequests == 0 { sound.withLock { $0 += 1 } }
        }
        for round in 1...3 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await owner.run() }
                while sound.withLock({ $0 }) < round * 3 { await Task.yield() }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test func aDeadPortIsAFailureWithItsReason() async throws {
        let dead = try DeadPort()
        await #expect(throws: ReadFailure.refused) {
            _ = try await readOnce(
                url: url(dead.port), unit: 1, profile: .fixed(try shippedProfile("goodwe-et")), time: LeapingTime())
        }
    }

    @Test func aPollBetweenTheSweepsDisturbsNeither() async throws {
        let nines = [9, 9, 9, 9]
        let peer = try ModbusPeer([1: [3: [10: [1, 2, 3, 4], 20: [5, 6, 7, 8]]], 2: [3: [10: nines, 20: nines]]])
        let profile = ProfileChoice.fixed(try twoBlockProfile())
        let owner = LineOwner(url: url(peer.port), devices: [.test(profile)], time: LeapingTime()) { event in
            guard case .frame(let frame) = event, !frame.isSilent else { return }
            #expect(frame.samples.map(\.goodValue) == [1, 4, 5, 8])
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await owner.run() }
            for _ in 0..<20 {
                let reading = try await owner.readOnce(unit: 2, profile: profile)
                #expect(reading.samples.map(\.goodValue) == [9, 9, 9, 9])
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        let statistics = await owner.statistics()
        #expect(statistics[2]?.answers == 40)
        #expect(statistics[2]?.failures == [:])
    }
}
