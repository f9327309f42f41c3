import DeviceProfiles
import Polling
import Synchronization
import Telemetry
import Terms
import Testing

@testable import Modbus

/// Four blocks, two of them of equal shape; the first two points of each are neighbours and so tell their instant.
private func livingProfile() throws -> Profile {
    let blocks = [(3, 100, 4), (3, 200, 4), (3, 300, 10), (4, 500, 4)]
    let readable = blocks.map { "{function: \($0), from: \($1), to: \($1 + $2)}" }.joined(separator: ", ")
    let points = blocks.flatMap { function, address, count in
        [address, address + 1, address + count - 1].map {
            "      - {name: r\(function).\($0), function: \(function), address: \($0), type: u16}"
        }
    }
    return try readProfile(
        """
        profile: living
        title: Registers that change
        status: simulated
        sources: {none: made for a test}
        limits: {registers: 12, readable: [\(readable)]}
        points:
          - source: none
            rows:
        \(points.joined(separator: "\n"))
        """, name: "living")
}

/// Runs a line with simulated time until `isEnough`, which sees every frame.
private func run(
    _ line: VirtualLine, _ devices: [LineDevice], isEnough: @escaping @Sendable (SampleFrame) -> Bool
) async throws {
    let (enough, signal) = AsyncStream<Void>.makeStream()
    let owner = LineOwner(
        url: line.transport.url, devices: devices, time: line.clock, seed: 1,
        deliver: { event in
            if case .frame(let frame) = event, isEnough(frame) { signal.finish() }
        },
        open: line.opener)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await owner.run() }
        for await _ in enough {}
        group.cancelAll()
        try await group.waitForAll()
    }
}

/// Samples of frames, judged against the registers.
private final class FrameJudge: @unchecked Sendable {
    private let line: VirtualLine
    private let map: DeviceMap
    private var lastFrame: [Int: Int64] = [:]
    private(set) var good = 0
    private(set) var wrong: [String] = []
    private(set) var frames = 0

    init(_ line: VirtualLine, _ map: DeviceMap) {
        self.line = line
        self.map = map
    }

    /// Every pair of neighbours must have stood in the registers since the last frame of the device.
    func judge(_ frame: SampleFrame) {
        frames += 1
        let now = line.clock.nanoseconds
        let since = lastFrame[frame.device.position] ?? 0
        lastFrame[frame.device.position] = now
        for first in stride(from: 0, to: map.points.count, by: 3) {
            guard let a = frame.samples[first].goodValue, let b = frame.samples[first + 1].goodValue else { continue }
            let point = map.points[first]
            let request = ReadRequest(
                unit: UInt8(frame.device.position + 1), function: point.function, address: point.address, count: 2)
            if LivingRegisters.held([UInt16(a), UInt16(b)], request, from: since, to: now) {
                good += 1
            } else {
                wrong.append("\(request) at \(now)")
            }
        }
    }
}

@Suite("A line owner on a line with simulated time")
struct VirtualOwnerTests {
    @Test(arguments: Misbehaviour.allCases.filter { !$0.canBeUndecidable }, Transport.allCases)
    func noFrameHoldsAWrongValue(kind: Misbehaviour, transport: Transport) async throws {
        guard kind.exists(on: transport) else { return }
        let profile = try livingProfile()
        guard case .registers(let map) = profile.layout else { return }
        let line = VirtualLine(transport, seed: 77)
        let unruly = UnrulyDevices(kind)
        line.answer = { unruly.answer($0, $1, $2) }
        let judge = FrameJudge(line, map)
        let devices = (0..<3).map { index in
            LineDevice(
                index: DeviceIndex(index), unit: UInt8(index + 1), profile: .fixed(profile), interval: .seconds(1),
                timeout: UnrulyDevices.timeout, pause: kind == .minimumGap ? Milliseconds(40) : nil)
        }
        try await run(line, devices) { frame in
            judge.judge(frame)
            return judge.frames >= 80
        }
        #expect(judge.wrong.isEmpty)
        #expect(judge.good > 60)
        #expect(line.violations.isEmpty)
        #expect(unruly.strikes > 0 || kind == .minimumGap)
    }

