internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// Answers commands over a socket that only root, the daemon's own user and the group `aftercare` may use.
struct ControlServer: Service {
    let path: String
    let desk: ControlDesk
    let readiness: Readiness
    let logger: Logger

    /// One request, in bytes; the largest legitimate one has a few texts of a few thousand.
    private static let requestLimit = 64 * 1_024
    /// One proof, in bytes; as JSON within JSON it may double, and who asks takes 64 MiB.
    private static let proofLimit = 24 * 1_024 * 1_024
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    func run() async throws {
        let server: NIOAsyncChannel<Connection, Never>
        do {
            server = try await bind()
        } catch let error as IOError {
            throw UnreadableConfiguration(message: "controlSocket \(path): cannot be listened on: \(error)")
        }
        logger.info("control socket is open", metadata: ["path": "\(path)"])
        readiness.mark("control")
        defer { unlink(path) }
        do {
            try await cancelWhenGracefulShutdown { try await accept(from: server) }
        } catch is CancellationError {
            // The ordinary end: the stop cancels the wait for the next connection.
        }
    }

    private func accept(from server: NIOAsyncChannel<Connection, Never>) async throws {
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    group.addTask { await serve(connection) }
                }
            }
        }
    }

    private func bind() async throws -> NIOAsyncChannel<Connection, Never> {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 16)
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Connection(wrappingChannelSynchronously: channel)
                }
            }
        guard chmod(path, 0o660) == 0 else {
            throw UnreadableConfiguration(
                message: "control socket \(path): its permissions cannot be set: \(String(cString: strerror(errno)))")
        }
        return server
    }

    private func serve(_ connection: Connection) async {
        do {
            let peer = try await PeerCredentials.of(connection.channel)
            try await connection.executeThenClose { inbound, outbound in
                guard peer.mayCommand else {
                    logger.warning("command refused", metadata: ["uid": "\(peer.user)", "pid": "\(peer.process)"])
                    let message = "only root and members of the group aftercare may do this"
                    try await outbound.write(line(.refused(message: message, reason: .badRequest)))
                    return
                }
                guard let request = try await firstLine(of: inbound) else { return }
                try await outbound.write(line(await answer(request)))
            }
        } catch {
            // A client that goes away in the middle loses nothing but its own answer.
            logger.debug("control connection ended", metadata: ["error": "\(error)"])
        }
    }

    private func firstLine(of inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        for try await chunk in inbound {
            bytes.append(contentsOf: chunk.readableBytesView)
            if let end = bytes.firstIndex(of: 10) { return Array(bytes[..<end]) }
            guard bytes.count <= Self.requestLimit else { return nil }
        }
        return nil
    }

    private func answer(_ line: [UInt8]) async -> ControlResponse {
        do {
            let response = await desk.answer(try JSONDecoder().decode(ControlRequest.self, from: Data(line)))
            if case .proof(let text) = response, text.utf8.count > Self.proofLimit {
                return .refused(
                    message: "the proof is too large for the control socket; stop the daemon and ask again",
                    reason: .badRequest)
            }
            return response
        } catch {
            let message = "the request cannot be understood; use the aftercare command of the daemon's version"
            return .refused(message: message, reason: .badRequest)
        }
    }

    private func line(_ response: ControlResponse) throws -> ByteBuffer {
        ByteBuffer(bytes: try JSONEncoder().encode(response) + [10])
    }
}

/// Who is at the other end of a local socket, as the kernel says (SO_PEERCRED, socket(7)).
struct PeerCredentials {
    var process: Int32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0

    /// SO_PEERCRED of Linux; Swift's Glibc module does not show it.
    private static let option: CInt = 17

    static func of(_ channel: any Channel) async throws -> PeerCredentials {
        guard let provider = channel as? any SocketOptionProvider else {
            throw UnreadableConfiguration(message: "the control socket is no socket")
        }
        return try await provider.unsafeGetSocketOption(level: .socket, name: .init(rawValue: option)).get()
    }

    /// Root, the daemon's own user, or a member of the group `aftercare`.
    var mayCommand: Bool {
        if user == 0 || user == geteuid() { return true }
        guard let wanted = getgrnam("aftercare") else { return false }
        if group == wanted.pointee.gr_gid { return true }
        guard let account = getpwuid(user) else { return false }
        var member = wanted.pointee.gr_mem
        while let name = member?.pointee {
            if strcmp(name, account.pointee.pw_name) == 0 { return true }
            member = member?.advanced(by: 1)
        }
        return false
    }
}
