import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded

@testable import Web

/// What the page answered to one request.
struct PageAnswer {
    var status: HTTPResponse.Status
    var headers: HTTPFields
    /// The whole body; bytes that are no UTF-8 are replaced.
    var text: String
}

extension TestPage {
    /// Asks the page without a connection, as `http://localhost`.
    ///
    /// - Parameter path: the path and what follows it, as it stands in a request.
    func answer(
        _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields = [:], body: String? = nil
    ) async throws -> PageAnswer {
        var headers = headers
        if let body { headers[.contentLength] = "\(body.utf8.count)" }
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "http", authority: "localhost", path: path, headerFields: headers),
            body: RequestBody(buffer: ByteBuffer(string: body ?? "")))
        let channel = NIOAsyncTestingChannel()
        let source = ApplicationRequestContextSource(channel: channel, logger: Logger(label: "web-tests"))
        let response = try await application().responder.respond(
            to: request, context: BasicRequestContext(source: source))
        let written = WrittenBody()
        try await response.body.write(written)
        // An open one holds itself for good.
        _ = try await channel.finish()
        return PageAnswer(
            status: response.status, headers: response.headers, text: String(buffer: written.bytes))
    }
}

/// Keeps what a response writes.
private final class WrittenBody: ResponseBodyWriter {
    private(set) var bytes = ByteBuffer()

    func write(_ buffer: ByteBuffer) async throws { bytes.writeImmutableBuffer(buffer) }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
