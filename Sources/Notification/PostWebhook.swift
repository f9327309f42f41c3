internal import CCurl
package import Settings

/// Posts one request, and waits for the server's status. It blocks the thread. Redirects are not followed.
package func postWebhook(
    _ request: WebhookRequest, by settings: WebhookSettings, limits: TransferLimits = .webhook
) -> DeliveryResult {
    do throws(CurlFailure) {
        var transfer = try CurlTransfer(sending: request.body)
        try transfer.aim(at: settings.url, limits, authorityFile: settings.authorityFile)
        try transfer.set(CURLOPT_POST, 1)
        try transfer.setSize(CURLOPT_POSTFIELDSIZE_LARGE, request.body.count)
        try transfer.set(CURLOPT_FOLLOWLOCATION, 0)
        // Empty: libcurl would wait a second for a server to ask for the body.
        try transfer.set(CURLOPT_HTTPHEADER, list: request.headers.map { "\($0.name): \($0.value)" } + ["Expect:"])
        return transfer.perform().webhookResult
    } catch {
        return .temporary(reason: error.message)
    }
}

extension CurlOutcome {
    /// What became of a request. The status decides, even where the answer's rest did not come.
    var webhookResult: DeliveryResult {
        switch status {
        case 200..<300: .delivered(receipt: "HTTP \(status)")
        case 408, 429: .temporary(reason: "HTTP \(status)")
        case 400..<500: .permanent(reason: "HTTP \(status)")
        case 300..<400: .temporary(reason: "HTTP \(status): it points elsewhere, and that is not followed")
        case 0: code == CURLE_ABORTED_BY_CALLBACK ? .interrupted : .temporary(reason: trouble)
        default: .temporary(reason: "HTTP \(status)")
        }
    }
}
