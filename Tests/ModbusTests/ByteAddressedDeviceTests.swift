import DeviceProfiles
import Polling
import Telemetry
import Terms
import TestPeers
import Testing

@testable import Modbus

/// The registers of a JK PB with 16 cells, as the maker's table lays them out: a register at every second address.
private var pack: [Int: [Int: [Int]]] {
    var live = Array(repeating: 0, count: 127)
    func put(_ address: Int, _ words: Int...) {
        for (index, word) in words.enumerated() { live[(address - 0x1200) / 2 + index] = word }
    }
    for cell in 0..<16 { put(0x1200 + 2 * cell, 3_300 + cell) }
    put(0x128A, 251)
    put(0x1290, 0, 52_920)
    put(0x1298, 0xFFFF, 0xFB1E)
    put(0x129C, 218, 0xFFF6)
    put(0x12A0, 0, 1 << 11)
    put(0x12A6, 0x0257)
    put(0x12B8, 0x6300)
    put(0x12BC, 1, 2)
    put(0x12FA, 199, 201)
    let about = registers("JK_PB2A16S20P", count: 8) + registers("15A", count: 4) + registers("15.30", count: 4)
    return [3: [0x106C: [0, 16], 0x1200: live, 0x1400: about, 0x1450: registers("4080", count: 8)]]
}

@Suite struct ByteAddressedDeviceTests {
    @Test func aPackWhoseAddressesCountBytesIsReadInBlocks() async throws {
        let peer = try ModbusPeer([1: pack], step: 2)
        let device = LineDevice.test(.fixed(try shippedProfile("jk-pb")))
        let events = try await events(.tcp(host: "127.0.0.1", port: peer.port), [device]) { !$0.frames().isEmpty }
        let description = try #require(events.description())
        #expect(description.serial == "4080")
        let frame = try #require(events.frames().first)
        #expect(frame.failedRequests == 0)
        let cells = (1...16).map { frame.sample("cell.\($0).voltage", description.map).goodValue }
        #expect(cells == (0..<16).map { Double(3_300 + $0) / 1_000 })
        #expect(frame.sample("pack.voltage", description.map).goodValue == 52.92)
        #expect(frame.sample("pack.current", description.map).goodValue == -1.25)
        #expect(frame.sample("pack.soc", description.map).goodValue == 87)
        #expect(frame.sample("pack.soh", description.map).goodValue == 99)
        #expect(frame.sample("cell.2.temperature", description.map).goodValue == -1)
        #expect(frame.sample("cell.5.temperature", description.map).goodValue == 20.1)
        #expect(frame.sample("device.heartbeat", description.map).goodValue == 65_538)
        #expect(description.map.activeAlarms(in: frame.samples).map(\.code) == ["jk.cellUnderVoltage"])
        #expect(try peer.counts().writes == 0)
    }
}
