internal import Hummingbird
package import Logging
internal import NIOCore
internal import ServiceLifecycle
package import Terms

/// Runs the page, and says in the configuration's words when its address cannot be had.
package struct PageService: Service {
    private let page: Application<PageResponder>
    private let listen: ListenAddress

    /// - Parameter onListening: called once with the bound port.
    package init(
        listen: ListenAddress, source: PageSource, time: any TimeSource, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void
    ) {
        self.listen = listen
        page = buildWeb(listen: listen, source: source, time: time, logger: logger, onListening: onListening)
    }

    package func run() async throws {
        do {
            try await page.run()
        } catch let error as IOError {
            throw ListenError.taken(address: "\(listen.urlHost):\(listen.port)", reason: "\(error)")
        }
    }
}
