import DeviceProfiles
import Foundation
import Testing

@testable import Polling

/// The maps of all shipped profiles with fixed addresses.
private func shippedMaps() throws -> [DeviceMap] {
    let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder = root.appendingPathComponent("config/profiles")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
    return try files.sorted().compactMap { file in
        let path = folder.appendingPathComponent(file).path
        return try readProfile(try String(contentsOfFile: path, encoding: .utf8), name: path).deviceMap
    }
}

@Suite struct ShippedPlanTests {
    @Test func everyShippedProfileHasAPlanThatIsProvenAndNeverDearer() throws {
        let maps = try shippedMaps()
        #expect(maps.count >= 2)
        for map in maps {
            for cost in [WireCost.rtu(SerialSettings()), .tcp()] {
                let plan = ReadPlan(map: map, cost: cost)
                #expect(plan.isExact, "\(map.profile)")
                #expect(plan.unreadable.isEmpty, "\(map.profile)")
                let comparison = PlanComparison(points: map.points, limits: map.limits, cost: cost)
                for row in comparison.fixed {
                    #expect(
                        comparison.best.nanosecondsPerSweep <= row.nanosecondsPerSweep * (1 + 1e-12),
                        "\(map.profile), gap \(row.gap ?? -1)")
                }
            }
        }
    }
}
