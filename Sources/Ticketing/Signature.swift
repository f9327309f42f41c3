/// Who did something, and what proves it.
package struct Signature: Hashable, Sendable {
    /// A named person; empty where nobody is named.
    package var author: String
    /// A call log, a mail, a photograph: needed where it was done long before it was recorded.
    package var evidence: String?

    package init(_ author: String, evidence: String? = nil) {
        self.author = author
        self.evidence = evidence
    }

    var fields: [String: CanonicalValue] {
        var fields: [String: CanonicalValue] = ["author": .text(author)]
        fields["evidence"] = evidence.map { .text($0) }
        return fields
    }

    init(_ fields: FactFields) throws(UnreadableFact) {
        self.init(try fields.text("author"), evidence: try fields.optionalText("evidence"))
    }
}
