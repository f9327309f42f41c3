package import Terms

/// Bytes that are no mail.
package struct UnreadableMail: Error, CustomStringConvertible {
    package let description: String
}

/// One mail as it came (RFC 5322), as far as a user's report needs it. Everything in it is a stranger's.
package struct ReceivedMail: Sendable, Equatable {
    /// In plain characters; empty where it has none.
    package let subject: String
    /// Its first part in plain text; nil where it has none that can be read.
    package let text: String?
    /// As it stands in the mail, such as `<a@b.example>`; nil where it has none.
    package let messageID: String?
    /// An automatic answer, or a report about delivery: no person wrote it.
    package let isByMachine: Bool
    /// What it answers: ids of earlier mails.
    private let answers: [String]

    /// How much of a mail is looked at, in bytes. What follows is mostly a picture.
    package static let longest = 1_048_576
    /// The longest id that is taken over, in bytes.
    private static let longestID = 250

    /// - Parameter bytes: the whole mail, of which the first `longest` are read.
    package init(bytes: [UInt8]) throws(UnreadableMail) {
        let entity = MailEntity(bytes.prefix(Self.longest))
        guard !entity.headers.isEmpty else {
            throw UnreadableMail(description: "this is no mail: it does not begin with headers such as \"Subject: …\"")
        }
        subject = EncodedWords.decoded(entity.headers["subject"] ?? "")
        text = entity.plainText()
        messageID = entity.headers["message-id"].flatMap { id in
            id.hasPrefix("<") && id.hasSuffix(">") && id.utf8.count <= Self.longestID ? id : nil
        }
        answers = ["in-reply-to", "references"].compactMap { entity.headers[$0] }
        // RFC 3834, 5: `no` is the one value that a person's mail may have.
        let submitted = entity.headers["auto-submitted"].map { StructuredField($0).value }
        isByMachine = (submitted ?? "no") != "no" || entity.type.value == "multipart/report"
    }

    /// The ticket that the subject or what it answers names, as our own subjects (`[home-1.3] …`) and ids
    /// (`<home-1.3/…>`) do; nil where none of this site is named.
    package func namedTicket(of site: SiteID) -> TicketID? {
        let places = [(subject, "[", "]")] + answers.flatMap { [($0, "[", "]"), ($0, "<", "/")] }
        for (text, before, after) in places {
            for start in text.ranges(of: "\(before)\(site.text).") {
                let digits = text[start.upperBound...].prefix { $0.isASCII && $0.isNumber }
                guard (1...9).contains(digits.count), text[digits.endIndex...].hasPrefix(after) else { continue }
                return TicketID("\(site.text).\(digits)")
            }
        }
        return nil
    }
}
