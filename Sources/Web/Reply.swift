internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Builds responses; every one carries the same strict headers.
enum Reply {
    /// Nothing may load but what this page serves itself; no frame, no inline script or style, and no form
    /// that goes elsewhere.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

    /// The headers of every response.
    static func strictHeaders(contentType: String, cache: String = "no-store") -> HTTPFields {
        var headers: HTTPFields = [
            .contentType: contentType, .contentSecurityPolicy: contentSecurityPolicy, .cacheControl: cache,
            .xContentTypeOptions: "nosniff", .crossOriginResourcePolicy: "same-origin",
        ]
        // Names that HTTPTypes does not list; they are valid tokens, so none is dropped.
        // With no-referrer a browser would name the origin of the page's own form as null.
        for (name, value) in [("Referrer-Policy", "same-origin"), ("X-Frame-Options", "DENY")] {
            if let field = HTTPField.Name(name) { headers[field] = value }
        }
        return headers
    }

    static func text(_ text: String, type: String, status: HTTPResponse.Status = .ok) -> Response {
        bytes(ByteBuffer(string: text), type: type, status: status)
    }

    static func bytes(
        _ buffer: ByteBuffer, type: String, status: HTTPResponse.Status = .ok, cache: String = "no-store"
    ) -> Response {
        var headers = strictHeaders(contentType: type, cache: cache)
        headers[.contentLength] = String(buffer.readableBytes)
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: buffer))
    }

    static func html(_ markup: Markup, status: HTTPResponse.Status = .ok) -> Response {
        text(markup.text, type: "text/html; charset=utf-8", status: status)
    }

    static func plain(_ message: String, status: HTTPResponse.Status) -> Response {
        text(message + "\n", type: "text/plain; charset=utf-8", status: status)
    }

    /// Plain words for a request that was refused.
    static func refusal(_ refusal: RequestGuard.Refusal) -> Response {
        switch refusal {
        case .method:
            var response = plain("This address only shows; it takes nothing but GET.", status: .methodNotAllowed)
            response.headers[.allow] = "GET"
            return response
        case .reportMethod:
            var response = plain(
                "A report is sent with the button on the page: open the page and press it.", status: .methodNotAllowed)
            response.headers[.allow] = "POST"
            return response
        case .host:
            return plain(
                "This page answers to localhost, 127.0.0.1 and [::1] only. Open it by one of these names.",
                status: .misdirectedRequest)
        case .crossSite:
            return plain("Another site asked for this. Open the page itself instead.", status: .forbidden)
        case .crossSiteReport:
            return plain(
                "Nothing was reported: this did not come from the box's own page. Open the page itself and press its "
                    + "button.", status: .forbidden)
        }
    }
}
