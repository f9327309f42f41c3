import DeviceProfiles
import Polling
import Synchronization
import Telemetry
import Terms
import TestPeers
import Testing

@testable import Modbus

/// Six registers in one block, and two in another, a thousand behind it: a device that refuses all that it is asked has
/// no fences.
private func blockProfile(_ name: String = "block", from address: Int = 10, timeout: String = "1s") throws -> Profile {
    let blocks = [address..<address + 6, address + 1_000..<address + 1_002]
    let readable = blocks.map { "{function: 3, from: \($0.lowerBound), to: \($0.upperBound - 1)}" }
    let rows = blocks.joined().map { "      - {name: r\($0), address: \($0), type: u16}" }
    return try readProfile(
        """
        profile: \(name)
        title: One block
        status: simulated
        sources: {none: made for a test}
        line: {timeout: \(timeout)}
        limits: {registers: 6, readable: [\(readable.joined(separator: ", "))]}
        points:
          - source: none
            function: 3
            rows:
        \(rows.joined(separator: "\n"))
        """, name: name)
}

/// Answers on unit 1, and refuses whatever holds one of the registers.
private func refusing(_ registers: Set<Int>, _ request: [UInt8]) -> Reply {
    let address = Int(request[8]) << 8 | Int(request[9])
    let count = Int(request[10]) << 8 | Int(request[11])
    guard registers.isDisjoint(with: address..<address + count) else {
        return .send([request[0], request[1], 0, 0, 0, 3, request[6], request[7] | 0x80, 2])
    }
    return .send(SoundAnswer.tcp(request))
}

private func touches(_ register: Int, _ request: [UInt8]) -> Bool {
    let address = Int(request[8]) << 8 | Int(request[9])
    return (address..<address + (Int(request[10]) << 8 | Int(request[11]))).contains(register)
}

/// Runs a line until an event is enough, then asks how it does.
private func health(
    _ server: RawServer, _ devices: [LineDevice], until isEnough: @escaping @Sendable (LineEvent) -> Bool
) async throws -> (health: LineHealth, owner: LineOwner) {
    let (enough, signal) = AsyncStream<Void>.makeStream()
    let owner = LineOwner(
        url: .tcp(host: "127.0.0.1", port: server.port), devices: devices, time: LeapingTime(), seed: 1
    ) { event in
        if isEnough(event) { signal.finish() }
    }
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await owner.run() }
        for await _ in enough {}
        group.cancelAll()
        try await group.waitForAll()
        return (await owner.health(), owner)
    }
}

@Suite("How a line does, and what is remembered of it")
struct LineHealthTests {
    @Test func whatADeviceRefusesIsToldAndNotAskedAgainAfterARestart() async throws {
        let server = try RawServer(tcp: { request, _ in refusing([12], request) })
        defer { server.stop() }
        let profile = ProfileChoice.fixed(try blockProfile())
        let told = Mutex<QuarantineRecord?>(nil)
        let first = try await health(server, [.test(profile)]) { event in
            guard case .refusals(_, let record) = event else { return false }
            told.withLock { $0 = record }
            return true
        }
        let record = try #require(told.withLock { $0 })
        let fence = RegisterRange(function: .holdingRegisters, address: 12, count: 1)
        #expect(record.fences.map(\.range) == [fence])
        #expect(record.owner.profile == "block")
        #expect(first.health.devices.first?.fences == [fence])

        let before = server.requests.count
        let frames = Mutex(0)
        let device = LineDevice(
            index: DeviceIndex(0), unit: 1, profile: profile, interval: .seconds(1), timeout: .seconds(5),
            quarantine: record)
        let second = try await health(server, [device]) { event in
            guard case .frame(let frame) = event else { return false }
            #expect(frame.failedRequests == 0)
            #expect(frame.samples.map(\.quality) == [.good, .good, .bad, .good, .good, .good, .good, .good])
            return frames.withLock { $0 += 1; return $0 } == 20
        }
        let asked = server.requests.dropFirst(before)
        #expect(asked.count >= 60)
        #expect(!asked.contains { touches(12, $0) })
        #expect(second.health.devices.first?.fences == [fence])

        // Its clock leaps from sweep to sweep: an hour is 3600 of them.
        let third = try await health(server, [device]) { _ in
            server.requests.dropFirst(before).contains { touches(12, $0) }
        }
        #expect(third.health.at.nanoseconds >= 3_600_000_000_000)
    }

