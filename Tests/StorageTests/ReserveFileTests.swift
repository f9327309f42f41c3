import Foundation
import Storage
import Testing

/// Room that is kept for the ledger. How a full disk takes it is run by Tests/soak/disk.py, on a disk of its own.
struct ReserveFileTests {
    private let scratch: LedgerScratch

    init() throws { scratch = try LedgerScratch() }

    private var path: String { scratch.path + "/reserve" }

    private func kept() throws -> ReserveFile {
        try #require(try Ledger(directory: try DataDirectory(path: scratch.path)).reserve)
    }

    @Test func theRoomIsRealAndIsMadeOnce() throws {
        let reserve = try kept()
        #expect(!FileManager.default.fileExists(atPath: path), "who only looks into a ledger keeps no room")
        #expect(reserve.keep() == .kept)
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_size == 4 * 1_024 * 1_024)
        #expect(status.st_blocks * 512 >= status.st_size, "a hole keeps no room")
        let inode = status.st_ino
        #expect(reserve.keep() == .kept)
        #expect(stat(path, &status) == 0 && status.st_ino == inode)
    }

    @Test func oneThatBrokeOffIsMadeWhole() throws {
        try Data(repeating: 0, count: 100).write(to: URL(fileURLWithPath: path))
        #expect(try kept().keep() == .kept)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == 4 * 1_024 * 1_024)
    }

    @Test func whatStandsInItsWayIsNamed() throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: scratch.path + "/elsewhere")
        guard case .impossible(let reason) = try kept().keep() else {
            Issue.record("a link was followed")
            return
        }
        #expect(reason.contains(path))
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/elsewhere"))
    }

    @Test func aCopyKeepsNoRoom() throws {
        #expect(try Ledger(copy: scratch.path + "/copy").reserve == nil)
    }
}
