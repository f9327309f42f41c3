import DeviceProfiles
import Foundation
import Terms
import Testing

@testable import Polling

private func at(_ minutes: Int64) -> Boottime { Boottime(nanoseconds: minutes * 60_000_000_000) }

/// The map of the shipped Sofar profile with its pages.
private func sofar(pages: Bool = true) throws -> DeviceMap {
    let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appendingPathComponent("config/profiles/sofar-hyd.yaml").path
    let profile = try readProfile(try String(contentsOfFile: path, encoding: .utf8), name: path)
    let permission = pages ? SitePermission(listed: ["sofar.choosePack"]) : .none
    return try #require(profile.deviceMap(allowing: permission))
}

@Suite struct PageRoundsTests {
    @Test func aRoundShowsEveryPageOnceAndTheNextOneIsAnIntervalLater() throws {
        var rounds = PageRounds(try sofar().pages, at: at(0))
        #expect(rounds.next(at: at(0)) == .nothing)
        #expect(rounds.next(at: at(1)) == .begin(group: 0))
        #expect(!rounds.isRunning)
        rounds.announced(true, group: 0, at: at(1))
        #expect(rounds.next(at: at(1)) == .show(group: 0, page: 0))
        // Until it is reported, it is the same page.
        #expect(rounds.next(at: at(2)) == .show(group: 0, page: 0))
        rounds.shown()
        #expect(rounds.next(at: at(2)) == .show(group: 0, page: 1))
        rounds.shown()
        #expect(!rounds.isRunning && rounds.next(at: at(60)) == .nothing)
        #expect(rounds.next(at: at(61)) == .begin(group: 0))
    }

    @Test func whatIsNotAnnouncedIsTriedLaterAndWhatFailedNotBeforeItsTime() throws {
        var rounds = PageRounds(try sofar().pages, at: at(0))
        rounds.announced(false, group: 0, at: at(1))
        #expect(rounds.next(at: at(10)) == .nothing)
        #expect(rounds.next(at: at(11)) == .begin(group: 0))
        rounds.announced(true, group: 0, at: at(11))
        rounds.failed()
        #expect(rounds.next(at: at(70)) == .nothing)
        #expect(rounds.next(at: at(71)) == .begin(group: 0))
    }

    @Test func withoutPagesThereIsNothingToShow() {
        var rounds = PageRounds()
        #expect(rounds.next(at: at(1_000_000)) == .nothing)
        rounds.shown()
        rounds.failed()
        #expect(!rounds.isRunning)
    }

    @Test func theSweepDoesNotTouchThePagesAndAPageTouchesNothingElse() throws {
        let map = try sofar()
        let plain = try sofar(pages: false)
        for cost in [WireCost.rtu(SerialSettings()), .tcp()] {
            #expect(ReadPlan(map: map, cost: cost) == ReadPlan(map: plain, cost: cost))
            for page in 0..<2 {
                let plan = ReadPlan(map: map, group: 0, page: page, cost: cost)
                #expect(plan.isExact && plan.unreadable.isEmpty)
                #expect(plan.requests.map(\.range.description) == ["3/36945×36"])
                #expect(Set(plan.requests.flatMap(\.points)) == Set(map.pages[0].points[page]))
                #expect(plan.requests.allSatisfy { $0.interval == nil })
            }
        }
    }
}
