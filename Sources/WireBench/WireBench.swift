internal import CWireFloor
internal import Glibc
internal import Polling

/// Measures the line against bare libmodbus loops over the same blocks in the same run, and against pymodbus.
///
/// Runs take turns, so that a machine that is busy for a while is busy for all; figures are medians and ratios.
/// `aftercare-wire-bench [SECONDS [PYTHON [PART]]]`: the length of one run, 5 to be quoted; a Python that has pymodbus,
/// or `-`; `tcp`, `serial` or `many` for that part alone.
@main
struct WireBench {
    private static let rounds = 5
    private static let manyDevices = 32
    private static let tcpBlocks = 64

    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        let seconds = arguments.first.flatMap(Double.init) ?? 5
        let python = arguments.dropFirst().first.flatMap { $0 == "-" ? nil : $0 }
        let part = arguments.dropFirst(2).first
        // Forked before any thread is there.
        let single = wire_fork_tcp_devices(1)
        let many = wire_fork_tcp_devices(Int32(manyDevices))
        let slow = Serial(baud: 9_600)
        let fast = Serial(baud: 19_200)
        guard single > 0, many > 0, let slow, let fast else {
            print("FAILED: no devices to read")
            exit(1)
        }
        print("runs of \(seconds) s, \(rounds) of each, in turns; medians")
        if part == nil || part == "tcp" { await requestsPerSecond(port: single, seconds, python) }
        if part == nil || part == "serial" { await busyShare([slow, fast], seconds) }
        if part == nil || part == "many" { await manyAtOnce(port: many, Int(max(seconds, 5))) }
        print(Verdict.sawFailure ? "\nFAILED" : "\nall met")
        exit(Verdict.sawFailure ? 1 : 0)
    }

    /// TCP, 125 registers, as fast as it goes.
    private static func requestsPerSecond(port: Int32, _ seconds: Double, _ python: String?) async {
        var floor: [Run] = []
        var ours: [Run] = []
        var peers: [String: [Run]] = [:]
        for _ in 0..<rounds {
            floor.append(Run(wire_floor_tcp(port, Int32(tcpBlocks), 125, seconds)))
            ours.append(await pollOwner(.tcp(host: "127.0.0.1", port: Int(port)), blocks: tcpBlocks, 125, seconds))
            for kind in python == nil ? [] : ["sync", "async"] {
                if let run = pymodbus(python ?? "", kind, port: port, seconds) { peers[kind, default: []].append(run) }
            }
        }
        print("\nTCP on loopback, 125 registers, one request after the other")
        show("bare libmodbus in C", floor)
        show("a line of ours, all checks on", ours)
        for kind in peers.keys.sorted() { show("pymodbus \(kind)", peers[kind] ?? []) }
        Verdict.atLeast(0.85, ratio(ours, floor) { $0.perSecond }, "requests per second, of the C loop's")
        Verdict.atMost(1.3, ratio(ours, floor) { $0.cpuPerRead }, "processor time per request, of the C loop's")
        for (kind, runs) in peers {
            Verdict.atLeast(1, ratio(ours, runs) { $0.perSecond }, "requests per second, of pymodbus \(kind)'s")
        }
        if python == nil { print("  pymodbus was not asked: name a Python that has it") }
    }

    /// Serial lines with true byte timing: how busy each side keeps them.
    private static func busyShare(_ lines: [Serial], _ seconds: Double) async {
        for line in lines {
            var floor: [Double] = []
            var ours: [Double] = []
            for _ in 0..<rounds {
                floor.append(
                    await line.busyShare { _ = wire_floor_rtu(line.path, Int32(line.baud), 4, 60, seconds) })
                ours.append(await line.busyShare { _ = await pollOwner(line.url, blocks: 4, 60, seconds) })
            }
            let (floorShare, ourShare) = (median(floor), median(ours))
            print("\n\(line.baud) baud, 4 blocks of 60 registers back to back, true byte timing")
            print("  bare libmodbus in C keeps it busy \(percent(floorShare)), a line of ours \(percent(ourShare))")
            print("  requests before 3.5 characters of silence: \(line.rude)")
            Verdict.atLeast(0.98, ourShare / floorShare, "busy share, of the C loop's")
        }
    }

    /// Many devices at rest between their sweeps.
    private static func manyAtOnce(port: Int32, _ seconds: Int) async {
        var floor: [Run] = []
        var ours: [Run] = []
        for _ in 0..<3 {
            floor.append(Run(wire_floor_many(port, Int32(manyDevices), 4, 60, Int32(seconds))))
            ours.append(await pollMany(port: Int(port), manyDevices, blocks: 4, 60, seconds: Double(seconds)))
        }
        print("\n\(manyDevices) TCP devices, 4 blocks of 60 registers each, every second")
        show("bare libmodbus in C", floor)
        show("lines of ours", ours)
        let share = median(ours.map { $0.cpuSeconds / $0.seconds })
        print("  processor: \(percent(share)) of a core")
        Verdict.atMost(3, ratio(ours, floor) { $0.cpuSeconds / $0.seconds }, "processor time, of the C loop's")
    }

    private static func show(_ name: String, _ runs: [Run]) {
        let perSecond = Int(median(runs.map(\.perSecond)))
        let cpu = (median(runs.map(\.cpuPerRead)) * 1e7).rounded() / 10
        let failures = runs.reduce(0) { $0 + $1.failures }
        print("  \(name): \(perSecond) requests/s, \(cpu) µs of processor each, \(failures) failures")
        if failures > 0 { Verdict.sawFailure = true }
    }
}
