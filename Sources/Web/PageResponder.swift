internal import Engine
package import Hummingbird
internal import NIOCore
internal import Telemetry
internal import Terms

/// Answers every request: guard first, then the route.
package struct PageResponder: HTTPResponder {
    package typealias Context = BasicRequestContext

    let source: PageSource
    let time: any TimeSource
    let slots = StreamSlots(capacity: StreamSlots.capacity)

    @Sendable package func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let route = Route(path: request.uri.path)
        if let refusal = RequestGuard.refusal(request.head, isReport: route == .report) {
            return Reply.refusal(refusal)
        }
        guard let route else { return notFound(path: request.uri.path) }
        switch route {
        case .page:
            let reported = request.uri.queryParameters["reported"].map(String.init)
            return Reply.html(PageHTML.document(await source.snapshot().bounded(), reported: reported))
        case .report: return await report(request)
        case .fragment: return Reply.html(PageHTML.main(await source.snapshot().bounded()))
        case .health: return Reply.plain("ok", status: .ok)
        case .metrics: return Reply.text(await source.metrics(), type: "text/plain; version=0.0.4; charset=utf-8")
        case .state: return json(await source.snapshot().bounded())
        case .events: return events(request)
        case .asset(let asset):
            return Reply.bytes(ByteBuffer(bytes: asset.bytes), type: asset.contentType, cache: "no-cache")
        case .ticket(let id):
            let ticket = await source.snapshot().bounded().tickets.first { $0.id == id }
            return ticket.map(json) ?? notFound(path: request.uri.path)
        case .ticketPlot(let id, let part, let isNarrow):
            let zone = await source.snapshot().zone
            return drawing(await source.ticketEvidence(id, part), isNarrow ? .narrow : .wide) { evidence in
                EvidenceSVG.text(evidence, zone: zone, isNarrow: isNarrow)
            }
        case .devicePlot(let name, let kind):
            let zone = await source.snapshot().zone
            return drawing(await source.deviceTrace(name, kind), .narrow) { trace in
                PlotSVG(trace: trace, clock: LocalClock(zone: zone), frame: .narrow).markup.text
            }
        }
    }

    private func json(_ value: some Encodable) -> Response {
        do {
            return Reply.text(try SnapshotJSON.text(value), type: "application/json; charset=utf-8")
        } catch {
            return Reply.plain("The state cannot be written as JSON: \(error)", status: .internalServerError)
        }
    }

    private func drawing<Kept>(_ kept: Kept?, _ frame: PlotSVG.Frame, _ draw: (Kept) -> String) -> Response {
        let type = "image/svg+xml; charset=utf-8"
        // Still not found, but a picture: the page shows a line of text instead of a broken image.
        guard let kept else { return Reply.text(PlotSVG.placeholder(frame).text, type: type, status: .notFound) }
        return Reply.text(draw(kept), type: type)
    }

    private func notFound(path: String) -> Response {
        if path.hasPrefix("/api/") {
            return Reply.text(#"{"error":"not found"}"#, type: "application/json; charset=utf-8", status: .notFound)
        }
        return Reply.html(PageHTML.notFound(path: path), status: .notFound)
    }

    private func events(_ request: Request) -> Response {
        guard let slot = slots.take() else {
            var response = Reply.plain(
                "Too many windows watch this page (\(StreamSlots.capacity)). Close one and try again.",
                status: .serviceUnavailable)
            response.headers[.retryAfter] = "30"
            return response
        }
        let stream = EventStream(source: source, time: time, slot: slot)
        return Response(
            status: .ok, headers: Reply.strictHeaders(contentType: "text/event-stream"),
            body: ResponseBody { writer in try await stream.write(to: &writer, until: request.body) })
    }
}
