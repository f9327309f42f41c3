import ServiceLevel
import Testing

private let one = String(repeating: "1", count: 64)
private let two = String(repeating: "2", count: 64)
private let three = String(repeating: "ab", count: 32)

private func document(
    _ id: String, _ sha256: String, version: String = "1", models: DocumentShelf.Models = .all, isRequired: Bool = true
) -> DocumentShelf.Document {
    DocumentShelf.Document(
        id: id, title: id, version: version, place: .file(id), sha256: sha256, models: models, isRequired: isRequired)
}

private let shelf = DocumentShelf(documents: [
    document("safety", one), document("manual", two, version: "2.1", models: .profiles(["pack-a", "pack-b"])),
    document("poster", three, isRequired: false),
])

private func missing(_ profiles: [String], _ delivered: (String, String, String)...) -> [String] {
    shelf.missing(
        for: profiles, delivered: delivered.map { DocumentShelf.Receipt(id: $0.0, sha256: $0.1, version: $0.2) }
    ).map(\.id)
}

struct DocumentShelfTests {
    @Test func whatIsRequiredAndWasNotReceivedIsMissing() {
        #expect(missing(["pack-a"]) == ["safety", "manual"])
        #expect(missing(["pack-a"], ("safety", one, "1")) == ["manual"])
        #expect(missing(["pack-a"], ("manual", two, "2.1"), ("safety", one, "1")) == [])
    }

    @Test func aDocumentOfAnotherModelIsNotMissing() {
        #expect(missing(["inverter"]) == ["safety"])
        #expect(missing(["inverter", "pack-b", "pack-a"]) == ["safety", "manual"])
        #expect(missing([]) == ["safety"])
    }

    @Test(arguments: [("manual", two, "2.0"), ("manual", one, "2.1"), ("manua", two, "2.1"), ("safety", two, "2.1")])
    func aReceiptOfAnotherVersionOrOfOtherBytesIsNone(id: String, sha256: String, version: String) {
        #expect(missing(["pack-a"], (id, sha256, version), ("safety", one, "1")) == ["manual"])
    }

    @Test func anEarlierReceiptHarmsNothing() {
        #expect(missing(["pack-a"], ("safety", one, "1"), ("manual", one, "2.0"), ("manual", two, "2.1")) == [])
    }

    @Test func digitsOfAHashMayBeWrittenInCapitals() {
        let shelf = DocumentShelf(documents: [document("a", three)])
        let receipt = DocumentShelf.Receipt(id: "a", sha256: three.uppercased(), version: "1")
        #expect(shelf.missing(for: [], delivered: [receipt]).isEmpty)
    }

    @Test func theShelfOfAModelHasWhatIsNotRequiredToo() {
        #expect(shelf.documents(for: ["inverter"]).map(\.id) == ["safety", "poster"])
        #expect(shelf.documents(for: ["pack-b"]).map(\.id) == ["safety", "manual", "poster"])
        #expect(shelf.documents[1].covers("pack-a") && !shelf.documents[1].covers("inverter"))
    }
}
