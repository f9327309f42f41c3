import Engine
import Gateway
import Terms
import TestPeers
import Testing
import Ticketing

/// The whole box against a device that is not ours: pymodbus, on TCP and on a serial line.
@Suite(.serialized, .timeLimit(.minutes(3))) struct RealPeerTests {
    @Test func onTCPTheValuesMatchAndOneFaultIsOneTicket() async throws {
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        try await story(peer, url: "tcp://127.0.0.1:\(peer.port)")
    }

    @Test func onASerialLineTheValuesMatchAndOneFaultIsOneTicket() async throws {
        let pair = try SerialPair()
        let peer = try ModbusPeer([247: goodWe], serial: pair.far)
        defer { peer.stop() }
        try await story(peer, url: "rtu://\(pair.near)?baud=19200&parity=N&stopbits=1")
    }

    /// Values, a fault that comes, a reading that looks normal again, a fault that comes again.
    private func story(_ peer: ModbusPeer, url: String) async throws {
        let site = try TestSite()
        try site.configure(url: url, devices: ["name: hybrid, unit: 247, profile: goodwe-et, interval: 1s"])
        try await withGateway(try site.read()) { engine, heard in
            _ = await heard.next("DeviceIdentified")
            // Exactly one ticket, although the pack's own limit and the cell's are both passed.
            try peer.set(unit: 247, function: 3, address: 37_020, values: [655])
            let opened = try #require(await heard.next("FaultOpened", with: "overTemperature"))
            #expect(opened.ticket == TicketID("home-1.1"))
            let hot = await engine.snapshot()
            expectImage(hot)
            #expect(hot.tickets.count == 1)
            #expect(hot.tickets.first?.key == "home-1/9010KETU000W0001/overTemperature")
            #expect(hot.tickets.first?.routing == "K0")

            try peer.set(unit: 247, function: 3, address: 37_020, values: [251])
            _ = await heard.next("AlarmCleared", with: "packTemperatureHigh")
            let calm = await engine.snapshot()
            #expect(calm.tickets.count == 1)
            #expect(calm.tickets.first?.state == "received")
            #expect(calm.tickets.first?.selfCleared == true)
            #expect(!calm.alarms.contains { $0.code == "packTemperatureHigh" })

            try peer.set(unit: 247, function: 3, address: 37_020, values: [655])
            _ = await heard.next("FaultOpened", with: "packTemperatureHigh#2")
            let again = await engine.snapshot()
            #expect(again.tickets.count == 1)
            #expect(again.tickets.first?.occurrences == 2)
            #expect(again.tickets.first?.selfCleared == false)
        }
        #expect(try peer.counts().writes == 0)
    }

    private func expectImage(_ site: SiteSnapshot) {
        let points = site.devices.first?.points ?? []
        let wanted: [(String, Double)] = [
            ("pack.voltage", 392.1), ("pack.current", 1), ("pack.soc", 88), ("pack.soh", 99),
            ("pack.temperature.max", 65.5), ("pack.temperature.min", 24), ("cell.voltage.max", 3.331),
            ("cell.voltage.min", 3.329),
        ]
        for (name, value) in wanted {
            let point = points.first { $0.name == name }
            #expect(point?.value == value, "\(name)")
            #expect(point?.quality == "good", "\(name)")
        }
    }

    @Test func aSilentDeviceIsACaseAndItsReturnClosesNothing() async throws {
        let peer = try ModbusPeer([247: goodWe])
        defer { peer.stop() }
        let site = try TestSite()
        try site.configure(
            url: "tcp://127.0.0.1:\(peer.port)",
            devices: ["name: hybrid, unit: 247, profile: goodwe-et, interval: 1s, timeout: 50ms"])
        try await withGateway(try site.read(), speed: 300) { engine, heard in
            _ = await heard.next("DeviceIdentified")
            try peer.silence(unit: 247)
            let opened = try #require(await heard.next("FaultOpened"))
            guard case .faultOpened(let key, let occurrence) = opened.event else { return }
            #expect(key.code == "dataLost")
            #expect(occurrence.routing == .k3)
            try peer.speak(unit: 247)
            _ = await heard.next("AlarmCleared", with: "dataLost")
            let site = await engine.snapshot()
            #expect(site.tickets.map(\.state) == ["received"])
            #expect(site.tickets.first?.selfCleared == true)
            let running = site.tickets.first?.clocks.filter { $0.status == "running" }.map(\.clock)
            #expect(running == ["response"])
        }
    }

    @Test func aPortThatNeverAnswersDoesNotEndTheGateway() async throws {
        let site = try TestSite()
        try site.configure(
            url: "tcp://127.0.0.1:1", devices: ["name: hybrid, unit: 247, profile: goodwe-et, interval: 1s"])
        try await withGateway(try site.read(), speed: 600) { engine, heard in
            let opened = try #require(await heard.next("FaultOpened"))
            guard case .faultOpened(let key, _) = opened.event else { return }
            #expect(key.description == "home-1/hybrid/dataLost")
            #expect(await engine.snapshot().devices.map(\.state) == [.lost])
        }
    }
}
