import Foundation
import Terms
import Testing

@testable import Gateway

/// What stands in for the kernel's word where the sandbox forbids to ask: the file that systemd-timesyncd touches.
struct SynchronisationTests {
    private let touched = Instant(milliseconds: 1_780_000_000_000)

    private func isFresh(after age: Milliseconds) throws -> Bool {
        let mark = FileManager.default.temporaryDirectory.appendingPathComponent("aftercare-\(UUID().uuidString)").path
        #expect(FileManager.default.createFile(atPath: mark, contents: nil))
        defer { unlink(mark) }
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: Double(touched.milliseconds) / 1_000)], ofItemAtPath: mark)
        return SystemTimeSource.freshMark(mark, at: touched + age) == touched
    }

    @Test func aMarkCountsForAsLongAsTheKernelItselfWouldBelieve() throws {
        #expect(try isFresh(after: .zero))
        #expect(try isFresh(after: .seconds(32_000)))
        #expect(try !isFresh(after: .seconds(32_001)))
    }

    @Test func aMarkFromTheFutureSaysNothing() throws {
        #expect(try !isFresh(after: .seconds(-1)))
    }

    @Test func withoutAMarkNothingIsSaid() {
        #expect(SystemTimeSource.freshMark("/no/such/mark", at: touched) == nil)
    }
}
