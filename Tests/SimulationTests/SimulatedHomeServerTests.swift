import Foundation
import Terms
import Testing

@testable import Simulation

/// One after the other: every test has a server of its own.
@Suite(.serialized) struct SimulatedHomeServerTests {
    @Test func answersOnEveryUnitWithTheHomesRegisters() throws {
        var home = SimulatedHome(seed: 1)
        home.step(by: 60)
        let server = try SimulatedHomeServer(home: home)
        defer { server.stop() }
        let client = try #require(ModbusClient(port: server.port))
        #expect(client.read(unit: 2, address: 0, count: 100) == .words(PackRegisters.block(home.packs[0]).words))
        #expect(client.read(unit: 3, address: 0, count: 100) == .words(PackRegisters.block(home.packs[1]).words))
        let inverter = InverterRegisters.block(home).words
        #expect(client.read(unit: 1, address: 40_000, count: 125) == .words(Array(inverter[..<125])))
        #expect(client.read(unit: 1, address: 40_125, count: 63) == .words(Array(inverter[125...])))
        #expect(server.answeredReadCount == 4)
    }

    @Test func showsWhatWasPublishedLast() throws {
        var home = SimulatedHome(seed: 1)
        let server = try SimulatedHomeServer(home: home)
        defer { server.stop() }
        let client = try #require(ModbusClient(port: server.port))
        for _ in 0..<20 {
            home.step(by: 1)
            server.publish(home)
            #expect(client.read(unit: 2, address: 0, count: 100) == .words(PackRegisters.block(home.packs[0]).words))
        }
    }

