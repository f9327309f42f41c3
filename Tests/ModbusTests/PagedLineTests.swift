import DeviceProfiles
import Polling
import Telemetry
import Terms
import TestPeers
import Testing

@testable import Modbus

private let allowed = SitePermission(listed: ["paged.choose"])

private func device(
    _ profile: Profile, index: Int = 0, permission: SitePermission = allowed, interval: Milliseconds = .seconds(1)
) -> LineDevice {
    LineDevice(
        index: DeviceIndex(index), unit: UInt8(index + 1), profile: .fixed(profile), interval: interval,
        timeout: Milliseconds(200), permission: permission)
}

/// A line whose master may write, so that a test sees what it writes.
private func line(_ transport: Transport, _ devices: PagedDevices) -> VirtualLine {
    let line = VirtualLine(transport, seed: 3)
    line.mayWrite = true
    line.answer = { devices.answer($0, $1, $2) }
    return line
}

/// The frames that hold something of a page, by the positions of its points.
private func pages(_ frames: [[Sample]], _ positions: [Int]) -> [[Telemetry.Quality]] {
    frames.map { frame in positions.map { frame[$0].quality } }.filter { $0 != positions.map { _ in .absent } }
}

@Suite("Pages on a line with simulated time")
struct PagedLineTests {
    @Test(arguments: Transport.allCases)
    func everyPageIsShownOnceARoundAndReadAsItself(transport: Transport) async throws {
        let devices = PagedDevices()
        let line = line(transport, devices)
        let log = PagedLog()
        try await runPaged(line, [device(try pagedProfile())], seconds: 700, log: log)
        #expect(line.violations.isEmpty)
        // Two rounds in 700 s: one after a minute, one ten minutes later.
        #expect(devices.writes.map(\.word) == [0x0101, 0x0102, 0x0103, 0x0101, 0x0102, 0x0103])
        #expect(devices.writes.allSatisfy { $0.unit == 1 && $0.address == 0x9020 })
        #expect(devices.heard.allSatisfy { $0.function == 3 || $0.function == 6 })
        #expect(log.rounds.map { $0.writes.map(\.value) } == [[0x0101, 0x0102, 0x0103], [0x0101, 0x0102, 0x0103]])
        #expect(devices.writes[3].at - devices.writes[0].at >= 600_000_000_000)
        for page in 0..<3 {
            let positions = [1 + 3 * page, 2 + 3 * page, 3 + 3 * page]
            let read = log.frames.filter { $0[positions[0]].quality != .absent }
            #expect(read.count == 2)
            for frame in read {
                let values = positions.map { frame[$0].goodValue }
                let expected = [0x9051, 0x9052, 0x90A0].map {
                    Double(PagedDevices.content($0, page: 0x0101 + page))
                }
                #expect(values == expected)
            }
        }
        #expect(log.frames.allSatisfy { $0[0].quality == .good })
        #expect(log.failures.isEmpty && log.notShown.isEmpty)
    }

    @Test func theWriteIsAnnouncedBeforeItIsSentAndThePageSettles() async throws {
        let devices = PagedDevices()
        let line = line(.tcp, devices)
        let log = PagedLog()
        try await runPaged(line, [device(try pagedProfile(settle: "3s"))], seconds: 100, log: log)
        let write = try #require(devices.heard.firstIndex { $0.function == 6 })
        let next = devices.heard[write + 1]
        #expect(next.address == 0x9044)
        #expect(next.at - devices.heard[write].at >= 3_000_000_000)
        #expect(log.rounds.count == 1)
    }

    @Test(arguments: [
        SitePermission.none, SitePermission(listed: ["paged.chose"]), SitePermission(listed: ["", "paged", "*"]),
    ])
    func withoutPermissionNothingOfThePagesIsAskedOrMissed(permission: SitePermission) async throws {
        let devices = PagedDevices()
        // A write would be a violation here.
        let line = VirtualLine(.tcp, seed: 3)
        line.answer = { devices.answer($0, $1, $2) }
        let log = PagedLog()
        try await runPaged(line, [device(try pagedProfile(), permission: permission)], seconds: 700, log: log)
        #expect(line.violations.isEmpty)
        #expect(log.rounds.isEmpty)
        #expect(devices.heard.allSatisfy { $0.address == 100 })
        #expect(log.frames.count > 500)
        #expect(log.frames.allSatisfy { $0.map(\.quality) == [.good] })
    }

