/// A mail, or one part of it: headers, and a body that is not decoded yet.
struct MailEntity {
    let headers: MailHeaders
    private let body: ArraySlice<UInt8>

    /// How deep parts may lie within parts, and how many parts are looked at on each level.
    private static let deepest = 5
    private static let mostParts = 50

    init(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        headers = MailHeaders(reading: &rest)
        body = rest
    }

    var type: StructuredField { StructuredField(headers["content-type"] ?? "text/plain") }

    /// The first part in plain text that is no attachment; nil where there is none, or none that can be read.
    func plainText(depth: Int = 0) -> String? {
        let type = type
        if type.value == "text/plain" { return text(charset: type.parameters["charset"] ?? "utf-8") }
        guard type.value.hasPrefix("multipart/"), depth < Self.deepest,
            let boundary = type.parameters["boundary"], !boundary.isEmpty
        else { return nil }
        for part in parts(boundary: Array("--\(boundary)".utf8)) {
            let entity = MailEntity(part)
            let disposition = entity.headers["content-disposition"].map { StructuredField($0).value }
            if disposition != "attachment", let text = entity.plainText(depth: depth + 1) { return text }
        }
        return nil
    }

    private func text(charset: String) -> String? {
        let bytes: [UInt8]
        switch (headers["content-transfer-encoding"] ?? "7bit").lowercased() {
        case "7bit", "8bit", "binary": bytes = Array(body)
        case "quoted-printable": bytes = TransferEncoding.quotedPrintable(body)
        case "base64": bytes = TransferEncoding.base64(body)
        default: return nil
        }
        return Charset(named: charset)?.text(of: bytes)
    }

    /// What stands between the lines of the boundary. The last part may lack its end: the mail was cut.
    private func parts(boundary: [UInt8]) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start: Int?
        var rest = body
        while parts.count < Self.mostParts, !rest.isEmpty {
            let place = rest.startIndex
            let line = rest.takeLine()
            guard line.starts(with: boundary) else { continue }
            let end = line.dropFirst(boundary.count)
            guard end.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: "-") }) else { continue }
            if let start { parts.append(body[start..<place]) }
            start = rest.startIndex
            if end.starts(with: "--".utf8) { return parts }
        }
        if let start, parts.count < Self.mostParts { parts.append(body[start...]) }
        return parts
    }
}

extension ArraySlice<UInt8> {
    /// The next line, without CR LF or LF.
    mutating func takeLine() -> ArraySlice<UInt8> {
        let end = firstIndex(of: 0x0A) ?? endIndex
        var line = self[startIndex..<end]
        if line.last == 0x0D { line = line.dropLast() }
        self = end < endIndex ? self[(end + 1)...] : self[end...]
        return line
    }
}
