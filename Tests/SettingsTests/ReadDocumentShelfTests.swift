import Foundation
import ServiceLevel
import Settings
import StrictYAML
import Testing

private let one = String(repeating: "1", count: 64)
private let two = String(repeating: "2", count: 64)

private let good = """
    documents:
      - id: manual
        title: Manual of the packs
        version: 2.1
        file: documents/manual.pdf
        models: [pack-a, pack-b]
        required: true
      - id: safety
        title: What to do in a fire
        version: 2026-05
        url: https://example.org/safety.pdf
        sha256: \(two)
        models: all
        required: false
    """

private func read(
    _ text: String, profiles: Set<String>? = ["pack-a", "pack-b", "inverter"]
) throws(InvalidText) -> DocumentShelf {
    try readDocumentShelf(text, name: "documents.yaml", profiles: profiles) { path in
        path == "documents/manual.pdf" ? .sha256(one) : .unreadable("no such file")
    }
}

private func problems(_ text: String) -> [String] {
    do throws(InvalidText) {
        _ = try read(text)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

@Suite struct ReadDocumentShelfTests {
    @Test func everyKeyArrivesAndAFileIsHashed() throws {
        #expect(
            try read(good).documents == [
                DocumentShelf.Document(
                    id: "manual", title: "Manual of the packs", version: "2.1", place: .file("documents/manual.pdf"),
                    sha256: one, models: .profiles(["pack-a", "pack-b"]), isRequired: true),
                DocumentShelf.Document(
                    id: "safety", title: "What to do in a fire", version: "2026-05",
                    place: .url("https://example.org/safety.pdf"), sha256: two, models: .all, isRequired: false),
            ])
    }

    @Test func aHashBesideAFileIsComparedWithIt() {
        let file = "file: documents/manual.pdf"
        #expect(problems(good.replacingOccurrences(of: file, with: "\(file)\n    sha256: \(one)")) == [])
        let found = problems(good.replacingOccurrences(of: file, with: "\(file)\n    sha256: \(two)"))
        #expect(
            found == [
                "documents.yaml:5:11: documents[0].file: documents/manual.pdf has the SHA-256 \(one): it was changed; "
                    + "say which version it is now",
            ])
    }

    @Test func theExampleOfTheDocumentationIsSound() throws {
        let text = try documentedExample("documents.md", language: "yaml")
        let shelf = try readDocumentShelf(text, name: "docs/documents.md", profiles: nil) { _ in .sha256(one) }
        #expect(shelf.missing(for: ["seplos-v3"], delivered: []).map(\.id) == ["pack-manual", "safety"])
    }

    @Test func anEmptyShelfIsOne() throws {
        #expect(try read("documents: []").documents.isEmpty)
    }

    @Test func whereNobodyKnowsTheProfilesAnyModelIsTaken() throws {
        let text = good.replacingOccurrences(of: "pack-b", with: "pack-z")
        #expect(try read(text, profiles: nil).documents.first?.covers("pack-z") == true)
    }

    @Test(arguments: [
        ("id: safety", "id: manual", "8:5: documents[1]: \"manual\" is there twice"),
        (two, one, "8:5: documents[1]: the same bytes as \"manual\""),
        (two, "2222", "12:13: documents[1].sha256: \"2222\" is no SHA-256"),
        ("sha256: \(two)", "sha256: \(String(repeating: "A", count: 64))", "12:13: documents[1].sha256: \"AAAA"),
        ("    sha256: \(two)\n", "", "8:5: documents[1]: key \"sha256\" is missing: what a URL gives may change"),
        ("https://example.org/safety.pdf", "ftp://example.org/x", "11:10: documents[1].url: \"ftp:"),
        ("    url: https://example.org/safety.pdf\n", "", "8:5: documents[1]: key \"url\" is missing"),
        ("file:", "fil:", "5:5: documents[0]: unknown key \"fil\"; did you mean \"file\"?"),
        ("    sha256", "    file: documents/manual.pdf\n    sha256", "8:5: documents[1]: file or url: one of both"),
        ("documents/manual.pdf", "manual.pdf", "5:11: documents[0].file: manual.pdf cannot be read: no such file"),
        ("documents/manual.pdf", "/etc/passwd", "5:11: documents[0].file: \"/etc/passwd\" is no path that begins"),
        ("documents/manual.pdf", "../manual.pdf", "5:11: documents[0].file: \"../manual.pdf\" is no path"),
        ("documents/manual.pdf", "a/../../b", "5:11: documents[0].file: \"a/../../b\" is no path"),
        ("documents/manual.pdf", "a//b", "5:11: documents[0].file: \"a//b\" is no path"),
        ("pack-b", "pack-c", "6:22: documents[0].models[1]: there is no profile \"pack-c\"; did you mean"),
        ("pack-b", "pack-a", "6:22: documents[0].models[1]: \"pack-a\" is there twice"),
        ("[pack-a, pack-b]", "[]", "6:13: documents[0].models: a document of no model"),
        ("models: all", "models: every", "13:13: documents[1].models: all, or a list of profiles, expected"),
        ("required: true", "required: yes", "7:15: documents[0].required: true or false expected"),
        ("    required: true\n", "", "2:5: documents[0]: key \"required\" is missing"),
        ("version: 2.1", "version: \(String(repeating: "1", count: 65))", "4:14: documents[0].version: a version has"),
        ("title: Manual of the packs", "title: ''", "3:12: documents[0].title: text expected"),
        ("id: safety", "id: fire safety", "8:9: documents[1].id: \"fire safety\": a name has"),
    ])
    func aShelfThatCannotBeMeantIsRefusedWithItsPlace(part: String, replacement: String, problem: String) {
        let found = problems(good.replacingOccurrences(of: part, with: replacement))
        #expect(found.contains { $0.hasPrefix("documents.yaml:\(problem)") }, "\(found)")
        #expect(!found.contains { $0.contains("please report") })
    }
}
