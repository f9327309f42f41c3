import Foundation
import Gateway
import ServiceLevel
import StrictYAML
import Testing

struct DocumentShelfFileTests {
    private let site: TestSite
    private var directory: ConfigurationDirectory { ConfigurationDirectory(path: site.path) }

    init() throws { site = try TestSite() }

    private func list(_ file: String) throws {
        try site.write(
            "documents: [{id: manual, title: Manual, version: 1, file: \(file), models: all, required: true}]",
            to: "documents.yaml")
    }

    private func problem() throws -> String {
        let error = try #require(throws: InvalidText.self) { try directory.readDocumentShelf(profiles: nil) }
        return error.description
    }

    @Test func withoutAListThereIsNoShelf() throws {
        #expect(try directory.readDocumentShelf(profiles: nil) == nil)
        #expect(try directory.readRoster() == nil)
    }

    @Test func aFileIsHashedAsSha256sumDoes() throws {
        try list("manual.txt")
        try site.write("abc", to: "manual.txt")
        // The example of FIPS 180-2, appendix B.1.
        let shelf = try #require(try directory.readDocumentShelf(profiles: nil))
        #expect(
            shelf.documents.map(\.sha256) == ["ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"])
    }

    @Test func whatIsNoFileIsRefusedWithItsReason() throws {
        try list("manual.txt")
        let absent = "documents.yaml:1:59: documents[0].file: manual.txt cannot be read: No such file"
        #expect(try problem().contains(absent))
        try site.write("", to: "manual.txt")
        #expect(try problem().contains("manual.txt cannot be read: it is empty"))
        try list("profiles")
        #expect(try problem().contains("profiles cannot be read: Is a directory"))
    }

    @Test func aPipeHoldsUpNobody() throws {
        try list("pipe")
        #expect(mkfifo("\(site.path)/pipe", 0o600) == 0)
        #expect(try problem().contains("pipe cannot be read: it is empty"))
    }

    @Test func somethingWithoutAnEndIsTooLarge() throws {
        try list("zero")
        try FileManager.default.createSymbolicLink(atPath: "\(site.path)/zero", withDestinationPath: "/dev/zero")
        #expect(try problem().contains("zero cannot be read: larger than 67108864 bytes"))
    }
}