    /// How often the living are read in ten minutes of a line that is always busy.
    private func sweeps(living: Int, dead: Int, dieAfter: Int64 = 0) async throws -> Int {
        let profile = try livingProfile()
        let line = VirtualLine(.rtu, seed: 5)
        let sound = UnrulyDevices(nil)
        line.answer = { line, request, arrived in
            if request[0] <= living || line.clock.nanoseconds < dieAfter { sound.answer(line, request, arrived) }
        }
        let devices = (0..<(living + dead)).map { index in
            LineDevice(
                index: DeviceIndex(index), unit: UInt8(index + 1), profile: .fixed(profile),
                interval: Milliseconds(100))
        }
        let count = Mutex(0)
        let end: Int64 = 600_000_000_000
        try await run(line, devices) { frame in
            if frame.device.position < living, line.clock.nanoseconds < end { count.withLock { $0 += 1 } }
            return line.clock.nanoseconds >= end
        }
        #expect(line.violations.isEmpty)
        return count.withLock { $0 }
    }

    @Test(arguments: [1, 2], [0, 60_000_000_000] as [Int64])
    func deadUnitsCostTheLivingLittle(dead: Int, dieAfter: Int64) async throws {
        let alone = try await sweeps(living: 8 - dead, dead: 0)
        let together = try await sweeps(living: 8 - dead, dead: dead, dieAfter: dieAfter)
        // Before they die they take their turn.
        let share = 1 - Double(dieAfter) / 600e9 * Double(dead) / 8
        #expect(alone > 500)
        #expect(Double(together) * 1.2 >= Double(alone) * share, "\(together) of \(alone)")
    }

    @Test func anAdapterThatWasPulledIsFoundAgainByItsPath() async throws {
        let profile = try livingProfile()
        let line = VirtualLine(.rtu, seed: 6)
        let sound = UnrulyDevices(nil)
        let isPulled = Mutex(false)
        line.answer = { line, request, arrived in
            guard isPulled.withLock({ $0 }) else { return sound.answer(line, request, arrived) }
            line.refusesUntil = arrived + 5_000_000_000
            line.emit([], at: arrived, endsConnection: true)
            isPulled.withLock { $0 = false }
        }
        let heard = Mutex<[Bool]>([])
        let device = LineDevice(
            index: DeviceIndex(0), unit: 1, profile: .fixed(profile), interval: .seconds(1))
        try await run(line, [device]) { frame in
            let frames = heard.withLock { all in
                all.append(!frame.isSilent)
                return all.count
            }
            if frames == 3 { isPulled.withLock { $0 = true } }
            return frames >= 3 && !frame.isSilent && heard.withLock { $0.contains(false) }
        }
        #expect(heard.withLock { $0.prefix(3) } == [true, true, true])
        #expect(line.connections == 2)
    }