    @Test func noAnswerMixesTwoStatesWhileTheHomeChanges() throws {
        let home = SimulatedHome(seed: 1)
        var later = home
        later.step(by: 600)
        let states = [home, later]
        let pictures = states.map { ModbusClient.Answer.words(PackRegisters.block($0.packs[0]).words) }
        let server = try SimulatedHomeServer(home: home)
        defer { server.stop() }
        DispatchQueue.concurrentPerform(iterations: 2) { part in
            guard part == 0 else {
                for turn in 0..<2_000 { server.publish(states[turn % 2]) }
                return
            }
            guard let client = ModbusClient(port: server.port) else {
                Issue.record("no connection")
                return
            }
            for _ in 0..<1_000 { #expect(pictures.contains(client.read(unit: 2, address: 0, count: 100))) }
        }
    }

    @Test func refusesAndCountsEveryWriteOnEveryUnit() throws {
        let server = try SimulatedHomeServer(home: SimulatedHome(seed: 1))
        defer { server.stop() }
        let client = try #require(ModbusClient(port: server.port))
        let before = client.read(unit: 2, address: 0, count: 100)
        for unit: Int32 in 1...3 {
            #expect(client.writeInEveryWay(unit: unit) == [ModbusClient.Answer](repeating: .exception(1), count: 6))
        }
        #expect(server.refusedWriteCount == 18)
        #expect(client.read(unit: 2, address: 0, count: 100) == before)
    }

    @Test func refusesOtherFunctionsAndAddresses() throws {
        let server = try SimulatedHomeServer(home: SimulatedHome(seed: 1))
        defer { server.stop() }
        let client = try #require(ModbusClient(port: server.port))
        #expect(client.readInput(unit: 2, address: 0) == .exception(1))
        #expect(client.read(unit: 2, address: 100, count: 1) == .exception(2))
        #expect(client.read(unit: 2, address: 99, count: 2) == .exception(2))
        #expect(client.read(unit: 1, address: 39_999, count: 1) == .exception(2))
        #expect(client.read(unit: 2, address: 99, count: 1) == .words([0]))
        #expect(server.refusedWriteCount == 0)
        #expect(server.answeredReadCount == 1)
    }

    @Test(arguments: [Int32(0), 4, 247])
    func anUnknownUnitIsAnExceptionOfTheGateway(unit: Int32) throws {
        let server = try SimulatedHomeServer(home: SimulatedHome(seed: 1))
        defer { server.stop() }
        let client = try #require(ModbusClient(port: server.port))
        #expect(client.read(unit: unit, address: 0, count: 1) == .exception(0x0B))
    }

    @Test func aLostPackIsSilentAndTheOthersAnswer() throws {
        let served = try ServedHome(home: SimulatedHome(seed: 1))
        defer { served.stop() }
        served.inject(.lostDevice)
        let client = try #require(ModbusClient(port: served.port))
        client.patience(milliseconds: 100)
        #expect(client.read(unit: 3, address: 0, count: 1) == .failed(ETIMEDOUT))
        let next = try #require(ModbusClient(port: served.port))
        #expect(next.read(unit: 2, address: 0, count: 1) == .words([0xAF7C]))
        served.repair()
        #expect(next.read(unit: 3, address: 0, count: 1) == .words([0xAF7C]))
    }

    @Test func aDrivenHomeAdvancesAndShowsIt() throws {
        let served = try ServedHome(home: SimulatedHome(seed: 1))
        defer { served.stop() }
        let client = try #require(ModbusClient(port: served.port))
        served.inject(.cellOverTemperature)
        served.advance(by: .seconds(35))
        served.advance(by: Milliseconds(-5))
        #expect(abs(served.home.elapsedSeconds - 35) < 1e-9)
        guard case .words(let words) = client.read(unit: 3, address: 36, count: 16) else {
            Issue.record("no answer")
            return
        }
        #expect(words[6] > 600)
        #expect(words.count { $0 > 400 } == 1)
    }

    @Test func servesEightClientsAndTheNinthWhenOneLeaves() throws {
        let server = try SimulatedHomeServer(home: SimulatedHome(seed: 1))
        defer { server.stop() }
        try withClients(8, of: server) {
            let ninth = try #require(ModbusClient(port: server.port))
            ninth.patience(milliseconds: 100)
            #expect(ninth.read(unit: 2, address: 0, count: 1) == .failed(ETIMEDOUT))
        }
        let later = try #require(ModbusClient(port: server.port))
        #expect(later.read(unit: 2, address: 0, count: 1) == .words([0xAF7C]))
    }

    private func withClients(_ count: Int, of server: SimulatedHomeServer, _ body: () throws -> Void) throws {
        guard count > 0 else { return try body() }
        let client = try #require(ModbusClient(port: server.port))
        #expect(client.read(unit: 2, address: 0, count: 1) == .words([0xAF7C]))
        try withClients(count - 1, of: server, body)
        #expect(client.read(unit: 2, address: 0, count: 1) == .words([0xAF7C]))
    }

    @Test func junkClosesOneConnectionAndLeavesTheOthers() throws {
        let server = try SimulatedHomeServer(home: SimulatedHome(seed: 1))
        defer { server.stop() }
        let client = try #require(ModbusClient(port: server.port))
        let junk = try #require(RawConnection(port: server.port))
        junk.send([UInt8](repeating: 0xFF, count: 300))
        #expect(junk.isClosedByPeer())
        #expect(client.read(unit: 2, address: 0, count: 1) == .words([0xAF7C]))
    }

    @Test func listensOnLoopbackOnlyAndSaysWhenAPortIsTaken() throws {
        let server = try SimulatedHomeServer(home: SimulatedHome(seed: 1))
        defer { server.stop() }
        #expect(server.port > 0)
        let hexadecimalPort = String(format: "%04X", Int(server.port))
        let listening = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8).split(separator: "\n")
            .filter { $0.contains(":\(hexadecimalPort) 00000000:0000 0A") }
        #expect(listening.count == 1)
        #expect(listening.allSatisfy { $0.contains("0100007F:\(hexadecimalPort)") })
        let failure = #expect(throws: ServerFailure.self) {
            try SimulatedHomeServer(home: SimulatedHome(seed: 1), port: server.port)
        }
        #expect(failure == ServerFailure(step: .listen, errorNumber: EADDRINUSE))
    }

    @Test func stoppingFreesEveryDescriptorAndMayBeRepeated() throws {
        let home = SimulatedHome(seed: 1)
        let before = try openSockets()
        for _ in 0..<100 {
            let server = try SimulatedHomeServer(home: home)
            let client = try #require(ModbusClient(port: server.port))
            #expect(client.read(unit: 2, address: 0, count: 1) == .words([0xAF7C]))
            #expect(throws: ServerFailure.self) { try SimulatedHomeServer(home: home, port: server.port) }
            server.stop()
            server.stop()
            #expect(client.read(unit: 2, address: 0, count: 1) != .words([0xAF7C]))
            let isReachable = ModbusClient(port: server.port) != nil
            #expect(!isReachable)
        }
        // Other tests of this process open and close some too; a leak would be 100 or more.
        #expect(try openSockets() < before + 50)
    }

    /// Sockets and pipes of this process.
    private func openSockets() throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        return names.count { name in
            // A descriptor may be gone between listing and reading.
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)")
            return target?.hasPrefix("socket:") == true || target?.hasPrefix("pipe:") == true
        }
    }
}
