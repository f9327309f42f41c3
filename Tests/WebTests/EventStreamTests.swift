import Engine
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Terms
import Testing

@testable import Web

@Suite(.timeLimit(.minutes(1))) struct EventStreamTests {
    @Test("a changed site is sent once, mere passing of time is not, and silence ends after 15 s")
    func pace() {
        var pace = EventPace()
        var site = RichSite().snapshot
        func at(_ seconds: Int64) -> Boottime { Boottime(nanoseconds: 0) + .seconds(seconds) }
        #expect(pace.step(site, at: at(0)) == .snapshot)
        site.now += 1_000
        site.tickets[0].clocks[0].elapsed += 1_000
        #expect(pace.step(site, at: at(1)) == .nothing)
        site.devices[0].points[0].value = 75
        #expect(pace.step(site, at: at(2)) == .snapshot)
        #expect(pace.step(site, at: at(16)) == .nothing)
        #expect(pace.step(site, at: at(17)) == .heartbeat)
        #expect(pace.step(site, at: at(18)) == .nothing)
        #expect(pace.step(site, at: at(32)) == .heartbeat)
    }

    @Test("an event is one data line")
    func eventText() throws {
        var site = RichSite().snapshot
        site.site = "a\nb\r\n\ndata: forged"
        let lines = try EventStream.event(site).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 5)
        #expect(lines[0] == "event: snapshot")
        #expect(lines[2].hasPrefix("data: {"))
        #expect(!lines[2].contains("\r"))
    }

    @Test("a slot is free again when its stream is gone")
    func slots() {
        let slots = StreamSlots(capacity: 2)
        var first = slots.take()
        let second = slots.take()
        #expect(first != nil && second != nil)
        #expect(slots.take() == nil)
        first = nil
        #expect(slots.take() != nil)
        withExtendedLifetime(second) {}
    }

    @Test("a stream delivers a change and ends when the service shuts down")
    func streamLives() async throws {
        let page = TestPage()
        try await withRunningPage(page) { port, shutDown in
            try await withStream(port: port) { reader in
                let start = try await reader.read(until: #""site":"home-1""#)
                #expect(start.contains("200 OK"))
                try await untilTrue { page.time.sleeperCount == 1 }
                page.change { $0.devices[0].points[0].value = 12.5 }
                page.time.advance(.seconds(1))
                let change = try await reader.read(until: #""value":12.5"#)
                #expect(change.contains("event: snapshot"))
                try await untilTrue { page.time.sleeperCount == 1 }
                page.time.advance(.seconds(15))
                let heartbeat = try await reader.read(until: "event: time")
                #expect(heartbeat.contains(": still here"))
                await shutDown()
                try await reader.readToEnd()
            }
        }
    }

    @Test(
        "over the wire another host, no host and a foreign name for loopback are misdirected",
        arguments: [
            "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
            "GET /api/events HTTP/1.1\r\nHost: localhost.evil.example:8080\r\n\r\n",
        ])
    func misdirected(request: String) async throws {
        try await withRunningPage(TestPage()) { port, shutDown in
            try await withStream(port: port, request: request) { reader in
                let answer = try await reader.read(until: "\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 421 "))
                #expect(answer.contains("default-src 'none'"))
            }
            await shutDown()
        }
    }

    @Test("the seventeenth window is told to come back later, and gets its place when another closes")
    func streamLimit() async throws {
        let page = TestPage()
        try await withRunningPage(page) { port, shutDown in
            var open: [any Channel] = []
            for _ in 0..<StreamSlots.capacity {
                let channel = try await rawConnection(port: port)
                try await channel.writeAndFlush(ByteBuffer(string: eventsRequest))
                open.append(channel)
            }
            try await untilTrue { page.time.sleeperCount == StreamSlots.capacity }
            try await withStream(port: port) { reader in
                let answer = try await reader.read(until: "Close one")
                #expect(answer.contains("503 Service Unavailable"))
                #expect(answer.contains("Retry-After: 30"))
            }
            try await open.removeFirst().close()
            try await untilTrue { page.time.sleeperCount == StreamSlots.capacity - 1 }
            try await withStream(port: port) { reader in
                let start = try await reader.read(until: "event: snapshot")
                #expect(start.contains("200 OK"))
            }
            for channel in open { try await channel.close() }
            await shutDown()
        }
    }
}

private let eventsRequest = "GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n"

/// Yields until the condition holds; the suite's time limit ends a wait in vain.
private func untilTrue(_ condition: () -> Bool) async throws {
    while !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}

private func withRunningPage(
    _ page: TestPage, _ body: @Sendable (Int, @Sendable () async -> Void) async throws -> Void
) async throws {
    let (ports, port) = AsyncStream<Int>.makeStream()
    let application = try page.application { port.yield($0) }
    let group = ServiceGroup(configuration: .init(services: [application], logger: application.logger))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        guard let number = await ports.first(where: { _ in true }) else { return }
        try await body(number) { await group.triggerGracefulShutdown() }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

/// Reads what a server sends, as text.
private struct StreamReader {
    var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var rest = ""

    init(_ iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) { self.iterator = iterator }

    mutating func read(until mark: String) async throws -> String {
        while true {
            if let end = rest.firstRange(of: mark)?.upperBound {
                let text = String(rest[..<end])
                rest = String(rest[end...])
                return text
            }
            let part = try #require(try await iterator.next(isolation: #isolation), "the stream ended before '\(mark)'")
            rest += String(buffer: part)
        }
    }

    mutating func readToEnd() async throws {
        while try await iterator.next(isolation: #isolation) != nil {}
    }
}

private func rawConnection(port: Int) async throws -> any Channel {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: port).get()
}

private func withStream(
    port: Int, request: String = eventsRequest, _ body: (inout StreamReader) async throws -> Void
) async throws {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    try await channel.executeThenClose { inbound, outbound in
        try await outbound.write(ByteBuffer(string: request))
        var reader = StreamReader(inbound.makeAsyncIterator())
        try await body(&reader)
    }
}