    @Test func aProfileThatWasFoundByItselfIsNeverWritten() async throws {
        let profile = try readProfile(
            """
            profile: found
            title: F
            status: simulated
            sources: {none: made for a test}
            identity: [{function: 3, address: 100, type: u16, range: [0, 65535]}]
            writes: [{name: w, function: 6, address: 0x9020, values: [0, 1], reason: It chooses., source: none}]
            pages:
              - {select: w, values: [1], points: [{source: none, function: 3,
                 rows: [{name: b.#, address: 0x9051, type: u16}]}]}
            points: [{source: none, function: 3, rows: [{name: a, address: 100, type: u16}]}]
            """, name: "found")
        let devices = PagedDevices()
        let line = VirtualLine(.tcp, seed: 3)
        line.answer = { devices.answer($0, $1, $2) }
        let log = PagedLog()
        let device = LineDevice(
            index: DeviceIndex(0), unit: 1, profile: .automatic([profile]), interval: .seconds(1),
            permission: SitePermission(listed: ["w"]))
        try await runPaged(line, [device], seconds: 100, log: log)
        #expect(line.violations.isEmpty && log.rounds.isEmpty)
        #expect(log.frames.count > 50 && log.frames.allSatisfy { $0.count == 1 })
    }

    @Test func whatIsNotOnRecordIsNotWritten() async throws {
        let devices = PagedDevices()
        let line = line(.tcp, devices)
        let log = PagedLog()
        try await runPaged(line, [device(try pagedProfile())], seconds: 1_400, log: log, isOnRecord: false)
        #expect(devices.writes.isEmpty)
        // Asked after a minute, and every ten minutes after that.
        #expect(log.rounds.count == 3)
        #expect(log.frames.allSatisfy { $0[0].quality == .good && $0[1].quality == .absent })
    }

    @Test(arguments: Transport.allCases, [
        (PagedDevices.Manner.refuses, ReadFailure.exception(3)), (.isSilent, .timeout), (.lies, .wrongEcho),
    ])
    func aFailedWriteIsNotRepeatedAndEndsTheRound(
        transport: Transport, manner: (PagedDevices.Manner, ReadFailure)
    ) async throws {
        let devices = PagedDevices(manner.0)
        let line = line(transport, devices)
        let log = PagedLog()
        try await runPaged(line, [device(try pagedProfile())], seconds: 300, log: log)
        #expect(devices.writes.map(\.word) == [0x0101])
        #expect(log.failures == [manner.1])
        // Every page is bad, once, and nothing of it was read.
        #expect(pages(log.frames, Array(1...9)) == [Array(repeating: .bad, count: 9)])
        #expect(!devices.heard.contains { [0x9044, 0x9051, 0x90A0].contains($0.address) })
        #expect(log.frames.filter { $0[0].quality == .good }.count > 250)
        #expect(line.violations.isEmpty)
    }

    @Test func aWriteThatFailsInTheMiddleKeepsThePagesBeforeIt() async throws {
        let devices = PagedDevices()
        let line = line(.tcp, devices)
        let log = PagedLog()
        try await runPaged(line, [device(try pagedProfile())], seconds: 300, log: log) { frame in
            if frame.samples[1].quality == .good { devices.become(.refuses) }
        }
        #expect(devices.writes.map(\.word) == [0x0101, 0x0102])
        #expect(pages(log.frames, [1, 2, 3]) == [[.good, .good, .good]])
        #expect(pages(log.frames, [4, 5, 6, 7, 8, 9]) == [Array(repeating: .bad, count: 6)])
    }

    @Test func aPageThatIsNotShownIsNotBelievedAndTheNextOneIsTried() async throws {
        let devices = PagedDevices(.ignores)
        let line = line(.tcp, devices)
        let log = PagedLog()
        try await runPaged(line, [device(try pagedProfile())], seconds: 300, log: log)
        #expect(devices.writes.map(\.word) == [0x0101, 0x0102, 0x0103])
        #expect(log.notShown == [0, 0, 0])
        #expect(!devices.heard.contains { $0.address == 0x9051 })
        #expect(pages(log.frames, [1, 2, 3]) == [[.bad, .bad, .bad]])
    }

    @Test func aPageThatTurnsAwayWhileItIsReadIsNotBelieved() async throws {
        let devices = PagedDevices(.turnsAway)
        let line = line(.tcp, devices)
        let log = PagedLog()
        try await runPaged(line, [device(try pagedProfile())], seconds: 300, log: log)
        #expect(log.notShown == [0x0100, 0x0100, 0x0100])
        #expect(pages(log.frames, [1, 2, 3]) == [[.bad, .bad, .bad]])
    }

