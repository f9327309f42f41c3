import Testing

@Suite("The house rules, over the whole tree")
struct TidyTests {
    @Test(arguments: house.map { "Sources/\($0.name)" }) func aRoomIsTidy(folder: String) throws {
        let found = try SourceTree.swiftFiles(below: folder).flatMap { TidyRules(text: $0).violations }
        #expect(found.isEmpty, found.report)
    }

    @Test func theTestsAreTidy() throws {
        let files = try SourceTree.swiftFiles(below: "Tests")
        let found = files.flatMap { TidyRules(text: $0).violations }
        #expect(found.isEmpty, found.report)
        #expect(files.count > 30, "the tree was not read")
    }

    @Test func actorsAndProtocolsStayRare() throws {
        let types = try SourceTree.swiftFiles(below: "Sources").flatMap { TidyRules(text: $0).declaredTypes }
        let actors = types.filter { $0.keyword == "actor" }.map(\.name)
        let protocols = types.filter { $0.keyword == "protocol" }.map(\.name)
        #expect(actors.contains("EngineOwner") && protocols.contains("TimeSource"), "the tree was not read")
        #expect(actors.count < 10, "\(actors)")
        #expect(protocols.count < 8, "\(protocols)")
    }

    @Test func theMachinesClockIsReadInOneFile() throws {
        let readers = try SourceTree.swiftFiles(below: "Sources").filter {
            !$0.places(of: "aftercare_clock_nanoseconds").isEmpty
        }
        #expect(readers.map(\.path) == ["Sources/Gateway/SystemTimeSource.swift"])
    }
}
