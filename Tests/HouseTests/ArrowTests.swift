import Testing

@Suite("The arrows between the rooms")
struct ArrowTests {
    @Test func everyImportIsAllowedByTheTable() throws {
        var found: [Violation] = []
        var imports = 0
        for room in house {
            let files = try SourceTree.swiftFiles(below: "Sources/\(room.name)")
            imports += files.reduce(0) { $0 + importedModules(in: $1).count }
            found += files.flatMap { forbiddenImports(in: $0, of: room) }
        }
        #expect(found.isEmpty, found.report)
        #expect(imports > 200, "the tree was not read")
    }

    @Test func everyFolderOfSourcesIsARoom() throws {
        #expect(try SourceTree.folders(in: "Sources") == house.map(\.name).sorted())
    }

    @Test func aRowImportsOnlyRowsAboveIt() {
        for (index, room) in house.enumerated() {
            let above = Set(house[..<index].map(\.name))
            #expect(room.rooms.isSubset(of: above), "\(room.name)")
        }
    }

    @Test func theGatewayDoesNotKnowThatAHomeIsSimulated() {
        #expect(house.first { $0.name == "Gateway" }?.allows("Simulation") == false)
    }

    @Test func noPureRoomHasAWayOut() {
        #expect(house.filter(\.isPure).count == 17)
        for room in house where room.isPure {
            #expect(room.others.isDisjoint(with: wayOut), "\(room.name)")
            #expect(room.rooms.isSubset(of: house.filter(\.isPure).map(\.name)), "\(room.name)")
        }
    }

    @Test func packageDeclaresNoArrowBeyondTheTable() throws {
        let manifest = Manifest(try SourceTree.text(of: "Package.swift"))
        #expect(manifest.disagreements(with: house) == [])
        #expect(manifest.targets["Storage"]?.contains("GRDB") == true, "the libraries were not read")
    }

    @Test func aForbiddenImportIsFoundInEverySpelling() {
        let text = SwiftText(
            path: "Sources/Telemetry/Planted.swift",
            """
            // import Storage
            let word = "import Web"
            internal import Terms
            package import Engine
            @testable import Gateway
            @preconcurrency internal import struct Storage.Ledger
            """)
        let telemetry = house.first { $0.name == "Telemetry" }
        let found = telemetry.map { forbiddenImports(in: text, of: $0) } ?? []
        #expect(found.map(\.line) == [4, 5, 6])
        #expect(found.map(\.message).last == "Telemetry may not import Storage")
    }

    @Test func anArrowBeyondTheTableIsFoundInAManifest() {
        let manifest = Manifest(
            """
            let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
            func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
            room("Terms", [grdb]),
            room(
                "Telemetry",
                ["Terms", "Web"],
                resources: [.embedInCode("Assets")]),
            .systemLibrary(name: "CModbus", pkgConfig: "libmodbus", providers: [.apt(["libmodbus-dev"])]),
            .target(name: "TestPeers", path: "Tests/TestPeers"),
            .target(name: "Attic"),
            room("Cellar"),
            """)
        let few = house.filter { ["Terms", "Telemetry", "CModbus", "Web"].contains($0.name) }
        #expect(
            manifest.disagreements(with: few) == [
                "Attic is not in the table", "Cellar is not in the table", "Telemetry → Web is not in the table",
                "Terms → GRDB is not in the table",
                "Web is not in Package.swift",
            ])
    }
}
