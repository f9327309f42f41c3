import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Checks with a strict XML parser; void elements of HTML are closed and its references are XML's own five.
func expectWellFormed(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    var closed = text
    for name in ["img", "source", "meta", "link"] {
        closed = try closed.replacing(Regex("(<\(name)\\b[^>]*)>")) { "\($0.output[1].substring ?? "")/>" }
    }
    // HTML's attributes without a value.
    closed = closed.replacing(" open>", with: " open=\"\">").replacing(" hidden>", with: " hidden=\"\">")
    let rooted = text.hasPrefix("<svg") ? closed : "<root>\(closed)</root>"
    let parser = XMLParser(data: Data(rooted.utf8))
    let isWellFormed = parser.parse()
    #expect(
        isWellFormed, "line \(parser.lineNumber): \(String(describing: parser.parserError))",
        sourceLocation: sourceLocation)
}
