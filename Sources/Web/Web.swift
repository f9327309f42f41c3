package import Hummingbird
internal import HummingbirdCore
package import Logging
internal import NIOCore
package import Terms

/// Builds the box's local page: a service that listens when run and ends at graceful shutdown.
///
/// - Parameters:
///   - time: paces the event streams (one look a second). Give it the box's own time source.
///   - onListening: called once with the bound port.
package func buildWeb(
    listen: ListenAddress, source: PageSource, time: any TimeSource, logger: Logger,
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
) -> Application<PageResponder> {
    var decoder = HTTP1Channel.Configuration.DecoderConfiguration()
    decoder.maxHeaderFieldSize = WebLimit.headerBytes
    decoder.maxHeaderListSize = WebLimit.headerBytes
    decoder.maxHeaderFieldCount = WebLimit.headerFields
    return Application(
        responder: PageResponder(source: source, time: time),
        server: .http1(
            configuration: .init(idleTimeout: WebLimit.idle, httpDecoderConfiguration: decoder)),
        configuration: ApplicationConfiguration(
            address: .hostname(listen.host, port: listen.port), backlog: WebLimit.connections,
            availableConnectionsDelegate: MaximumAvailableConnections(WebLimit.connections, logger: logger)),
        onServerRunning: { channel in
            let port = channel.localAddress?.port ?? listen.port
            logger.info("page is served", metadata: ["url": "http://\(listen.urlHost):\(port)/"])
            await onListening(port)
        },
        logger: logger)
}

/// What one peer may take of the server.
private enum WebLimit {
    static let connections = 64
    static let headerBytes = 16 * 1_024
    static let headerFields = 100
    /// A connection without a request is closed after this time.
    static let idle = TimeAmount.seconds(60)
}

extension ListenAddress {
    /// The host as it stands in an address: IPv6 in brackets.
    package var urlHost: String { host.contains(":") ? "[\(host)]" : host }
}
