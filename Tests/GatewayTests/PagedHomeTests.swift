import Engine
import Foundation
import Gateway
import Terms
import TestPeers
import Testing
import Ticketing

private func paged(function: Int = 6) -> String {
    """
    profile: paged
    title: Shows one pack at a time
    status: simulated
    sources: {none: made for a test}
    writes: [{name: paged.choose, function: \(function), address: 0x9020, values: [1, 2], reason: It chooses.,
        source: none}]
    pages:
      - select: paged.choose
        values: [2, 1]
        settle: 100ms
        proof: {function: 3, address: 0x9044}
        points: [{source: none, function: 3, rows: [{name: pack.#.soc, address: 0x9045, type: u16, unit: "%"}]}]
    points: [{source: none, function: 3, rows: [{name: a, address: 100, type: u16}]}]
    """
}

/// A home whose inverter shows one pack at a time: the whole box, and the commands.
@Suite(.serialized, .timeLimit(.minutes(3))) struct PagedHomeTests {
    private let peer: ModbusPeer
    private let site: TestSite

    init() throws {
        peer = try ModbusPeer([1: [3: [100: [7], 0x9020: [0], 0x9044: [0, 0]]]])
        try peer.page(unit: 1, select: 0x9020, show: 0x9044, pages: [1: [1, 41], 2: [2, 42]])
        site = try TestSite()
        try site.write(paged(), to: "profiles/paged.yaml")
    }

    private func configure(_ allowed: String) throws {
        try site.configure(
            url: "tcp://127.0.0.1:\(peer.port)",
            devices: ["name: hyd, unit: 1, profile: paged, interval: 1s\(allowed)"])
    }

    @Test(arguments: [6, 16]) func whatTheSiteAllowsIsOnRecordWrittenAndShown(function: Int) async throws {
        try site.write(paged(function: function), to: "profiles/paged.yaml")
        try configure(", allowWrites: [paged.choose]")
        try await withGateway(try site.read(), speed: 100) { [peer] engine, heard in
            let fact = try #require(await heard.next("DeviceWriteAnnounced"))
            guard case .deviceWriteAnnounced(let write) = fact.event else { return }
            #expect(write.values == [2, 1] && write.register == 0x9020 && write.device == DeviceName("hyd"))
            var points: [PointSnapshot] = []
            while points.last?.value == nil {
                points = await engine.snapshot().devices.first?.points ?? []
                await Task.yield()
            }
            #expect(points.map(\.name) == ["a", "pack.1.soc", "pack.2.soc"])
            #expect(points.map(\.value) == [7, 42, 41])
            #expect(try peer.written() == [[function, 0x9020, 2], [function, 0x9020, 1]])
        }
        peer.stop()
    }

    @Test func whatItDoesNotAllowIsToldInOneLineAndNothingIsWritten() async throws {
        try configure("")
        let check = try Program.run(["gateway", "--check", "--config", site.gatewayFile])
        #expect(check.status == 0)
        #expect(check.output.contains("2 points need allowWrites: [paged.choose]"))
        let read = try Program.run([
            "read", "--device", "tcp://127.0.0.1:\(peer.port)", "--unit", "1", "--profile", "paged", "--config",
            site.gatewayFile,
        ])
        #expect(read.status == 0)
        #expect(read.output.contains("2 points need allowWrites: [paged.choose] in gateway.yaml"))
        #expect(!read.output.contains("pack.1.soc"))
        try await withGateway(try site.read(), speed: 100) { engine, _ in
            while await engine.snapshot().devices.first?.points.isEmpty ?? true { await Task.yield() }
            #expect(await engine.snapshot().devices.first?.points.map(\.name) == ["a"])
        }
        #expect(try peer.counts().writes == 0)
        peer.stop()
    }

    @Test func theCheckSaysWhatIsAllowedAndWhatCannotBe() throws {
        try configure(", allowWrites: [paged.choose]")
        let allowed = try Program.run(["gateway", "--check", "--config", site.gatewayFile])
        #expect(allowed.status == 0)
        #expect(allowed.output.contains("may be written: paged.choose, register 36896, values 1 to 2. It chooses."))
        #expect(!allowed.output.contains("need allowWrites"))
        try configure(", allowWrites: [sofar.choosePack]")
        let foreign = try Program.run(["gateway", "--check", "--config", site.gatewayFile])
        #expect(foreign.status == 2)
        #expect(foreign.output.contains("belongs to profile \"sofar-hyd\", not to \"paged\""))
        #expect(foreign.output.contains("gateway.yaml:9:74: lines[0].devices[0].allowWrites[0]:"))
        peer.stop()
    }
}