    @Test func devicesTakeTurnsWithTheirRoundsAndAreSweptMeanwhile() async throws {
        let devices = PagedDevices()
        let line = line(.rtu, devices)
        let log = PagedLog()
        let profile = try pagedProfile()
        try await runPaged(
            line, [device(profile, interval: .seconds(3)), device(profile, index: 1, interval: .seconds(3))],
            seconds: 200, log: log)
        let writes = devices.writes
        #expect(writes.count == 6)
        // All pages of one, then all of the other.
        #expect(Set(writes.prefix(3).map(\.unit)).count == 1 && Set(writes.suffix(3).map(\.unit)).count == 1)
        #expect(writes.first?.unit != writes.last?.unit)
        // The other device is read between two pages of the first.
        let first = writes[0].unit
        let between = devices.heard.filter { $0.unit != first && $0.at > writes[0].at && $0.at < writes[2].at }
        #expect(between.contains { $0.address == 100 })
        #expect(line.violations.isEmpty)
    }

    @Test func aDeviceThatFallsSilentInItsRoundFreesTheLineForTheOther() async throws {
        let devices = PagedDevices()
        let line = line(.tcp, devices)
        let log = PagedLog()
        let profile = try pagedProfile()
        let end = line.clock.nanoseconds + 400_000_000_000
        try await runPaged(line, [device(profile), device(profile, index: 1)], seconds: 400, log: log) { frame in
            guard frame.device.position == 0, frame.samples[1].quality == .good else { return }
            devices.mute(unit: 1, until: end)
        }
        #expect(devices.writes.filter { $0.unit == 1 }.count < 3)
        #expect(devices.writes.filter { $0.unit == 2 }.map(\.word) == [0x0101, 0x0102, 0x0103])
    }

    @Test func oneReadingNeverWrites() async throws {
        let devices = PagedDevices()
        let line = VirtualLine(.tcp, seed: 3)
        line.answer = { devices.answer($0, $1, $2) }
        let reading = try await Modbus.readOnce(
            url: line.transport.url, unit: 1, profile: .fixed(try pagedProfile()), time: line.clock, open: line.opener)
        #expect(reading.samples.map(\.quality) == [.good])
        #expect(reading.device.profile.withheld(from: .none)?.count == 9)
        #expect(line.violations.isEmpty && devices.writes.isEmpty)
    }
}

@Suite("Pages of a real server")
struct PagedPeerTests {
    @Test func aServerThatPagesIsReadPageByPage() async throws {
        let peer = try ModbusPeer([1: [3: [100: [7], 0x9020: [0], 0x9044: [0], 0x9051: [0, 0], 0x90A0: [0]]]])
        defer { peer.stop() }
        func page(_ value: Int) -> [Int] {
            var registers = Array(repeating: 0, count: 0x90A1 - 0x9044)
            registers[0] = value
            registers[0x9051 - 0x9044] = value + 1_000
            registers[0x9052 - 0x9044] = value + 2_000
            registers[0x90A0 - 0x9044] = value + 3_000
            return registers
        }
        let values = [0x0101, 0x0102, 0x0103]
        let pages = Dictionary(uniqueKeysWithValues: values.map { ($0, page($0)) })
        try peer.page(unit: 1, select: 0x9020, show: 0x9044, pages: pages)
        let log = PagedLog()
        let (enough, signal) = AsyncStream<Void>.makeStream()
        let owner = LineOwner(
            url: .tcp(host: "127.0.0.1", port: peer.port),
            devices: [
                LineDevice(
                    index: DeviceIndex(0), unit: 1, profile: .fixed(try pagedProfile()), interval: .seconds(1),
                    timeout: .seconds(5), permission: allowed)
            ],
            time: LeapingTime(), seed: 1,
            deliver: { event in
                log.take(event)
                if log.frames.contains(where: { $0[9].quality != .absent }) { signal.finish() }
            },
            announce: { round in
                log.announce(round)
                return true
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await owner.run() }
            for await _ in enough {}
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(try peer.written() == values.map { [6, 0x9020, $0] })
        for (index, value) in values.enumerated() {
            let frame = try #require(log.frames.first { $0[1 + 3 * index].quality != .absent })
            let read = (0..<3).map { frame[1 + 3 * index + $0].goodValue }
            #expect(read == [Double(value + 1_000), Double(value + 2_000), Double(value + 3_000)])
        }
        #expect(log.rounds.count == 1)
    }
}
