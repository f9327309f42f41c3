import Foundation
import Storage
import Testing

@Suite struct WholeFileTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("whole-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    private func file(_ name: String = "a") -> WholeFile { WholeFile(path: "\(folder)/\(name)") }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    }

    @Test func whatWasWrittenIsReadAndNothingElseLiesBeside() throws {
        #expect(try file().read(upTo: 10) == nil)
        try file().replace(with: Array("first and long".utf8))
        try file().replace(with: Array("second".utf8))
        #expect(try file().read(upTo: 100) == Array("second".utf8))
        #expect(try file().read(upTo: 3) == Array("sec".utf8))
        #expect(try names == ["a"])
        try file().remove()
        try file().remove()
        #expect(try names.isEmpty)
    }

    /// A full directory of that name stands in the way of the last step.
    @Test func whatCannotBeReplacedStaysAsItWas() throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/a/b", withIntermediateDirectories: true)
        #expect(throws: WholeFile.Trouble.self) { try file().replace(with: [1]) }
        #expect(try names == ["a"])
        #expect(throws: WholeFile.Trouble.self) { try file("none/a").replace(with: [1]) }
        do {
            _ = try file().read(upTo: 10)
            Issue.record("a directory was read")
        } catch {
            #expect(error.description.contains("\(folder)/a: cannot be read"))
        }
    }

    @Test func aWriteThatBrokeOffIsNotSeen() throws {
        try file().replace(with: Array("old".utf8))
        try Data("hal".utf8).write(to: URL(fileURLWithPath: "\(folder)/a.new"))
        #expect(try file().read(upTo: 100) == Array("old".utf8))
        try file().replace(with: Array("new".utf8))
        #expect(try file().read(upTo: 100) == Array("new".utf8))
        #expect(try names == ["a"])
    }

    @Test func aLinkIsNotFollowed() throws {
        try Data("secret".utf8).write(to: URL(fileURLWithPath: "\(folder)/secret"))
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/a", withDestinationPath: "\(folder)/secret")
        #expect(throws: WholeFile.Trouble.self) { try file().read(upTo: 10) }
        try file().replace(with: [1])
        #expect(try file("secret").read(upTo: 10) == Array("secret".utf8))
    }
}
