import Engine
import Foundation
import Gateway
import Logging
import Storage
import Synchronization
import Terms
import TestPeers
import Testing
import Ticketing

/// The use of the devices as a user sees it: asked, restarted, damaged, decided by.
@Suite(.serialized, .timeLimit(.minutes(2))) struct UsageDaemonTests {
    private let hybrid = "name: hybrid, unit: 247, profile: goodwe-et, interval: 200ms"
    private let site: TestSite

    init() throws { site = try TestSite() }

    private var checkpoint: String { "\(site.dataDirectory)/usage.checkpoint" }

    /// Of the checkpoint: another one once it was replaced.
    private func fileNumber() throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: checkpoint)
        return try #require(attributes[.systemFileNumber] as? Int)
    }

    private func usage() throws -> [UsageSnapshot] {
        let (status, output) = try Program.run(["usage", "--json", "--config", site.gatewayFile])
        #expect(status == 0, "\(output)")
        return try JSONDecoder().decode([UsageSnapshot].self, from: Data(output.utf8))
    }

    /// Asks until the device was online for so long.
    private func online(atLeast milliseconds: Int64) throws -> UsageSnapshot {
        while true {
            if let unit = try usage().first, unit.today?.onlineMilliseconds ?? 0 >= milliseconds { return unit }
        }
    }

    @Test func theOpenDayIsShownAndOutlivesTheDaemon() throws {
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        try site.configure(url: "tcp://127.0.0.1:\(peer.port)", devices: [hybrid])
        let first = try Program(["gateway", "--config", site.gatewayFile])
        #expect(first.hear(until: "device identified") != nil)
        let running = try online(atLeast: 1_000)
        #expect(running.device == "hybrid")
        #expect(running.serial == "9010KETU000W0001")
        #expect(running.isPresent)
        #expect(running.firstDay == nil)
        first.send(signal: SIGTERM)
        #expect(first.rest().status == 0)

        let kept = try UsageCheckpoint(bytes: Array(try Data(contentsOf: URL(fileURLWithPath: checkpoint))))
        #expect(String(decoding: kept.bytes, as: UTF8.self).contains("9010KETU000W0001"))
        // Without a daemon the command reads what was kept, and leaves it as it is.
        let number = try fileNumber()
        let stopped = try #require(try usage().first?.today)
        #expect(try fileNumber() == number)
        #expect(stopped.onlineMilliseconds >= running.today?.onlineMilliseconds ?? .max)

        let second = try Program(["gateway", "--config", site.gatewayFile])
        #expect(second.hear(until: "device identified") != nil)
        _ = try online(atLeast: stopped.onlineMilliseconds + 200)
        let (status, output) = try Program.run(["usage", "--device", "hybrid", "--config", site.gatewayFile])
        #expect(status == 0)
        #expect(output.contains("DISCHARGED") && output.contains("today, "))
        let wrong = try Program.run(["usage", "--device", "pack-9", "--config", site.gatewayFile])
        #expect(wrong.status == 1)
        #expect(wrong.output.contains("known: hybrid"))
        second.send(signal: SIGKILL)
        _ = second.rest()
    }

    @Test func aDamagedCheckpointIsToldAndStopsNothing() throws {
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        try site.configure(url: "tcp://127.0.0.1:\(peer.port)", devices: [hybrid])
        try FileManager.default.createDirectory(atPath: site.dataDirectory, withIntermediateDirectories: false)
        try Data("aftercare usage 1 00\n{}\n".utf8).write(to: URL(fileURLWithPath: checkpoint))
        let daemon = try Program(["gateway", "--config", site.gatewayFile])
        #expect(daemon.hear(until: "the SHA-256 is another one") != nil)
        #expect(daemon.hear(until: "device identified") != nil)
        daemon.send(signal: SIGTERM)
        #expect(daemon.rest().status == 0)
        _ = try UsageCheckpoint(bytes: Array(try Data(contentsOf: URL(fileURLWithPath: checkpoint))))
    }

    @Test func theFileIsReplacedEveryFiveMinutesAndAtTheEnd() async throws {
        try site.configure(url: "tcp://127.0.0.1:1", devices: [hybrid])
        let time = StandingClock()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let owner = try EngineOwner(configuration: try site.read(), time: time, logger: logger)
        func written() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: checkpoint)) }
        func pass() async {
            _ = await owner.tick()
            await owner.keepUsage(isLast: false)
        }
        await pass()
        var before = try written()
        for minute in 1...20 {
            for _ in 0..<4 {
                time.pass(.seconds(15))
                await pass()
            }
            let now = try written()
            #expect((now != before) == (minute % 5 == 0), "minute \(minute)")
            before = now
        }
        time.pass(.seconds(15))
        await pass()
        #expect(try written() == before)
        await owner.keepUsage(isLast: true)
        #expect(try written() != before)
    }

    @Test func aWarrantyIsDecidedByTheUseOnRecord() throws {
        try site.configure(url: "tcp://127.0.0.1:1", devices: [hybrid])
        try record(dischargedWattHours: 9_500_000)
        try site.write(
            """
            policy: made-up
            version: 1
            title: made up
            effective: unknown
            source: unknown
            status: unverified
            components:
              pack:
                - term: product
                  covers: [defects]
                  lasts: 10 years
                  from: [installation]
                  throughput: {limit: 10 MWh, counts: discharged}
            """, to: "terms.yaml")
        try site.write("{component: pack, serial: B1, installed: 2026-01-01}", to: "unit.yaml")
        let command = [
            "warranty", "show", "--terms", "\(site.path)/terms.yaml", "--unit", "\(site.path)/unit.yaml", "--on",
            "2026-06-01",
        ]
        let without = try Program.run(command)
        #expect(without.output.contains("unknown(discharged)"), "\(without.output)")
        let use = command + ["--config", site.gatewayFile, "--device", "hybrid"]
        let (status, output) = try Program.run(use)
        #expect(status == 0, "\(output)")
        #expect(output.contains("atRisk"), "\(output)")
        #expect(output.contains("discharged 9.5 of 10 MWh (95 %)"), "\(output)")
        #expect(output.contains("From the ledger of this box:"), "\(output)")
        let json = try Program.run(use + ["--json"])
        #expect(json.output.contains("\"fromLedger\""), "\(json.output)")

        try site.write("{component: pack, serial: B9, installed: 2026-01-01}", to: "unit.yaml")
        let wrong = try Program.run(use)
        #expect(wrong.status == 2)
        #expect(wrong.output.contains("the device has told B1"), "\(wrong.output)")
    }

    /// Puts one day of `hybrid` on record.
    private func record(dischargedWattHours: Int64) throws {
        let wall = try #require(Instant(rfc3339: "2026-05-04T22:00:00Z"))
        let stamp = Stamp(
            boot: BootID(high: 0, low: 1), boottime: Boottime(nanoseconds: 1), wall: wall, trust: .synced)
        let day = UsageDay(
            device: DeviceName("hybrid"), serial: "B1", day: try #require(CivilDate(text: "2026-05-04")),
            zone: "Europe/Berlin", lengthMilliseconds: 86_400_000, onlineMilliseconds: 86_400_000,
            discharged: UsageAmount(dischargedWattHours, .integrated))
        let fact = Fact(
            subject: .site(SiteID("home-1")), writer: .gateway, at: wall, recordedBy: stamp,
            event: .usage(.recorded(day)))
        let ledger = try Ledger(directory: try DataDirectory(path: site.dataDirectory))
        _ = try ledger.load()
        try ledger.append(LedgerEntry(facts: [fact]))
        // Whatever the program believes: a day is written once.
        #expect(throws: LedgerError.self) { try ledger.append(LedgerEntry(facts: [fact])) }
    }
}

/// Time that stands until it is told to move.
private final class StandingClock: TimeSource {
    private let boottime = Mutex(Boottime(nanoseconds: 0))

    func now() -> Stamp {
        let boottime = boottime.withLock { $0 }
        return Stamp(
            boot: BootID(high: 0, low: 1), boottime: boottime,
            wall: Instant(milliseconds: 1_780_000_000_000 + boottime.nanoseconds / 1_000_000), trust: .synced)
    }

    func sleep(until deadline: Boottime) async throws {}

    func pass(_ time: Milliseconds) { boottime.withLock { $0 = $0 + time } }
}