    @Test func whatAnotherDeviceRefusedIsForgottenAndToldToBeSo() async throws {
        let server = try RawServer(tcp: { request, _ in .send(SoundAnswer.tcp(request)) })
        defer { server.stop() }
        let range = RegisterRange(function: .holdingRegisters, address: 12, count: 1)
        let foreign = QuarantineRecord(
            owner: .init(profile: "block", serial: "SN-7", texts: [:]),
            fences: [Quarantine.Fence(range: range, proof: range)])
        let device = LineDevice(
            index: DeviceIndex(0), unit: 1, profile: .fixed(try blockProfile()), interval: .seconds(1),
            timeout: .seconds(5), quarantine: foreign)
        let told = Mutex<[QuarantineRecord]>([])
        _ = try await health(server, [device]) { event in
            if case .refusals(_, let record) = event { told.withLock { $0.append(record) } }
            guard case .frame(let frame) = event else { return false }
            return frame.failedRequests == 0
        }
        #expect(told.withLock { $0 }.map(\.fences) == [[]])
        #expect(told.withLock { $0 }.first?.owner.serial == nil)
    }

    @Test func aFenceThatTheProfileNoLongerAllowsIsForgotten() async throws {
        let server = try RawServer(tcp: { request, _ in .send(SoundAnswer.tcp(request)) })
        defer { server.stop() }
        let range = RegisterRange(function: .holdingRegisters, address: 900, count: 1)
        let old = QuarantineRecord(
            owner: .init(profile: "block", serial: nil, texts: [:]),
            fences: [Quarantine.Fence(range: range, proof: range)])
        let device = LineDevice(
            index: DeviceIndex(0), unit: 1, profile: .fixed(try blockProfile()), interval: .seconds(1),
            timeout: .seconds(5), quarantine: old)
        let result = try await health(server, [device]) { if case .frame = $0 { true } else { false } }
        #expect(result.health.devices.first?.fences.isEmpty == true)
    }

    @Test func aSilentUnitShowsSinceWhenAndWhenItIsAskedNext() async throws {
        let server = try RawServer(tcp: { request, _ in request[6] == 1 ? .send(SoundAnswer.tcp(request)) : .silence })
        defer { server.stop() }
        let living = try blockProfile()
        let named = try readProfile(
            """
            profile: named
            title: One that tells what it is
            status: simulated
            sources: {none: made for a test}
            identity: [{function: 3, address: 0, type: u16, equals: 4711}]
            points:
              - source: none
                function: 3
                rows: [{name: a, address: 1, type: u16}]
            """, name: "named")
        let frames = Mutex(0)
        let result = try await health(
            server,
            [
                .test(.fixed(living)),
                .test(.fixed(named), device: 1, unit: 2, timeout: Milliseconds(50)),
            ]
        ) { event in
            guard case .frame = event else { return false }
            return frames.withLock { $0 += 1; return $0 } == 10
        }
        let devices = result.health.devices
        #expect(devices[0].silence == nil)
        #expect(devices[0].sweep?.requests == 2)
        #expect(devices[0].sweep?.wished == .seconds(1))
        #expect(devices[0].sweep.map { $0.wireNanoseconds > 0 } == true)
        #expect(devices[0].sweep?.achieved.map { (Milliseconds(900)...Milliseconds(1_500)).contains($0) } == true)
        let silence = try #require(devices[1].silence)
        #expect(devices[1].description == nil && devices[1].sweep == nil)
        #expect(silence.failure == .timeout)
        #expect(silence.since <= result.health.at)
        #expect(silence.nextTurn.map { $0 > silence.since } == true)
        let units = result.health.units
        #expect(units[1]?.answers == units[1]?.requests)
        #expect(units[2]?.answers == 0)
        #expect(units[2]?.failures["timeout"] == units[2]?.requests)
    }
}

