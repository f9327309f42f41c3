internal import CCurl
package import Settings

/// Sends one mail to all addresses of the settings, and waits for the server's verdict. It blocks the thread.
///
/// - Parameter password: nil where nobody signs in.
package func sendMail(
    _ mail: [UInt8], by settings: MailSettings, password: String?, limits: TransferLimits = .mail
) -> DeliveryResult {
    do throws(CurlFailure) {
        var transfer = try CurlTransfer(sending: mail)
        try transfer.aim(at: settings.server, limits, authorityFile: settings.authorityFile)
        try transfer.set(CURLOPT_USE_SSL, Int(settings.tls.forCurl.rawValue))
        if let login = settings.login, let password {
            try transfer.set(CURLOPT_USERNAME, login.user)
            try transfer.set(CURLOPT_PASSWORD, password)
        }
        try transfer.set(CURLOPT_MAIL_FROM, "<\(settings.from)>")
        try transfer.set(CURLOPT_MAIL_RCPT, list: settings.to.map { "<\($0)>" })
        try transfer.allowRefusedRecipients()
        try transfer.set(CURLOPT_UPLOAD, 1)
        try transfer.setSize(CURLOPT_INFILESIZE_LARGE, mail.count)
        return transfer.perform().mailResult
    } catch {
        return .temporary(reason: error.message)
    }
}

extension MailSettings.TLS {
    fileprivate var forCurl: curl_usessl {
        switch self {
        case .required: CURLUSESSL_ALL
        case .opportunistic: CURLUSESSL_TRY
        case .off: CURLUSESSL_NONE
        }
    }
}

extension CurlOutcome {
    /// What became of a mail. A server that is not there, is busy, or does not let us in may take it another time; one
    /// that refuses every recipient, or this mail, for good has decided.
    var mailResult: DeliveryResult {
        if let verdict = dialogue.verdict {
            if verdict.status < 300 { return .delivered(receipt: receipt(verdict.reply)) }
            if verdict.status >= 500 { return .permanent(reason: verdict.reply) }
        }
        if code == CURLE_ABORTED_BY_CALLBACK { return .interrupted }
        if dialogue.accepted == 0, !dialogue.refusals.isEmpty {
            let reason = Self.words(dialogue.refusals)
            return dialogue.refusals.allSatisfy { $0.status >= 500 } ? .permanent(reason: reason)
                : .temporary(reason: reason)
        }
        guard let last = dialogue.last, last.status >= 400 else { return .temporary(reason: trouble) }
        return .temporary(reason: "\(last.reply) (\(trouble))")
    }

    private func receipt(_ reply: String) -> String {
        dialogue.refusals.isEmpty ? reply : "\(reply); not to \(Self.words(dialogue.refusals))"
    }

    private static func words(_ refusals: [SMTPDialogue.Refusal]) -> String {
        refusals.map { "\($0.address): \($0.reply)" }.joined(separator: "; ")
    }
}
