internal import CWireFloor
internal import DeviceProfiles
internal import Foundation
internal import Gateway
internal import Modbus
internal import Polling
internal import Synchronization
internal import Telemetry
internal import Terms

/// A device whose plan is `blocks` requests of `registers`, block n at address n × 125, and nothing else.
private func profile(blocks: Int, _ registers: Int) throws -> Profile {
    let ranges = (0..<blocks).map { "{function: 3, from: \($0 * 125), to: \($0 * 125 + registers - 1)}" }
    // So dense that no plan leaves a register out, also where a hole costs less than a request.
    let rows = (0..<blocks).map { block in
        "      - {name: b\(block).r#, address: \(block * 125), type: u32, "
            + "repeat: {count: \((registers + 7) / 8), stride: 8}}\n"
            + "      - {name: b\(block).last, address: \(block * 125 + registers - 1), type: u16, overlay: true}"
    }
    return try readProfile(
        """
        profile: blocks
        title: Blocks of registers
        status: simulated
        sources: {bench: this benchmark}
        line: {timeout: 5s}
        limits: {readable: [\(ranges.joined(separator: ", "))]}
        points:
          - source: bench
            function: 3
            rows:
        \(rows.joined(separator: "\n"))
        """, name: "blocks")
}

/// Counts what a line says.
private final class Tally: Sendable {
    private let counts = Mutex((reads: 0, failures: 0))

    var reads: Int { counts.withLock { $0.reads } }
    var failures: Int { counts.withLock { $0.failures } }

    func take(_ event: LineEvent) {
        switch event {
        case .frame(let frame):
            counts.withLock {
                $0.reads += frame.requests - frame.failedRequests
                $0.failures += frame.failedRequests
            }
        case .failure(_, let failure, _): print("  a line of ours: \(failure)")
        case .described, .refusals, .writeFailed, .pageNotShown: break
        }
    }
}

/// Runs lines of ours for a while.
private func poll(_ urls: [DeviceURL], blocks: Int, _ registers: Int, every interval: Milliseconds, _ seconds: Double)
    async throws -> Run
{
    let tally = Tally()
    let profile = try profile(blocks: blocks, registers)
    let time = SystemTimeSource()
    let owners = urls.enumerated().map { index, url in
        let device = LineDevice(index: DeviceIndex(index), unit: 1, profile: .fixed(profile), interval: interval)
        return LineOwner(url: url, devices: [device], time: time) { event in tally.take(event) }
    }
    return try await withThrowingTaskGroup(of: Void.self) { group in
        for owner in owners { group.addTask { try await owner.run() } }
        let (cpu, start) = (wire_cpu_seconds(), time.now().boottime)
        try await time.sleep(until: Boottime(nanoseconds: start.nanoseconds + Int64(seconds * 1e9)))
        let elapsed = Double(time.now().boottime.nanoseconds - start.nanoseconds) / 1e9
        let run = Run(
            reads: tally.reads, failures: tally.failures, seconds: elapsed, cpuSeconds: wire_cpu_seconds() - cpu)
        group.cancelAll()
        try await group.waitForAll()
        return run
    }
}

/// One line, as fast as it goes.
func pollOwner(_ url: DeviceURL, blocks: Int, _ registers: Int, _ seconds: Double) async -> Run {
    await told { try await poll([url], blocks: blocks, registers, every: Milliseconds(1), seconds) }
}

/// Devices on ports from `port` on, each polled every second.
func pollMany(port: Int, _ devices: Int, blocks: Int, _ registers: Int, seconds: Double) async -> Run {
    let urls = (0..<devices).map { DeviceURL.tcp(host: "127.0.0.1", port: port + $0) }
    return await told { try await poll(urls, blocks: blocks, registers, every: .seconds(1), seconds) }
}

private func told(_ run: () async throws -> Run) async -> Run {
    do {
        return try await run()
    } catch {
        print("  a line of ours: \(error)")
        return Run(reads: 0, failures: 1, seconds: 0, cpuSeconds: 0)
    }
}

/// The same with pymodbus, in a process of its own; nil where it could not be run.
func pymodbus(_ python: String, _ kind: String, port: Int32, _ seconds: Double) -> Run? {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["Tests/soak/pymodbus_loop.py", kind, "\(port)", "\(seconds)"]
    process.standardOutput = output
    do {
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard numbers.count == 3 else { return nil }
        return Run(reads: Int(numbers[0]), failures: 0, seconds: numbers[1], cpuSeconds: numbers[2])
    } catch {
        print("  pymodbus: \(error)")
        return nil
    }
}

/// A serial line with true byte timing.
struct Serial: @unchecked Sendable {
    let baud: Int
    let path: String
    // Shared memory that only its own process writes.
    private let counts: UnsafeMutablePointer<wire_line_counts>

    /// The device answers after 3.5 characters, the least that it may.
    init?(baud: Int) {
        var path = [CChar](repeating: 0, count: 64)
        guard let counts = wire_fork_line(Int32(baud), 35_000_000_000 / Int64(baud), &path) else { return nil }
        self.baud = baud
        self.counts = counts
        self.path = String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    var url: DeviceURL { .rtu(path: path, SerialSettings(baud: baud)) }

    /// Requests that came too early.
    var rude: UInt64 { counts.pointee.rude }

    /// Which share of the time of `work` the line carries bytes.
    func busyShare(_ work: () async -> Void) async -> Double {
        let time = SystemTimeSource()
        let (start, busy) = (time.now().boottime, counts.pointee.busy_nanoseconds)
        await work()
        let elapsed = time.now().boottime.nanoseconds - start.nanoseconds
        return Double(counts.pointee.busy_nanoseconds - busy) / Double(elapsed)
    }
}