@Suite("Two devices on one unit")
struct SharedUnitTests {
    /// As SolarEdge has it: SunSpec and the maker's own registers on the same unit.
    private func devices(_ first: Profile, _ second: Profile) -> [LineDevice] {
        [first, second].enumerated().map { index, profile in
            LineDevice(index: DeviceIndex(index), unit: 1, profile: .fixed(profile), interval: .seconds(1))
        }
    }

    @Test func eachHasItsOwnFramesAndFencesAndBothShareTheCounts() async throws {
        let server = try RawServer(tcp: { request, _ in refusing([102], request) })
        defer { server.stop() }
        let frames = Mutex<[Int: Int]>([:])
        let refusals = Mutex<[QuarantineRecord]>([])
        let first = try blockProfile("first", from: 10, timeout: "2s")
        let second = try blockProfile("second", from: 100, timeout: "5s")
        let result = try await health(server, devices(first, second)) { event in
            if case .refusals(_, let record) = event { refusals.withLock { $0.append(record) } }
            guard case .frame(let frame) = event else { return false }
            let base = frame.device.position == 0 ? 10 : 100
            for (offset, sample) in frame.samples.prefix(6).enumerated() where sample.quality == .good {
                #expect(sample.goodValue == Double(SoundAnswer.value(unit: 1, address: base + offset)))
            }
            return frames.withLock { frames in
                frames[frame.device.position, default: 0] += 1
                return frames[0, default: 0] >= 20 && frames[1, default: 0] >= 20
            }
        }
        #expect(refusals.withLock { $0 }.map(\.owner.profile) == ["second"])
        #expect(result.health.devices.map(\.fences.count) == [0, 1])
        #expect(result.health.devices.map { $0.description?.profileName } == ["first", "second"])
        #expect(result.health.devices.allSatisfy { $0.silence == nil })
        #expect(result.health.units.keys.sorted() == [1])
        #expect(result.health.units[1]?.requests == server.requests.count)
    }

    @Test func theUnitIsWaitedForAsLongAsItsMostPatientDeviceWants() throws {
        let quick = try blockProfile("quick", from: 10, timeout: "200ms")
        let patient = try blockProfile("patient", from: 100, timeout: "5s")
        for pair in [devices(quick, patient), devices(patient, quick)] {
            let slots = pair.map { DeviceSlot($0, cost: .tcp(), at: LeapingTime().now()) }
            #expect(slots.mostPatientManners(of: 1, on: nil)?.timeout == .seconds(5))
            #expect(slots.mostPatientManners(of: 2, on: nil) == nil)
        }
    }

    /// A maker's block that refuses everything is no silence of the unit.
    @Test func aDeviceThatGivesNothingDoesNotMakeTheOtherSilent() async throws {
        let server = try RawServer(tcp: { request, _ in refusing(Set(100..<106).union(1_100..<1_102), request) })
        defer { server.stop() }
        let frames = Mutex(0)
        let result = try await health(
            server, devices(try blockProfile("first"), try blockProfile("second", from: 100))
        ) { event in
            guard case .frame(let frame) = event, frame.device.position == 0 else { return false }
            #expect(frame.failedRequests == 0)
            return frames.withLock { $0 += 1; return $0 } == 30
        }
        #expect(result.health.devices[0].silence == nil)
        #expect(result.health.devices[1].silence?.failure == .exception(2))
        #expect(await result.owner.isHeard(1, beside: 1))
        #expect(await !result.owner.isHeard(1, beside: 0))
    }
}

@Suite struct ReadFailureCodeTests {
    @Test func everyCodeThatIsCountedIsReadBack() {
        let all: [ReadFailure] = [
            .timeout, .truncated, .refused, .unreachable, .connectionLost, .portMissing, .portBusy, .exception(2),
            .exception(255), .wrongTransaction, .wrongProtocol, .wrongLength, .wrongUnit, .wrongFunction,
            .wrongByteCount, .badCRC, .malformed, .ambiguous, .flooded, .wrongDevice, .notRecognised, .noSuchUnit,
            .tooManyFiles, .system(5), .cancelled,
        ]
        for failure in all { #expect(ReadFailure(code: failure.code) == failure, "\(failure.code)") }
        for code in ["", "other", "exception", "exception256", "exceptionx", "system", "Timeout", "captureUnreadable"] {
            #expect(ReadFailure(code: code) == nil, "\(code)")
        }
    }
}
