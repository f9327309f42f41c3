internal import Engine
internal import Hummingbird
internal import NIOCore
internal import ServiceLifecycle
internal import Terms

/// What a stream writes at one look at the site, decided without a clock or a socket.
struct EventPace {
    /// How often a stream looks at the site.
    static let interval = Milliseconds.seconds(1)
    /// The longest silence on a stream.
    static let heartbeat = Milliseconds.seconds(15)

    /// What to write.
    enum Step: Equatable {
        case snapshot, heartbeat, nothing
    }

    private var sent: SiteSnapshot?
    private var wroteAt: Boottime?

    mutating func step(_ snapshot: SiteSnapshot, at now: Boottime) -> Step {
        let shown = snapshot.withoutTime()
        if shown != sent {
            sent = shown
            wroteAt = now
            return .snapshot
        }
        guard let wroteAt, now - wroteAt >= Self.heartbeat else { return .nothing }
        self.wroteAt = now
        return .heartbeat
    }
}

/// One server-sent event stream: the site's snapshot whenever it changed, and a sign of life.
struct EventStream: Sendable {
    let source: PageSource
    let time: any TimeSource
    let slot: StreamSlots.Slot

    /// Writes until the browser leaves or the service shuts down.
    @concurrent
    func write(to writer: inout any ResponseBodyWriter, until body: RequestBody) async throws {
        defer { withExtendedLifetime(slot) {} }
        do {
            try await body.consumeWithCancellationOnInboundClose { _ in try await run(&writer) }
        } catch is CancellationError {
            // The browser left or the service ends: both are the ordinary end of a stream.
        }
        try await writer.finish(nil)
    }

    @concurrent
    private func run(_ writer: inout any ResponseBodyWriter) async throws {
        var pace = EventPace()
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        while true {
            let snapshot = await source.snapshot().bounded()
            let now = time.now().boottime
            switch pace.step(snapshot, at: now) {
            case .snapshot: try await writer.write(ByteBuffer(string: try Self.event(snapshot)))
            case .heartbeat: try await writer.write(ByteBuffer(string: Self.heartbeat(snapshot)))
            case .nothing: break
            }
            let time = time
            try await cancelWhenGracefulShutdown { try await time.sleep(until: now + EventPace.interval) }
        }
    }

    /// JSON holds no line break, so it is one data line.
    static func event(_ snapshot: SiteSnapshot) throws -> String {
        "event: snapshot\nid: \(snapshot.now)\ndata: \(try SnapshotJSON.text(snapshot))\n\n"
    }

    /// A comment for what stands between, and the server's time for the page's own ticking.
    static func heartbeat(_ snapshot: SiteSnapshot) -> String {
        ": still here\nevent: time\ndata: \(snapshot.now)\n\n"
    }
}
