internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension PageResponder {
    /// Takes a report and sends the browser back to the page, so that loading it again sends nothing twice.
    func report(_ request: Request) async -> Response {
        guard ReportForm.isType(request.headers[.contentType]) else {
            return Reply.plain(
                "Nothing was reported: a report is a form (application/x-www-form-urlencoded).",
                status: .unsupportedMediaType)
        }
        let form: ByteBuffer
        do {
            form = try await request.body.collect(upTo: ReportForm.longest)
        } catch is NIOTooManyBytesError {
            return Reply.plain(
                "Nothing was reported: the text is too long. Say it shorter.", status: .contentTooLarge)
        } catch {
            return Reply.plain("Nothing was reported: it did not arrive whole (\(error)).", status: .badRequest)
        }
        do throws(ReportRefused) {
            let ticket = try await source.report(ReportForm.text(of: form.readableBytesView))
            var response = Reply.plain("Your report is ticket \(ticket).", status: .seeOther)
            response.headers[.location] = "/?reported=\(Route.segment(ticket))"
            return response
        } catch {
            return refusal(error)
        }
    }

    private func refusal(_ refused: ReportRefused) -> Response {
        switch refused {
        case .tooMany(let reason):
            var response = Reply.plain(
                "Nothing more is taken for now: \(reason). Please phone support.", status: .tooManyRequests)
            response.headers[.retryAfter] = "3600"
            return response
        case .notKept(let reason):
            return Reply.plain(
                "Your report could not be kept: \(reason). Please phone support.", status: .serviceUnavailable)
        }
    }
}
