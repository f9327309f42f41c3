import DeviceProfiles
import Engine
import GRDB
import Gateway
import Logging
import Synchronization
import Telemetry
import Terms
import Testing
import Ticketing

@testable import Modbus

/// Time that stands until it is told to move.
private final class StandingTime: TimeSource {
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

/// Another program that holds the database.
struct Rival {
    private let queue: DatabaseQueue

    init(ledger path: String) throws {
        var configuration = GRDB.Configuration()
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Not async: GRDB would wait for its own queue there.
    func say(_ sql: String) throws { try queue.writeWithoutTransaction { try $0.execute(sql: sql) } }
}

/// Everything that was logged.
private struct LoggedLines: LogHandler {
    private final class Lines: Sendable { let kept = Mutex<[(level: Logger.Level, text: String)]>([]) }
    private let lines = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.kept.withLock { $0.append((event.level, "\(event.message)")) } }

    var all: [String] { lines.kept.withLock { $0.map(\.text) } }
    var criticals: [String] { lines.kept.withLock { $0.filter { $0.level == .critical }.map(\.text) } }
}

struct EngineOwnerTests {
    private let site: TestSite
    private let time = StandingTime()

    init() throws {
        site = try TestSite()
        try site.configure(
            url: "tcp://127.0.0.1:1", devices: ["name: hybrid, unit: 247, profile: goodwe-et, interval: 1s"])
    }

    @Test func aLedgerThatRefusesLosesNothingAndDrivesNoBusyLoop() async throws {
        let heard = Heard()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let owner = try EngineOwner(
            configuration: try site.read(), time: time, logger: logger, announce: { heard.take($0) })
        #expect(await owner.tick() == Boottime(nanoseconds: 30_000_000_000))

        time.pass(.seconds(31))
        _ = await owner.tick()
        #expect(heard.names == ["AlarmRaised"])

        let rival = try Rival(ledger: "\(site.dataDirectory)/ledger.sqlite")
        try rival.say("BEGIN IMMEDIATE")
        time.pass(.minutes(11))
        // Nil: the next look comes with the service's own pace, not at an instant that has passed already.
        #expect(await owner.tick() == nil)
        #expect(heard.names == ["AlarmRaised"])
        #expect(await owner.snapshot().tickets.isEmpty)

        try rival.say("ROLLBACK")
        _ = await owner.tick()
        #expect(heard.names.filter { $0 == "FaultOpened" }.count == 1)
        #expect(await owner.snapshot().tickets.count == 1)
    }

    @Test func whatTheLedgerRefusesIsLoggedWhoeverAskedForIt() async throws {
        let lines = LoggedLines()
        let owner = try EngineOwner(
            configuration: try site.read(), time: time, logger: Logger(label: "test") { _ in lines })
        let rival = try Rival(ledger: "\(site.dataDirectory)/ledger.sqlite")
        try rival.say("BEGIN IMMEDIATE")
        for _ in 0..<2 { await #expect(throws: (any Error).self) { try await owner.pressButton(words: "it hums") } }
        #expect(lines.criticals.count == 1)
        #expect(lines.criticals.first?.contains("database is locked") == true)
        try rival.say("ROLLBACK")
        _ = try await owner.pressButton(words: "it hums")
        #expect(lines.all.contains("the ledger can be written again"))
    }

    /// A round of two writes to the Sofar that stands in the configuration's place 0.
    private func round() throws -> WriteRound {
        let profile = try #require(try site.read(profiles: .all).library.profiles["sofar-hyd"])
        let writes = [0, 0x0100].compactMap {
            PermittedWrite(
                "sofar.choosePack", value: $0, unit: 1, profile: profile,
                permission: SitePermission(listed: ["sofar.choosePack"]))
        }
        return WriteRound(device: DeviceIndex(0), profile: profile.id, writes: writes)
    }

    @Test func aRoundOfWritesIsAFactOrIsNot() async throws {
        let heard = Heard()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let owner = try EngineOwner(
            configuration: try site.read(), time: time, logger: logger, announce: { heard.take($0) })
        #expect(await owner.announce(try round()))
        #expect(heard.names == ["DeviceWriteAnnounced"])
        let fact = try #require(await heard.next("DeviceWriteAnnounced"))
        #expect(
            fact.event
                == .deviceWriteAnnounced(
                    DeviceWrite(
                        device: DeviceName("hybrid"), profile: "sofar-hyd", write: "sofar.choosePack", unit: 1,
                        register: 0x9020, values: [0, 0x0100])))

        let rival = try Rival(ledger: "\(site.dataDirectory)/ledger.sqlite")
        try rival.say("BEGIN IMMEDIATE")
        #expect(await owner.announce(try round()) == false)
        #expect(heard.names == ["DeviceWriteAnnounced"])
        try rival.say("ROLLBACK")
        #expect(await owner.announce(try round()))
        // Of a device that is not configured nobody would know whose it was.
        let foreign = WriteRound(device: DeviceIndex(7), profile: "sofar-hyd", writes: try round().writes)
        #expect(await owner.announce(foreign) == false)
        #expect(heard.names == ["DeviceWriteAnnounced", "DeviceWriteAnnounced"])
    }

    @Test func aLedgerWithWritesIsReadAgain() async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        func announce() async throws -> Bool {
            let owner = try EngineOwner(configuration: try site.read(), time: time, logger: logger)
            return await owner.announce(try round())
        }
        #expect(try await announce())
        #expect(try await announce())
    }
}
