internal import CCurl

/// What goes out through libcurl and what comes back, for the callbacks. It outlives the handle that calls them.
final class CurlExchange {
    private let content: [UInt8]
    private var sent = 0
    private var bodyBytes = 0
    /// What was said on a connection for mail.
    private(set) var dialogue = SMTPDialogue()
    /// Room for libcurl's words on what failed.
    let trouble: UnsafeMutablePointer<CChar>

    /// Of an answer nobody reads more.
    private static let mostBodyBytes = 65_536

    init(content: [UInt8]) {
        self.content = content
        trouble = .allocate(capacity: Int(CURL_ERROR_SIZE))
        trouble.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit { trouble.deallocate() }

    /// Gives the next bytes of the content; 0 at its end.
    func read(into buffer: UnsafeMutablePointer<CChar>, upTo room: Int) -> Int {
        let count = min(room, content.count - sent)
        content.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(start: buffer, count: count)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[sent..<sent + count]))
        }
        sent += count
        return count
    }

    /// Takes so many bytes of an answer, and throws them away; whether more may come.
    func take(_ count: Int) -> Bool {
        bodyBytes += count
        return bodyBytes <= Self.mostBodyBytes
    }

    func note(_ kind: curl_infotype, _ bytes: UnsafeBufferPointer<CChar>) {
        guard kind == CURLINFO_HEADER_OUT || kind == CURLINFO_HEADER_IN else { return }
        let text = String(decoding: bytes.prefix(SMTPDialogue.longestLine).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if kind == CURLINFO_HEADER_OUT { dialogue.said(text) } else { dialogue.heard(text) }
    }

    /// The exchange behind a callback's pointer.
    static func behind(_ pointer: UnsafeMutableRawPointer?) -> CurlExchange? {
        pointer.map { Unmanaged<CurlExchange>.fromOpaque($0).takeUnretainedValue() }
    }
}