    /// A device with a serial number at 600, which is silent for a minute of simulated time after its third frame.
    private func described(serials: [String]) async throws -> [String?] {
        let profile = try readProfile(
            """
            profile: named
            title: With a serial number
            status: simulated
            sources: {none: made for a test}
            serial: {function: 3, address: 600, registers: 2}
            points:
              - source: none
                function: 3
                rows:
                  - {name: a, address: 100, type: u16}
            """, name: "named")
        let line = VirtualLine(.rtu, seed: 8)
        let sound = UnrulyDevices(nil)
        let state = Mutex((silentUntil: Int64(0), serial: serials[0]))
        line.answer = { line, request, arrived in
            let (silentUntil, serial) = state.withLock { ($0.silentUntil, $0.serial) }
            guard arrived >= silentUntil else { return }
            guard request[2] == 2, request[3] == 0x58 else { return sound.answer(line, request, arrived) }
            let count = Int(request[5])
            let text = Array(Array(serial.utf8).prefix(2 * count)) + [UInt8](repeating: 0, count: 2 * count)
            let body = [request[0], request[1], UInt8(2 * count)] + text.prefix(2 * count)
            line.emit(SoundAnswer.withCRC(body), at: arrived + 5_000_000)
        }
        let told = Mutex<[String?]>([])
        let (enough, signal) = AsyncStream<Void>.makeStream()
        let frames = Mutex(0)
        let owner = LineOwner(
            url: line.transport.url,
            devices: [LineDevice(index: DeviceIndex(0), unit: 1, profile: .fixed(profile), interval: .seconds(1))],
            time: line.clock,
            deliver: { event in
                switch event {
                case .described(_, let description): told.withLock { $0.append(description.serial) }
                case .frame:
                    let count = frames.withLock { $0 += 1; return $0 }
                    if count == 3 {
                        state.withLock { $0 = (line.clock.nanoseconds + 60_000_000_000, serials[1]) }
                    }
                    if count > 20, line.clock.nanoseconds > 120_000_000_000 { signal.finish() }
                case .failure, .refusals, .writeFailed, .pageNotShown: break
                }
            }, open: line.opener)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await owner.run() }
            for await _ in enough {}
            group.cancelAll()
            try await group.waitForAll()
        }
        return told.withLock { $0 }
    }

    @Test func aDeviceThatWasSilentMustProveThatItIsTheSame() async throws {
        #expect(try await described(serials: ["AB12", "AB12"]) == ["AB12"])
        #expect(try await described(serials: ["AB12", "CD34"]) == ["AB12", "CD34"])
    }

    @Test func aRefusedRegisterIsFencedAndItsNeighboursAreRead() async throws {
        let profile = try livingProfile()
        let line = VirtualLine(.tcp, seed: 9)
        let sound = UnrulyDevices(nil)
        line.answer = { line, request, arrived in
            let address = Int(request[8]) << 8 | Int(request[9])
            let count = Int(request[10]) << 8 | Int(request[11])
            // 309 does not exist.
            guard (address..<(address + count)).contains(309) else { return sound.answer(line, request, arrived) }
            let refusal = Array(request[0...3]) + [0, 3, request[6], request[7] | 0x80, 2]
            line.emit(refusal, at: arrived + 1_000_000)
        }
        let device = LineDevice(
            index: DeviceIndex(0), unit: 1, profile: .fixed(profile), interval: .seconds(1))
        let last = Mutex<[Telemetry.Quality]>([])
        let count = Mutex(0)
        try await run(line, [device]) { frame in
            last.withLock { $0 = frame.samples.map(\.quality) }
            return count.withLock { $0 += 1; return $0 >= 20 }
        }
        // The third block has 300, 301 and 309.
        let expected: [Telemetry.Quality] = [.good, .good, .good, .good, .good, .good, .good, .good, .bad]
            + [.good, .good, .good]
        #expect(last.withLock { $0 } == expected)
    }

    @Test func aBusyDeviceIsAskedOnceMoreInTheSameSweep() async throws {
        let profile = try livingProfile()
        let line = VirtualLine(.rtu, seed: 10)
        let sound = UnrulyDevices(nil)
        let requests = Mutex(0)
        line.answer = { line, request, arrived in
            guard requests.withLock({ $0 += 1; return $0 % 9 == 2 }) else {
                return sound.answer(line, request, arrived)
            }
            line.emit(SoundAnswer.withCRC([request[0], request[1] | 0x80, 6]), at: arrived + 5_000_000)
        }
        let device = LineDevice(
            index: DeviceIndex(0), unit: 1, profile: .fixed(profile), interval: .seconds(1))
        let failed = Mutex<[Int]>([])
        try await run(line, [device]) { frame in
            failed.withLock { $0.append(frame.failedRequests); return $0.count >= 20 }
        }
        #expect(failed.withLock { $0.allSatisfy { $0 == 0 } })
    }
}
