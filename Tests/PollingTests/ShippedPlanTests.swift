import DeviceProfiles
import Foundation
import Terms
import Testing

@testable import Polling

private let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// The shipped profiles, by name.
private func shippedProfiles() throws -> [Profile] {
    let folder = root.appendingPathComponent("config/profiles")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
    return try files.map { file in
        let path = folder.appendingPathComponent(file).path
        return try readProfile(try String(contentsOfFile: path, encoding: .utf8), name: path)
    }.sorted { $0.id < $1.id }
}

/// 9600 8N1, and 20 ms before a device answers.
private let serial = WireCost.rtu(SerialSettings(), turnAround: 20_000_000)

@Suite struct ShippedPlanTests {
    @Test func everyShippedProfileHasAPlanThatIsProvenAndNeverDearer() throws {
        let maps = try shippedProfiles().compactMap(\.deviceMap)
        #expect(maps.count >= 40)
        for map in maps {
            for cost in [serial, .tcp()] {
                let plan = ReadPlan(map: map, cost: cost)
                #expect(plan.isExact, "\(map.profile)")
                #expect(plan.unreadable.isEmpty, "\(map.profile)")
                let comparison = PlanComparison(
                    points: map.points, limits: map.limits, cost: cost, rules: JoiningRule.all)
                for row in comparison.others {
                    #expect(
                        comparison.best.nanosecondsPerSweep <= row.nanosecondsPerSweep * (1 + 1e-12),
                        "\(map.profile), \(row.rule?.name ?? "")")
                }
            }
        }
    }

    @Test func aSweepIsShorterThanThatOfEveryPeerWhosePlanDiffers() throws {
        let table = PlanTable(try shippedProfiles(), cost: serial)
        #expect(table.rows.count >= 40)
        var differing = 0
        for row in table.rows {
            let best = row.everything.best
            for other in row.everything.others {
                // Requests and registers, which make the cost, are the same, or the other takes longer.
                let isLonger = other.nanosecondsPerSweep > best.nanosecondsPerSweep
                #expect(isLonger || other.requests == best.requests, "\(row.profile), \(other.rule?.name ?? "")")
                #expect(other.nanosecondsPerSweep >= best.nanosecondsPerSweep)
                if isLonger { differing += 1 }
            }
        }
        #expect(differing > table.rows.count * table.rules.count / 2)
        for (index, rule) in table.rules.enumerated() {
            let theirs = table.rows.reduce(0) { $0 + $1.everything.others[index].nanosecondsPerSweep }
            let ours = table.rows.reduce(0) { $0 + $1.everything.best.nanosecondsPerSweep }
            #expect(ours < theirs, "\(rule.name)")
        }
    }

    /// What docs/plans.md says the plan leaves out: a plan of its own for each set of points that are due together.
    @Test func planningEverySweepAnewWouldSaveThreePercentAtMost() throws {
        var most = 0.0
        for profile in try shippedProfiles() {
            guard let map = profile.deviceMap, !map.points.isEmpty else { continue }
            let interval = max(profile.line.minimumInterval, .seconds(1))
            func cost(_ points: [MappedPoint], _ interval: Milliseconds) -> Double {
                PlanComparison(points: points, interval: interval, limits: map.limits, cost: serial)
                    .best.nanosecondsPerSweep
            }
            let sweeps = map.points.map { ReadPlan.sweeps(wanted: $0.interval, interval: interval) }
            // Every interval of the shipped profiles that is longer than an hour would be left out here.
            let turns = 3_600
            #expect(sweeps.allSatisfy { turns % $0 == 0 }, "\(profile.id)")
            var anew: [[Int]: Double] = [:]
            let total = (0..<turns).reduce(0.0) { sum, turn in
                let due = Set(sweeps).filter { turn % $0 == 0 }.sorted()
                let price = anew[due] ?? cost(zip(map.points, sweeps).filter { due.contains($1) }.map(\.0), .days(1))
                anew[due] = price
                return sum + price
            }
            most = max(most, cost(map.points, interval) / (total / Double(turns)))
        }
        #expect((1.005...1.03).contains(most))
    }

    @Test func theTableInTheDocumentIsWhatThePlannerGives() throws {
        let text = try String(contentsOf: root.appendingPathComponent("docs/plans.md"), encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let table = PlanTable(try shippedProfiles(), cost: serial).markdown
        let written = lines.drop { $0 != table.first }.prefix { $0.hasPrefix("|") }
        #expect(
            Array(written) == table,
            "run: aftercare profiles plans --markdown, and put its lines into docs/plans.md")
    }
}
