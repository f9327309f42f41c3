import Foundation
import Gateway
import Terms
import Testing

@Suite struct BoxTimeSourceTests {
    private let directory: String

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("clock-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    private var path: String { directory + "/clock.boots" }

    @Test func whatIsKeptIsReadAtTheNextStart() throws {
        let first = BoxTimeSource(dataDirectory: directory)
        let before = first.now()
        try first.keep()
        let kept = try String(contentsOfFile: path, encoding: .utf8)
        #expect(BoxClock(text: kept)?.boots.map(\.boot) == [before.boot])

        let second = BoxTimeSource(dataDirectory: directory)
        #expect(second.trouble == nil)
        #expect(second.now().wall >= before.wall)
        #expect(second.span(of: before)?.earliest != nil)
    }

    @Test func aBootAfterAnotherGoesOnFromItsLastSignOfLife() throws {
        // A boot of the far future is no real one: so this machine's wall clock cannot be what is told.
        let wall = Instant(milliseconds: 4_102_444_800_000)
        let former = BootRecord(
            boot: BootID(high: 1, low: 1), baseBoottime: Boottime(nanoseconds: 0), baseWall: wall, isAnchored: true,
            offset: .zero, alive: Boottime(nanoseconds: 60_000_000_000))
        try BoxClock(boots: [former]).text.write(toFile: path, atomically: true, encoding: .utf8)
        let time = BoxTimeSource(dataDirectory: directory)
        let now = time.now()
        if now.trust == .synced {
            #expect(now.wall == now.shown)
        } else {
            #expect(now.wall > wall + .minutes(1))
        }
    }

    @Test func whatIsDamagedIsToldAndReplaced() throws {
        try "nonsense".write(toFile: path, atomically: true, encoding: .utf8)
        let time = BoxTimeSource(dataDirectory: directory)
        #expect(time.trouble == "\(path) is damaged")
        try time.keep()
        #expect(BoxTimeSource(dataDirectory: directory).trouble == nil)
    }

    @Test func withoutAFileNothingIsKnownAndNothingIsWrong() {
        let time = BoxTimeSource(dataDirectory: directory)
        #expect(time.trouble == nil)
        #expect(time.now().boottime <= time.boottime())
    }
}
