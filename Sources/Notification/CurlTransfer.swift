internal import CCurl
internal import Terms

/// libcurl cannot do what is asked of it: it is too old, or has no memory left.
struct CurlFailure: Error {
    let message: String
}

/// How a transfer ended.
struct CurlOutcome {
    let code: CURLcode
    /// The newest status of the protocol, such as 250 or 404; 0 where none came.
    let status: Int
    /// What went wrong, in libcurl's words.
    let trouble: String
    let dialogue: SMTPDialogue
}

/// libcurl's own start, once for the process.
private let startOfCurl = aftercare_curl_start()

/// One transfer: the only owner of a handle of libcurl. Calls block.
struct CurlTransfer: ~Copyable {
    private let handle: UnsafeMutableRawPointer
    private let exchange: CurlExchange
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    /// - Parameter content: what is sent.
    init(sending content: [UInt8]) throws(CurlFailure) {
        guard startOfCurl == CURLE_OK, let handle = curl_easy_init() else {
            throw CurlFailure(message: "libcurl does not start")
        }
        self.handle = handle
        exchange = CurlExchange(content: content)
    }

    /// - Parameters:
    ///   - url: `smtp://`, `smtps://`, `http://` or `https://`; no other protocol is spoken.
    ///   - authorityFile: certificates that are believed in place of the system's.
    func aim(at url: String, _ limits: TransferLimits, authorityFile: String?) throws(CurlFailure) {
        try set(CURLOPT_URL, url)
        try set(CURLOPT_PROTOCOLS_STR, "smtp,smtps,http,https")
        // The settings decide where it goes, and not the environment.
        try set(CURLOPT_PROXY, "")
        // Many threads: no signals. So a broken pipe is ignored by the program as a whole.
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_CONNECTTIMEOUT_MS, limits.connect.forCurl)
        try set(CURLOPT_SERVER_RESPONSE_TIMEOUT, max(1, limits.reply.forCurl / 1_000))
        try set(CURLOPT_TIMEOUT_MS, limits.total.forCurl)
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let authorityFile { try set(CURLOPT_CAINFO, authorityFile) }
        try listen()
    }

    deinit {
        // The farewell of a connection still calls back.
        withExtendedLifetime(exchange) { curl_easy_cleanup(handle) }
        for list in lists { curl_slist_free_all(list) }
    }

    private func listen() throws(CurlFailure) {
        let pointer = Unmanaged.passUnretained(exchange).toOpaque()
        for option in [CURLOPT_READDATA, CURLOPT_WRITEDATA, CURLOPT_DEBUGDATA] {
            try check(aftercare_curl_set_pointer(handle, option, pointer))
        }
        try check(aftercare_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, exchange.trouble))
        try check(
            aftercare_curl_on_read(handle) { buffer, size, count, pointer in
                guard let buffer, let exchange = CurlExchange.behind(pointer) else { return 0 }
                return exchange.read(into: buffer, upTo: size * count)
            })
        try check(
            aftercare_curl_on_write(handle) { _, size, count, pointer in
                guard let exchange = CurlExchange.behind(pointer) else { return 0 }
                return exchange.take(size * count) ? size * count : 0
            })
        // Called about once a second while nothing moves: a stop is not held up by a server that says nothing.
        try set(CURLOPT_NOPROGRESS, 0)
        try check(aftercare_curl_on_progress(handle) { _, _, _, _, _ in Task.isCancelled ? 1 : 0 })
        try set(CURLOPT_VERBOSE, 1)
        try check(
            aftercare_curl_on_debug(handle) { _, kind, bytes, count, pointer in
                guard let bytes, let exchange = CurlExchange.behind(pointer) else { return 0 }
                exchange.note(kind, UnsafeBufferPointer(start: bytes, count: count))
                return 0
            })
    }

    func set(_ option: CURLoption, _ number: Int) throws(CurlFailure) {
        try check(aftercare_curl_set_number(handle, option, number))
    }

    func set(_ option: CURLoption, _ text: String) throws(CurlFailure) {
        try check(aftercare_curl_set_text(handle, option, text))
    }

    func setSize(_ option: CURLoption, _ size: Int) throws(CurlFailure) {
        try check(aftercare_curl_set_size(handle, option, curl_off_t(size)))
    }

    mutating func set(_ option: CURLoption, list texts: [String]) throws(CurlFailure) {
        var list: UnsafeMutablePointer<curl_slist>?
        for text in texts {
            guard let longer = curl_slist_append(list, text) else {
                curl_slist_free_all(list)
                throw CurlFailure(message: "libcurl has no memory left")
            }
            list = longer
        }
        guard let list else { return }
        lists.append(list)
        try check(aftercare_curl_set_pointer(handle, option, list))
    }

    /// Of several recipients some may be refused.
    func allowRefusedRecipients() throws(CurlFailure) {
        try check(aftercare_curl_allow_refused_recipients(handle))
    }

    /// Sends, and waits until the other end has answered or the time is over.
    consuming func perform() -> CurlOutcome {
        let code = curl_easy_perform(handle)
        let told = String(cString: exchange.trouble)
        return CurlOutcome(
            code: code, status: aftercare_curl_response(handle),
            trouble: told.isEmpty ? String(cString: curl_easy_strerror(code)) : told, dialogue: exchange.dialogue)
    }

    private func check(_ code: CURLcode) throws(CurlFailure) {
        guard code != CURLE_OK else { return }
        throw CurlFailure(message: "libcurl is too old: \(String(cString: curl_easy_strerror(code)))")
    }
}

extension Milliseconds {
    /// Within what every machine's `long` holds.
    fileprivate var forCurl: Int { Int(min(max(1, count), Int64(Int32.max))) }
}
